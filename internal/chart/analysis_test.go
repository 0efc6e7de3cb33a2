package chart_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRankBandReachesOverItsPlaces: bars begin a little before the first place and end a little after the last; a sure place has a bar
// too, and the point stands on the published rank.
func TestRankBandReachesOverItsPlaces(t *testing.T) {
	o := option(t, panels()["rankband"])
	for row, want := range [][2]float64{{0.85, 0.3}, {1.85, 2.3}, {1.85, 2.3}} {
		from, length := dig(t, o, "series", 0, "data", row, "value"), dig(t, o, "series", 1, "data", row, "value")
		if diff := cmp.Diff([]any{want[0], want[1]}, []any{from, length}); diff != "" {
			t.Errorf("row %d (-want +got):\n%s", row, diff)
		}
	}
	if got := dig(t, o, "series", 2, "data", 2, "value", 0); got != 3.0 {
		t.Errorf("the point of the third stands at %v", got)
	}
	if a, b := dig(t, o, "series", 1, "data", 1, "itemStyle", "color"), dig(t, o, "series", 1, "data", 2, "itemStyle", "color"); a == b {
		t.Error("the page's own unit looks like the others")
	}
}

// TestWaterfallFloats: a step down floats between its two totals, and the two totals stand on the axis, which is cut close: 90 to 94.
func TestWaterfallFloats(t *testing.T) {
	o := option(t, panels()["waterfall"])
	low := dig(t, o, "xAxis", 0, "min").(float64)
	for row, want := range [][2]float64{{low, 90 - low}, {90, 3.5}, {92, 1.5}, {low, 92 - low}} {
		from, length := dig(t, o, "series", 0, "data", row, "value"), dig(t, o, "series", 1, "data", row, "value")
		if diff := cmp.Diff([]any{want[0], want[1]}, []any{from, length}); diff != "" {
			t.Errorf("step %d (-want +got):\n%s", row, diff)
		}
	}
	for row, want := range []string{"#D9E2EC", "#1F5FA8", "#B4531F", "#D9E2EC"} {
		if got := dig(t, o, "series", 1, "data", row, "itemStyle", "color"); got != want {
			t.Errorf("step %d is %v, want %s: no step has the colour of a light", row, got, want)
		}
	}
	for i := range 2 {
		if dig(t, o, "series", i, "stack") != "points" {
			t.Error("the bars do not stand on each other")
		}
	}
	// Both totals are marked where they are cut.
	for i, row := range []float64{0, 3} {
		x := dig(t, o, "series", 2, "data", i, "value").([]any)
		if x[1] != row || x[0].(float64) <= low || x[0].(float64) >= 90 {
			t.Errorf("the cut of row %g stands at %v", row, x)
		}
	}
}
