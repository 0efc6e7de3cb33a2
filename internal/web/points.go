package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/i18n"
)

// pointsBody is what gives or takes points in a year.
type pointsBody struct {
	Path, Sentence, Fault, Done string
	Ways, Years                 []link
	Open, Settled               []caseRow
	MayPropose                  bool
	Items, Units, Quarters      []option
	Typed                       url.Values
}

// caseRow is a proposal with what may be done with it.
type caseRow struct {
	ID, Unit, Kind, What, Title, Reason, Evidence, State, Class, Period, By, At string
	Steps                                                                       []caseStep
	May                                                                         []option
	Files                                                                       evidenceCell
}

// caseView is a case with where its form is sent.
type caseView struct {
	Case        caseRow
	Path, Token string
}

// caseOf gives a case what its form needs of the page.
func caseOf(f frame, c caseRow) caseView {
	body, _ := f.Body.(pointsBody)
	return caseView{c, body.Path, f.Token}
}

// caseStep is a step that was taken.
type caseStep struct{ What, By, At, Note string }

func (s *site) showPoints(w http.ResponseWriter, r *http.Request) error {
	sheet, err := s.City.Points(r.Context(), yearOf(r), s.act(r))
	if err != nil {
		return err
	}
	done := map[string]string{"proposed": "web.points.proposed", "decided": "web.points.decided"}[r.URL.Query().Get("done")]
	if done != "" {
		done = visitFrom(r).words.T(done)
	}
	return s.drawPoints(w, r, http.StatusOK, sheet, pointsBody{Done: done})
}

func (s *site) drawPoints(w http.ResponseWriter, r *http.Request, status int, sheet *city.PointsSheet, body pointsBody) error {
	v := visitFrom(r)
	body.Path = "/city/" + strconv.Itoa(sheet.Year) + "/points"
	body.Ways, body.MayPropose = s.cityWays(r, assess.NewQuarter(sheet.Year, 4), "points"), v.user.May(account.ProposePoints, "")
	if body.Typed == nil {
		body.Typed = url.Values{}
	}
	files, err := s.caseFiles(r)
	if err != nil {
		return err
	}
	waiting, counting, who := 0, 0, s.names(r.Context())
	for _, p := range sheet.Cases {
		row := s.caseRow(v, sheet, p, who)
		row.Files = s.proveCase(r, sheet, p, files[p.ID])
		if p.Open() {
			waiting++
			body.Open = append(body.Open, row)
		} else {
			body.Settled = append(body.Settled, row)
		}
		if p.Counts() {
			counting++
		}
	}
	body.Sentence = v.words.T("web.points.sentence", "year", sheet.Year, "counting", counting, "waiting", waiting)
	body.fillChoices(v, sheet)
	body.Years = s.cityYears(r, sheet.Year, "/points")
	return s.render(w, r, status, "points", page{Title: v.words.T("web.points.title", "year", sheet.Year), Body: body, Wrong: body.Fault != "", Style: "fill.css"})
}

// cityYears answers links to the same page of other years.
func (s *site) cityYears(r *http.Request, year int, page string) (links []link) {
	for _, l := range s.targetYears(r, year) {
		links = append(links, link{URL: "/city/" + strings.TrimPrefix(l.URL, "/targets/") + page, Text: l.Text, Current: l.Current})
	}
	return links
}

// fillChoices puts the lists of the form in place.
func (b *pointsBody) fillChoices(v *visit, sheet *city.PointsSheet) {
	b.Items = []option{{Text: v.words.T("web.choose")}}
	b.Units = []option{{Text: v.words.T("web.choose")}}
	add := func(value, text string) { b.Items = append(b.Items, option{value, text, b.Typed.Get("item") == value}) }
	for _, item := range sheet.Items {
		name, code := item.Name.In(v.lang()), string(item.Item.Code)
		for _, l := range item.Levels {
			add(code+"|"+string(l.Level), v.words.T("web.points.choice.level", "name", name, "level", levelName(v, string(l.Level)), "points", i18n.Number(l.Points, 1)))
		}
		for _, k := range item.Kinds {
			add(code+"|"+string(k.Code), v.words.T("web.points.choice.kind", "name", name, "kind", levelName(v, string(k.Code)), "points", i18n.Number(k.Each, 1)))
		}
		switch {
		case len(item.Levels)+len(item.Kinds) > 0:
		case item.Cases == assess.EventProposed:
			add(code+"|", v.words.T("web.points.choice.event", "name", name, "points", i18n.Number(item.Node.Indicator.Method.PerCase, 1)))
		default:
			add(code+"|", v.words.T("web.points.choice.veto", "name", name))
		}
	}
	for _, u := range sheet.Units {
		b.Units = append(b.Units, option{string(u.Code), u.Name.In(v.lang()), b.Typed.Get("of") == string(u.Code)})
	}
	for _, q := range assess.NewYear(sheet.Year).Quarters() {
		b.Quarters = append(b.Quarters, option{q.String(), v.words.Period(q.String()), b.Typed.Get("quarter") == q.String()})
	}
}

func (s *site) caseRow(v *visit, sheet *city.PointsSheet, p assess.Proposal, who func(string) string) caseRow {
	row := caseRow{
		ID: p.ID, Unit: unitName(v, sheet.Edition, p.Unit), Kind: v.words.T("web.points.kind." + string(p.Kind)), Title: p.Title, Reason: p.Reason, Evidence: p.Evidence,
		State: v.words.T("proposal." + string(p.State)), Class: "done", Period: v.words.Period(p.Period.String()), By: who(p.By), At: s.moment(p.At), What: string(p.Item),
	}
	if item := sheet.Item(p.Item); item != nil {
		row.What = item.Name.In(v.lang())
	}
	if p.Part != "" {
		row.What += " · " + levelName(v, p.Part)
	}
	if p.Open() {
		row.Class = "open"
	}
	for _, step := range p.Steps {
		row.Steps = append(row.Steps, caseStep{v.words.T("action." + string(step.Action)), who(step.By), s.moment(step.At), step.Note})
	}
	for _, a := range city.Steps(sheet.Edition, p, v.user) {
		row.May = append(row.May, option{Value: string(a), Text: v.words.T("action." + string(a)), Chosen: a == cycle.Confirm || a == cycle.Keep})
	}
	return row
}

// proposeCase keeps a case until another person confirms it.
func (s *site) proposeCase(w http.ResponseWriter, r *http.Request) error {
	year := yearOf(r)
	sheet, err := s.City.Points(r.Context(), year, s.act(r))
	if err != nil {
		return err
	}
	if err := only(r, "item", "of", "quarter", "title", "reason", "evidence"); err != nil {
		return err
	}
	form := r.PostForm
	code, part, _ := strings.Cut(form.Get("item"), "|")
	c := city.Case{
		Unit: assess.UnitCode(form.Get("of")), Item: assess.Code(code), Part: part, Period: assess.NewYear(year),
		Title: form.Get("title"), Reason: form.Get("reason"), Evidence: form.Get("evidence"),
	}
	if item := sheet.Item(c.Item); item != nil && item.Period.Kind() == assess.Quarter { // what is counted by the year needs no quarter
		c.Period, err = assess.ParsePeriod(form.Get("quarter"))
	}
	if err == nil {
		_, err = s.City.Propose(r.Context(), year, c, s.act(r))
	}
	if p, status, ok := refusal(err); ok {
		return s.drawPoints(w, r, status, sheet, pointsBody{Typed: form, Fault: visitFrom(r).problem(p)})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, r.URL.Path+"?done=proposed", http.StatusSeeOther)
	return nil
}

// decideCase takes a step of a case.
func (s *site) decideCase(w http.ResponseWriter, r *http.Request) error {
	sheet, err := s.City.Points(r.Context(), yearOf(r), s.act(r))
	if err != nil {
		return err
	}
	if err := only(r, "do", "note"); err != nil {
		return err
	}
	err = assess.NotFound("problem.proposal_unknown", "there is no such proposal; choose one from the list")
	for _, p := range sheet.Cases { // figures of departments, and cases of other years, are not decided here
		if p.ID == mux.Vars(r)["proposal"] {
			err = s.City.Decide(r.Context(), p.ID, cycle.Action(r.PostForm.Get("do")), r.PostForm.Get("note"), s.act(r))
		}
	}
	if p, status, ok := refusal(err); ok {
		return s.drawPoints(w, r, status, sheet, pointsBody{Fault: visitFrom(r).problem(p)})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/city/"+strconv.Itoa(sheet.Year)+"/points?done=decided", http.StatusSeeOther)
	return nil
}
