package dashboard

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// district is a reader of Heping's who may see what is published, and figures of Heping only.
func district(hidden ...assess.Period) Reader {
	return Reader{
		Figures: func(u assess.UnitCode) bool { return u == heping },
		Period: func(p assess.Period) bool {
			for _, h := range hidden {
				if p == h {
					return false
				}
			}
			return true
		},
	}
}

// TestForeignFiguresAreWithheld: the score of another district, its formula and its parts are there; who filed what is not.
func TestForeignFiguresAreWithheld(t *testing.T) {
	b := small(t)
	own := why(t, b, Request{Unit: heping, Code: "lecture_rate", Reader: district()})
	if own.Withheld || len(own.Inputs) != 2 || len(own.Corrections.Rows) != 1 {
		t.Errorf("the own figures: withheld %v, %d inputs, %d corrections", own.Withheld, len(own.Inputs), len(own.Corrections.Rows))
	}
	other := Reader{Figures: func(u assess.UnitCode) bool { return u == shenhe }}
	foreign := why(t, b, Request{Unit: heping, Code: "lecture_rate", Reader: other})
	if !foreign.Withheld || len(foreign.Inputs) != 0 || len(foreign.Corrections.Rows) != 0 {
		t.Errorf("foreign figures: withheld %v, inputs %+v, corrections %+v", foreign.Withheld, foreign.Inputs, foreign.Corrections.Rows)
	}
	if foreign.Figure.Text != own.Figure.Text || foreign.Formula.Plain() != own.Formula.Plain() || len(foreign.History.Rows) == 0 {
		t.Errorf("the score of a published period is open: %+v", foreign)
	}
	if parts := why(t, b, Request{Unit: heping, Code: "six_systems", Reader: other}).Parts; parts == nil || len(parts.Rows) != 4 {
		t.Errorf("the parts of a heading are open: %+v", parts)
	}
	text, err := json.Marshal(foreign)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"reporter", "reviewer", "25 个"} {
		if strings.Contains(string(text), who) {
			t.Errorf("the explanation still names %q", who)
		}
	}
	for _, p := range panelOf(t, resolve(t, b, "indicator", Request{Period: q2026Q1, Code: "lecture_rate", Reader: district()}), "ranking").Ranking.Rows {
		if own := p.Unit.Code == string(heping); (len(p.Numbers) > 0) != own || p.ValueText == "" {
			t.Errorf("%s on the page of the indicator: %s of %v", p.Unit.Short, p.ValueText, p.Numbers)
		}
	}
	open := panelOf(t, resolve(t, b, "unit", Request{Period: q2026Q1, Unit: heping}), "corrections").Table
	closed := panelOf(t, resolve(t, b, "unit", Request{Period: q2026Q1, Unit: heping, Reader: other}), "corrections").Table
	if len(open.Rows) != 1 || len(closed.Rows) != 0 || closed.Empty == open.Empty {
		t.Errorf("corrections: %d rows for all, %d for another district: %q", len(open.Rows), len(closed.Rows), closed.Empty)
	}
}

// TestHiddenPeriodsAreNowhere: a period the reader may not see is a gap in every panel of every page and in every explanation. Were
// it there, 2025Q4 would be the base of 2026Q1 and a point of every line.
func TestHiddenPeriodsAreNowhere(t *testing.T) {
	b := small(t)
	reader := district(q2025Q4)
	for page, req := range map[assess.Code]Request{
		"home": {}, "framework": {}, "indicators": {}, "unit": {Unit: shenhe}, "indicator": {Code: "lecture_rate"}, "lags": {},
	} {
		req.Period, req.Reader = q2026Q1, reader
		p := resolve(t, b, page, req)
		if !p.Bar.Base.IsZero() {
			t.Errorf("%s is compared with %s", page, p.Bar.Base)
		}
		for _, period := range p.Bar.Periods {
			if period == q2025Q4 {
				t.Errorf("%s offers the hidden period", page)
			}
		}
		for _, row := range p.Rows {
			for _, panel := range row.Panels {
				checkSpots(t, string(page)+" "+panel.ID, panel)
			}
		}
	}
	e := why(t, b, Request{Unit: shenhe, Code: "composite", Reader: reader})
	checkSpots(t, "why", Panel{Trend: e.Trend})
	for _, row := range e.History.Rows {
		if row[0].Text == "2025年第四季度" && (row[2].Text != "—" || row[2].Link != "") {
			t.Errorf("the history says %+v", row)
		}
	}
	if _, err := Why(t.Context(), b, catalogue(t), Request{Period: q2025Q4, Unit: shenhe, Code: "composite", Reader: reader}); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("the hidden period itself: %v", err)
	}
	if p := resolve(t, b, "home", Request{Reader: district(q2026Q1, q2026Q2)}); p.Bar.Period != q2025Q4 {
		t.Errorf("the newest quarter to be seen is %s", p.Bar.Period)
	}
}

func checkSpots(t *testing.T, where string, panel Panel) {
	t.Helper()
	var all []Spot
	if panel.Stat != nil {
		for _, c := range panel.Stat.Cards {
			all = append(all, c.Spark...)
		}
	}
	if panel.Trend != nil {
		for _, s := range panel.Trend.Series {
			all = append(all, s.Spots...)
		}
	}
	for _, s := range all {
		if s.Period == q2025Q4 && (s.Value != nil || s.Text != "—" || s.Why != "") {
			t.Errorf("%s shows a hidden period: %+v", where, s)
		}
	}
}
