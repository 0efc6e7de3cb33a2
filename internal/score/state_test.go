package score_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

func direct(code assess.Code, weight string) *assess.Node {
	return indicator(code, weight, assess.Method{Kind: assess.Direct})
}

// TestRedistribution is the example of 1.13: parent 30 = 12 + 10 + 8, the second not applicable, scores 80 and 95. Full points
// 12 × 30/20 = 18 and 8 × 30/20 = 12; points 14.4 + 11.4 = 25.8 of 30 = 86. 20/30 of the weight is just enough.
func TestRedistribution(t *testing.T) {
	f := official(heading("d", "30", direct("a", "12"), direct("b", "10"), direct("c", "8")))
	p := panel(t, units(1), f)
	put(t, p, "u1", q1, "a", "80")
	put(t, p, "u1", q1, "b", "N/A")
	put(t, p, "u1", q1, "c", "95")
	card := &compute(t, f, p, q1).Cards[0]
	d := card.Node("d")
	if d.State != assess.Scored || d.Score != 86 || d.Points != 25.8 || d.FullPoints != 30 {
		t.Errorf("%s, score %v, %v of %v points; want scored, 86, 25.8 of 30", d.State, d.Score, d.Points, d.FullPoints)
	}
	if a, b, c := card.Node("a"), card.Node("b"), card.Node("c"); a.FullPoints != 18 || b.FullPoints != 0 || c.FullPoints != 12 {
		t.Errorf("full points %v, %v, %v; want 18, 0, 12", a.FullPoints, b.FullPoints, c.FullPoints)
	}
}

// TestTooLittleApplicable: 19.9 of 30 points are less than two thirds, so the parent waits for a decision: between
// 11.9 × 0.8 + 8 × 0.95 = 17.12 of 30 (57.07) and 10.1 more (90.73).
func TestTooLittleApplicable(t *testing.T) {
	f := official(heading("d", "30", direct("a", "11.9"), direct("b", "10.1"), direct("c", "8")), heading("e", "70", direct("z", "70")))
	p := panel(t, units(1), f)
	put(t, p, "u1", q1, "a", "80")
	put(t, p, "u1", q1, "b", "N/A")
	put(t, p, "u1", q1, "c", "95")
	put(t, p, "u1", q1, "z", "100")
	card := &compute(t, f, p, q1).Cards[0]
	if d := card.Node("d"); d.State != assess.Pending || d.Low != 57.07 || d.High != 90.73 {
		t.Errorf("%s between %v and %v; want pending between 57.07 and 90.73", d.State, d.Low, d.High)
	}
	// The whole: (17.12 + 70)/100 to (27.22 + 70)/100.
	if r := card.Root(); r.State != assess.Pending || r.Low != 87.12 || r.High != 97.22 || r.Rank != 0 || card.Total != 0 {
		t.Errorf("root %s between %v and %v, rank %d, total %v; want pending between 87.12 and 97.22, no rank, no total", r.State, r.Low, r.High, r.Rank, card.Total)
	}
}

// TestHeadingThatDoesNotApply: all of d (30 points) is not applicable, so e and g (40 and 30) share its points 4 : 3 —
// 40 + 30 × 4/7 = 57.142857… and 42.857142…, in units of 0.0001 by largest remainder 57.1429 and 42.8571.
func TestHeadingThatDoesNotApply(t *testing.T) {
	f := official(heading("d", "30", direct("a", "30")), heading("e", "40", direct("b", "40")), heading("g", "30", direct("c", "30")))
	p := panel(t, units(1), f)
	put(t, p, "u1", q1, "a", "N/A")
	put(t, p, "u1", q1, "b", "100")
	put(t, p, "u1", q1, "c", "0")
	card := &compute(t, f, p, q1).Cards[0]
	if d := card.Node("d"); d.State != assess.NotApplicable {
		t.Errorf("d is %s, want not applicable", d.State)
	}
	if e, g := card.Node("e"), card.Node("g"); e.FullPoints != 57.1429 || g.FullPoints != 42.8571 {
		t.Errorf("full points %v and %v, want 57.1429 and 42.8571", e.FullPoints, g.FullPoints)
	}
	if r := card.Root(); r.Score != 57.1429 || r.Shown != 57.14 || r.Coverage != 1 {
		t.Errorf("root %v, shown %v, coverage %v; want 57.1429, 57.14, 1", r.Score, r.Shown, r.Coverage)
	}
}

// TestStates: the four kinds of missing are four different things.
func TestStates(t *testing.T) {
	phased := func(percent ...float64) *assess.Node { return ratio("100", 1, percent...) }
	ofThree := func() *assess.Node {
		n := indicator("x", "100", assess.Method{Kind: assess.Efficacy, Floor: 60, Satisfactory: 95, Base: 0.6})
		n.Indicator.Value = assess.Formula{Numerator: "num", Denominator: "den", Scale: 100}
		return n
	}
	full, zero := ofThree(), ofThree()
	full.Indicator.Zero, zero.Indicator.Zero = assess.ZeroIsFull, assess.ZeroIsZero
	logged := indicator("x", "100", assess.Method{Kind: assess.Goalposts, Low: 100, High: 75000})
	logged.Indicator.Transform = assess.Log
	for _, c := range []struct {
		name   string
		n      *assess.Node
		period assess.Period
		values map[assess.Code]string
		open   bool
		want   assess.NodeState
		root   assess.NodeState
		score  float64
		reason string
	}{
		{"annual in a quarter", annual(direct("x", "100")), q3, nil, false, assess.NotDue, assess.NotDue, 0, "reason.annual"},
		{"annual in the year", annual(direct("x", "100")), year, nil, false, assess.NotReported, assess.NotReported, 0, "reason.missing"},
		{"year's target 0", fullYear(phased(25, 50, 75, 100), 0), q2, nil, false, assess.NotApplicable, assess.NotApplicable, 0, "reason.no_task"},
		{"year's target 0, work done", fullYear(phased(), 0), q2, map[assess.Code]string{"x": "5"}, false, assess.NotApplicable, assess.NotApplicable, 0, "reason.no_task_but_value"},
		{"phased target still 0", fullYear(phased(0, 0, 80, 100), 30), q2, nil, false, assess.NotDue, assess.NotDue, 0, "reason.phased"},
		{"phased target due", fullYear(phased(0, 0, 80, 100), 30), q3, map[assess.Code]string{"x": "12"}, false, assess.Scored, assess.Scored, 50, ""},
		{"no target yet", phased(), q2, map[assess.Code]string{"x": "5"}, false, assess.Pending, assess.Pending, 0, "reason.no_target"},
		{"not applicable", direct("x", "100"), q1, map[assess.Code]string{"x": "N/A"}, true, assess.NotApplicable, assess.NotApplicable, 0, "reason.exempt"},
		{"blank in a closed period", direct("x", "100"), q1, nil, false, assess.NotReported, assess.NotReported, 0, "reason.missing"},
		{"blank in an open period", direct("x", "100"), q1, nil, true, assess.Pending, assess.Pending, 0, "reason.awaited"},
		{"closed as missing in an open period", direct("x", "100"), q1, map[assess.Code]string{"x": "-"}, true, assess.NotReported, assess.NotReported, 0, "reason.missing"},
		{"zero is a figure", direct("x", "100"), q1, map[assess.Code]string{"x": "0"}, true, assess.Scored, assess.Scored, 0, ""},
		{"denominator 0 excludes by default", ofThree(), q1, map[assess.Code]string{"num": "0", "den": "0"}, false, assess.NotApplicable, assess.NotApplicable, 0, "reason.zero_denominator"},
		{"denominator 0 is full", full, q1, map[assess.Code]string{"num": "0", "den": "0"}, false, assess.Scored, assess.Scored, 100, "reason.zero_denominator"},
		{"denominator 0 is nothing", zero, q1, map[assess.Code]string{"num": "0", "den": "0"}, false, assess.Scored, assess.Scored, 0, "reason.zero_denominator"},
		{"numerator blank", ofThree(), q1, map[assess.Code]string{"den": "10"}, false, assess.NotReported, assess.NotReported, 0, "reason.missing"},
		{"numerator blank, denominator 0", full, q1, map[assess.Code]string{"den": "0"}, false, assess.NotReported, assess.NotReported, 0, "reason.missing"},
		{"one of two will never come", ofThree(), q1, map[assess.Code]string{"den": "-"}, true, assess.NotReported, assess.NotReported, 0, "reason.missing"},
		{"one of two is not applicable", ofThree(), q1, map[assess.Code]string{"den": "N/A"}, true, assess.NotApplicable, assess.NotApplicable, 0, "reason.exempt"},
		{"no logarithm of 0", logged, q1, map[assess.Code]string{"x": "0"}, false, assess.NotApplicable, assess.NotApplicable, 0, "reason.not_positive"},
		{"lower is better than a target of 0", down(phased()), q1, map[assess.Code]string{"x": "0"}, false, assess.Pending, assess.Pending, 0, "reason.zero_target_down"},
		{"efficacy with nothing due yet", indicator("x", "100", assess.Method{Kind: assess.Efficacy, Floor: 5, Satisfactory: 30, Phasing: []float64{0, 100}}), q1, nil, false, assess.NotDue, assess.NotDue, 0, "reason.phased"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := official(c.n)
			p := panel(t, units(1), f)
			p.SetOpen(c.period, c.open)
			if c.reason == "reason.zero_target_down" {
				target(t, p, assess.AnyUnit, year, "x", "0")
			}
			for code, v := range c.values {
				put(t, p, "u1", c.period, code, v)
			}
			card := &compute(t, f, p, c.period).Cards[0]
			n := card.Node("x")
			if n.State != c.want || n.Score != c.score || n.Why.Reason != c.reason {
				t.Errorf("state %s, score %v, reason %q; want %s, %v, %q", n.State, n.Score, n.Why.Reason, c.want, c.score, c.reason)
			}
			if card.Root().State != c.root {
				t.Errorf("the root is %s, want %s", card.Root().State, c.root)
			}
		})
	}
}

// TestNotDueLeavesBothSides: 60 of 100 points are due; 30 of them are attained: 50 %, and the full points are 60.
func TestNotDueLeavesBothSides(t *testing.T) {
	f := official(heading("d", "70", direct("a", "60"), annual(direct("b", "10"))), heading("e", "30", annual(direct("c", "30"))))
	p := panel(t, units(1), f)
	put(t, p, "u1", q1, "a", "50")
	card := &compute(t, f, p, q1).Cards[0]
	if r := card.Root(); r.Score != 50 || r.FullPoints != 60 || r.Points != 30 || r.Coverage != 1 {
		t.Errorf("score %v, %v of %v points, coverage %v; want 50, 30 of 60, 1", r.Score, r.Points, r.FullPoints, r.Coverage)
	}
	if e := card.Node("e"); e.State != assess.NotDue {
		t.Errorf("a heading with nothing due is %s, want not due", e.State)
	}
}

// TestNotReportedCosts: in the official layer 40 points are lost, in a spreading framework they go to the sibling.
func TestNotReportedCosts(t *testing.T) {
	f := official(direct("a", "60"), direct("b", "40"))
	p := panel(t, units(1), f)
	put(t, p, "u1", q1, "a", "90")
	card := &compute(t, f, p, q1).Cards[0]
	if r := card.Root(); r.Score != 54 || r.Coverage != 0.6 {
		t.Errorf("official: score %v, coverage %v; want 60 × 0.9 = 54 and 0.6", r.Score, r.Coverage)
	}
	if b := card.Node("b"); !b.HasScore() || b.Score != 0 || b.FullPoints != 40 {
		t.Errorf("official: what was not reported has %v of %v points, want 0 of 40", b.Points, b.FullPoints)
	}
	f = analytic(direct("a", "60"), direct("b", "40"))
	f.Availability = 0.6
	card = &compute(t, f, p, q1).Cards[0]
	if r := card.Root(); r.Score != 90 || r.Coverage != 0.6 {
		t.Errorf("spread: score %v, coverage %v; want 90 and 0.6", r.Score, r.Coverage)
	}
	if b := card.Node("b"); b.HasScore() || b.FullPoints != 0 || b.Rank != 0 {
		t.Errorf("spread: what was not reported counts with %v points, rank %d; want no score", b.FullPoints, b.Rank)
	}
}

// TestSpreadGoesUp: in a spreading framework a heading without any value is missing itself, and so is one with too little; the
// parent goes on with what is left, as the reference conventions of composite indicators have it.
func TestSpreadGoesUp(t *testing.T) {
	f := analytic(
		heading("d", "1", direct("a", "1"), direct("b", "1"), direct("c", "1")),
		heading("e", "1", direct("x", "1")), heading("g", "1", direct("y", "1")),
	)
	p := panel(t, units(1), f)
	put(t, p, "u1", q1, "a", "10")
	put(t, p, "u1", q1, "x", "70")
	put(t, p, "u1", q1, "y", "80")
	card := &compute(t, f, p, q1).Cards[0]
	if d := card.Node("d"); d.State != assess.Pending {
		t.Errorf("a third of the weight: %s, want pending", d.State)
	}
	if r := card.Root(); r.State != assess.Scored || r.Score != 75 {
		t.Errorf("root %s %v, want scored (70 + 80)/2", r.State, r.Score)
	}
	f.Availability = 0.9
	if r := compute(t, f, p, q1).Cards[0].Root(); r.State != assess.Pending {
		t.Errorf("root with two thirds where 0.9 are needed: %s, want pending", r.State)
	}
}

// TestPendingRange: 60 points scored at 80, 40 awaited with a cap of 1.2: from 48 to 48 + 48.
func TestPendingRange(t *testing.T) {
	f := official(direct("a", "60"), fullYear(indicator("b", "40", assess.Method{Kind: assess.TargetRatio, Cap: 1.2}), 10))
	p := panel(t, units(1), f)
	p.SetOpen(q1, true)
	put(t, p, "u1", q1, "a", "80")
	card := &compute(t, f, p, q1).Cards[0]
	if r := card.Root(); r.State != assess.Pending || r.Low != 48 || r.High != 96 {
		t.Errorf("%s between %v and %v, want pending between 48 and 96", r.State, r.Low, r.High)
	}
	if b := card.Node("b"); b.Low != 0 || b.High != 120 {
		t.Errorf("the indicator can reach %v to %v, want 0 to 120", b.Low, b.High)
	}
}

func TestMeans(t *testing.T) {
	for _, c := range []struct {
		mean assess.Aggregation
		a, b string
		want float64
	}{
		{assess.Arithmetic, "40", "90", 65},           // (40 + 90)/2
		{assess.Geometric, "40", "90", 60},            // √3600
		{assess.Harmonic, "40", "90", 55.384615385},   // 2/(1/40 + 1/90) = 720/13
		{assess.Arithmetic, "100", "33.5", 66.75},     // 133.5/2
		{assess.Geometric, "62.5", "62.5", 62.5},      // equal scores stay
		{assess.Harmonic, "1", "100", 1.980198019802}, // 200/101
	} {
		f := analytic(direct("a", "1"), direct("b", "1"))
		f.Root.Aggregate = c.mean
		p := panel(t, units(1), f)
		put(t, p, "u1", q1, "a", c.a)
		put(t, p, "u1", q1, "b", c.b)
		if r := compute(t, f, p, q1).Cards[0].Root(); r.Shown != assess.Snap(c.want) {
			t.Errorf("%s mean of %s and %s is %v, want %v", c.mean, c.a, c.b, r.Shown, c.want)
		}
	}
}

func TestMeanBelowZero(t *testing.T) {
	f := analytic(direct("a", "1"), direct("b", "1"))
	f.Root.Aggregate = assess.Geometric
	p := panel(t, units(1), f)
	put(t, p, "u1", q1, "a", "0")
	put(t, p, "u1", q1, "b", "-5")
	if r := compute(t, f, p, q1).Cards[0].Root(); r.State != assess.Pending || r.HasScore() {
		t.Errorf("geometric mean with a negative score is %s, want pending: no total", r.State)
	}
}

// TestTwoDecimalsOfLeaves: a rule that scores each item to two decimals: 7 × 0.8333… = 5.8333 becomes 5.83.
func TestTwoDecimalsOfLeaves(t *testing.T) {
	f := official(fullYear(indicator("a", "7", assess.Method{Kind: assess.TargetRatio}), 6), fullYear(indicator("b", "3", assess.Method{Kind: assess.TargetRatio}), 8))
	f.LeafDecimals = 2
	p := panel(t, units(1), f)
	put(t, p, "u1", q1, "a", "5")
	put(t, p, "u1", q1, "b", "7") // 2.625 becomes 2.63
	card := &compute(t, f, p, q1).Cards[0]
	if a, b, r := card.Node("a"), card.Node("b"), card.Root(); a.Points != 5.83 || b.Points != 2.63 || r.Points != 8.46 || r.Score != 84.6 {
		t.Errorf("points %v + %v = %v, score %v; want 5.83 + 2.63 = 8.46, 84.6", a.Points, b.Points, r.Points, r.Score)
	}
	f.Rounding = assess.HalfEven
	if b := compute(t, f, p, q1).Cards[0].Node("b"); b.Points != 2.62 {
		t.Errorf("half-even 2.625 is %v, want 2.62", b.Points)
	}
}

// TestRoundedOnce: 2 of 3 points are 66.6667 and 66.67, each from the fraction. 99.9949… must not climb from 99.9950 to 100.00.
func TestRoundedOnce(t *testing.T) {
	f := official(fullYear(indicator("a", "100", assess.Method{Kind: assess.TargetRatio}), 100000), annual(direct("b", "1")))
	f.LeafDecimals = 4
	f.Decimals = 2
	p := panel(t, units(1), f)
	put(t, p, "u1", q1, "a", "99994.96") // 99.99496: 99.9950 to four decimals, 99.99 to two
	n := compute(t, f, p, q1).Cards[0].Node("a")
	if n.Score != 99.995 || n.Shown != 99.99 {
		t.Errorf("score %v, shown %v; want 99.995 and 99.99, each rounded from 99.99496", n.Score, n.Shown)
	}
}

func TestLights(t *testing.T) {
	direct := func(v string) (n, d, root assess.Light) {
		f := official(heading("d", "100", direct("x", "100")))
		p := panel(t, units(1), f)
		put(t, p, "u1", q1, "x", v)
		c := &compute(t, f, p, q1).Cards[0]
		return c.Node("x").Light, c.Node("d").Light, c.Root().Light
	}
	for v, want := range map[string]assess.Light{"95": assess.Green, "94.99": assess.Yellow, "80": assess.Yellow, "79.99": assess.Red, "0": assess.Red} {
		if n, d, root := direct(v); n != want || d != want || root != want {
			t.Errorf("%s %% of the points: indicator %q, heading %q, root %q; want %q", v, n, d, root, want)
		}
	}
	// By progress to date: 30 % of 60 are due in the second quarter, so 18 is 100 % and 14.4 is 80 %.
	for v, want := range map[string]assess.Light{"18": assess.Green, "17.99": assess.Yellow, "14.4": assess.Yellow, "14.39": assess.Red} {
		if n := scoreOne(t, fullYear(ratio("10", 1, 10, 30, 65, 100), 60), q2, v); n.Light != want {
			t.Errorf("%s of 18 to date: %q, want %q", v, n.Light, want)
		}
	}
	// Lower is better: 2 − 12/10 = 80 %.
	if n := scoreOne(t, down(fullYear(ratio("10", 1), 10)), q2, "12"); n.Light != assess.Yellow {
		t.Errorf("12 where at most 10 are wanted: %q, want yellow", n.Light)
	}
	veto := indicator("x", "0", assess.Method{Kind: assess.Veto})
	for _, n := range []assess.NodeScore{scoreOne(t, veto, q1, "1"), scoreOne(t, indicator("x", "5", assess.Method{Kind: assess.Direct}), q1, "")} {
		if n.Light != "" {
			t.Errorf("a %s node has light %q, want none", n.State, n.Light)
		}
	}
}

func TestSmallSample(t *testing.T) {
	n := indicator("x", "100", assess.Method{Kind: assess.Direct})
	n.Indicator.Value = assess.Formula{Numerator: "num", Denominator: "den", Scale: 100}
	n.Indicator.MinDenominator = 5
	for den, want := range map[string]bool{"4": true, "5": false} {
		f := official(n)
		p := panel(t, units(1), f)
		put(t, p, "u1", q1, "num", "4")
		put(t, p, "u1", q1, "den", den)
		if got := compute(t, f, p, q1).Cards[0].Node("x"); got.SmallSample != want || got.State != assess.Scored {
			t.Errorf("denominator %s: small %v (%s), want %v, scored", den, got.SmallSample, got.State, want)
		}
	}
}

// TestRanks: shown totals 95.13, 95.13 (from 95.1300 and 95.1349), 90, none: 1, 1, 3. Dense: 1, 1, 2.
func TestRanks(t *testing.T) {
	f := official(direct("x", "100"))
	r := units(5)
	r.Units[4].Group, r.Units[4].Kind = "", "region"
	f.RankAmong = []assess.Code{"district"}
	p := panel(t, r, f)
	p.SetOpen(q1, true)
	for i, v := range []string{"90", "95.13", "95.1349", "", "99"} {
		if v != "" {
			put(t, p, unit(i+1), q1, "x", v)
		}
	}
	type line struct{ Rank, Group int }
	ranks := func() (got []line) {
		for _, c := range compute(t, f, p, q1).Cards {
			got = append(got, line{c.Root().Rank, c.Root().GroupRank})
		}
		return got
	}
	if diff := cmp.Diff([]line{{3, 3}, {1, 1}, {1, 1}, {0, 0}, {0, 0}}, ranks()); diff != "" {
		t.Errorf("competition ranks (-want +got):\n%s", diff)
	}
	f.Ties = assess.Dense
	if diff := cmp.Diff([]line{{2, 2}, {1, 1}, {1, 1}, {0, 0}, {0, 0}}, ranks()); diff != "" {
		t.Errorf("dense ranks (-want +got):\n%s", diff)
	}
	f.MinGroup = 5
	if diff := cmp.Diff([]line{{2, 0}, {1, 0}, {1, 0}, {0, 0}, {0, 0}}, ranks()); diff != "" {
		t.Errorf("ranks where a group needs five units (-want +got):\n%s", diff)
	}
}

func TestMissingUnits(t *testing.T) {
	f := official(direct("x", "60"), direct("y", "40"), annual(direct("z", "0")))
	p := panel(t, units(4), f)
	put(t, p, "u1", q1, "x", "0")
	put(t, p, "u2", q1, "y", "-")
	put(t, p, "u3", year, "z", "5")
	s := compute(t, f, p, q1)
	if diff := cmp.Diff([]assess.UnitCode{"u2", "u3", "u4"}, s.Missing); diff != "" {
		t.Errorf("units that reported nothing (-want +got):\n%s", diff)
	}
}

// TestUnitsThatDoNotExistYet have no card and do not count in the group.
func TestUnitsThatDoNotExistYet(t *testing.T) {
	r := units(4)
	r.Units[3].Opened = q2
	f := official(direct("x", "100"))
	p := panel(t, r, f)
	if got := len(compute(t, f, p, q1).Cards); got != 3 {
		t.Errorf("%d cards in the first quarter, want 3", got)
	}
	if got := len(compute(t, f, p, q2).Cards); got != 4 {
		t.Errorf("%d cards in the second quarter, want 4", got)
	}
}

func TestRefusals(t *testing.T) {
	leaf := func(m assess.Method) *assess.Framework { return official(indicator("x", "100", m)) }
	mean := official(direct("x", "100"))
	mean.Root.Aggregate = assess.Geometric
	fine := official(direct("x", "1.00001"), direct("y", "98.99999"))
	noGroup := leaf(assess.Method{Kind: assess.Ranked, Scope: "peer_group"})
	formula := official(direct("x", "100"))
	formula.Root.Children[0].Indicator.Value = assess.Formula{Expr: "x + (2"}
	text := official(direct("x", "100"))
	text.Root.Children[0].Indicator.Value = assess.Formula{Expr: "x > 2"}
	for name, c := range map[string]struct {
		f   *assess.Framework
		key string
	}{
		"no tree":                      {&assess.Framework{Code: "f"}, "problem.framework_empty"},
		"a heading without children":   {official(heading("d", "100")), "problem.node_empty"},
		"an unknown method":            {leaf(assess.Method{Kind: "magic"}), "problem.unknown_method"},
		"equal standards":              {leaf(assess.Method{Kind: assess.Efficacy, Floor: 5, Satisfactory: 5}), "problem.equal_standards"},
		"equal goalposts":              {leaf(assess.Method{Kind: assess.Goalposts, Low: 5, High: 5}), "problem.equal_standards"},
		"one tier":                     {leaf(assess.Method{Kind: assess.Tiered, Points: []assess.Point{{Value: 1}}}), "problem.tiers"},
		"tiers that go back":           {leaf(assess.Method{Kind: assess.Tiered, Points: []assess.Point{{Value: 1}, {Value: 3}, {Value: 2}}}), "problem.tiers"},
		"a centre without width":       {official(centred(ratio("100", 1))), "problem.width"},
		"a target below zero":          {official(fullYear(ratio("100", 1), -3)), "problem.target_negative"},
		"lower is better than zero":    {official(down(fullYear(ratio("100", 1), 0))), "problem.target_zero_down"},
		"a deduction from nothing":     {official(indicator("x", "0", assess.Method{Kind: assess.Deduction, PerCase: 1})), "problem.deduction_weight"},
		"an official geometric mean":   {mean, "problem.official_mean"},
		"a weight of five decimals":    {fine, "problem.weight_digits"},
		"a rank without a peer group":  {noGroup, "problem.unit_without_group"},
		"a formula that is none":       {formula, "problem.formula"},
		"a formula that is no number":  {text, "problem.formula"},
		"goalposts without logarithms": {logGoalposts(), "problem.log_goalposts"},
	} {
		t.Run(name, func(t *testing.T) {
			r := units(5)
			if c.f == noGroup {
				r.Units[2].Group = ""
			}
			p := score.NewPanel(r, []assess.Item{{Code: "x"}, {Code: "y"}}, []assess.Period{q1})
			_, err := score.Compute(c.f, p, q1, score.Options{})
			wantProblem(t, err, c.key)
		})
	}
}

func logGoalposts() *assess.Framework {
	n := indicator("x", "100", assess.Method{Kind: assess.Goalposts, Low: 0, High: 5})
	n.Indicator.Transform = assess.Log
	return official(n)
}

// wantProblem checks that the first problem of an error has a key.
func wantProblem(t *testing.T, err error, key string) {
	t.Helper()
	var got *assess.Problem
	switch e := err.(type) {
	case *assess.Problem:
		got = e
	case assess.Problems:
		got = e[0]
	}
	if got == nil || got.Key != key {
		t.Errorf("error %v, want the problem %s", err, key)
	}
}

func TestPeriodOutside(t *testing.T) {
	f := official(direct("x", "100"))
	_, err := score.Compute(f, panel(t, units(1), f), assess.NewQuarter(2031, 1), score.Options{})
	wantProblem(t, err, "problem.period_outside")
}

func TestVetoIsMarkedAndChangesNoScore(t *testing.T) {
	f := official(direct("x", "100"), annual(indicator("v", "0", assess.Method{Kind: assess.Veto})))
	p := panel(t, units(2), f)
	put(t, p, "u1", q4, "x", "91")
	put(t, p, "u2", q4, "x", "90")
	put(t, p, "u1", year, "v", "1")
	put(t, p, "u2", year, "v", "0")
	s := compute(t, f, p, year)
	if a, b := &s.Cards[0], &s.Cards[1]; len(a.Vetoed) != 1 || len(b.Vetoed) != 0 || a.Root().Rank != 1 || a.Total != 91 {
		t.Errorf("vetoed %v and %v, rank %d, total %v; want only the first, which stays first with 91", a.Vetoed, b.Vetoed, a.Root().Rank, a.Total)
	}
	if s := compute(t, f, p, q4); len(s.Cards[0].Vetoed) != 0 {
		t.Error("an annual veto is marked in a quarter")
	}
}

func ExampleCompute() {
	target := 80.0
	f := &assess.Framework{
		Code: "demo", Scale: 100, Decimals: 2, LeafDecimals: 4,
		Root: &assess.Node{Code: "demo", Children: []*assess.Node{{
			Code: "new_unions", Weight: decimalOf("50"),
			Indicator: &assess.Indicator{
				Type: assess.Count, Target: &assess.TargetRule{Mode: "absolute", FullYear: &target}, Method: assess.Method{Kind: assess.TargetRatio, Cap: 1},
			},
		}}},
	}
	items, _ := score.Implied(f)
	p := score.NewPanel(assess.Roster{Units: []assess.Unit{{Code: "210102"}}}, items, []assess.Period{q1})
	_ = p.Put(assess.Observation{CellKey: assess.CellKey{Unit: "210102", Period: q1, Item: "new_unions"}, State: assess.Reported, Value: "70"})
	s, _ := score.Compute(f, p, q1, score.Options{})
	n := s.Cards[0].Node("new_unions")
	fmt.Println(n.Why.Formula, "=", n.Score, "→", n.Points, "points")
	// Output: 100 × min(70 ÷ 80, 1) = 87.5 → 43.75 points
}

// TestNothingReportedIsNoScore: where gaps are spread, a unit that reported nothing has no score and no place, not a zero.
func TestNothingReportedIsNoScore(t *testing.T) {
	for _, layer := range []assess.Layer{assess.Analytic, assess.Official} {
		f := analytic(direct("x", "1"))
		f.Layer, f.Missing = layer, "spread"
		p := panel(t, units(2), f)
		put(t, p, "u1", q1, "x", "50")
		if n := compute(t, f, p, q1).Cards[1].Root(); n.HasScore() || n.Rank != 0 || n.State != assess.NotReported {
			t.Errorf("%s: state %s, score %v, rank %d; want not reported and neither score nor rank", layer, n.State, n.Score, n.Rank)
		}
	}
}
