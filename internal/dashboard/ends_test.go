package dashboard

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTrendOfTheEnds: the mean of all units, then the first and the last of the ranking, by name.
func TestTrendOfTheEnds(t *testing.T) {
	b := small(t)
	req := Request{Period: q2026Q1, Unit: heping}
	trend := onePanel(t, b, PanelDefinition{Type: "trend", Query: Query{Measure: "score", Of: "six_systems", Units: "ends", Periods: 4}}, req).Trend
	ranking := onePanel(t, b, PanelDefinition{Type: "ranking", Query: Query{Measure: "score", Of: "six_systems", Units: "all"}}, req).Ranking
	var placed []Place
	sum := 0.0
	for _, row := range ranking.Rows {
		if row.Figure.Rank > 0 {
			placed, sum = append(placed, row), sum+row.Figure.Score
		}
	}
	want := []string{"市均 mean", placed[0].Unit.Short + " first", placed[len(placed)-1].Unit.Short + " last"}
	var got []string
	for _, s := range trend.Series {
		got = append(got, s.Name+" "+s.Kind)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	spots := trend.Series[0].Spots
	if mean := *spots[len(spots)-1].Value; mean < sum/float64(len(placed))-1e-9 || mean > sum/float64(len(placed))+1e-9 {
		t.Errorf("the mean is %v, want %v", mean, sum/float64(len(placed)))
	}
}
