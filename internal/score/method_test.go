package score_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

func ratio(weight string, cap float64, phasing ...float64) *assess.Node {
	return indicator("x", weight, assess.Method{Kind: assess.TargetRatio, Cap: cap, Phasing: phasing})
}

func efficacy(floor, satisfactory float64) *assess.Node {
	return indicator("x", "100", assess.Method{Kind: assess.Efficacy, Floor: floor, Satisfactory: satisfactory, Base: 0.6})
}

// TestWorkedExamples are the methods that look at one unit alone; the hand calculations are those of the scoring specification
// 1.13 unless the case says otherwise.
func TestWorkedExamples(t *testing.T) {
	tiers := indicator("x", "10", assess.Method{Kind: assess.Tiered, Points: []assess.Point{{Value: 60, Share: 0.2}, {Value: 70, Share: 0.4}, {Value: 80, Share: 0.6}, {Value: 90, Share: 0.8}, {Value: 95, Share: 1}}})
	line := indicator("x", "100", assess.Method{Kind: assess.Tiered, Points: []assess.Point{{Value: 10, Share: 0.6}, {Value: 20, Share: 0.8}}})
	steps := indicator("x", "3", bands(from(70, 1), from(60, 2.0/3), from(50, 1.0/3)))
	half := indicator("x", "100", assess.Method{Kind: assess.YesNo})
	posts := indicator("x", "100", assess.Method{Kind: assess.Goalposts, Low: 20, High: 85})
	for _, c := range []struct {
		name   string
		n      *assess.Node
		value  string
		score  float64
		points float64
	}{
		{"ratio 70/80 of 50 points = 87.5 %", fullYear(ratio("50", 1), 80), "70", 87.5, 43.75},
		{"ratio above the target is capped at 100", fullYear(ratio("50", 1), 80), "100", 100, 50},
		{"ratio 100/80 = 1.25 with cap 1.2", fullYear(ratio("50", 1.2), 80), "100", 120, 60},
		{"ratio below zero scores nothing (1.2)", fullYear(ratio("50", 1), 80), "-7", 0, 0},
		{"lower is better: 2 − 3/4 = 1.25, capped", down(fullYear(ratio("100", 1), 4)), "3", 100, 100},
		{"lower is better: 2 − 5/4 = 0.75", down(fullYear(ratio("100", 1), 4)), "5", 75, 75},
		{"lower is better: 2 − 9/4 < 0", down(fullYear(ratio("100", 1), 4)), "9", 0, 0},
		{"lower is better: 2 − 0/4 = 2, capped", down(fullYear(ratio("100", 1), 4)), "0", 100, 100},
		{"lower is better, below zero: nothing (1.2), not 2 − x/t > 1", down(fullYear(ratio("100", 1), 4)), "-1", 0, 0},
		{"cumulative: 190 of 400 × 50 % = 95 %", fullYear(ratio("100", 1, 25, 50, 75, 100), 400), "190", 95, 95},
		{"centred: 1 − |47 − 50|/10 = 0.7", centred(fullYear(indicator("x", "100", assess.Method{Kind: assess.TargetRatio, Width: 10}), 50)), "47", 70, 70},
		{"centred: 1 − |65 − 50|/10 < 0", centred(fullYear(indicator("x", "100", assess.Method{Kind: assess.TargetRatio, Width: 10}), 50)), "65", 0, 0},
		{"efficacy: 60 + 40 × (5.81 − 6)/6 = 58.7333…", efficacy(6, 12), "5.81", 58.7333, 58.7333},
		{"efficacy, lower is better: 60 + 40 × (4 − 10)/(2 − 10) = 90", efficacy(10, 2), "4", 90, 90},
		{"efficacy is limited above: 60 + 40 × 2 = 140", efficacy(6, 12), "18", 100, 100},
		{"efficacy is limited below: 60 − 40 × 2 < 0", efficacy(6, 12), "-6", 0, 0},
		{"tiers: 10 × (0.6 + 0.2 × 5/10) = 7", tiers, "85", 70, 7},
		{"tiers: at or above the last value full points", tiers, "97", 100, 10},
		{"tiers: below the first value nothing", tiers, "50", 0, 0},
		{"tiers: the first value itself has its share", tiers, "60", 20, 2},
		{"interpolation (10, 60), (20, 80) at 15", line, "15", 70, 70},
		{"bands: 60 is in ≥ 60", steps, "60", 66.6667, 2},
		{"bands: 59.996 printed as 60.00", steps, "59.996", 66.6667, 2},
		{"bands: 59.99 is not", steps, "59.99", 33.3333, 1},
		{"bands: 49.99 is in none", steps, "49.99", 0, 0},
		{"yes", half, "1", 100, 100},
		{"no", half, "0", 0, 0},
		{"goalposts: (46 − 20)/65 = 0.4", posts, "46", 40, 40},
		{"goalposts are clipped", posts, "90", 100, 100},
		{"goalposts reversed: (85 − 46)/65 = 0.6", down(indicator("x", "100", assess.Method{Kind: assess.Goalposts, Low: 20, High: 85})), "46", 60, 60},
		{"rating 92 of 100", indicator("x", "6", assess.Method{Kind: assess.Rated, ScaleMax: 100}), "92", 92, 5.52},
		{"direct: the value is the score", indicator("x", "50", assess.Method{Kind: assess.Direct}), "81.25", 81.25, 40.625},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := scoreOne(t, c.n, q2, c.value)
			if got.State != assess.Scored || got.Score != c.score || got.Points != c.points {
				t.Errorf("%s %v: state %s, score %v, points %v; want scored, %v, %v", c.n.Indicator.Method.Kind, c.value, got.State, got.Score, got.Points, c.score, c.points)
			}
			if want := assess.HalfUp.Round(c.score, 2); got.Shown != want {
				t.Errorf("shown %v, want %v", got.Shown, want)
			}
		})
	}
}

// TestBandLimits: 以上、以下 include the figure, 超过、不满 exclude it (Civil Code art. 1259).
func TestBandLimits(t *testing.T) {
	atMost := bands(assess.Band{High: number(3), Share: 1}, assess.Band{Low: number(3), LowExcluded: true, High: number(5), HighExcluded: true, Share: 0.5}, from(5, 0.1))
	for value, want := range map[string]float64{"3": 100, "3.01": 50, "4.99": 50, "5": 10} {
		if got := scoreOne(t, indicator("x", "10", atMost), q1, value); got.Score != want {
			t.Errorf("%s scores %v, want %v", value, got.Score, want)
		}
	}
}

func TestBandsOfTrueFalseAndLevels(t *testing.T) {
	office := indicator("x", "5", bands(assess.Band{Equal: "true", Share: 1}, assess.Band{Equal: "false", Share: 0}))
	office.Indicator.Type = assess.Boolean
	for value, want := range map[string]float64{"1": 100, "true": 100, "0": 0, "false": 0} {
		if got := scoreOne(t, office, q1, value); got.Score != want || got.State != assess.Scored {
			t.Errorf("%s scores %v (%s), want %v", value, got.Score, got.State, want)
		}
	}
	graded := indicator("x", "5", bands(assess.Band{Equal: "good", Share: 0.85}))
	if got := scoreOne(t, graded, q1, "good"); got.Score != 85 || got.Text != "good" || got.Value != nil {
		t.Errorf("level good: score %v, text %q, value %v; want 85, good, none", got.Score, got.Text, got.Value)
	}
}

func TestRatingByLevels(t *testing.T) {
	n := indicator("x", "10", assess.Method{Kind: assess.Rated, Levels: map[assess.Code]float64{"excellent": 1, "good": 0.85, "fair": 0.6}})
	if got := scoreOne(t, n, q1, "good"); got.Score != 85 || got.Points != 8.5 || got.Text != "good" {
		t.Errorf("good: %v, %v points, %q; want 85, 8.5 (10 × 0.85), good", got.Score, got.Points, got.Text)
	}
	// A number is no level of this method: somebody must correct it, so there is no total yet.
	if got := scoreOne(t, n, q1, "93"); got.State != assess.Pending {
		t.Errorf("a number where a level belongs is %s, want pending", got.State)
	}
}

func ballotIndicator() *assess.Node {
	return indicator("x", "100", assess.Method{
		Kind: assess.Rated, ScaleMax: 100, TrimFrom: 5, Quorum: 2.0 / 3,
		Raters: []assess.RaterGroup{{Code: "leaders", Weight: 0.5, Issued: 7}, {Code: "departments", Weight: 0.3, Issued: 4}, {Code: "members", Weight: 0.2, Issued: 100}},
	})
}

// TestBallots is the example of 1.13: leaders without one highest and one lowest (90 + 85 + 80)/3 = 85, departments 90, no members:
// (0.5 × 85 + 0.3 × 90)/0.8 = 86.875, shown 86.88.
func TestBallots(t *testing.T) {
	f := official(ballotIndicator())
	p := panel(t, units(1), f)
	for i, v := range []string{"90", "85", "80", "95", "70"} {
		putPart(t, p, "u1", q1, "x", "leaders", fmt.Sprint("r", i), v)
	}
	for i, v := range []string{"88", "92", "90"} {
		putPart(t, p, "u1", q1, "x", "departments", fmt.Sprint("r", i), v)
	}
	got := compute(t, f, p, q1).Cards[0].Node("x")
	if got.Score != 86.875 || got.Shown != 86.88 || *got.Value != 86.875 {
		t.Errorf("score %v, shown %v, value %v; want 86.875, 86.88, 86.875", got.Score, got.Shown, *got.Value)
	}
}

// TestBallotsBelowQuorum: 2 of 4 departments are fewer than two thirds, so their weight goes to the leaders: 85. Without the
// leaders no group counts and there is no score yet.
func TestBallotsBelowQuorum(t *testing.T) {
	f := official(ballotIndicator())
	p := panel(t, units(2), f)
	for _, v := range []string{"90", "85", "80", "95", "70"} {
		putPart(t, p, "u1", q1, "x", "leaders", "r"+v, v)
	}
	for u := range 2 {
		putPart(t, p, unit(u+1), q1, "x", "departments", "a", "20")
		putPart(t, p, unit(u+1), q1, "x", "departments", "b", "30")
	}
	s := compute(t, f, p, q1)
	if got := s.Cards[0].Node("x"); got.Score != 85 {
		t.Errorf("with the leaders alone: %v, want 85", got.Score)
	}
	if got := s.Cards[1].Node("x"); got.State != assess.Pending {
		t.Errorf("without any group: %s, want pending", got.State)
	}
}

// TestDeduction: 8 − min(3 × 2, 5) − 4 < 0 gives 0 (1.13); zero events must be said.
func TestDeduction(t *testing.T) {
	kinds := assess.Method{Kind: assess.Deduction, Events: []assess.DeductionKind{{Code: "minor", Each: 2, Cap: 5}, {Code: "major", Each: 4}}}
	perCase := assess.Method{Kind: assess.Deduction, PerCase: 4}
	below := assess.Method{Kind: assess.Deduction, PerCase: 4, Below: true}
	least := assess.Method{Kind: assess.Deduction, PerCase: 4, Min: 2}
	for _, c := range []struct {
		name   string
		m      assess.Method
		plain  string
		events map[string]string
		state  assess.NodeState
		points float64
	}{
		{"3 × 2 capped at 5, and 4", kinds, "", map[string]string{"minor": "3", "major": "1"}, assess.Scored, 0},
		{"8 − min(3 × 2, 5)", kinds, "", map[string]string{"minor": "3"}, assess.Scored, 3},
		{"8 − 2", kinds, "", map[string]string{"minor": "1"}, assess.Scored, 6},
		{"an explicit zero", kinds, "0", nil, assess.Scored, 8},
		{"no report is no zero", kinds, "", nil, assess.NotReported, 0},
		{"a number without kinds", kinds, "2", nil, assess.Pending, 0},
		{"8 − 4 × 1", perCase, "1", nil, assess.Scored, 4},
		{"8 − 4 × 3 ends at nothing", perCase, "3", nil, assess.Scored, 0},
		{"8 − 4 × 3 where the rule lets it fall below zero", below, "3", nil, assess.Scored, -4},
		{"8 − 4 × 3 but at least 2", least, "3", nil, assess.Scored, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := official(down(indicator("x", "8", c.m)))
			p := panel(t, units(1), f)
			if c.plain != "" {
				put(t, p, "u1", q1, "x", c.plain)
			}
			for part, n := range c.events {
				putPart(t, p, "u1", q1, "x", part, "", n)
			}
			if got := compute(t, f, p, q1).Cards[0].Node("x"); got.State != c.state || got.Points != c.points {
				t.Errorf("%s, %v points; want %s, %v", got.State, got.Points, c.state, c.points)
			}
		})
	}
}

// TestDeductionCountsAgainstItsOwnWeight: 8 points and 4 off are half, also when 2 points came from a sibling that is not
// applicable: then half of 10.
func TestDeductionCountsAgainstItsOwnWeight(t *testing.T) {
	f := official(indicator("x", "8", assess.Method{Kind: assess.Deduction, PerCase: 4}), indicator("y", "2", assess.Method{Kind: assess.YesNo}))
	p := panel(t, units(1), f)
	put(t, p, "u1", q1, "x", "1")
	put(t, p, "u1", q1, "y", "N/A")
	if got := compute(t, f, p, q1).Cards[0].Node("x"); got.Score != 50 || got.Points != 5 || got.FullPoints != 10 || got.Why.Spread != 2 {
		t.Errorf("score %v, points %v of %v, spread %v; want 50, 5 of 10, 2", got.Score, got.Points, got.FullPoints, got.Why.Spread)
	}
}

func bonusFramework() *assess.Framework {
	return official(
		indicator("x", "100", assess.Method{Kind: assess.Direct}),
		indicator("b", "0", assess.Method{Kind: assess.Bonus, Cap: 5, Table: []assess.BonusLevel{{Level: "national", Points: 5}, {Level: "provincial", Points: 3}, {Level: "city", Points: 1}}}),
	)
}

// TestBonus: achievement A counts once at its highest level (5), B brings 1, together 6, capped at 5 (1.13).
func TestBonus(t *testing.T) {
	f := bonusFramework()
	p := panel(t, units(6), f)
	for u := range 6 {
		put(t, p, unit(u+1), q4, "x", "90")
	}
	putPart(t, p, "u1", q4, "b", "national", "A", "1")
	putPart(t, p, "u1", q4, "b", "provincial", "A", "1")
	putPart(t, p, "u1", q4, "b", "city", "B", "1")
	putPart(t, p, "u2", q4, "b", "provincial", "A", "1")
	putPart(t, p, "u2", q4, "b", "city", "A", "1")
	putPart(t, p, "u4", q4, "b", "city", "", "2") // two achievements without a name
	put(t, p, "u5", q4, "b", "2.5")               // points awarded as such
	put(t, p, "u6", q4, "b", "provincial")        // one level
	s := compute(t, f, p, year)
	type line struct{ Bonus, Base, Total, Shown float64 }
	var got []line
	for i := range s.Cards {
		c := &s.Cards[i]
		got = append(got, line{c.Node("b").Points, c.Base, c.Total, c.Root().Shown})
	}
	want := []line{{5, 90, 95, 95}, {3, 90, 93, 93}, {0, 90, 90, 90}, {2, 90, 92, 92}, {2.5, 90, 92.5, 92.5}, {3, 90, 93, 93}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bonus, base, total, shown (-want +got):\n%s", diff)
	}
	if n := s.Cards[2].Node("b"); n.HasScore() || n.Light != "" {
		t.Errorf("a bonus has a score or a light: %+v", n)
	}
	if s := compute(t, f, p, q4); s.Cards[0].Total != 90 || s.Cards[0].Bonus != 0 {
		t.Errorf("in a quarter the total is %v with bonus %v; bonus counts in the year only", s.Cards[0].Total, s.Cards[0].Bonus)
	}
}

func TestRank(t *testing.T) {
	type line struct{ Place, Score float64 }
	for _, c := range []struct {
		name   string
		m      assess.Method
		weight string
		values []string
		want   []line
	}{
		{
			"1.13: 9, 9, 7, 5, 5 share average places: 100 × (5 − r)/4",
			assess.Method{},
			"10",
			[]string{"9", "9", "7", "5", "5"},
			[]line{{1.5, 87.5}, {1.5, 87.5}, {3, 50}, {4.5, 12.5}, {4.5, 12.5}},
		},
		{
			"first 1, last 0.6: 1 − 0.4 × (r − 1)/3",
			assess.Method{First: 1, Last: 0.6},
			"10",
			[]string{"4", "3", "2", "1"},
			[]line{{1, 100}, {2, 86.6667}, {3, 73.3333}, {4, 60}},
		},
		{
			"nothing done has nothing, not the last place's 60",
			assess.Method{First: 1, Last: 0.6},
			"10",
			[]string{"4", "3", "2", "0"},
			[]line{{1, 100}, {2, 86.6667}, {3, 73.3333}, {4, 0}},
		},
		{
			"dense places 1, 1, 2, 3 of 4 units",
			assess.Method{First: 1, Last: 0.6, Ties: assess.Dense},
			"10",
			[]string{"9", "9", "7", "5"},
			[]line{{1, 100}, {1, 100}, {2, 86.6667}, {3, 73.3333}},
		},
		{
			"lower is better: the smallest is first, and nothing is best",
			assess.Method{First: 1, Last: 0.6},
			"10",
			[]string{"0", "3", "2", "1"},
			[]line{{1, 100}, {4, 60}, {3, 73.3333}, {2, 86.6667}},
		},
		{
			"step: 10 − 2 (r − 1), not below 0",
			assess.Method{Step: 4},
			"10",
			[]string{"9", "8", "7", "6"},
			[]line{{1, 100}, {2, 60}, {3, 20}, {4, 0}},
		},
		{
			"all equal: all 50",
			assess.Method{},
			"10",
			[]string{"3", "3", "3", "3"},
			[]line{{2.5, 50}, {2.5, 50}, {2.5, 50}, {2.5, 50}},
		},
		{
			"compared at two decimals: 7.004 ties with 7",
			assess.Method{},
			"10",
			[]string{"7.004", "7", "1", "0.5"},
			[]line{{1.5, 83.3333}, {1.5, 83.3333}, {3, 33.3333}, {4, 0}},
		},
		{
			"who reported nothing is not counted in n: 100 × (3 − r)/2",
			assess.Method{},
			"10",
			[]string{"9", "", "5", "1"},
			[]line{{1, 100}, {0, 0}, {2, 50}, {3, 0}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.m.Kind, c.m.Scope = assess.Ranked, "peer_group"
			n := indicator("x", c.weight, c.m)
			if strings.HasPrefix(c.name, "lower is better") {
				down(n)
			}
			f := official(n)
			p := panel(t, units(len(c.values)), f)
			for i, v := range c.values {
				if v != "" {
					put(t, p, unit(i+1), q1, "x", v)
				}
			}
			s := compute(t, f, p, q1)
			var got []line
			for i := range s.Cards {
				n := s.Cards[i].Node("x")
				got = append(got, line{n.Why.Place, n.Score})
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("place and score (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRankWithoutPeers(t *testing.T) {
	f := official(indicator("x", "10", assess.Method{Kind: assess.Ranked, Scope: "peer_group"}))
	p := panel(t, units(4), f)
	put(t, p, "u1", q1, "x", "9")
	if got := compute(t, f, p, q1).Cards[0].Node("x"); got.State != assess.NotApplicable {
		t.Errorf("alone with a value: %s, want not applicable (1.5)", got.State)
	}
	p = panel(t, units(3), f)
	for i := range 3 {
		put(t, p, unit(i+1), q1, "x", "9")
	}
	if got := compute(t, f, p, q1).Cards[0].Node("x"); got.State != assess.NotApplicable {
		t.Errorf("in a group of 3: %s, want not applicable (1.10: at least 4)", got.State)
	}
}

// TestNormalisation: values 2, 4, 9. min_max (4 − 2)/7; z with mean 5 and deviation √((9 + 1 + 16)/2) = √13.
func TestNormalisation(t *testing.T) {
	for _, c := range []struct {
		name string
		m    assess.Method
		down bool
		want []float64
	}{
		{"min_max", assess.Method{Kind: assess.MinMax}, false, []float64{0, 28.571428571, 100}},
		{"min_max, lower is better", assess.Method{Kind: assess.MinMax}, true, []float64{100, 71.428571429, 0}},
		{"z_score", assess.Method{Kind: assess.ZScore}, false, []float64{-0.832050294, -0.277350098, 1.109400392}},
		{"min_max over the panel with 0 and 10 in another quarter", assess.Method{Kind: assess.MinMax, Over: "panel"}, false, []float64{20, 40, 90}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := indicator("x", "1", c.m)
			if c.down {
				down(n)
			}
			f := analytic(n)
			p := panel(t, units(3), f)
			for i, v := range []string{"2", "4", "9"} {
				put(t, p, unit(i+1), q1, "x", v)
			}
			put(t, p, "u1", q2, "x", "0")
			put(t, p, "u2", q2, "x", "10")
			s := compute(t, f, p, q1)
			var got []float64
			for i := range s.Cards {
				got = append(got, s.Cards[i].Node("x").Shown)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("scores (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNormalisationOfEqualValues(t *testing.T) {
	for _, kind := range []assess.MethodKind{assess.MinMax, assess.ZScore} {
		f := analytic(indicator("x", "1", assess.Method{Kind: kind}), indicator("y", "1", assess.Method{Kind: assess.Direct}))
		f.Availability = 0.5
		p := panel(t, units(3), f)
		for i := range 3 {
			put(t, p, unit(i+1), q1, "x", "0.1")
			put(t, p, unit(i+1), q1, "y", "40")
		}
		c := &compute(t, f, p, q1).Cards[0]
		if c.Node("x").State != assess.NotApplicable || c.Root().Score != 40 {
			t.Errorf("%s of equal values is %s and the root %v; want not applicable and 40", kind, c.Node("x").State, c.Root().Score)
		}
	}
}
