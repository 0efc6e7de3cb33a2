package assess_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestRoundWorkedExamples(t *testing.T) {
	// scoring specification 1.13, last row, and the halves that math.Round(x*100)/100 gets wrong.
	for _, c := range []struct {
		rule     assess.Rounding
		x        float64
		decimals int
		want     float64
	}{
		{assess.HalfUp, 2.665, 2, 2.67},
		{assess.HalfUp, 86.875, 2, 86.88},
		{assess.HalfUp, 1.005, 2, 1.01},
		{assess.HalfUp, -0.125, 2, -0.13},
		{assess.HalfUp, 0.1 + 0.2, 1, 0.3},
		{assess.HalfUp, 9.9999999999, 4, 10},
		{assess.HalfUp, 99.995, 2, 100},
		{assess.HalfUp, 0.5, 0, 1},
		{assess.HalfUp, 2.5, 0, 3},
		{assess.HalfEven, 2.5, 0, 2},
		{assess.HalfEven, 0.125, 2, 0.12},
		{assess.HalfEven, 0.135, 2, 0.14},
		{assess.HalfEven, 2.6650001, 2, 2.67},
		{assess.HalfUp, 123456789.123456, 4, 123456789.1235},
	} {
		if got := c.rule.Round(c.x, c.decimals); got != c.want {
			t.Errorf("%s of %v to %d decimals = %v, want %v", c.rule, c.x, c.decimals, got, c.want)
		}
	}
}

func TestRoundAgreesWithExactFractions(t *testing.T) {
	// Any decimal with at most 9 decimals, written as a double, rounds as its exact fraction does.
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-1e15, 1e15).Draw(t, "n")
		decimals := rapid.IntRange(0, 6).Draw(t, "decimals")
		x, _ := new(big.Rat).SetFrac64(n, 1e9).Float64()
		unit := int64(1)
		for range 9 - decimals {
			unit *= 10
		}
		q, rem := n/unit, n%unit
		switch {
		case 2*rem >= unit:
			q++
		case -2*rem >= unit:
			q--
		}
		want, _ := new(big.Rat).SetFrac64(q*unit, 1e9).Float64()
		if got := assess.HalfUp.Round(x, decimals); got != want {
			t.Fatalf("half-up of %v to %d decimals = %v, want %v", x, decimals, got, want)
		}
	})
}
