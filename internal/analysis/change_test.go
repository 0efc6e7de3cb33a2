package analysis_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
)

// headings is a framework of two headings: x of 60 points with a (40) and b (20), y of 40 points with c.
func headings() *assess.Framework {
	return framework(assess.Official, "f", heading("x", "60", direct("a", "40"), direct("b", "20")), heading("y", "40", direct("c", "40")))
}

// TestWaterfall: u1 had 50, 80 and 70: 20 + 16 + 28 = 64. First published with 45 for a, that was 62. Now it has 60, 80 and 55:
// 24 + 16 + 22 = 62. So corrections are 2, x gained 4 and y lost 6.
func TestWaterfall(t *testing.T) {
	f := headings()
	published := subject(t, f, roster(1), q1, table(f, []string{"45", "80", "70"}))
	c := analysis.Comparison{
		Before:    subject(t, f, roster(1), q1, table(f, []string{"50", "80", "70"})),
		After:     subject(t, f, roster(1), q2, table(f, []string{"60", "80", "55"})),
		Published: &published,
	}
	change := must(c.Explain("u1"))
	want := []analysis.Step{
		{Kind: analysis.StepCorrections, Amount: 20000},
		{Kind: analysis.StepPerformance, Node: "x", Amount: 40000},
		{Kind: analysis.StepPerformance, Node: "y", Amount: -60000},
	}
	if diff := cmp.Diff(want, change.Steps(0)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if change.From != 620000 || change.To != 620000 {
		t.Errorf("from %d to %d, want 620000 both", change.From, change.To)
	}
	if got := change.Steps(1); len(got) != 4 || got[1] != (analysis.Step{Kind: analysis.StepPerformance, Node: "a", Amount: 40000}) {
		t.Errorf("by indicator: %+v", got)
	}
}

// TestWaterfallOfWhatBecomesDue: of b nothing was due before, so a and c had 40 and 40 of 80 points: 50 and 70 are 60. With b at 80 due
// and nothing else changed the total is 20 + 16 + 28 = 64. Performance is nothing, the weights are 4.
func TestWaterfallOfWhatBecomesDue(t *testing.T) {
	f := headings()
	f.Root.Find("b").Indicator.Frequency = assess.Annual
	c := analysis.Comparison{
		Before: subject(t, f, roster(1), q1, table(f, []string{"50", "", "70"})),
		After:  subject(t, f, roster(1), year, table(f, []string{"50", "80", "70"})),
	}
	change := must(c.Explain("u1"))
	want := []analysis.Step{
		{Kind: analysis.StepPerformance, Node: "x"}, {Kind: analysis.StepPerformance, Node: "y"}, {Kind: analysis.StepWeights, Amount: 40000},
	}
	if diff := cmp.Diff(want, change.Steps(0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestATotalOnHalfAUnit: (21.2·0.18 + 3.5·0.1 + 7.3·0.02) / 32 = 4.312 / 32 = 0.13475, which as a float is a little less. It is
// snapped to nine decimals before it is rounded, as every printed total is: 1348 units of 0.0001, not 1347.
func TestATotalOnHalfAUnit(t *testing.T) {
	f := framework(assess.Analytic, "f", direct("a", "21.2"), direct("b", "3.5"), direct("c", "7.3"))
	s := subject(t, f, roster(1), q1, table(f, []string{"0.18", "0.1", "0.02"}))
	change := must(analysis.Comparison{Before: s, After: s}.Explain("u1"))
	if score := s.Scores.Card("u1").Root().Score; score >= 0.13475 || change.From != 1348 || change.To != 1348 {
		t.Errorf("from %d to %d of a score of %v, want 1348 both", change.From, change.To, score)
	}
}

// TestPartsOfAChangeAddUp, exactly, in every framework whose points add up, whatever is missing before or after.
func TestPartsOfAChangeAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, f := range w.frameworks {
			f.Root.Walk(func(n, _ *assess.Node, _ int) { n.Aggregate = assess.Arithmetic })
		}
		c := analysis.Comparison{Before: w.subject(t, q1, w.values)}
		if rapid.Bool().Draw(t, "corrected") {
			published := w.subject(t, q1, w.drawValues(t))
			c.Published = &published
		}
		w.reweigh(t)
		c.After = w.subject(t, q2, w.drawValues(t))
		for _, card := range c.After.Scores.Cards {
			change, err := c.Explain(card.Unit)
			if errors.Is(err, assess.ErrNotFound) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, depth := range []int{0, 1, 9} {
				sum := change.From
				for _, step := range change.Steps(depth) {
					sum += step.Amount
				}
				if sum != change.To || change.To != fixed(card.Root().Score) {
					t.Fatalf("%s: %+v adds up to %d at depth %d, the score is %v", card.Unit, change, sum, depth, card.Root().Score)
				}
			}
			climb, err := c.ExplainPlace(card.Unit)
			if err != nil {
				continue // it has a total, and no place in one of the three
			}
			if climb.From-climb.Corrections-climb.Performance-climb.Peers-climb.Weights != climb.To || climb.To != card.Root().Rank {
				t.Fatalf("%+v does not add up to the place %d", climb, card.Root().Rank)
			}
		}
	})
}

// fixed rounds as is published: snapped to nine decimals, then half away from zero, so that 0.028749999999999998 is 288. Source: scoring specification 3.2,
// points 4 and 5.
func fixed(x float64) int64 { return decimal.NewFromFloat(x).Round(9).Shift(4).Round(0).IntPart() }

// reweigh gives half of the leaves other weights, and their headings the sums.
func (w *world) reweigh(t *rapid.T) {
	for i, f := range w.frameworks {
		other := *f
		other.Root = scaled(f.Root, 1)
		for _, h := range other.Root.Children {
			sum := decimal.Zero
			for _, n := range h.Children {
				if rapid.Bool().Draw(t, "other weight") {
					n.Weight = decimal.New(rapid.Int64Range(10, 300).Draw(t, "weight"), -1)
				}
				sum = sum.Add(n.Weight)
			}
			h.Weight = sum
		}
		w.frameworks[i] = &other
	}
}

// TestUnchangedIsNoChange: the same figures in the next period are no change at all, in no part.
func TestUnchangedIsNoChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, f := range w.frameworks {
			f.Root.Walk(func(n, _ *assess.Node, _ int) { n.Aggregate = assess.Arithmetic })
		}
		c := analysis.Comparison{Before: w.subject(t, q1, w.values), After: w.subject(t, q2, w.values)}
		for _, card := range c.After.Scores.Cards {
			change, err := c.Explain(card.Unit)
			if err != nil {
				continue
			}
			for _, step := range change.Steps(9) {
				if step.Amount != 0 {
					t.Fatalf("%s: %+v", card.Unit, step)
				}
			}
		}
	})
}

// TestBonusAndLatenessAreSteps: the same figures, then with 1.5 points of bonus and 2 of lateness, are 70 and 69.5.
func TestBonusAndLatenessAreSteps(t *testing.T) {
	before, after := twoFrameworks(t), twoFrameworks(t)
	card := &after.Scores.Cards[0]
	card.Bonus, card.Late = 1.5, 2
	card.Root().Score, card.Root().Points = 69.5, 69.5
	change := must(analysis.Comparison{Before: before, After: after}.Explain("u1"))
	want := []analysis.Step{
		{Kind: analysis.StepPerformance, Node: "f"},
		{Kind: analysis.StepPerformance, Node: "g"},
		{Kind: analysis.StepBonus, Amount: 15000},
		{Kind: analysis.StepLateness, Amount: -20000},
	}
	if diff := cmp.Diff(want, change.Steps(0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestBonusOfAFramework: 4 points of bonus that a framework keeps for itself are 2 in a composite in which it stands with 50 of 100.
func TestBonusOfAFramework(t *testing.T) {
	before, after := twoFrameworks(t), twoFrameworks(t)
	part := &after.Parts[1].Scores.Cards[0]
	part.Bonus = 4
	part.Root().Score, part.Root().Points = 64, 64
	after.Scores.Cards[0].Root().Score, after.Scores.Cards[0].Root().Points = 72, 72
	steps := must(analysis.Comparison{Before: before, After: after}.Explain("u1")).Steps(0)
	if got := steps[len(steps)-1]; got != (analysis.Step{Kind: analysis.StepBonus, Amount: 20000}) {
		t.Errorf("%+v, want a bonus of 2 points", steps)
	}
}

// TestSpreadIsNoPerformance: where a sibling stops applying, points are weighed and rounded anew; an indicator whose score stayed is
// not said to have performed otherwise by that. With the points of b spread, 33.3333 · 0.7775 = 25.9166 and is
// printed 25.92; 49.9999 · 0.7775 = 38.8749 and is printed 38.87: shares of 0.77760 and 0.77740.
func TestSpreadIsNoPerformance(t *testing.T) {
	f := framework(assess.Official, "f", direct("a", "33.3333"), direct("b", "33.3333"), direct("c", "33.3334"))
	f.LeafDecimals = 2
	c := analysis.Comparison{
		Before: subject(t, f, roster(1), q1, table(f, []string{"77.75", "50", "66.66"})), After: subject(t, f, roster(1), q2, table(f, []string{"77.75", "N/A", "66.66"})),
	}
	for _, part := range must(c.Explain("u1")).Parts {
		if part.Performance != 0 {
			t.Errorf("%+v", part)
		}
	}
}

func TestChangeIsRefused(t *testing.T) {
	f := framework(assess.Analytic, "f", direct("a", "1"), direct("b", "1"))
	f.Root.Aggregate = assess.Geometric
	s := subject(t, f, roster(2), q1, table(f, []string{"1", "2"}, []string{"", ""}))
	c := analysis.Comparison{Before: s, After: s}
	for unit, key := range map[assess.UnitCode]string{"u1": "problem.not_additive", "u2": "problem.no_total", "nobody": "problem.no_total"} {
		_, err := c.Explain(unit)
		var p *assess.Problem
		if !errors.As(err, &p) || p.Key != key {
			t.Errorf("%s: %v, want %s", unit, err, key)
		}
	}
	var p *assess.Problem
	if _, err := c.ExplainPlace("u2"); !errors.As(err, &p) || p.Key != "problem.no_place" {
		t.Errorf("%v, want problem.no_place", err)
	}
}

// TestWhereAPlaceCameFrom follows u1 by hand. Published: 62, 63, 60: place 2. Corrected it has 64: place 1, one gained. With its own
// later figures it has 62 among 63 and 60: place 2, one lost. With its peers', 61.5 and 64, it is still second. In the later period c
// weighs 30 and b 30: u1 60·0.4 + 80·0.3 + 55·0.3 = 64.5, u2 61.5·0.4 + 61.5·0.3 + 61.5·0.3 = 61.5, u3 64: place 1, one gained.
func TestWhereAPlaceCameFrom(t *testing.T) {
	f := headings()
	level := func(x string) []string { return []string{x, x, x} }
	published := subject(t, f, roster(3), q1, table(f, []string{"45", "80", "70"}, level("63"), level("60")))
	later := headings()
	later.Root = scaled(later.Root, 1)
	for code, w := range map[assess.Code]int64{"x": 70, "b": 30, "y": 30, "c": 30} {
		later.Root.Find(code).Weight = decimal.NewFromInt(w)
	}
	c := analysis.Comparison{
		Before:    subject(t, f, roster(3), q1, table(f, []string{"50", "80", "70"}, level("63"), level("60"))),
		After:     subject(t, later, roster(3), q2, table(later, []string{"60", "80", "55"}, level("61.5"), level("64"))),
		Published: &published,
	}
	want := &analysis.Climb{Unit: "u1", From: 2, To: 1, Corrections: 1, Performance: -1, Peers: 0, Weights: 1}
	if diff := cmp.Diff(want, must(c.ExplainPlace("u1"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
