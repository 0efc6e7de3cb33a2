package analysis_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
)

// TestWithoutARangeEveryDrawIsThePublishedRank, whatever the tree, the layer, the mean and what is missing.
func TestWithoutARangeEveryDrawIsThePublishedRank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		s := w.subject(t, q1, w.values)
		r := must(analysis.Robust(s, analysis.Options{Draws: 3, Seed: rapid.Uint64().Draw(t, "seed")}))
		for i, v := range r.Units {
			rank := float64(s.Scores.Cards[i].Root().Rank)
			if want := (analysis.Interval{Unit: v.Unit, Rank: int(rank), Mean: rank, Median: rank, P05: rank, P95: rank}); v != want {
				t.Fatalf("%+v, want %+v", v, want)
			}
		}
	})
}

// TestRankUnderRandomWeights checks the distribution against what a hand finds. With weights 60·x and 40·y the first unit leads while
// 60x·(90−70) > 40y·(75−50), that is while y < 1.2x. For x and y uniform in [0.75, 1.25] the area where y > 1.2x is a triangle from
// x = 0.75 to x = 1.25/1.2 = 1.041666…: ∫ (1.25 − 1.2x) dx = 0.6·(1.041666… − 0.75)² = 0.0510416… of 0.25, a share of 0.204166….
// The third unit is last always: it passes the second when 40y·5 > 60x·30.
func TestRankUnderRandomWeights(t *testing.T) {
	o := analysis.Options{Draws: 200_000, Seed: 7, Range: 0.25}
	r := must(analysis.Robust(threeUnits(t), o))
	const second = 0.2041667
	want := []float64{1 + second, 2 - second, 3}
	for i, v := range r.Units {
		if math.Abs(v.Mean-want[i]) > 0.003 { // three standard errors: 3·√(0.2·0.8/200000)
			t.Errorf("%s: mean place %v, want %v", v.Unit, v.Mean, want[i])
		}
		v.Mean = 0
		if diff := cmp.Diff([]analysis.Interval{
			{Unit: "u1", Rank: 1, Median: 1, P05: 1, P95: 2}, {Unit: "u2", Rank: 2, Median: 2, P05: 1, P95: 2}, {Unit: "u3", Rank: 3, Median: 3, P05: 3, P95: 3},
		}[i], v); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.Unit, diff)
		}
	}
	if diff := cmp.Diff([]analysis.Band{{From: 1, To: 2, Units: []assess.UnitCode{"u1", "u2"}}}, r.Bands); diff != "" {
		t.Errorf("bands (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][2]assess.UnitCode{{"u1", "u2"}}, r.Pairs()); diff != "" {
		t.Errorf("pairs (-want +got):\n%s", diff)
	}
}

// TestQuantilesInterpolate: of the places 1, 1, 1, 2 the 95 % place stands at 1 + 3·0.95 = 3.85, 0.85 of the way from 1 to 2. Which
// seed brings such draws is found, not assumed.
func TestQuantilesInterpolate(t *testing.T) {
	for seed := uint64(1); seed < 1000; seed++ {
		r := must(analysis.Robust(threeUnits(t), analysis.Options{Draws: 4, Seed: seed, Range: 0.25}))
		if first := r.Units[0]; first.Mean == 1.25 {
			if first.P95 != 1.85 || first.Median != 1 || first.P05 != 1 {
				t.Errorf("seed %d: %+v, want 5 %% 1, median 1, 95 %% 1.85", seed, first)
			}
			return
		}
	}
	t.Fatal("no seed brings the places 1, 1, 1, 2")
}

// TestTheSeedIsTheAnswer: the same seed gives the same answer to the last bit; another gives another. The values are kept here so
// that no machine and no release may change them unseen.
func TestTheSeedIsTheAnswer(t *testing.T) {
	s := threeUnits(t)
	a, b := must(analysis.Robust(s, analysis.Default())), must(analysis.Robust(s, analysis.Default()))
	if diff := cmp.Diff(a.Units, b.Units); diff != "" {
		t.Errorf("two answers to one seed:\n%s", diff)
	}
	o := analysis.Default()
	o.Seed = 2
	if c := must(analysis.Robust(s, o)); c.Units[0].Mean == a.Units[0].Mean {
		t.Errorf("seeds 1 and 2 both have the mean %v", c.Units[0].Mean)
	}
	if got := a.Units[0].Mean; got != 1.215 {
		t.Errorf("seed 1 gives the mean %v, and always gave 1.215", got)
	}
}

// TestScalingWeightsChangesNothing: weights that scale together inside their parents are the same weights.
func TestScalingWeightsChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		if w.assessment != nil || w.frameworks[0].Layer != assess.Analytic {
			w.frameworks, w.assessment = []*assess.Framework{drawFramework(t, "f", assess.Analytic)}, nil
			w.values = w.drawValues(t)
		}
		before := must(analysis.Robust(w.subject(t, q1, w.values), analysis.Options{Draws: 20, Seed: 3, Range: 0.5}))
		f := *w.frameworks[0]
		f.Root = scaled(f.Root, rapid.Int64Range(2, 9).Draw(t, "factor"))
		w.frameworks[0] = &f
		after := must(analysis.Robust(w.subject(t, q1, w.values), analysis.Options{Draws: 20, Seed: 3, Range: 0.5}))
		if diff := cmp.Diff(before.Units, after.Units); diff != "" {
			t.Fatalf("scaled weights (-before +after):\n%s", diff)
		}
	})
}

// TestOrderChangesNothing: neither the order of the units nor that of the nodes in the file moves anybody.
func TestOrderChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		o := analysis.Options{Draws: 20, Seed: 5, Range: 0.5}
		before := must(analysis.Robust(w.subject(t, q1, w.values), o))
		w.roster = permuted(w.roster)
		for i, f := range w.frameworks {
			turned := *f
			turned.Root = reversed(f.Root)
			w.frameworks[i] = &turned
		}
		after := must(analysis.Robust(w.subject(t, q1, w.values), o))
		for _, v := range before.Units {
			if got := after.Units[slices.IndexFunc(after.Units, func(x analysis.Interval) bool { return x.Unit == v.Unit })]; got != v {
				t.Fatalf("%+v, in another order %+v", v, got)
			}
		}
	})
}

func reversed(n *assess.Node) *assess.Node {
	c := *n
	c.Children = nil
	for _, child := range slices.Backward(n.Children) {
		c.Children = append(c.Children, reversed(child))
	}
	return &c
}

// TestAlternativesTakeTheirTurns: with two ways to score that rank the units the other way round and weights that stand still, each
// way holds in about half of the draws.
func TestAlternativesTakeTheirTurns(t *testing.T) {
	f := framework(assess.Analytic, "f", direct("a", "1"))
	s := subject(t, f, roster(2), q1, table(f, []string{"10"}, []string{"5"}))
	other := subject(t, f, roster(2), q1, table(f, []string{"5"}, []string{"10"}))
	r := must(analysis.Robust(s, analysis.Options{Draws: 10_000, Seed: 1, Alternatives: []analysis.Subject{other}}))
	if m := r.Units[0].Mean; math.Abs(m-1.5) > 0.02 {
		t.Errorf("mean place %v, want 1.5", m)
	}
}

func TestUnitsWithoutAPlaceStayWithoutOne(t *testing.T) {
	f := framework(assess.Analytic, "f", direct("a", "1"))
	s := subject(t, f, roster(3), q1, table(f, []string{"10"}, []string{""}, []string{"5"}))
	r := must(analysis.Robust(s, analysis.Default()))
	if diff := cmp.Diff(analysis.Interval{Unit: "u2"}, r.Units[1]); diff != "" {
		t.Errorf("the unit without a score (-want +got):\n%s", diff)
	}
	if v := r.Units[2]; v.Rank != 2 || v.P95 != 2 {
		t.Errorf("the unit behind it: %+v, want place 2", v)
	}
}

// TestBonusStaysInTheTotal: with 3 points of bonus u2 has 75 and leads; weights do not touch the bonus, and without a range nothing moves.
func TestBonusStaysInTheTotal(t *testing.T) {
	s := threeUnits(t)
	root := s.Scores.Cards[1].Root()
	s.Scores.Cards[1].Bonus = 3
	root.Score, root.Shown, root.Points, root.Rank = 75, 75, 75, 1
	s.Scores.Cards[0].Root().Rank = 2
	o := analysis.Default()
	o.Range = 0
	r := must(analysis.Robust(s, o))
	if r.Units[0].Mean != 2 || r.Units[1].Mean != 1 {
		t.Errorf("mean places %v and %v, want 2 and 1", r.Units[0].Mean, r.Units[1].Mean)
	}
}

func TestOptionsAreRefused(t *testing.T) {
	for key, o := range map[string]analysis.Options{
		"problem.draws": {Draws: 0, Range: 0.25}, "problem.weight_range": {Draws: 10, Range: 1.5},
	} {
		_, err := analysis.Robust(threeUnits(t), o)
		var p *assess.Problem
		if !errors.As(err, &p) || p.Key != key {
			t.Errorf("%+v: %v, want %s", o, err, key)
		}
	}
	if _, err := analysis.Robust(threeUnits(t), analysis.Options{Draws: 10, Range: math.NaN()}); !errors.Is(err, assess.ErrInvalid) {
		t.Errorf("a range that is no number: %v", err)
	}
}

// TestAlike: one interval inside the other, or one place, cannot be told apart; an overlap in part can.
func TestAlike(t *testing.T) {
	between := func(rank int, low, high float64) analysis.Interval {
		return analysis.Interval{Rank: rank, P05: low, P95: high}
	}
	for _, c := range []struct {
		a, b analysis.Interval
		want bool
	}{
		{between(1, 1, 4), between(2, 2, 3), true},
		{between(1, 2, 3), between(2, 1, 4), true},
		{between(1, 1, 3), between(2, 2, 4), false},
		{between(1, 1, 2), between(1, 1.5, 3), true},
		{between(1, 1, 1), between(2, 2, 2), false},
	} {
		if got := c.a.Alike(c.b); got != c.want || c.b.Alike(c.a) != got {
			t.Errorf("%v and %v: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
