package web

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// matterPath answers the address of the matters of a kind.
func matterPath(kind assess.MatterKind) string {
	return map[assess.MatterKind]string{assess.Correction: "/corrections", assess.Appeal: "/appeals", assess.Task: "/actions"}[kind]
}

// matterRow is a matter in a list.
type matterRow struct {
	assess.Matter
	URL, UnitName, PeriodText, CodeName, StateText, Class, OwnerText, OriginText, DueText, OpenedText, By string
	BeforeText, AfterText, LastNote                                                                       string
	Overdue                                                                                               bool
}

// mattersBody is what the list of a kind shows.
type mattersBody struct {
	Kind, Path, Sentence, Fault string
	Rows                        []matterRow
	Periods                     []link
	May                         bool // open one
	Typed                       url.Values
	Units, Codes, Departments   []option
	Origins                     []option
	Period                      string
	Stage                       *stageView
}

func (s *site) listMatters(kind assess.MatterKind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.drawMatters(w, r, http.StatusOK, kind, r.URL.Query(), "")
	}
}

func (s *site) drawMatters(w http.ResponseWriter, r *http.Request, status int, kind assess.MatterKind, typed url.Values, fault string) error {
	v := visitFrom(r)
	p, err := s.matterPeriod(r, kind)
	if err != nil {
		return err
	}
	q := assess.MatterQuery{Kind: kind}
	if kind != assess.Task {
		q.Period = p
	}
	all, err := s.Matters.List(r.Context(), q, v.user)
	if err != nil {
		return err
	}
	edition := s.editionFor(r, nil)
	open := map[assess.MatterKind]account.Action{assess.Correction: account.RequestCorrection, assess.Appeal: account.FileAppeal, assess.Task: account.OpenTask}[kind]
	body := mattersBody{
		Kind: string(kind), Path: matterPath(kind), Fault: fault, Typed: typed, Period: p.String(),
		May: v.user.MaySome(open),
	}
	waiting := 0
	for i := range all {
		row := s.matterRow(v, &all[i], edition)
		if !final(&all[i]) {
			waiting++
		}
		body.Rows = append(body.Rows, row)
	}
	body.Sentence = v.words.T("web.matter."+string(kind)+".sentence", "n", itoa(len(all)), "open", itoa(waiting), "period", v.words.Period(p.String()))
	if kind != assess.Task {
		if body.Periods, err = s.matterPeriods(r, kind, p); err != nil {
			return err
		}
	}
	if body.May && edition != nil {
		body.choices(v, kind, edition)
	}
	if kind == assess.Appeal {
		if body.Stage, err = s.stageView(r, v, p); err != nil {
			return err
		}
	}
	return s.render(w, r, status, "matters", page{Title: v.words.T("web.matter." + string(kind) + ".title"), Body: body})
}

// matterPeriod answers the period a list is about: the newest quarter that is closed, of appeals the newest year that is, unless the
// address says otherwise.
func (s *site) matterPeriod(r *http.Request, kind assess.MatterKind) (assess.Period, error) {
	text := r.URL.Query().Get("q")
	if text == "" && r.Method == http.MethodPost {
		text = r.PostForm.Get("period")
	}
	if text != "" {
		p, err := assess.ParsePeriod(text)
		if err == nil && p.Kind() == assess.Month {
			err = assess.Invalid("problem.not_quarter", fmt.Sprintf("%s is not a quarter; write one such as %s", p, p.LastQuarter()), "period", p.String(), "want", p.LastQuarter().String())
		}
		if kind == assess.Appeal {
			p = p.Year()
		}
		return p, err
	}
	cycles, err := s.Desk.Quarters(r.Context())
	if err != nil {
		return assess.Period{}, err
	}
	if len(cycles) == 0 {
		return assess.Period{}, assess.NotFound("problem.nothing_collected", "no quarter is being collected yet; the calendar says when the next one opens")
	}
	for _, c := range cycles {
		switch {
		case kind == assess.Appeal && c.State.Closed() && c.Period == c.Period.Year().LastQuarter():
			return c.Period.Year(), nil
		case kind != assess.Appeal && c.State.Closed(), kind == assess.Task:
			return c.Period, nil
		}
	}
	if kind == assess.Appeal {
		return cycles[0].Period.Year(), nil
	}
	return cycles[0].Period, nil
}

// matterPeriods answers links to the periods of a list: the newest quarters, of appeals their years.
func (s *site) matterPeriods(r *http.Request, kind assess.MatterKind, current assess.Period) ([]link, error) {
	prefix := matterPath(kind) + "?q="
	if kind != assess.Appeal {
		return s.collections(r, prefix, current)
	}
	quarters, err := s.quarters(r)
	if err != nil {
		return nil, err
	}
	v := visitFrom(r)
	var links []link
	for i, p := range quarters {
		if year := p.Year(); i == 0 || quarters[i-1].Year() != year {
			links = append(links, link{URL: prefix + year.String(), Text: v.words.Period(year.String()), Current: year == current})
		}
	}
	return links, nil
}

// final says whether nothing more is to be done about a matter.
func final(m *assess.Matter) bool {
	switch m.Kind {
	case assess.Correction:
		return m.State == string(assess.CorrectionApplied) || m.State == string(assess.CorrectionRefused)
	case assess.Appeal:
		return m.State == string(assess.AppealNotified)
	}
	return m.State == string(assess.TaskClosed)
}

func (s *site) matterRow(v *visit, m *assess.Matter, e *assess.Edition) matterRow {
	row := matterRow{
		Matter: *m, URL: matterPath(m.Kind) + "/" + url.PathEscape(m.ID), CodeName: string(m.Code), By: m.OpenedBy,
		StateText: v.words.T(string(m.Kind) + "." + m.State), Class: "open", OpenedText: s.moment(m.OpenedAt),
	}
	var item assess.Item // stays empty for what is no figure
	if e != nil {
		item, _ = e.Item(m.Code)
	}
	row.BeforeText, row.AfterText = figureText(v, item, "", m.Before), figureText(v, item, "", m.After)
	if final(m) {
		row.Class = "done"
	}
	if !m.Period.IsZero() {
		row.PeriodText = v.words.Period(m.Period.String())
	}
	if m.Origin != "" {
		row.OriginText = v.words.T("web.task.origin." + m.Origin)
	}
	if !m.Due.IsZero() {
		row.DueText = v.words.Date(m.Due)
		today := s.Now().In(s.Location)
		row.Overdue = !final(m) && m.Due.Before(time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC))
	}
	if n := len(m.Steps); n > 0 {
		row.LastNote = m.Steps[n-1].Note
	}
	if e == nil {
		return row
	}
	if u, ok := e.Roster.Unit(m.Unit); ok {
		row.UnitName = u.Name.In(v.lang())
	}
	if item, ok := e.Item(m.Code); ok && m.Kind != assess.Appeal {
		row.CodeName = item.Name.In(v.lang())
	} else if _, node, ok := e.Indicator(m.Code); ok {
		row.CodeName = node.Name.In(v.lang())
	}
	row.OwnerText = row.UnitName
	if m.Unit == "" {
		row.OwnerText = departmentName(v, e, m.Department)
	}
	return row
}
