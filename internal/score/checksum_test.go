package score_test

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// synthetic is the value of unit i, indicator j and period t of the benchmark panel that the project promises, all from 1; ok is
// false where it is missing.
func synthetic(i, j, t int) (x float64, ok bool) {
	const p = 2147483647
	h := (7919*i + 104729*j + 1299709*t) % p
	h = 16807 * h % p
	h = 48271 * h % p
	return float64(h) / p * float64(1+j%10), h%50 != 0
}

// syntheticFramework has 100 indicators in 20 groups of 5 in 5 groups of 4.
func syntheticFramework() *assess.Framework {
	level := map[string]int{}
	weight := func(name string) string { // nodes of a level are counted from left to right, across parents
		level[name]++
		return strconv.Itoa(1 + level[name]%3)
	}
	var pillars []*assess.Node
	for a := range 5 {
		var groups []*assess.Node
		pillarWeight := weight("pillar")
		for b := range 4 {
			var leaves []*assess.Node
			groupWeight := weight("group")
			for range 5 {
				w := weight("leaf")
				n := indicator(assess.Code(fmt.Sprintf("i%03d", level["leaf"])), w, assess.Method{Kind: assess.MinMax})
				if level["leaf"]%7 == 0 {
					down(n)
				}
				leaves = append(leaves, n)
			}
			groups = append(groups, heading(assess.Code(fmt.Sprintf("g%d_%d", a, b)), groupWeight, leaves...))
		}
		pillars = append(pillars, heading(assess.Code(fmt.Sprintf("p%d", a)), pillarWeight, groups...))
	}
	f := analytic(pillars...)
	f.Availability = 0
	return f
}

// TestBenchmarkPanelChecksum: 2,846 units × 100 indicators in one period, min-max to [0, 100], weighted means over three levels with
// the weight of what is missing spread inside the parent: the index sums up to 142309.492837.
func TestBenchmarkPanelChecksum(t *testing.T) {
	f := syntheticFramework()
	r := units(2846)
	p := panel(t, r, f)
	for i := range r.Units {
		for j := range 100 {
			if x, ok := synthetic(i+1, j+1, 1); ok {
				put(t, p, r.Units[i].Code, q1, assess.Code(fmt.Sprintf("i%03d", j+1)), strconv.FormatFloat(x, 'g', -1, 64))
			}
		}
	}
	s, err := score.Compute(f, p, q1, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i := range s.Cards {
		sum += s.Cards[i].Root().Score
	}
	if math.Abs(sum-142309.492837) > 5e-7 {
		t.Errorf("the index sums up to %.6f, want 142309.492837", sum)
	}
}
