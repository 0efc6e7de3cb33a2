package web

import (
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
)

// Of units that are equal nobody is the highest.
func TestEqualUnitsHaveNoHighest(t *testing.T) {
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	place := func(unit string, score float64, text string) dashboard.Place {
		return dashboard.Place{Unit: dashboard.Name{Full: unit}, Figure: dashboard.Figure{State: assess.Scored, Score: score, Text: text}}
	}
	for _, tc := range []struct {
		places []dashboard.Place
		want   string
	}{
		{[]dashboard.Place{place("和平区", 93.21, "93.21"), place("铁西区", 93.21, "93.21")}, "综合：都是 93.21"},
		{[]dashboard.Place{place("和平区", 93.21, "93.21"), place("铁西区", 92.5, "92.50")}, "综合：和平区最高 93.21，铁西区最低 92.50"},
	} {
		if got := rankingTakeaway(words.In(i18n.Chinese), &dashboard.Ranking{Of: dashboard.Name{Full: "综合"}, Rows: tc.places}); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}
