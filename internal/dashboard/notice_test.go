package dashboard

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// TestTheNoticeSaysWhatTheSheetsSay parses every figure of the notice back, in both languages, and holds it to the sheets: the city's
// scores with their changes, the lights counted anew, and in how many districts each indicator lags, the most first.
func TestTheNoticeSaysWhatTheSheetsSay(t *testing.T) {
	b := small(t)
	now := b.sheets[q2026Q1]
	for _, lang := range []string{"zh", "en"} {
		page := resolve(t, b, "notice", Request{Period: q2026Q1, Lang: lang})
		if got := figuresIn(t, page.Sentence.Plain()); len(got) < 4 || got[0] != 2026 && lang == "zh" || got[len(got)-1] != float64(now.Version) {
			t.Errorf("%s: %q", lang, page.Sentence.Plain())
		}
		var want []float64
		for _, scores := range now.Frameworks {
			root := scores.City.Root()
			want = append(want, root.Shown)
			for _, old := range []assess.Period{q2025Q4, q2025Q1} { // the quarter before, the same of last year
				want = append(want, assess.HalfUp.Round(root.Shown-b.sheets[old].Scores(scores.Framework).City.Root().Shown, 2))
			}
			want = append(want, lightsOf(scores)...)
		}
		overall := panelOf(t, page, "overall").Text.Plain()
		if diff := cmp.Diff(want, figuresIn(t, overall)); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", lang, overall, diff)
		}
		problems := panelOf(t, page, "problems").Text.Plain()
		counts := append(redOnes(now.Frameworks), 1, 1) // Shenhe was late by a day, Heping's figures were returned
		if diff := cmp.Diff(counts, figuresIn(t, problems)); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", lang, problems, diff)
		}
		if steps := panelOf(t, page, "steps").Text.Plain(); !strings.Contains(steps, "2026") || !strings.HasPrefix(steps, "1. ") {
			t.Errorf("%s: no step, or none with a date: %q", lang, steps)
		}
	}
}

// lightsOf counts the lights of a framework over the districts: green, yellow, red, those that there are.
func lightsOf(scores *assess.Scores) (counts []float64) {
	lights := map[assess.Light]float64{}
	for i := range scores.Cards {
		if n := scores.Cards[i].Root(); n.State == assess.Scored {
			lights[n.Light]++
		}
	}
	for _, light := range []assess.Light{assess.Green, assess.Yellow, assess.Red} {
		if lights[light] > 0 {
			counts = append(counts, lights[light])
		}
	}
	return counts
}

// redOnes counts in how many districts each indicator has a red light, the most first.
func redOnes(frameworks []*assess.Scores) (counts []float64) {
	red := map[assess.Code]float64{}
	for _, scores := range frameworks {
		for i := range scores.Cards {
			for _, n := range scores.Cards[i].Nodes {
				if n.Level == 1 && n.Light == assess.Red && n.State == assess.Scored {
					red[n.Node]++
				}
			}
		}
	}
	for _, n := range red {
		counts = append(counts, n)
	}
	slices.SortFunc(counts, func(a, b float64) int { return int(b - a) })
	return counts
}

// TestFiguresOfTheNoticeOpen: every score and change leads to its /why.
func TestFiguresOfTheNoticeOpen(t *testing.T) {
	page := resolve(t, small(t), "notice", Request{Period: q2026Q1})
	opened := 0
	for _, fragment := range *panelOf(t, page, "overall").Text {
		isScore := strings.Contains(fragment.Text, ".")
		u, err := url.Parse(fragment.Link)
		if err != nil {
			t.Fatal(err)
		}
		if isScore && !strings.HasPrefix(u.Path, "/why/") {
			t.Errorf("%q leads to %q", fragment.Text, fragment.Link)
		}
		if isScore {
			opened++
		}
	}
	if opened < 3 {
		t.Errorf("%d figures open", opened)
	}
}
