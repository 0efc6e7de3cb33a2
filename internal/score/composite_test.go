package score_test

import (
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// TestContributions: 60 × 2/3 = 40 points exactly; 40 × 1/3 = 13.3333…, rounded half-up to 13.3333; together 53.3333, shown 53.33.
// The frameworks' own 66.6667 and 33.3333 are not rounded a second time.
func TestContributions(t *testing.T) {
	a, _ := twoFrameworks()
	six := official(fullYear(indicator("a", "100", assess.Method{Kind: assess.TargetRatio}), 3))
	five := official(fullYear(indicator("b", "100", assess.Method{Kind: assess.TargetRatio}), 3))
	six.Code, six.Root.Code, five.Code, five.Root.Code = "six", "six", "five", "five"
	frameworks := []*assess.Framework{six, five}
	p := combinedPanel(units(1), frameworks)
	put(t, p, "u1", q1, "a", "2")
	put(t, p, "u1", q1, "b", "1")
	s := combine(t, a, frameworks, p, q1)
	card := &s.Cards[0]
	// 66.6667 of 100 points are 66.6667/100 × 60 = 40.00002, which is 40.0000.
	if n := card.Node("six"); n.Points != 40 || n.FullPoints != 60 || n.Score != 66.6667 || n.Parent != "composite" {
		t.Errorf("six: %v of %v points, score %v, parent %q; want 40 of 60, 66.6667, composite", n.Points, n.FullPoints, n.Score, n.Parent)
	}
	if n := card.Node("five"); n.Points != 13.3333 {
		t.Errorf("five: %v points, want 13.3333", n.Points)
	}
	r := card.Root()
	if r.Score != 53.3333 || r.Shown != 53.33 || r.Level != 3 || card.Total != 53.3333 || card.Base != 53.3333 {
		t.Errorf("score %v, shown %v, level %d, total %v; want 53.3333, 53.33, 3, 53.3333", r.Score, r.Shown, r.Level, card.Total)
	}
	if want := "60 × 66.6667 ÷ 100 + 40 × 33.3333 ÷ 100"; r.Why.Formula != want {
		t.Errorf("formula %q, want %q", r.Why.Formula, want)
	}
}

// TestQuarterCostsNothing: bonus and lateness wait for the year; days of lateness are marked.
func TestQuarterCostsNothing(t *testing.T) {
	a, frameworks := twoFrameworks()
	p := combinedPanel(units(1), frameworks)
	for _, item := range []assess.Code{"six_main", "six_core", "five_main"} {
		put(t, p, "u1", q4, item, "90")
	}
	put(t, p, "u1", year, "award", "2")
	put(t, p, "u1", year, "fraud", "1")
	p.PutConduct("u1", q4, score.Conduct{LateDays: 3})
	p.PutConduct("u1", q1, score.Conduct{LateDays: 1})
	quarter := &combine(t, a, frameworks, p, q4).Cards[0]
	if quarter.Total != 90 || quarter.Bonus != 0 || quarter.Late != 0 || quarter.LateDays != 3 || quarter.Root().Grade != "" || len(quarter.Vetoed) != 0 {
		t.Errorf("quarter: total %v, bonus %v, late %v, %d days, grade %q, vetoed %v; want 90, 0, 0, 3, none, none",
			quarter.Total, quarter.Bonus, quarter.Late, quarter.LateDays, quarter.Root().Grade, quarter.Vetoed)
	}
	// 90 + 2 − 4 × 0.5
	all := &combine(t, a, frameworks, p, year).Cards[0]
	if all.Base != 90 || all.Bonus != 2 || all.Late != 2 || all.Total != 90 || all.LateDays != 4 || len(all.Vetoed) != 1 {
		t.Errorf("year: base %v + %v − %v = %v, %d days, vetoed %v; want 90 + 2 − 2 = 90, 4 days, one veto", all.Base, all.Bonus, all.Late, all.Total, all.LateDays, all.Vetoed)
	}
	a.Late.GraceDays = 3
	if c := &combine(t, a, frameworks, p, year).Cards[0]; c.Late != 0.5 || c.LateDays != 4 {
		t.Errorf("with three days of grace: %v points for %d days, want 0.5 for 4", c.Late, c.LateDays)
	}
}

// TestFrameworkNotDue: in a quarter with nothing due in one framework the other is all there is: 45 of 60 points, 75 %.
func TestFrameworkNotDue(t *testing.T) {
	a, frameworks := twoFrameworks()
	frameworks[1].Root.Children[0].Indicator.Frequency = assess.Annual
	p := combinedPanel(units(1), frameworks)
	put(t, p, "u1", q1, "six_main", "75")
	put(t, p, "u1", q1, "six_core", "75")
	card := &combine(t, a, frameworks, p, q1).Cards[0]
	if r := card.Root(); r.Score != 75 || r.Points != 45 || r.FullPoints != 60 || card.Node("five").State != assess.NotDue {
		t.Errorf("score %v, %v of %v points, five %s; want 75, 45 of 60, not due", r.Score, r.Points, r.FullPoints, card.Node("five").State)
	}
	if want := "100 × (60 × 75 ÷ 100) ÷ 60"; card.Root().Why.Formula != want {
		t.Errorf("formula %q, want %q", card.Root().Why.Formula, want)
	}
}

// TestCompositeRange: six 90 is 54 points; five is awaited: 54 to 94.
func TestCompositeRange(t *testing.T) {
	a, frameworks := twoFrameworks()
	p := combinedPanel(units(1), frameworks)
	p.SetOpen(q1, true)
	put(t, p, "u1", q1, "six_main", "90")
	put(t, p, "u1", q1, "six_core", "90")
	card := &combine(t, a, frameworks, p, q1).Cards[0]
	if r := card.Root(); r.State != assess.Pending || r.Low != 54 || r.High != 94 || card.Total != 0 || r.Coverage != 0.6 {
		t.Errorf("%s between %v and %v, total %v, coverage %v; want pending between 54 and 94, none, 0.6", r.State, r.Low, r.High, card.Total, r.Coverage)
	}
}

// TestFrameworkNotApplicable: without six, 60 of 100 points, somebody must decide: from 40 × 0.5 = 20 to 20 + 60.
func TestFrameworkNotApplicable(t *testing.T) {
	a, frameworks := twoFrameworks()
	p := combinedPanel(units(1), frameworks)
	put(t, p, "u1", q1, "six_main", "N/A")
	put(t, p, "u1", q1, "six_core", "N/A")
	put(t, p, "u1", q1, "five_main", "50")
	if r := combine(t, a, frameworks, p, q1).Cards[0].Root(); r.State != assess.Pending || r.Low != 20 || r.High != 80 {
		t.Errorf("%s between %v and %v, want pending between 20 and 80", r.State, r.Low, r.High)
	}
}

// TestAnalyticPart: a framework on a scale of 1 stands in the composite with its share: 60 × 0.8 = 48.
func TestAnalyticPart(t *testing.T) {
	a, frameworks := twoFrameworks()
	frameworks[0] = analytic(indicator("six_main", "1", assess.Method{Kind: assess.Goalposts, Low: 0, High: 10}))
	frameworks[0].Scale, frameworks[0].Code, frameworks[0].Root.Code = 1, "six", "six"
	p := combinedPanel(units(1), frameworks)
	put(t, p, "u1", q1, "six_main", "8")
	put(t, p, "u1", q1, "five_main", "50")
	if r := combine(t, a, frameworks, p, q1).Cards[0].Root(); r.Score != 68 {
		t.Errorf("score %v, want 48 + 20", r.Score)
	}
}

func TestCompositeRefusals(t *testing.T) {
	a, frameworks := twoFrameworks()
	p := combinedPanel(units(1), frameworks)
	parts := []*assess.Scores{compute(t, frameworks[0], p, q1), compute(t, frameworks[1], p, q1)}
	for name, c := range map[string]struct {
		key    string
		change func(*assess.Assessment)
		parts  []*assess.Scores
		period assess.Period
	}{
		"nothing to combine":   {"problem.no_composite", func(a *assess.Assessment) { a.Composite = nil }, parts, q1},
		"a part is missing":    {"problem.composite_part", func(*assess.Assessment) {}, parts[:1], q1},
		"another period":       {"problem.composite_part", func(*assess.Assessment) {}, parts, q2},
		"weights that are off": {"problem.composite_sum", func(a *assess.Assessment) { a.Composite[0].Weight = decimalOf("0.5") }, parts, q1},
		"a weight of nothing":  {"problem.composite_weight", func(a *assess.Assessment) { a.Composite[0].Weight = decimalOf("0") }, parts, q1},
		"an unknown veto":      {"problem.unknown_item", func(a *assess.Assessment) { a.Vetoes[0].Item = "zz" }, parts, q1},
	} {
		t.Run(name, func(t *testing.T) {
			a, _ = twoFrameworks()
			c.change(a)
			_, err := score.Composite(a, frameworks, c.parts, p, c.period, score.Options{})
			wantProblem(t, err, c.key)
		})
	}
}
