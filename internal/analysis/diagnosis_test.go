package analysis_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
)

// TestDiagnosis: points of a are 54, 42, 24 and of b 20, 30, 32; totals 74, 72, 56 with the mean 67⅓. The deviations of a from its mean
// 40 are 14, 2, −16, of the totals 6⅔, 4⅔, −11⅓: cov·2 = 93⅓ + 9⅓ + 181⅓ = 284; var·2 = 44.44 + 21.78 + 128.44 = 194⅔. So a has
// 284/194⅔ = 1.4589 of the differences, and b, which evens them out, −0.4589. The deviation of a's scores 90, 70, 40 is
// √(((23⅓)² + (3⅓)² + (26⅔)²)/2) = 25.166; of b's 50, 75, 80 it is 16.073.
func TestDiagnosis(t *testing.T) {
	want := &analysis.Diagnosis{
		Units: []analysis.UnitCoverage{{Unit: "u1", Reported: 2, Asked: 2}, {Unit: "u2", Reported: 2, Asked: 2}, {Unit: "u3", Reported: 2, Asked: 2}},
		Indicators: []analysis.IndicatorSpread{
			{Node: "a", Reported: 3, Asked: 3, Units: 3, Deviation: 25.166114784}, {Node: "b", Reported: 3, Asked: 3, Units: 3, Deviation: 16.072751268},
		},
		Weights: []analysis.RealWeight{{Node: "a", Nominal: 0.6, Real: 1.4589}, {Node: "b", Nominal: 0.4, Real: -0.4589}},
		Scored:  2,
	}
	if diff := cmp.Diff(want, analysis.Diagnose(threeUnits(t)), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWhatEverybodyHasDecidesNothing: all units have full marks in b, so it has none of the differences, whatever its weight.
func TestWhatEverybodyHasDecidesNothing(t *testing.T) {
	f := framework(assess.Official, "f", direct("a", "20"), direct("b", "80"))
	d := analysis.Diagnose(subject(t, f, roster(3), q1, table(f, []string{"90", "100"}, []string{"70", "100"}, []string{"", "100"})))
	if d.Full != 1 || d.Scored != 2 || d.Indicators[1].AtCap != 3 {
		t.Errorf("%d of %d are full, %d units at the cap of b; want 1 of 2 and 3", d.Full, d.Scored, d.Indicators[1].AtCap)
	}
	if diff := cmp.Diff([]analysis.RealWeight{{Node: "a", Nominal: 0.2, Real: 1}, {Node: "b", Nominal: 0.8, Real: 0}}, d.Weights); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(analysis.UnitCoverage{Unit: "u3", Reported: 1, Asked: 2, Gaps: []assess.Code{"a"}}, d.Units[2]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRealWeightsOfAComposite: the points of the parts are 40, 32.5 and 30, 36.5, the totals 70 and 69. With two units the shares are the
// differences themselves: 7.5 and −6.5 of 1.
func TestRealWeightsOfAComposite(t *testing.T) {
	want := []analysis.RealWeight{{Node: "f", Nominal: 0.5, Real: 7.5}, {Node: "g", Nominal: 0.5, Real: -6.5}}
	if diff := cmp.Diff(want, analysis.RealWeights(twoFrameworks(t), assess.CompositeCode)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRealWeightsAddUp to 1, exactly.
func TestRealWeightsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		s := w.subject(t, q1, w.values)
		sum, list := int64(0), analysis.RealWeights(s, s.Code())
		for _, one := range list {
			sum += fixed(one.Real)
		}
		if list != nil && sum != 10000 {
			t.Fatalf("%+v add up to %d", list, sum)
		}
	})
}

// TestCorrelations: b is 110 − a, so the two oppose each other wholly; c is a, so it is redundant. Of 5 pairs chance brings
// tanh(1.96/√2) = 0.88227.
func TestCorrelations(t *testing.T) {
	f := framework(assess.Analytic, "f", direct("a", "1"), direct("b", "1"), direct("c", "1"))
	s := subject(t, f, roster(5), q1, table(f, []string{"10", "100", "10"}, []string{"20", "90", "20"}, []string{"30", "80", "30"}, []string{"40", "70", "40"}, []string{"50", "60", "50"}))
	got := analysis.Correlations([]analysis.Subject{s})
	want := []analysis.Correlation{
		{A: "a", B: "b", Pairs: 5, Pearson: -1, Spearman: -1, Critical: 0.88227, Mark: analysis.Opposed},
		{A: "a", B: "c", Pairs: 5, Pearson: 1, Spearman: 1, Critical: 0.88227, Mark: analysis.Redundant},
		{A: "b", B: "c", Pairs: 5, Pearson: -1, Spearman: -1, Critical: 0.88227, Mark: analysis.Opposed},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-4)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := analysis.MainEffects([]analysis.Subject{s}); len(got) != 3 || math.Abs(got[0].Pearson-1) > 1e-9 {
		t.Errorf("the total is (110 + a)/3 and follows a wholly: %+v", got)
	}
	if got := analysis.Correlations([]analysis.Subject{s, s})[0]; got.Pairs != 10 {
		t.Errorf("two periods pooled have %d pairs, want 10", got.Pairs)
	}
}

// TestSpearmanGoesByPlaces: 1, 2, 4, 8, 16 rises with 1 to 5 always, and not in a line: 36/√(10·148.8) = 0.9333.
func TestSpearmanGoesByPlaces(t *testing.T) {
	f := framework(assess.Analytic, "f", direct("a", "1"), direct("b", "1"))
	s := subject(t, f, roster(5), q1, table(f, []string{"1", "1"}, []string{"2", "2"}, []string{"3", "4"}, []string{"4", "8"}, []string{"5", "16"}))
	got := analysis.Correlations([]analysis.Subject{s})[0]
	if math.Abs(got.Pearson-0.9333) > 1e-4 || math.Abs(got.Spearman-1) > 1e-9 {
		t.Errorf("Pearson %v, Spearman %v; want 0.9333 and 1", got.Pearson, got.Spearman)
	}
}

// TestCriticalCorrelations are those the specification measured: 0.55 for one quarter of 13 units, 0.39 for two, 0.19 for eight.
func TestCriticalCorrelations(t *testing.T) {
	f := framework(assess.Analytic, "f", direct("a", "1"), direct("b", "1"))
	var lines [][]string
	for i := range 13 {
		lines = append(lines, []string{fmt.Sprint(i + 1), fmt.Sprint(i*i%17 + 1)})
	}
	s := subject(t, f, roster(13), q1, table(f, lines...))
	for periods, want := range map[int]float64{1: 0.55, 2: 0.39, 8: 0.19} {
		if got := analysis.Correlations(slices.Repeat([]analysis.Subject{s}, periods))[0].Critical; math.Abs(got-want) > 0.005 {
			t.Errorf("%d periods: %v, want %v", periods, got, want)
		}
	}
}
