package dashboard

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// TestScatterSetsTwoFiguresAgainstEachOther: the scores of 2026Q1 as the ranking panels of the two nodes show them, paired by unit;
// who lacks one of the two is left out and counted.
func TestScatterSetsTwoFiguresAgainstEachOther(t *testing.T) {
	b := small(t)
	d := PanelDefinition{Type: "scatter", Query: Query{Measure: "score", Of: "org_building", Units: "all"}, Options: Options{Against: "skills"}}
	s := onePanel(t, b, d, Request{Period: q2026Q1, Unit: heping}).Scatter
	along := func(code string) map[string]string {
		texts := map[string]string{}
		p := onePanel(t, b, PanelDefinition{Type: "ranking", Query: Query{Measure: "score", Of: code, Units: "all"}}, Request{Period: q2026Q1, Unit: heping})
		for _, row := range p.Ranking.Rows {
			if row.Figure.State == assess.Scored {
				texts[row.Unit.Code] = row.Figure.Text
			}
		}
		return texts
	}
	x, y := along("skills"), along("org_building")
	want, got := map[string][2]string{}, map[string][2]string{}
	for code := range x {
		if y[code] != "" {
			want[code] = [2]string{x[code], y[code]}
		}
	}
	for _, p := range s.Points {
		got[p.Unit.Code] = [2]string{p.XText, p.YText}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) < 2 {
		t.Errorf("points (-want +got):\n%s", diff)
	}
	if s.Left != 4-len(got) {
		t.Errorf("%d left out of 4, %d drawn", s.Left, len(got))
	}
	if s.X.Name.Code != "skills" || s.Y.Name.Code != "org_building" {
		t.Errorf("axes %v, %v", s.X, s.Y)
	}
}
