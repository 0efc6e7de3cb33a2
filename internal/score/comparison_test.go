package score_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// compared scores one analytic indicator (scale 100) over the values of units u1, u2, …; "" is not reported. A unit
// without a score answers its state.
func compared(t testing.TB, n *assess.Node, values ...string) (scores []any) {
	t.Helper()
	f := analytic(n)
	p := panel(t, units(len(values)), f)
	for i, v := range values {
		if v != "" {
			put(t, p, unit(i+1), q1, n.Code, v)
		}
	}
	s := compute(t, f, p, q1)
	for i := range s.Cards {
		if c := s.Cards[i].Node(n.Code); c.State == assess.Scored {
			scores = append(scores, c.Shown)
		} else {
			scores = append(scores, c.State)
		}
	}
	return scores
}

func goal(n *assess.Node, target float64) *assess.Node { return fullYear(n, target) }

// TestCompositeMethods: values 2, 4, 4, 9 where nothing else is said. Mean 4.75, squares 7.5625 + 2 × 0.5625 + 18.0625 = 26.75, so
// the deviation is √(26.75/3) = 2.986078811.
func TestCompositeMethods(t *testing.T) {
	const na, nr = assess.NotApplicable, assess.NotReported
	four := []string{"2", "4", "4", "9"}
	for _, c := range []struct {
		name   string
		n      *assess.Node
		values []string
		want   []any
	}{
		{"min_max to [1, 100]: 1 + 99 × 2/7", indicator("x", "1", assess.Method{Kind: assess.MinMax, To: []float64{1, 100}}), four, []any{1.0, 29.285714286, 29.285714286, 100.0}},
		{"min_max to [1, 100], lower is better: 1 + 99 × 5/7", down(indicator("x", "1", assess.Method{Kind: assess.MinMax, To: []float64{1, 100}})), four, []any{100.0, 71.714285714, 71.714285714, 1.0}},
		{"z_score with 50 and 10: 50 + 10 × (2 − 4.75)/2.986", indicator("x", "1", assess.Method{Kind: assess.ZScore, Mean: 50, Deviation: 10}), four, []any{40.790598059, 47.488344925, 47.488344925, 64.232712091}},
		{"z_score, lower is better: the sign turns", down(indicator("x", "1", assess.Method{Kind: assess.ZScore})), four, []any{0.920940194, 0.251165507, 0.251165507, -1.423271209}},
		{"rank_number: equals share the smallest", indicator("x", "1", assess.Method{Kind: assess.RankNumber}), four, []any{1.0, 2.0, 2.0, 4.0}},
		{"rank_number, average: (2 + 3)/2", indicator("x", "1", assess.Method{Kind: assess.RankNumber, Ties: assess.Average}), four, []any{1.0, 2.5, 2.5, 4.0}},
		{"rank_number, dense", indicator("x", "1", assess.Method{Kind: assess.RankNumber, Ties: assess.Dense}), four, []any{1.0, 2.0, 2.0, 3.0}},
		{"rank_number, lower is better", down(indicator("x", "1", assess.Method{Kind: assess.RankNumber})), four, []any{4.0, 2.0, 2.0, 1.0}},
		{"borda", indicator("x", "1", assess.Method{Kind: assess.Borda}), four, []any{0.0, 1.0, 1.0, 3.0}},
		{"percentile_rank: 1/3", indicator("x", "1", assess.Method{Kind: assess.PercentRank}), four, []any{0.0, 33.333333333, 33.333333333, 100.0}},
		{"percentile_rank, average: 1.5/3", indicator("x", "1", assess.Method{Kind: assess.PercentRank, Ties: assess.Average}), four, []any{0.0, 50.0, 50.0, 100.0}},
		{"percentile_rank, dense: 1/2", indicator("x", "1", assess.Method{Kind: assess.PercentRank, Ties: assess.Dense}), four, []any{0.0, 50.0, 50.0, 100.0}},
		{"values that agree to nine decimals are tied", indicator("x", "1", assess.Method{Kind: assess.RankNumber}), []string{"1.00000000001", "1", "2"}, []any{1.0, 1.0, 3.0}},
		{"distance to 8: (4 − 2)/6, beyond it open", goal(indicator("x", "1", assess.Method{Kind: assess.ToTarget}), 8), four, []any{0.0, 33.333333333, 33.333333333, 116.666666667}},
		{"distance to 8, capped", goal(indicator("x", "1", assess.Method{Kind: assess.ToTarget, Cap: 1}), 8), four, []any{0.0, 33.333333333, 33.333333333, 100.0}},
		{"distance to 1, lower is better: (−4 + 9)/(−1 + 9)", goal(down(indicator("x", "1", assess.Method{Kind: assess.ToTarget})), 1), four, []any{87.5, 62.5, 62.5, 0.0}},
		{"goalposts 2 and 6 to [0, 50]: 50 × 2/4, clipped", indicator("x", "1", assess.Method{Kind: assess.Goalposts, Low: 2, High: 6, To: []float64{0, 50}}), four, []any{0.0, 25.0, 25.0, 50.0}},
		{"goalposts, lower is better: (6 − 4)/4", down(indicator("x", "1", assess.Method{Kind: assess.Goalposts, Low: 2, High: 6})), four, []any{100.0, 50.0, 50.0, 0.0}},
		{"scaled by 2 and 6: not clipped", indicator("x", "1", assess.Method{Kind: assess.Scaled, Low: 2, High: 6}), four, []any{0.0, 50.0, 50.0, 175.0}},
		{"scaled, lower is better: (−4 + 6)/(−2 + 6)", down(indicator("x", "1", assess.Method{Kind: assess.Scaled, Low: -6, High: -2})), four, []any{100.0, 50.0, 50.0, -75.0}},

		{"not reported has no place", indicator("x", "1", assess.Method{Kind: assess.RankNumber}), []string{"5", "", "3"}, []any{2.0, nr, 1.0}},
		{"min_max of a constant column", indicator("x", "1", assess.Method{Kind: assess.MinMax}), []string{"3", "3", "3"}, []any{na, na, na}},
		{"z_score of a constant column with noise in its mean", indicator("x", "1", assess.Method{Kind: assess.ZScore}), []string{"0.1", "0.1", "0.1"}, []any{na, na, na}},
		{"z_score of one value", indicator("x", "1", assess.Method{Kind: assess.ZScore}), []string{"3", "", ""}, []any{na, nr, nr}},
		{"min_max of one value", indicator("x", "1", assess.Method{Kind: assess.MinMax}), []string{"3", "", ""}, []any{na, nr, nr}},
		{"rank_number of a constant column", indicator("x", "1", assess.Method{Kind: assess.RankNumber}), []string{"3", "3", "3"}, []any{1.0, 1.0, 1.0}},
		{"borda of one value", indicator("x", "1", assess.Method{Kind: assess.Borda}), []string{"3", ""}, []any{0.0, nr}},
		{"percentile_rank of one value", indicator("x", "1", assess.Method{Kind: assess.PercentRank}), []string{"3", ""}, []any{na, nr}},
		{"percentile_rank of a constant column", indicator("x", "1", assess.Method{Kind: assess.PercentRank}), []string{"3", "3"}, []any{0.0, 0.0}},
		{"percentile_rank of a constant column, dense", indicator("x", "1", assess.Method{Kind: assess.PercentRank, Ties: assess.Dense}), []string{"3", "3"}, []any{0.0, 0.0}},
		{"nothing reported", indicator("x", "1", assess.Method{Kind: assess.MinMax}), []string{"", ""}, []any{nr, nr}},
		{"distance to the worst value", goal(indicator("x", "1", assess.Method{Kind: assess.ToTarget}), 2), four, []any{na, na, na, na}},
		{"distance to a target behind the worst", goal(indicator("x", "1", assess.Method{Kind: assess.ToTarget}), 1), four, []any{na, na, na, na}},
		{"distance of a constant column", goal(indicator("x", "1", assess.Method{Kind: assess.ToTarget}), 4), []string{"3", "3"}, []any{0.0, 0.0}},
		{"distance without a target", indicator("x", "1", assess.Method{Kind: assess.ToTarget}), []string{"3", "4"}, []any{assess.Pending, assess.Pending}},
		{"very large values", indicator("x", "1", assess.Method{Kind: assess.MinMax}), []string{"-1e100", "0", "1e100"}, []any{0.0, 50.0, 100.0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, compared(t, c.n, c.values...)); diff != "" {
				t.Errorf("scores (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTransforms: goalposts at 1 and 9 with the value 4. ln 4/ln 9; lg the same; (ln 5 − ln 2)/(ln 10 − ln 2); (2 − 1)/(3 − 1);
// (∛4 − 1)/(∛9 − 1).
func TestTransforms(t *testing.T) {
	for transform, want := range map[assess.Transform]float64{
		assess.NoTransform: 37.5, assess.Log: 63.092975357, assess.Log10: 63.092975357, assess.LogPlusOne: 56.932344193,
		assess.SquareRoot: 50, assess.CubeRoot: 54.384765278,
	} {
		n := indicator("x", "1", assess.Method{Kind: assess.Goalposts, Low: 1, High: 9})
		n.Indicator.Transform = transform
		if got := compared(t, n, "4")[0]; got != want {
			t.Errorf("%q: %v, want %v", transform, got, want)
		}
	}
	for transform, v := range map[assess.Transform]string{assess.Log: "0", assess.Log10: "-1", assess.LogPlusOne: "-1", assess.SquareRoot: "-0.01"} {
		n := indicator("x", "1", assess.Method{Kind: assess.MinMax})
		n.Indicator.Transform = transform
		if got := compared(t, n, v, "4", "9"); got[0] != assess.NotApplicable || got[2] != 100.0 {
			t.Errorf("%q of %s: %v, want not applicable, and the others scored", transform, v, got)
		}
	}
}

// TestOverThePanel: 2, 4, 9 now and 0, 10 in another quarter. Of 0, 2, 4, 9, 10 the number of 9 is 4; distance to 20 from 0.
func TestOverThePanel(t *testing.T) {
	for _, c := range []struct {
		m    assess.Method
		want []float64
	}{
		{assess.Method{Kind: assess.RankNumber, Over: "panel"}, []float64{2, 3, 4}},
		{assess.Method{Kind: assess.PercentRank, Over: "panel"}, []float64{25, 50, 75}},
		{assess.Method{Kind: assess.ToTarget, Over: "panel"}, []float64{10, 20, 45}},
		{assess.Method{Kind: assess.ZScore, Over: "panel"}, []float64{-0.688247202, -0.229415734, 0.917662935}}, // squares 9 + 1 + 16 + 25 + 25 = 76, √(76/4) = 4.358898944
	} {
		n := goal(indicator("x", "1", c.m), 20)
		f := analytic(n)
		p := panel(t, units(3), f)
		for i, v := range []string{"2", "4", "9"} {
			put(t, p, unit(i+1), q1, "x", v)
		}
		put(t, p, "u1", q2, "x", "0")
		put(t, p, "u2", q2, "x", "10")
		var got []float64
		for _, card := range compute(t, f, p, q1).Cards {
			got = append(got, card.Node("x").Shown)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s over the panel (-want +got):\n%s", c.m.Kind, diff)
		}
	}
}

// TestMeansRefuseZero: a geometric or harmonic mean of a zero is no score, and neither is what is made of it; the arithmetic mean
// beside it is.
func TestMeansRefuseZero(t *testing.T) {
	for _, kind := range []assess.Aggregation{assess.Geometric, assess.Harmonic} {
		balanced := heading("d", "1", direct("a", "1"), direct("b", "1"))
		balanced.Aggregate = kind
		f := analytic(balanced, heading("e", "1", direct("c", "1")))
		p := panel(t, units(2), f)
		for code, v := range map[assess.Code][2]string{"a": {"0", "20"}, "b": {"50", "80"}, "c": {"70", "70"}} {
			put(t, p, "u1", q1, code, v[0])
			put(t, p, "u2", q1, code, v[1])
		}
		s := compute(t, f, p, q1)
		d, root := s.Cards[0].Node("d"), s.Cards[0].Root()
		if d.State != assess.Pending || d.Why.Reason != "reason.mean" || root.State != assess.Pending || root.Why.Reason != "reason.waits" || root.Rank != 0 {
			t.Errorf("%s of 0 and 50: %s (%s), the root %s (%s), rank %d; want both pending and no rank", kind, d.State, d.Why.Reason, root.State, root.Why.Reason, root.Rank)
		}
		if c := s.Cards[0].Node("e"); c.Score != 70 {
			t.Errorf("the heading beside it is %v, want 70", c.Score)
		}
		if d := s.Cards[1].Node("d"); d.State != assess.Scored || s.Cards[1].Root().Rank != 1 {
			t.Errorf("%s of 20 and 80 is %s", kind, d.State)
		}
	}
}

// TestNormalisedScoresAreAlwaysNumbers: whatever the values, no score is NaN or infinite, min-max fills [l, u] from end to end, and
// a better value never has a lower score.
func TestNormalisedScoresAreAlwaysNumbers(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := rapid.SampledFrom([]assess.Method{
			{Kind: assess.MinMax, To: []float64{1, 100}},
			{Kind: assess.ZScore, Mean: 50, Deviation: 10},
			{Kind: assess.RankNumber},
			{Kind: assess.Borda, Ties: assess.Dense},
			{Kind: assess.PercentRank, Ties: assess.Average},
			{Kind: assess.ToTarget, Cap: 1},
			{Kind: assess.Scaled, Low: -3, High: 4},
		}).Draw(rt, "method")
		n := goal(indicator("x", "1", m), 7)
		if rapid.Bool().Draw(rt, "down") {
			down(n)
		}
		f := analytic(n)
		count := rapid.IntRange(1, 8).Draw(rt, "units")
		items, err := score.Implied(f)
		if err != nil {
			rt.Fatal(err)
		}
		p := score.NewPanel(units(count), items, []assess.Period{q1})
		values := make([]float64, count)
		for i := range count {
			values[i] = float64(rapid.IntRange(-20, 20).Draw(rt, "value")) / 4
			if err := p.Put(assess.Observation{CellKey: assess.CellKey{Unit: unit(i + 1), Period: q1, Item: "x"}, Value: decimalText(values[i])}); err != nil {
				rt.Fatal(err)
			}
		}
		s, err := score.Compute(f, p, q1, score.Options{})
		if err != nil {
			rt.Fatal(err)
		}
		for i := range count {
			a := s.Cards[i].Node("x")
			if a.State != assess.Scored {
				continue
			}
			if a.Score-a.Score != 0 {
				rt.Fatalf("score %v of %v", a.Score, values[i])
			}
			if m.Kind == assess.MinMax && (a.Score < 1 || a.Score > 100) {
				rt.Fatalf("%v lies outside [1, 100]", a.Score)
			}
			for j := range count {
				b := s.Cards[j].Node("x")
				better := values[i] > values[j]
				if n.Indicator.Direction == assess.Down {
					better = values[i] < values[j]
				}
				if better && a.Score < b.Score {
					rt.Fatalf("%v scores %v, %v scores %v", values[i], a.Score, values[j], b.Score)
				}
			}
		}
	})
}

// TestFormulasOfComparisons: the arithmetic of the second unit with the values 2, 4, 4, 9, as it is written by hand.
func TestFormulasOfComparisons(t *testing.T) {
	for want, n := range map[string]*assess.Node{
		"100 × (0.01 + 0.99 × (4 − 2) ÷ (9 − 2))":       indicator("x", "1", assess.Method{Kind: assess.MinMax, To: []float64{1, 100}}),
		"50 + 10 × (4 − 4.75) ÷ 2.986078811":            indicator("x", "1", assess.Method{Kind: assess.ZScore, Mean: 50, Deviation: 10}),
		"(−4 − −4.75) ÷ 2.986078811":                    down(indicator("x", "1", assess.Method{Kind: assess.ZScore})),
		"2":                                             indicator("x", "1", assess.Method{Kind: assess.RankNumber}),
		"2.5 − 1":                                       indicator("x", "1", assess.Method{Kind: assess.Borda, Ties: assess.Average}),
		"100 × (2 − 1) ÷ (4 − 1)":                       indicator("x", "1", assess.Method{Kind: assess.PercentRank}),
		"100 × (4 − 2) ÷ (8 − 2)":                       goal(indicator("x", "1", assess.Method{Kind: assess.ToTarget}), 8),
		"100 × min((4 − 2) ÷ (3 − 2), 1)":               goal(indicator("x", "1", assess.Method{Kind: assess.ToTarget, Cap: 1}), 3),
		"100 × (4 − 2) ÷ (6 − 2)":                       indicator("x", "1", assess.Method{Kind: assess.Scaled, Low: 2, High: 6}),
		"100 × (0.1 + 0.9 × min((4 − 1) ÷ (3 − 1), 1))": indicator("x", "1", assess.Method{Kind: assess.Goalposts, Low: 1, High: 3, To: []float64{10, 100}}),
	} {
		f := analytic(n)
		p := panel(t, units(4), f)
		for i, v := range []string{"2", "4", "4", "9"} {
			put(t, p, unit(i+1), q1, "x", v)
		}
		if got := compute(t, f, p, q1).Cards[1].Node("x").Why.Formula; got != want {
			t.Errorf("%s: %q, want %q", n.Indicator.Method.Kind, got, want)
		}
	}
}
