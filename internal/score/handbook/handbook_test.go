package handbook

import (
	"math"
	"testing"
)

// TestByHand: the check is itself checked, on 2, 4, 4, 9 and a gap. Mean 4.75, deviation √(26.75/3).
func TestByHand(t *testing.T) {
	column := []float64{2, 4, 4, 9, math.NaN()}
	for _, c := range []struct {
		m         Method
		direction float64
		want      [4]float64
	}{
		{Method{Name: "min_max", L: 1, U: 100}, 1, [4]float64{1, 1 + 198.0/7, 1 + 198.0/7, 100}},
		{Method{Name: "min_max", U: 100}, -1, [4]float64{100, 500.0 / 7, 500.0 / 7, 0}},
		{Method{Name: "z_score", U: 1}, 1, [4]float64{-2.75 / math.Sqrt(26.75/3), -0.75 / math.Sqrt(26.75/3), -0.75 / math.Sqrt(26.75/3), 4.25 / math.Sqrt(26.75/3)}},
		{Method{Name: "rank_number"}, 1, [4]float64{1, 2, 2, 4}},
		{Method{Name: "borda"}, -1, [4]float64{3, 1, 1, 0}},
		{Method{Name: "percentile_rank"}, 1, [4]float64{0, 100.0 / 3, 100.0 / 3, 100}},
		{Method{Name: "distance_to_target", Target: 8, Capped: true}, 1, [4]float64{0, 100.0 / 3, 100.0 / 3, 100}},
		{Method{Name: "goalposts", Low: 2, High: 6}, -1, [4]float64{100, 50, 50, 0}},
		{Method{Name: "scaled", Low: -6, High: -2}, -1, [4]float64{100, 50, 50, -75}},
	} {
		got := Normalise(c.m, c.direction, column)
		for i, want := range c.want {
			if math.Abs(got[i]-want) > 1e-12 {
				t.Errorf("%s: %v, want %v", c.m.Name, got[i], want)
			}
		}
		if !math.IsNaN(got[4]) {
			t.Errorf("%s scores a gap", c.m.Name)
		}
	}
	tree := &Tree{Code: "i", Parts: []*Tree{{Code: "a", Weight: 1, Scores: []float64{40, 0}}, {Code: "b", Weight: 3, Scores: []float64{90, 90}}, {Code: "c", Weight: 1, Scores: []float64{math.NaN(), 1}}}}
	for mean, want := range map[Mean]float64{Arithmetic: 77.5, Geometric: math.Sqrt(math.Sqrt(40 * 90 * 90 * 90)), Harmonic: 4 / (1.0/40 + 3.0/90)} {
		got := Index(tree, mean, 0.8)["i"]
		if math.Abs(got[0]-want) > 1e-12 || math.IsInf(got[1], 1) != (mean != Arithmetic) {
			t.Errorf("%s: %v, want %v, and the second refused unless arithmetic", mean, got, want)
		}
	}
	if got := Index(tree, Arithmetic, 0.81)["i"][0]; !math.IsNaN(got) {
		t.Errorf("4 of 5 of the weight are below the limit, and the mean is %v", got)
	}
}
