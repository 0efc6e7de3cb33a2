package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// board is the body of a page made of panels.
type board struct {
	Sentence dashboard.Sentence
	Chooser  *dashboard.Chooser
	Switches []dashboard.Filter
	Rows     [][]*panel
}

// showHome draws the overview. The bare address leads those whose day begins elsewhere there; one that asks for something, a period
// or a group, shows it to everybody.
func (s *site) showHome(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r)
	if home := landing(v.user); home != "/" && plainAddress(r.URL.Query()) {
		http.Redirect(w, r, home, http.StatusSeeOther)
		return nil
	}
	return s.showPage(w, r, "home", "")
}

// plainAddress says whether an address asks for nothing but perhaps a language or a type size.
func plainAddress(q url.Values) bool {
	for name := range q {
		if name != "lang" && name != "large" {
			return false
		}
	}
	return true
}

func (s *site) showLags(w http.ResponseWriter, r *http.Request) error {
	return s.showPage(w, r, "lags", "")
}

func (s *site) showNotice(w http.ResponseWriter, r *http.Request) error {
	return s.showPage(w, r, "notice", "notice")
}

// leadToNotice leads from the address of a quarter's notice to its page.
func (s *site) leadToNotice(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, "/notice?"+url.Values{"q": {mux.Vars(r)["q"]}}.Encode(), http.StatusSeeOther)
	return nil
}

func (s *site) showFramework(w http.ResponseWriter, r *http.Request) error {
	return s.showPage(w, r, "framework", "")
}

func (s *site) showIndicators(w http.ResponseWriter, r *http.Request) error {
	return s.showPage(w, r, "indicators", "a3")
}

func (s *site) showUnit(w http.ResponseWriter, r *http.Request) error {
	return s.showPage(w, r, "unit", "")
}

// showCompare sets districts beside each other. Its framework stands behind the question mark, since it is a choice and no address.
func (s *site) showCompare(w http.ResponseWriter, r *http.Request) error {
	d, ok := s.Shelf.Pages(s.Now()).Page("compare")
	if !ok {
		return assess.NotFound("problem.no_page", "there is no page \"compare\"", "page", "compare")
	}
	return s.showDefinition(w, r, d, fromQuery(r, nil), "")
}

func (s *site) showIndicator(w http.ResponseWriter, r *http.Request) error {
	return s.showPage(w, r, "indicator", "")
}

// showPage draws a page that the program knows by its code.
func (s *site) showPage(w http.ResponseWriter, r *http.Request, code assess.Code, sheet string) error {
	d, ok := s.Shelf.Pages(s.Now()).Page(code)
	if !ok {
		return assess.NotFound("problem.no_page", fmt.Sprintf("there is no page %q", code), "page", string(code))
	}
	return s.showDefinition(w, r, d, mux.Vars(r), sheet)
}

// boardPage makes a page of its definition, for what the address names. passing says that something on it could not be read just now.
func (s *site) boardPage(r *http.Request, d dashboard.Definition, named map[string]string) (p page, passing bool, err error) {
	req, err := s.dated(r, named)
	if err != nil {
		return page{}, false, err
	}
	req.References = s.Shelf.Pages(s.Now()).References()
	resolved, err := s.Pages.Resolve(r.Context(), d, req)
	if err != nil {
		return page{}, false, err
	}
	p = page{Title: resolved.Title, Bar: &resolved.Bar, Days: true}
	body := board{Sentence: resolved.Sentence, Chooser: resolved.Chooser}
	for _, f := range resolved.Filters {
		if f.Name == "base" {
			p.Base = &f
		} else {
			body.Switches = append(body.Switches, f)
		}
	}
	body.Switches = append(body.Switches, s.ways(r, d, &resolved.Bar)...)
	for _, row := range resolved.Rows {
		panels := s.newPanels(r, req, row, p.Base)
		body.Rows = append(body.Rows, panels)
		p.Charts = p.Charts || slices.ContainsFunc(panels, func(p *panel) bool { return p.Option != nil })
	}
	p.Body = body
	return p, resolved.Passing, nil
}

// mostSwitched is up to how many units a page offers to switch to; more are found through the tables.
const mostSwitched = 40

// ways answers the neighbouring pages: the other units beside a unit's page, headings or single indicators of a framework, the pages
// of one's own beside the overview.
func (s *site) ways(r *http.Request, d dashboard.Definition, bar *dashboard.Bar) []dashboard.Filter {
	v, vars := visitFrom(r), mux.Vars(r)
	query := "?" + periodQuery(bar)
	compare := func(more string) dashboard.Filter {
		return dashboard.Filter{Name: "compare", Label: v.words.T("web.nav.compare"), Choices: []dashboard.Choice{
			{Text: v.words.T("web.compare.districts"), Link: "/compare" + query + more},
		}}
	}
	if d.Path == "/" {
		return append(s.ownPages(v, d, bar), compare(""))
	}
	if strings.HasPrefix(d.Path, "/p/") {
		return s.ownPages(v, d, bar)
	}
	if code := vars["framework"]; code != "" {
		path := "/f/" + code
		return []dashboard.Filter{{Name: "view", Label: v.words.T("web.view"), Choices: []dashboard.Choice{
			{Text: v.words.T("web.view.dimensions"), Link: path + query, Current: r.URL.Path == path},
			{Text: v.words.T("web.view.indicators"), Link: path + "/indicators" + query, Current: r.URL.Path != path},
		}}, compare("&framework=" + url.QueryEscape(code))}
	}
	edition := s.editionFor(r, bar)
	if vars["unit"] == "" || edition == nil {
		return nil
	}
	against := compare("&u=" + url.QueryEscape(vars["unit"]))
	against.Choices[0].Text = v.words.T("web.compare.with")
	if len(edition.Roster.Units) > mostSwitched {
		return []dashboard.Filter{against}
	}
	units := dashboard.Filter{Name: "unit", Label: v.words.T("web.col.unit")}
	for _, u := range edition.Roster.Units {
		text := u.Short.In(v.lang())
		if text == "" {
			text = u.Name.In(v.lang())
		}
		units.Choices = append(units.Choices, dashboard.Choice{
			Code: string(u.Code), Text: text, Link: "/d/" + url.PathEscape(string(u.Code)) + query, Current: string(u.Code) == vars["unit"],
		})
	}
	return []dashboard.Filter{units, against}
}

// request reads the address of a page. What the address does not say is the newest quarter the reader may see, compared with the
// quarter before.
func (s *site) request(r *http.Request, named map[string]string) (dashboard.Request, error) {
	q, v := r.URL.Query(), visitFrom(r)
	req := dashboard.Request{
		Unit: assess.UnitCode(named["unit"]), Framework: assess.Code(named["framework"]), Code: assess.Code(named["code"]),
		BaseKind: q.Get("base"), Group: assess.Code(q.Get("group")), Sort: q.Get("sort"), Show: q.Get("show"), Lang: v.lang(),
	}
	for _, u := range q["u"] {
		if u != "" { // a field that nobody filled in
			req.Units = append(req.Units, assess.UnitCode(u))
		}
	}
	req.Reader, req.Location, req.Published = s.reader(r, v), s.Location, v.readsPublished()
	if req.Page = dashboard.AllPages; q.Get("page") != "all" {
		req.Page, _ = strconv.Atoi(q.Get("page")) // what is no page is the first
	}
	var err error
	req.Period, err = s.period(r, v)
	return req, err
}

// reader says by the one policy what of the board the reader may see. What cannot be read is not open.
func (s *site) reader(r *http.Request, v *visit) dashboard.Reader {
	reader := dashboard.Reader{Figures: func(u assess.UnitCode) bool { return v.user.May(account.ReadFigures, u) }}
	if !v.user.May(account.ReadUnpublished, "") {
		reader.Period = func(p assess.Period) bool {
			open, err := s.mayRead(r, v, p)
			return open && err == nil
		}
	}
	return reader
}

// period answers the period of the address, or the newest quarter that the reader may see.
func (s *site) period(r *http.Request, v *visit) (assess.Period, error) {
	if text := r.URL.Query().Get("q"); text != "" {
		p, err := assess.ParsePeriod(text)
		if err != nil {
			return p, err
		}
		open, err := s.mayRead(r, v, p)
		if hidden := v.hidden(p); hidden != nil && (errors.Is(err, assess.ErrNotFound) || err == nil && !open) {
			return p, hidden
		}
		if err == nil && !open {
			err = assess.Forbidden("problem.not_published",
				fmt.Sprintf("%s is not published yet; choose an earlier period", p), "period", v.words.Period(p.String()))
		}
		return p, err
	}
	periods, err := s.boardOf(v).Periods(r.Context())
	if err != nil {
		return assess.Period{}, fmt.Errorf("periods: %w", err)
	}
	for _, p := range slices.Backward(periods) {
		if p.Kind() != assess.Quarter {
			continue
		}
		if open, err := s.mayRead(r, v, p); open || err != nil {
			return p, err
		}
	}
	return assess.Period{}, assess.NotFound("problem.nothing_to_show", "there is nothing to show yet; collect or import figures first")
}

// mayRead says whether the reader may see a period. Every page sets units beside each other, so before publication it is open only
// to those who may see all of them. A period without figures is assess.ErrNotFound.
func (s *site) mayRead(r *http.Request, v *visit, p assess.Period) (bool, error) {
	sheet, err := s.boardOf(v).Sheet(r.Context(), p)
	if err != nil {
		return false, err
	}
	return opens(v.user, sheet.Cycle), nil
}

// opens says whether somebody may see what units score in a period whose collection stands so.
func opens(u account.User, c assess.Cycle) bool {
	return u.May(account.ReadUnpublished, "") || published(c) && u.May(account.ReadPublished, "")
}

// showWhy draws how a score came about.
func (s *site) showWhy(w http.ResponseWriter, r *http.Request) error {
	req, err := s.dated(r, mux.Vars(r))
	if err != nil {
		return err
	}
	why, err := s.Pages.Why(r.Context(), req)
	if err != nil {
		return err
	}
	body := explanation{Explanation: why}
	for i := range why.Inputs {
		if !visitFrom(r).user.May(account.ReadRegisters, req.Unit) {
			why.Inputs[i].Records = ""
		}
	}
	if why.Trend != nil {
		body.Trend = s.newPanel(r, &dashboard.Panel{
			ID: "history", Type: "trend", Title: visitFrom(r).words.T("web.why.trend"), Trend: why.Trend,
		}, panelContext{})
		body.Trend.Beside = true
	}
	// What people say and do about a figure is of now.
	if v := visitFrom(r); v.day.IsZero() && v.user.May(account.ReadReports, req.Unit) {
		if body.Thread, err = s.threadOf(r, req.Unit, req.Period, req.Code); err != nil {
			return err
		}
		if body.Cases, err = s.casesOf(r, req.Unit, req.Period.CalendarYear(), req.Code); err != nil {
			return err
		}
		body.Assign = assignment(v, req.Unit, req.Period, req.Code, "red", why.Title)
	}
	return s.render(w, r, http.StatusOK, "why", page{
		Title: why.Title, Bar: &why.Bar, Days: true, Body: body, Charts: body.Trend != nil && body.Trend.Option != nil,
	})
}

// sendWhy sends how a score came about as JSON. It holds who entered and who accepted each figure, so it is open to those who may
// read the unit's figures.
func (s *site) sendWhy(w http.ResponseWriter, r *http.Request) error {
	req, err := s.dated(r, mux.Vars(r))
	if err != nil {
		return err
	}
	if v := visitFrom(r); !v.user.May(account.ReadFigures, req.Unit) {
		return assess.Forbidden("problem.no_permission", "the figures of this unit are not open to your account; the page of the score is")
	}
	var buf bytes.Buffer
	if err := s.Explain(r.Context(), &buf, s.boardOf(visitFrom(r)), req.Period, req.Unit, req.Code); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if r.Method != http.MethodHead {
		_, _ = w.Write(buf.Bytes()) // a reader who went away is no fault
	}
	return nil
}
