package analysis_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
)

// TestOtherWeights: with 40 and 40 the units have (90+50)/2 = 70, (70+75)/2 = 72.5 and (40+80)/2 = 60, so the first two change places.
func TestOtherWeights(t *testing.T) {
	s := threeUnits(t)
	before := *s.Scores
	got := must(analysis.WhatIf(s, map[assess.Code]float64{"a": 40}))
	want := []analysis.Move{
		{Unit: "u1", Before: 74, After: 70, From: 1, To: 2}, {Unit: "u2", Before: 72, After: 72.5, From: 2, To: 1}, {Unit: "u3", Before: 56, After: 60, From: 3, To: 3},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s.Scores.Cards[0].Root().Shown != 74 || before.Cards[0].Root().Rank != 1 {
		t.Error("the official result changed")
	}
}

// TestOtherWeightsOfAComposite: at 20 and 50, u1 has (80·20 + 60·50)/70 = 65.7143 and u2 (65·20 + 73·50)/70 = 70.7143.
func TestOtherWeightsOfAComposite(t *testing.T) {
	got := must(analysis.WhatIf(twoFrameworks(t), map[assess.Code]float64{"f": 20}))
	want := []analysis.Move{{Unit: "u1", Before: 70, After: 65.71, From: 1, To: 2}, {Unit: "u2", Before: 69, After: 70.71, From: 2, To: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got[0].Gained() != -1 {
		t.Errorf("u1 gained %d places, want −1", got[0].Gained())
	}
}

// TestWhatIfIsWhatTheEngineWouldScore: other weights tried on the published points give what the engine makes of a framework with
// these weights. In the official layer an indicator's points are rounded to 0.0001 anew; of an indicator of one point, which is the
// least here, that may be 0.005 of the score on both sides, and the total is printed to 0.01.
func TestWhatIfIsWhatTheEngineWouldScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		if w.assessment != nil {
			w.assessment, w.frameworks = nil, w.frameworks[:1]
		}
		f := *w.frameworks[0]
		s := w.subject(t, q1, w.values)
		weights := map[assess.Code]float64{}
		f.Relative = true
		f.Root = scaled(f.Root, 1)
		f.Root.Walk(func(n, parent *assess.Node, _ int) {
			if parent != nil && rapid.Bool().Draw(t, "other") {
				n.Weight = decimal.New(rapid.Int64Range(1, 300).Draw(t, "new weight"), -1)
				weights[n.Code] = n.Weight.InexactFloat64()
			}
		})
		w.frameworks = []*assess.Framework{&f}
		engine := w.subject(t, q1, w.values)
		tolerance := 0.0200001
		if f.Layer == assess.Analytic {
			tolerance = 0
		}
		for _, m := range must(analysis.WhatIf(s, weights)) {
			if got := engine.Scores.Card(m.Unit).Root().Shown; math.Abs(got-m.After) > tolerance {
				t.Fatalf("%s: %v by what if, %v by the engine", m.Unit, m.After, got)
			}
		}
	})
}

// TestRemoveOne: without a the places are by b alone, 50, 75, 80: 3, 2, 1 against 1, 2, 3, changes of 2, 0, 2 and a mean of 4/3. Without
// b they are by a alone, 90, 70, 40, as before.
func TestRemoveOne(t *testing.T) {
	want := []analysis.Removal{
		{Node: "a", Shift: 4.0 / 3, Most: analysis.Move{Unit: "u1", Before: 74, After: 50, From: 1, To: 3}},
		{Node: "b", Shift: 0, Most: analysis.Move{Unit: "u1", Before: 74, After: 90, From: 1, To: 1}},
	}
	if diff := cmp.Diff(want, analysis.RemoveOne(threeUnits(t))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWithoutTheOnlyIndicatorNobodyIsRanked(t *testing.T) {
	f := framework(assess.Analytic, "f", direct("a", "1"))
	if got := analysis.RemoveOne(subject(t, f, roster(2), q1, table(f, []string{"1"}, []string{"2"}))); len(got) != 0 {
		t.Errorf("%+v, want nothing", got)
	}
}

func TestWeightsAreRefused(t *testing.T) {
	for key, weights := range map[string]map[assess.Code]float64{
		"problem.whatif_node": {"nothing": 1}, "problem.whatif_weight": {"a": -1}, "problem.whatif_sum": {"a": 0, "b": 0},
	} {
		_, err := analysis.WhatIf(threeUnits(t), weights)
		var p *assess.Problem
		if !errors.As(err, &p) || p.Key != key {
			t.Errorf("%v: %v, want %s", weights, err, key)
		}
	}
	if _, err := analysis.WhatIf(threeUnits(t), map[assess.Code]float64{"f": 1}); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("the root: %v", err)
	}
}
