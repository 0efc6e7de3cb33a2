package score

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestDivide(t *testing.T) {
	for _, c := range []struct {
		n, d int64
		rule assess.Rounding
		want int64
	}{
		{5, 2, assess.HalfUp, 3},
		{-5, 2, assess.HalfUp, -3},
		{5, 2, assess.HalfEven, 2},
		{7, 2, assess.HalfEven, 4},
		{-7, 2, assess.HalfEven, -4},
		{1, 3, assess.HalfUp, 0},
		{2, 3, assess.HalfUp, 1},
		{-2, 3, assess.HalfUp, -1},
		{0, 7, assess.HalfUp, 0},
		{9, 3, assess.HalfUp, 3},
	} {
		if got := divide(c.n, c.d, c.rule); got != c.want {
			t.Errorf("%d/%d %s = %d, want %d", c.n, c.d, c.rule, got, c.want)
		}
	}
}

// TestFractionIsRoundedOnce compares with exact fractions.
func TestFractionIsRoundedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		full := rapid.Int64Range(1, 1_000_000).Draw(t, "full")
		p := rapid.Int64Range(0, 2*full).Draw(t, "points")
		decimals := rapid.IntRange(0, 4).Draw(t, "decimals")
		exact := new(big.Rat).Mul(big.NewRat(p, full), big.NewRat(100*pow10(decimals), 1))
		exact.Add(exact, big.NewRat(1, 2))
		whole := new(big.Int).Quo(exact.Num(), exact.Denom())
		want, _ := new(big.Rat).SetFrac(whole, big.NewInt(pow10(decimals))).Float64()
		if got := fraction(100*10000, points(p), points(full), decimals, assess.HalfUp); got != want {
			t.Fatalf("100 × %d/%d to %d decimals = %v, want %v", p, full, decimals, got, want)
		}
	})
}

func TestApportion(t *testing.T) {
	for _, c := range []struct {
		total   points
		weights []float64
		want    []points
	}{
		{300000, []float64{120000, 80000}, []points{180000, 120000}},
		{10, []float64{1, 1, 1}, []points{4, 3, 3}}, // equal remainders: the earlier takes the unit
		{10, []float64{1, 2, 3}, []points{2, 3, 5}}, // 1.67, 3.33, 5
		{7, []float64{0, 5, 0}, []points{0, 7, 0}},
		{7, []float64{0, 0}, []points{0, 0}},
		{1_000_000, []float64{1e15, 1e15}, []points{500000, 500000}}, // no overflow
	} {
		if diff := cmp.Diff(c.want, apportion(c.total, c.weights)); diff != "" {
			t.Errorf("%d among %v (-want +got):\n%s", c.total, c.weights, diff)
		}
	}
}

// TestApportionAddsUp, and no share is a whole unit away from its proportion.
func TestApportionAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := points(rapid.Int64Range(0, 10_000_000).Draw(t, "total"))
		whole := rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 1, 12).Draw(t, "weights")
		weights, sum := make([]float64, len(whole)), int64(0)
		for i, w := range whole {
			weights[i] = float64(w)
			sum += w
		}
		shares, got := apportion(total, weights), points(0)
		for i, s := range shares {
			got += s
			if sum > 0 {
				off := new(big.Rat).Sub(big.NewRat(int64(s), 1), new(big.Rat).Mul(big.NewRat(int64(total), 1), big.NewRat(whole[i], sum)))
				if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
					t.Fatalf("share %d of %d is %d, off by %s", i, total, s, off)
				}
			}
		}
		if sum > 0 && got != total {
			t.Fatalf("the shares of %d add up to %d", total, got)
		}
	})
}

func TestPlaces(t *testing.T) {
	values := []float64{5, 9, 7, 9, 5}
	for ties, want := range map[assess.Ties][]float64{
		assess.Competition: {4, 1, 3, 1, 4}, assess.Dense: {3, 1, 2, 1, 3}, assess.Average: {4.5, 1.5, 3, 1.5, 4.5},
	} {
		if diff := cmp.Diff(want, places(values, ties)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", ties, diff)
		}
	}
}
