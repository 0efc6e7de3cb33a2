package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/account"
)

// workplace is a page of work: what is filled in, checked, reviewed, decided.
type workplace struct {
	path   string // "/review"; the year in the address of targets is added
	action account.Action
	// own: having the action for the own unit or department is enough.
	own bool
}

// workplaces answers the pages of work in the order of their links: what is to be done first, then the way of a quarter, then what
// follows it.
func workplaces() []workplace {
	return []workplace{
		{"/tasks", account.ReadDefinitions, true},
		{"/fill", account.ReadDrafts, true},
		{"/review", account.Review, true},
		{"/differences", account.DecideDifference, true},
		{"/status", account.ReadReports, false},
		{"/city", account.ReadReports, false},
		{"/targets", account.ReadFigures, true},
		{"/calendar", account.ReadDefinitions, true},
		{"/corrections", account.ReadReports, true},
		{"/appeals", account.ReadReports, true},
		{"/actions", account.ReadReports, true},
		{"/collect", account.ReadRuns, false},
	}
}

// workNav answers the links of the pages of work, only those that exist and that the person may open.
func (s *site) workNav(r *http.Request, v *visit) []link {
	section := "/" + sectionOf(r.URL.Path)
	var links []link
	for _, w := range workplaces() {
		if !v.user.May(w.action, "") && !(w.own && v.user.MaySome(w.action)) || !s.has(w.path) {
			continue
		}
		l := link{URL: w.path, Text: v.words.T("web.work." + w.path[1:]), Current: section == w.path}
		if w.path == "/targets" {
			l.URL += "/" + strconv.Itoa(s.Now().In(s.Location).Year())
		}
		links = append(links, l)
	}
	return links
}

// mark puts the number of things to be done beside the links that lead to them.
func mark(n int, lists ...[]link) {
	for _, links := range lists {
		for i := range links {
			if links[i].URL == "/tasks" {
				links[i].Badge = n
			}
		}
	}
}

// has says whether there is a page at a path, or below it with a year.
func (s *site) has(path string) bool {
	get := http.MethodGet + " " + path
	return s.addresses.Get(get) != nil || s.addresses.Get(get+"/{year"+yearPart+"}") != nil
}

// inWork says whether the page is one of the pages of work.
func inWork(work []link) bool {
	return slices.ContainsFunc(work, func(l link) bool { return l.Current })
}
