package score_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// The examples of this file go through the year and through more than one unit; each names its hand calculation.

// TestARatioOfAYearIsASumOverASum: quarters of 1/2, 9/10, 5/20 and 5/8 make 20/40 = 50 % of the year, not the mean of the four rates
// (50 + 90 + 25 + 62.5)/4 = 56.875 %.
func TestARatioOfAYearIsASumOverASum(t *testing.T) {
	n := direct("x", "100")
	n.Indicator.Value = assess.Formula{Numerator: "num", Denominator: "den", Scale: 100}
	f := official(n)
	items := []assess.Item{
		{Code: "num", Frequency: assess.Quarterly, Accumulation: assess.Flow}, {Code: "den", Frequency: assess.Quarterly, Accumulation: assess.Flow},
	}
	p := score.NewPanel(units(1), items, []assess.Period{q1, q2, q3, q4, year})
	for q, v := range map[assess.Period][2]string{q1: {"1", "2"}, q2: {"9", "10"}, q3: {"5", "20"}, q4: {"5", "8"}} {
		put(t, p, "u1", q, "num", v[0])
		put(t, p, "u1", q, "den", v[1])
	}
	if got := compute(t, f, p, year).Cards[0].Node("x"); got.Score != 50 || got.Why.Formula != "100 × (1 + 9 + 5 + 5) ÷ (2 + 10 + 20 + 8) = 50; 50" {
		t.Errorf("score %v, %q; want 50 from 100 × 20 ÷ 40", got.Score, got.Why.Formula)
	}
	if got := compute(t, f, p, q2).Cards[0].Node("x").Score; got != 90 {
		t.Errorf("the second quarter is %v, want its own 9/10", got)
	}
}

// TestFlowsAndCumulativeValuesAgree: cumulative 100, 190, 300, 360 are flows of 100, 90, 110 and 60, each the difference of its
// neighbours; of a target of 400 either way 360/400 = 90.
func TestFlowsAndCumulativeValuesAgree(t *testing.T) {
	cumulative := []int64{100, 190, 300, 360}
	for _, kind := range []assess.Accumulation{assess.YTD, assess.Flow} {
		n := fullYear(ratio("100", 1), 400)
		n.Indicator.Accumulation = kind
		f := official(n)
		p := panel(t, units(1), f)
		before := int64(0)
		for k, q := range []assess.Period{q1, q2, q3, q4} {
			v := cumulative[k]
			if kind == assess.Flow {
				v, before = v-before, v
			}
			put(t, p, "u1", q, "x", decimal.New(v, 0).String())
		}
		if got := compute(t, f, p, year).Cards[0].Node("x"); *got.Value != 360 || got.Score != 90 {
			t.Errorf("%s: value %v, score %v; want 360, 90", kind, *got.Value, got.Score)
		}
	}
}

// TestAFlowHasTargetsOfItsOwnQuarter: what is due of a year's target is compared with the value since January, so a flow with a
// phasing is refused; 45 of the quarter's own 60 are 75 %.
func TestAFlowHasTargetsOfItsOwnQuarter(t *testing.T) {
	phased := fullYear(ratio("100", 1, 25, 50, 75, 100), 400)
	phased.Indicator.Accumulation = assess.Flow
	_, err := score.Compute(official(phased), panel(t, units(1), official(direct("x", "100"))), q2, score.Options{})
	wantProblem(t, err, "problem.target_flow")

	n := ratio("100", 1)
	n.Indicator.Accumulation = assess.Flow
	f := official(n)
	p := panel(t, units(1), f)
	target(t, p, "u1", q2, "x", "60")
	put(t, p, "u1", q2, "x", "45")
	if got := compute(t, f, p, q2).Cards[0].Node("x").Score; got != 75 {
		t.Errorf("score %v, want 75", got)
	}
}

// TestTargetsChangedInTheYear: 400 becomes 300 from the third quarter on. Until June 190 of 400 × 50 % = 95; until September 216 of
// 300 × 75 % = 96; in the year 270 of 300 = 90. Both targets are shown.
func TestTargetsChangedInTheYear(t *testing.T) {
	f := official(ratio("100", 1, 25, 50, 75, 100))
	p := panel(t, units(2), f)
	for _, v := range []struct {
		unit  assess.UnitCode
		from  assess.Period
		value int64
	}{{"u1", q3, 300}, {"u1", assess.Period{}, 400}, {"*", assess.Period{}, 500}, {"u2", q3, 200}} {
		if err := p.PutTarget(assess.Target{Unit: v.unit, Period: year, Code: "x", Value: decimal.New(v.value, 0), From: v.from}); err != nil {
			t.Fatal(err)
		}
	}
	for q, v := range map[assess.Period]string{q2: "190", q3: "216", q4: "270"} {
		put(t, p, "u1", q, "x", v)
		put(t, p, "u2", q, "x", "100")
	}
	for _, c := range []struct {
		period                assess.Period
		target, score, others float64
	}{
		{q2, 400, 95, 40}, // u2's own target begins later, so that of all units holds: 100/(500 × 50 %)
		{q3, 300, 96, 66.6667},
		{q4, 300, 90, 50},
		{year, 300, 90, 50},
	} {
		s := compute(t, f, p, c.period)
		got := s.Cards[0].Node("x")
		if *got.Why.Target != c.target || got.Score != c.score || s.Cards[1].Node("x").Score != c.others {
			t.Errorf("%s: target %v, scores %v and %v; want %v, %v and %v", c.period, *got.Why.Target, got.Score, s.Cards[1].Node("x").Score, c.target, c.score, c.others)
		}
		want := []assess.DatedTarget{{Target: 400}, {Target: 300, From: q3}}
		if diff := cmp.Diff(want, got.Why.Targets, cmp.Comparer(func(a, b assess.Period) bool { return a == b })); diff != "" {
			t.Errorf("%s: targets (-want +got):\n%s", c.period, diff)
		}
	}
}

// TestSeverityOfRaters: raters a, b, c give 90, 60, 75 and 80, 70, 90. Their means are 85, 65 and 82.5, of all 77.5; without severity
// 82.5, 72.5, 70 and 72.5, 82.5, 85. Without the highest and the lowest 72.5 and 82.5, where the ballots as given say 75 and 80. Only
// these score.
func TestSeverityOfRaters(t *testing.T) {
	f := official(indicator("x", "100", assess.Method{Kind: assess.Rated, ScaleMax: 100, TrimFrom: 3, Raters: []assess.RaterGroup{{Code: "leaders", Weight: 1}}}))
	for _, c := range []struct {
		name     string
		second   map[string]string // the ballots of u2
		scores   [2]float64
		adjusted []float64
		differ   bool
	}{
		{"all rate both", map[string]string{"a": "80", "b": "70", "c": "90"}, [2]float64{75, 80}, []float64{72.5, 82.5}, false},
		{"another rater", map[string]string{"a": "80", "b": "70", "d": "90"}, [2]float64{75, 80}, nil, true},
		{"one rater less", map[string]string{"a": "80", "b": "70"}, [2]float64{75, 75}, nil, true},
	} {
		p := panel(t, units(2), f)
		for ref, v := range map[string]string{"a": "90", "b": "60", "c": "75"} {
			putPart(t, p, "u1", q1, "x", "leaders", ref, v)
		}
		for ref, v := range c.second {
			putPart(t, p, "u2", q1, "x", "leaders", ref, v)
		}
		s := compute(t, f, p, q1)
		var adjusted []float64
		for i := range s.Cards {
			n := s.Cards[i].Node("x")
			if n.Score != c.scores[i] || n.Why.RatersDiffer != c.differ {
				t.Errorf("%s: score %v, raters differ %v; want %v, %v", c.name, n.Score, n.Why.RatersDiffer, c.scores[i], c.differ)
			}
			if n.Why.Adjusted != nil {
				adjusted = append(adjusted, *n.Why.Adjusted)
			}
		}
		if diff := cmp.Diff(c.adjusted, adjusted); diff != "" {
			t.Errorf("%s: without severity (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestAGroupIsCountedByItsUnits: four units of a group are ranked although one has no value (1.10); the places are among the three
// with one: 100 × (3 − r)/2. Three units of another group are scored, but not ranked inside it.
func TestAGroupIsCountedByItsUnits(t *testing.T) {
	f := official(indicator("x", "50", assess.Method{Kind: assess.Ranked, Scope: "peer_group"}), direct("y", "50"))
	f.Availability = 0.5
	r := units(7)
	for i := 4; i < 7; i++ {
		r.Units[i].Group = "h"
	}
	p := panel(t, r, f)
	for i, v := range []string{"9", "", "5", "1", "8", "7", "6"} {
		put(t, p, unit(i+1), q1, "y", "60")
		if v != "" {
			put(t, p, unit(i+1), q1, "x", v)
		}
	}
	s := compute(t, f, p, q1)
	type line struct {
		State     assess.NodeState
		Score     float64
		GroupRank int
	}
	var got []line
	for i := range s.Cards {
		n, root := s.Cards[i].Node("x"), s.Cards[i].Root()
		got = append(got, line{n.State, n.Score, root.GroupRank})
		if root.Rank == 0 || root.State != assess.Scored {
			t.Errorf("%s is not ranked among all: %s", s.Cards[i].Unit, root.State)
		}
	}
	want := []line{
		{assess.Scored, 100, 1},
		{assess.NotReported, 0, 3},
		{assess.Scored, 50, 2},
		{assess.Scored, 0, 3},
		{assess.NotApplicable, 0, 0},
		{assess.NotApplicable, 0, 0},
		{assess.NotApplicable, 0, 0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("state, score and place in the group (-want +got):\n%s", diff)
	}
}

// TestATableOfTwoDecimalsAddsUpAsPrinted: where each indicator is scored to two decimals, the printed points of the parts are the
// printed points of the heading.
func TestATableOfTwoDecimalsAddsUpAsPrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.framework.LeafDecimals = 2
		for _, card := range w.scores(t).Cards {
			for i := range card.Nodes {
				n := &card.Nodes[i]
				if len(n.Why.Parts) == 0 || !n.HasScore() {
					continue
				}
				cents := int64(0)
				for _, part := range n.Why.Parts {
					printed := math.Round(part.Points * 100)
					// Full points that were spread may have more decimals; a part never gets more than those.
					if assess.Snap(part.Points*100-printed) != 0 && part.Points != part.FullPoints && len(card.Node(part.Node).Why.Parts) == 0 {
						t.Fatalf("%s of %s has %v points, more than two decimals", part.Node, card.Unit, part.Points)
					}
					cents += fixed(part.Points)
				}
				if cents != fixed(n.Points) {
					t.Fatalf("%s of %s: the parts print %d, the heading %v", n.Node, card.Unit, cents, n.Points)
				}
			}
		}
	})
}
