package web

import (
	"net/http"
	"net/url"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// nav answers the main links, only those that exist and that the person may open.
func (s *site) nav(r *http.Request, v *visit, bar *dashboard.Bar, e *assess.Edition) []link {
	query := ""
	if bar != nil {
		query = "?" + periodQuery(bar)
	}
	var links []link
	add := func(a account.Action, unit assess.UnitCode, path, key, route string) {
		if v.user.May(a, unit) {
			links = append(links, link{URL: path + query, Text: v.words.T(key), Current: sectionOf(r.URL.Path) == route})
		}
	}
	if home := landing(v.user); home != "/" && query == "" {
		add(account.ReadPublished, "", "/?base=prev", "web.nav.home", "") // the bare address leads them to their work
	} else {
		add(account.ReadPublished, "", "/", "web.nav.home", "")
	}
	if e != nil && len(e.Frameworks) > 0 {
		add(account.ReadPublished, "", "/f/"+url.PathEscape(string(e.Frameworks[0].Code)), "web.nav.frameworks", "f")
	}
	if e != nil && len(e.Roster.Units) > 0 {
		unit := v.user.Unit
		if unit == "" {
			unit = e.Roster.Units[0].Code
		}
		add(account.ReadPublished, unit, "/d/"+url.PathEscape(string(unit)), "web.nav.units", "d")
	}
	add(account.ReadPublished, "", "/compare", "web.nav.compare", "compare")
	query = ""
	if work := s.workNav(r, v); len(work) > 0 {
		links = append(links, link{URL: work[0].URL, Text: v.words.T("web.nav.work"), Current: inWork(work)})
	}
	add(account.ReadRegisters, v.user.Unit, "/registers", "web.nav.registers", "registers")
	if bar != nil {
		query = "?q=" + url.QueryEscape(bar.Period.String())
	}
	add(account.ReadAccounts, "", "/admin", "web.nav.admin", "admin")
	add(account.ReadAudit, "", "/audit", "web.nav.audit", "audit")
	add(account.Export, v.user.Unit, "/export", "web.nav.export", "export")
	return links
}

// sectionOf answers the first segment of a path.
func sectionOf(path string) string {
	for i := 1; i < len(path); i++ {
		if path[i] == '/' {
			return path[1:i]
		}
	}
	if path == "" {
		return ""
	}
	return path[1:]
}
