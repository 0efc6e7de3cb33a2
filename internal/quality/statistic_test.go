package quality

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
		t.Errorf("%s: %.12g, want %.12g", what, got, want)
	}
}

func TestRobustScales(t *testing.T) {
	// Sizes 1, 1, 2, 4, 4: the middle one is 2.
	near(t, "scale", robustScale([]float64{-1, 1, 2, -4, 4}), 1.4826*2)
	// Sizes 0, 0, 0, 6: the middle is 0, their mean 1.5.
	near(t, "scale without a middle", robustScale([]float64{0, 0, -6, 0}), 1.2533*1.5)
	near(t, "nothing left over", robustScale([]float64{0, 0}), 0)
	// 1, 2, 3, 4, 10: median 3, deviations 2, 1, 0, 1, 7, their median 1.
	z := modifiedZ([]float64{1, 2, 3, 4, 10})
	near(t, "z of 10", z[4], 0.6745*7)
	near(t, "z of 1", z[0], -0.6745*2)
	// 5, 5, 5, 9: median 5, MAD 0, mean deviation 1: 4 ÷ 1.2533.
	near(t, "z with MAD 0", modifiedZ([]float64{5, 5, 5, 9})[3], 4/1.2533)
	near(t, "z of equals", modifiedZ([]float64{5, 5, 5})[0], 0)
	near(t, "even median", median([]float64{4, 1, 3, 2}), 2.5)
}

func TestTransforms(t *testing.T) {
	near(t, "count 0.625", transform(assess.Count, 0.625).value, 2)            // 2 √1
	near(t, "amount e", transform(assess.Money, math.E).value, 1)              // ln e
	near(t, "rate 50", transform(assess.Percent, 50).value, 0)                 // ln 1
	near(t, "rate 100", transform(assess.Percent, 100).value, math.Log(201))   // 100.5 ÷ 0.5
	near(t, "rate 0", transform(assess.Percent, 0).value, math.Log(0.5/100.5)) // and its mirror
	for _, nothing := range []point{transform(assess.Money, 0), transform(assess.Count, -1), transform(assess.Percent, 101)} {
		if nothing.known {
			t.Error("a value that cannot be is known")
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]assess.ValueType{assess.Count, assess.Money, assess.Percent}).Draw(t, "kind")
		x := rapid.Float64Range(0.5, 100).Draw(t, "x")
		if back := restore(kind, transform(kind, x).value); math.Abs(back-x) > 1e-9*x {
			t.Fatalf("%s %g comes back as %g", kind, x, back)
		}
	})
}

// Three units of sizes 10, 20, 30 over eight periods, nothing else, but the last figure of the third unit is 4 too high. All medians
// take out the sizes, one residual is 4 and 23 are 0. Median 0, so the mean counts: 4 ÷ 24. s = 1.2533 × (4 ÷ 24) × √(24 ÷ (2 × 7)).
func TestPolish(t *testing.T) {
	table := make([][]point, 3)
	for u := range table {
		for range 8 {
			table[u] = append(table[u], at(10*float64(u+1)))
		}
	}
	table[2][7].value += 4
	r := polish(table)
	scale := 1.2533 * (4.0 / 24) * math.Sqrt(24.0/14)
	near(t, "scale", r.scale, scale)
	distance, expected, ok := r.last(table, 2)
	if !ok {
		t.Fatal("no distance")
	}
	near(t, "distance", distance, 4/scale)
	near(t, "expected", expected, 30)
	if _, _, ok := polish([][]point{table[0], table[1]}).last(table, 0); ok {
		t.Error("where nothing is left over there is nothing to ask")
	}
	for u := range table {
		table[u] = table[u][1:]
	}
	if _, _, ok := polish(table).last(table, 2); ok {
		t.Error("seven periods are not enough")
	}
}

// Season and shocks that met all units leave nothing over, whatever is missing.
func TestPolishTakesOutWhatIsCommon(t *testing.T) {
	table := make([][]point, 5)
	for u := range table {
		for p := range 12 {
			table[u] = append(table[u], point{float64(u*u) + 3*float64(p%4) + float64(p)/10, u != 2 || p != 5})
		}
	}
	r := polish(table)
	for u := range table {
		if distance, _, ok := r.last(table, u); ok && math.Abs(distance) > 1e-6 && r.scale > 1e-12 {
			t.Errorf("unit %d: %g", u, distance)
		}
	}
}

func randomTable(t *rapid.T) [][]point {
	units, periods := rapid.IntRange(3, 13).Draw(t, "units"), rapid.IntRange(8, 12).Draw(t, "periods")
	table := make([][]point, units)
	for u := range table {
		for range periods {
			table[u] = append(table[u], point{rapid.Float64Range(1, 1e6).Draw(t, "x"), rapid.IntRange(0, 9).Draw(t, "known") > 0})
		}
	}
	return table
}

func logs(table [][]point, factor float64) [][]point {
	made := make([][]point, len(table))
	for u, line := range table {
		for _, p := range line {
			if p.known {
				p = transform(assess.Money, p.value*factor)
			}
			made[u] = append(made[u], p)
		}
	}
	return made
}

// Permuting units permutes the distances and changes none; counting in ten-thousands instead of yuan changes none either.
func TestOutlierLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := randomTable(t)
		order := rapid.Permutation(slices.Collect(func(yield func(int) bool) {
			for i := range table {
				if !yield(i) {
					return
				}
			}
		})).Draw(t, "order")
		plain := logs(table, 1)
		moved := make([][]point, len(table))
		for i, u := range order {
			moved[i] = plain[u]
		}
		scaled := logs(table, 0.0001)
		a, b, c := polish(plain), polish(moved), polish(scaled)
		for i, u := range order {
			d1, _, ok1 := a.last(plain, u)
			d2, _, ok2 := b.last(moved, i)
			d3, _, ok3 := c.last(scaled, u)
			if ok1 != ok2 || ok1 != ok3 || math.Abs(d1-d2) > 1e-6 || math.Abs(d1-d3) > 1e-6 {
				t.Fatalf("unit %d: %g, permuted %g, scaled %g", u, d1, d2, d3)
			}
		}
	})
}

func TestRepeated(t *testing.T) {
	// (0 + 0.5) ÷ (1 + 1) = 0.25, (1 + 0.5) ÷ (3 + 1) = 0.375, (4 + 0.5) ÷ (4 + 1) = 0.9; all three stand still.
	count, expected, p := repeated([]repetition{{0, 1, true}, {1, 3, true}, {4, 4, true}})
	if count != 3 {
		t.Errorf("%d figures", count)
	}
	near(t, "expected", expected, 1.525)
	near(t, "probability", p, 0.084375)
}

func TestFourthQuarter(t *testing.T) {
	near(t, "share", fourthShare([4]float64{10, 10, 10, 30}), 0) // ln(30.5 ÷ 30.5)
	// Twenty items, five units, shares 1 to 5: median 3, MAD 1, so z is ±0.6745 and ±1.349; a share of 100 is clipped to 3.
	shares := make([][]point, fourthLeast)
	for i := range shares {
		shares[i] = []point{at(1), at(2), at(3), at(4), at(5)}
	}
	shares[0][4] = at(100)
	means := fourthHeavy(shares)
	near(t, "first unit", means[0].value, -1.349)
	near(t, "last unit", means[4].value, (19*1.349+3)/20)
	if fourthHeavy(shares[:fourthLeast-1])[4].known {
		t.Error("19 items say something")
	}
}

func TestRoundDigits(t *testing.T) {
	values := make([]int64, 0, 100)
	for i := range int64(70) {
		values = append(values, 101+i%4) // 101 to 104, none is round
	}
	values = append(values, 5, 45, 40) // below 50: not counted
	round, all, p := roundDigits(values)
	if round != 0 || all != 70 || p != 1 {
		t.Errorf("%d of %d, %g", round, all, p)
	}
	for i := range 26 {
		values[i] = 105
	}
	// P(Bin(70, 0.2) ≥ 26) = 0.00075 and P(≥ 25) = 0.0018, by fractions.
	if round, _, p := roundDigits(values); round != 26 || math.Abs(p-exactTail(26, 70, 1, 5)) > 1e-12 || p >= rare {
		t.Errorf("26 of 70: %d, %g", round, p)
	}
	values[0] = 101
	if _, _, p := roundDigits(values); p < rare {
		t.Errorf("25 of 70 are asked about: %g", p)
	}
	if _, _, p := roundDigits(values[1:70]); p != 1 {
		t.Error("69 values are enough")
	}
}

func TestSmoothness(t *testing.T) {
	series := func(mean, swing float64) (s []float64) {
		for i := range 8 {
			s = append(s, mean+swing*float64(1-2*(i%2)))
		}
		return s
	}
	// Mean 20, eight times 1 off: D = 8 ÷ 20 = 0.4 < 0.598. Mean 10: 0.8 > 0.598.
	if mean, p := smoothness(series(20, 1)); mean != 20 || p >= rare {
		t.Errorf("mean %g, %g", mean, p)
	}
	if _, p := smoothness(series(10, 1)); p < rare || p > 0.01 {
		t.Errorf("D 0.8: %g, want between 0.001 and 0.01 (1.239 is the 0.01 point)", p)
	}
	if _, p := smoothness(series(4, 0)); p != 1 {
		t.Error("a mean of 4 is asked about")
	}
	if _, p := smoothness(series(20, 1)[:7]); p != 1 {
		t.Error("seven quarters are enough")
	}
}

func TestBunching(t *testing.T) {
	// Ten above and none below: 1 ÷ 1,024 < 0.001; nine: 1 ÷ 512.
	percents := []float64{97.99, 102, 100, 100.1, 100.2, 101, 101.1, 101.9, 101.99, 100.5, 100.6, 100.7}
	above, below, p := bunching(percents)
	if above != 10 || below != 0 || p >= rare {
		t.Errorf("%d above, %d below, %g", above, below, p)
	}
	if _, _, p := bunching(percents[:11]); p < rare {
		t.Errorf("nine are asked about: %g", p)
	}
	if above, below, _ := bunching([]float64{98, 99.99}); above != 0 || below != 2 {
		t.Errorf("%d above, %d below", above, below)
	}
}

// The same polish in other words, four sweeps by the definition, on a table for which one sweep is not enough.
func TestPolishSweepsFourTimes(t *testing.T) {
	const units, periods = 4, 9
	table, want := make([][]point, units), [units][periods]float64{}
	for u := range units {
		for p := range periods {
			want[u][p] = float64((u*u*7 + p*p*5 + u*p*3) % 13)
			table[u] = append(table[u], at(want[u][p]))
		}
	}
	for range 4 {
		for u := range units {
			m := median(slices.Clone(want[u][:]))
			for p := range periods {
				want[u][p] -= m
			}
		}
		for p := range periods {
			var column []float64
			for u := range units {
				column = append(column, want[u][p])
			}
			m := median(column)
			for u := range units {
				want[u][p] -= m
			}
		}
	}
	left := polish(table).left
	for u := range units {
		for p := range periods {
			near(t, "residual", left[u][p].value, want[u][p])
		}
	}
}
