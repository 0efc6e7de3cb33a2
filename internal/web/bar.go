package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
)

// stateBar is the state that is always visible.
type stateBar struct {
	Period, StateText, VersionText, ReportedText, AsOf, Scheme string
	Published                                                  bool
	Years                                                      []yearRow
	Bases                                                      []link
	Export                                                     string
	Day                                                        *dayForm // nil on pages that know no days
	Old                                                        oldNews
}

// yearRow is a line of the period picker: the year's quarters, then the year itself.
type yearRow struct {
	Name  string
	Cells []link
}

func (s *site) stateBar(r *http.Request, v *visit, p page) *stateBar {
	b := p.Bar
	bar := &stateBar{
		Period: v.words.Period(b.Period.String()), Published: published(b.Cycle),
		StateText:    s.standing(v, b),
		VersionText:  v.words.T("web.state.version", "n", strconv.Itoa(b.Version)),
		ReportedText: v.words.T("web.state.reported", "n", strconv.Itoa(b.Reported), "all", strconv.Itoa(b.Units)),
		AsOf:         b.AsOf, Scheme: b.Scheme,
		Years: s.years(r, v, b),
	}
	if p.Base != nil {
		for _, c := range p.Base.Choices {
			bar.Bases = append(bar.Bases, link{URL: c.Link, Text: c.Text, Current: c.Current})
		}
	}
	if !bar.Published && v.day.IsZero() && v.user.May(account.ReadUnpublished, "") { // where the sources stand now says nothing of a past day
		bar.Old = s.oldNews(r, v)
	}
	if p.Days {
		bar.Day = s.dayForm(v)
	}
	if v.day.IsZero() && r.URL.Path != "/export" && v.user.May(account.Export, v.user.Unit) {
		bar.Export = "/export?q=" + url.QueryEscape(b.Period.String())
	}
	return bar
}

// standing says where the period of a bar stands: a quarter in its collection, a year in the way of its result.
func (s *site) standing(v *visit, b *dashboard.Bar) string {
	if b.Result == "" {
		return s.cycleText(v, b.Cycle)
	}
	return v.words.T("web.cycle.result", "state", v.words.T("result."+string(b.Result)))
}

// cycleText says where the collection stands; a published period says since when: 已发布 4-18.
func (s *site) cycleText(v *visit, c assess.Cycle) string {
	if published(c) && !c.PublishedAt.IsZero() {
		return v.words.T("web.cycle.published_on", "date", i18n.DateNear(c.PublishedAt.In(s.Location), s.Now().In(s.Location)))
	}
	if c.State == "" {
		return v.words.T("web.cycle.scheduled")
	}
	return v.words.T("web.cycle." + string(c.State))
}

func published(c assess.Cycle) bool {
	return c.State == assess.CyclePublished || c.State == assess.CycleArchived
}

// years lays the periods out as the picker shows them, newest year first. A period without figures, or one the reader may not
// see yet, is a word without a link.
func (s *site) years(r *http.Request, v *visit, b *dashboard.Bar) []yearRow {
	var rows []yearRow
	open := map[assess.Period]bool{}
	for _, p := range b.Periods {
		// Whoever may read everything may read what is listed; to look at the sheet of every period would mean to compute them all.
		if open[p] = v.user.May(account.ReadUnpublished, ""); !open[p] {
			open[p], _ = s.mayRead(r, v, p) // what cannot be read has no link
		}
		if y := strconv.Itoa(p.CalendarYear()); len(rows) == 0 || rows[len(rows)-1].Name != y {
			rows = append(rows, yearRow{Name: y})
		}
	}
	slices.Reverse(rows)
	for i := range rows {
		year, _ := strconv.Atoi(rows[i].Name)
		for n, p := range append(assess.NewYear(year).Quarters(), assess.NewYear(year)) {
			cell := link{Text: v.words.T([]string{"web.q1", "web.q2", "web.q3", "web.q4", "web.year"}[n]), Current: p == b.Period}
			if open[p] {
				cell.URL = v.with("q", p.String())
			}
			rows[i].Cells = append(rows[i].Cells, cell)
		}
	}
	return rows
}

// plainBar makes the state bar of a page that is not made of panels.
func (s *site) plainBar(r *http.Request, v *visit, p assess.Period) (*dashboard.Bar, error) {
	board, err := results.Seen(r.Context(), s.Board, results.View{Published: v.readsPublished()})
	if err != nil {
		return nil, err
	}
	sheet, err := board.Sheet(r.Context(), p)
	if err != nil {
		return nil, err
	}
	periods, err := board.Periods(r.Context())
	if err != nil {
		return nil, fmt.Errorf("periods: %w", err)
	}
	reported, all := sheet.Reported()
	return &dashboard.Bar{
		Period: p, Periods: periods, Cycle: sheet.Cycle, Result: sheet.Result, Version: sheet.Version, Reported: reported, Units: all,
		AsOf: v.words.T("common.as_of", "date", v.words.Date(sheet.AsOf)),
	}, nil
}
