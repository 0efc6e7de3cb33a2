package score_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// TestFormulas: the arithmetic with its numbers, as a person would write it on the score sheet.
func TestFormulas(t *testing.T) {
	logged := indicator("x", "1", assess.Method{Kind: assess.Goalposts, Low: 100, High: 75000})
	logged.Indicator.Transform = assess.Log
	levels := indicator("x", "10", assess.Method{Kind: assess.Rated, Levels: map[assess.Code]float64{"good": 0.85}})
	between := bands(assess.Band{Low: number(90), High: number(95), HighExcluded: true, Share: 0.85})
	for _, c := range []struct {
		n     *assess.Node
		value string
		want  string
	}{
		{fullYear(ratio("50", 1), 80), "70", "100 × min(70 ÷ 80, 1)"},
		{fullYear(ratio("50", 1.2, 25, 50, 75, 100), 400), "190", "100 × min(190 ÷ (400 × 50%), 1.2)"},
		{down(fullYear(ratio("50", 1), 4)), "5", "100 × (2 − 5 ÷ 4)"},
		{down(fullYear(ratio("50", 1), 4)), "9", "100 × max(0, (2 − 9 ÷ 4))"},
		{centred(fullYear(indicator("x", "1", assess.Method{Kind: assess.TargetRatio, Width: 10}), 50)), "47", "100 × max(0, 1 − |47 − 50| ÷ 10)"},
		{fullYear(ratio("50", 1), 80), "-7", "100 × 0"},
		{indicator("x", "1", between), "92.1", "100 × 0.85 (90 ≤ 92.1 < 95)"},
		{efficacy(6, 12), "5.81", "100 × (0.6 + 0.4 × (5.81 − 6) ÷ (12 − 6))"},
		{efficacy(6, 12), "20", "100 × min((0.6 + 0.4 × (20 − 6) ÷ (12 − 6)), 1)"},
		{indicator("x", "1", assess.Method{Kind: assess.Tiered, Points: []assess.Point{{Value: 10, Share: 0.6}, {Value: 20, Share: 0.8}}}), "15", "100 × (0.6 + 0.2 × (15 − 10) ÷ (20 − 10))"},
		{levels, "good", "100 × 0.85"},
		{indicator("x", "6", assess.Method{Kind: assess.Rated, ScaleMax: 10}), "9.2", "100 × 9.2 ÷ 10"},
		{indicator("x", "8", assess.Method{Kind: assess.Deduction, PerCase: 4}), "1", "100 × (8 − 4 × 1) ÷ 8"},
		{indicator("x", "8", assess.Method{Kind: assess.Direct}), "77.5", "77.5"},
		{indicator("x", "8", assess.Method{Kind: assess.YesNo}), "1", "100 × 1"},
		{logged, "1000", "100 × (ln 1000 − ln 100) ÷ (ln 75000 − ln 100)"},
	} {
		if got := scoreOne(t, c.n, q2, c.value); got.Why.Formula != c.want {
			t.Errorf("%s of %s: %q, want %q", c.n.Indicator.Method.Kind, c.value, got.Why.Formula, c.want)
		}
	}
}

func TestHeadingFormulas(t *testing.T) {
	for mean, want := range map[assess.Aggregation]string{
		assess.Arithmetic: "(1 × 40 + 3 × 90) ÷ (1 + 3)",
		assess.Geometric:  "(40^1 × 90^3)^(1 ÷ (1 + 3))",
		assess.Harmonic:   "(1 + 3) ÷ (1 ÷ 40 + 3 ÷ 90)",
	} {
		f := analytic(direct("a", "1"), direct("b", "3"))
		f.Root.Aggregate = mean
		p := panel(t, units(1), f)
		put(t, p, "u1", q1, "a", "40")
		put(t, p, "u1", q1, "b", "90")
		if got := compute(t, f, p, q1).Cards[0].Root().Why.Formula; got != want {
			t.Errorf("%s: %q, want %q", mean, got, want)
		}
	}
	f := official(direct("a", "12"), direct("b", "8"))
	p := panel(t, units(1), f)
	put(t, p, "u1", q1, "a", "80")
	put(t, p, "u1", q1, "b", "95")
	why := compute(t, f, p, q1).Cards[0].Root().Why
	if want := "100 × 17.2 ÷ 20"; why.Formula != want {
		t.Errorf("official: %q, want %q", why.Formula, want)
	}
	want := []assess.Part{
		{Node: "a", Weight: "12", State: assess.Scored, Due: 12, Score: 80, Points: 9.6, FullPoints: 12},
		{Node: "b", Weight: "8", State: assess.Scored, Due: 8, Score: 95, Points: 7.6, FullPoints: 8},
	}
	if diff := cmp.Diff(want, why.Parts); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
}

// TestExplainOnlyWhereAsked: official scores always carry their derivation, analytic ones when asked.
func TestExplainOnlyWhereAsked(t *testing.T) {
	f := analytic(direct("a", "1"))
	p := panel(t, units(1), f)
	put(t, p, "u1", q1, "a", "40")
	for _, explain := range []bool{false, true} {
		for _, layer := range []assess.Layer{assess.Official, assess.Analytic} {
			f.Layer = layer
			s, err := score.Compute(f, p, q1, score.Options{Explain: explain})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := s.Cards[0].Root().Why != nil, explain || layer == assess.Official; got != want {
				t.Errorf("%s, explain %v: a derivation %v, want %v", layer, explain, got, want)
			}
		}
	}
}

func TestImpliedItems(t *testing.T) {
	rate := indicator("rate", "40", assess.Method{Kind: assess.Direct})
	rate.Indicator.Value = assess.Formula{Numerator: "num", Denominator: "den"}
	sum := annual(indicator("sum", "40", assess.Method{Kind: assess.Direct}))
	sum.Indicator.Value = assess.Formula{Expr: "max(num, other) + 1"}
	grade := indicator("grade", "20", assess.Method{Kind: assess.Rated, Levels: map[assess.Code]float64{"good": 1, "fair": 0.5}})
	items, err := score.Implied(official(rate, sum, grade))
	if err != nil {
		t.Fatal(err)
	}
	var got []assess.Code
	for _, i := range items {
		got = append(got, i.Code)
	}
	if diff := cmp.Diff([]assess.Code{"num", "den", "rate", "other", "sum", "grade"}, got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	if items[3].Frequency != assess.Annual || len(items[5].Levels) != 2 {
		t.Errorf("an item has not the frequency or the levels of its indicator: %+v, %+v", items[3], items[5])
	}
}

// TestAValueUnderTheIndicatorsOwnCode stands before its formula, in a framework that stands alone.
func TestAValueUnderTheIndicatorsOwnCode(t *testing.T) {
	rate := indicator("rate", "100", assess.Method{Kind: assess.Direct})
	rate.Indicator.Value = assess.Formula{Numerator: "num", Denominator: "den", Scale: 100}
	f := official(rate)
	p := panel(t, units(2), f)
	for _, u := range []assess.UnitCode{"u1", "u2"} {
		put(t, p, u, q1, "num", "1")
		put(t, p, u, q1, "den", "4")
	}
	put(t, p, "u1", q1, "rate", "60")
	s := compute(t, f, p, q1)
	if a, b := s.Cards[0].Node("rate"), s.Cards[1].Node("rate"); a.Score != 60 || b.Score != 25 || a.Why.Formula != "60" {
		t.Errorf("scores %v and %v, formula %q; want the direct 60 and 100 × 1 ÷ 4 = 25", a.Score, b.Score, a.Why.Formula)
	}
}
