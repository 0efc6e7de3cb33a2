package quality

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// Lower critical values of the chi-square distribution, to three decimals: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4.
func TestChiSquareTable(t *testing.T) {
	for _, c := range []struct {
		freedom int
		tails   [5]float64 // at 0.10, 0.05, 0.025, 0.01, 0.001
	}{
		{4, [5]float64{1.064, 0.711, 0.484, 0.297, 0.091}},
		{7, [5]float64{2.833, 2.167, 1.690, 1.239, 0.598}},
		{11, [5]float64{5.578, 4.575, 3.816, 3.053, 1.834}},
		{19, [5]float64{11.651, 10.117, 8.907, 7.633, 5.407}},
		{30, [5]float64{20.599, 18.493, 16.791, 14.953, 11.588}},
		{100, [5]float64{82.358, 77.929, 74.222, 70.065, 61.918}},
	} {
		for i, tail := range []float64{0.10, 0.05, 0.025, 0.01, 0.001} {
			x := c.tails[i]
			if low, high := chiSquareBelow(x-0.0006, c.freedom), chiSquareBelow(x+0.0006, c.freedom); low > tail || high < tail {
				t.Errorf("P(X ≤ %.3f) of %d degrees of freedom is %.6f, the table says %g", x, c.freedom, chiSquareBelow(x, c.freedom), tail)
			}
		}
	}
}

// With 2 degrees of freedom P(X ≤ x) = 1 − e^(−x/2), with 4 it is 1 − e^(−x/2) (1 + x/2): both sides of the switch between series
// and fraction.
func TestChiSquareInClosedForm(t *testing.T) {
	for x := 0.01; x < 60; x *= 1.3 {
		two := -math.Expm1(-x / 2)
		four := two - math.Exp(-x/2)*x/2
		if got := chiSquareBelow(x, 2); math.Abs(got-two) > 1e-13 {
			t.Errorf("x %g: %.16f, want %.16f", x, got, two)
		}
		if got := chiSquareBelow(x, 4); math.Abs(got-four) > 1e-13 {
			t.Errorf("x %g: %.16f, want %.16f", x, got, four)
		}
	}
	if chiSquareBelow(0, 5) != 0 || chiSquareBelow(-1, 5) != 0 || chiSquareBelow(1e6, 5) != 1 {
		t.Error("the ends are not 0 and 1")
	}
}

// exactTail is P(Bin(n, num/den) ≥ k) in fractions.
func exactTail(k, n int, num, den int64) float64 {
	sum := new(big.Rat)
	p, q := big.NewRat(num, den), big.NewRat(den-num, den)
	for i := k; i <= n; i++ {
		term := new(big.Rat).SetInt(new(big.Int).Binomial(int64(n), int64(i)))
		for range i {
			term.Mul(term, p)
		}
		for range n - i {
			term.Mul(term, q)
		}
		sum.Add(sum, term)
	}
	f, _ := sum.Float64()
	return f
}

func TestBinomialAgainstFractions(t *testing.T) {
	// Ten of ten heads: 1 ÷ 1,024. Two or more of three: 4 ÷ 8.
	if got := binomialFrom(10, 10, 0.5); math.Abs(got-1.0/1024) > 1e-16 {
		t.Errorf("ten of ten: %g", got)
	}
	if got := binomialFrom(2, 3, 0.5); math.Abs(got-0.5) > 1e-15 {
		t.Errorf("two of three: %g", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 150).Draw(t, "n")
		k := rapid.IntRange(0, n+1).Draw(t, "k")
		want := exactTail(k, n, 1, 5)
		if got := binomialFrom(k, n, 0.2); math.Abs(got-want) > 1e-11*want+1e-300 {
			t.Fatalf("P(Bin(%d, 0.2) ≥ %d) = %g, want %g", n, k, got, want)
		}
	})
}

func TestTrials(t *testing.T) {
	// 0.25 × 0.375 × 0.9 = 0.084375; none of them: 0.75 × 0.625 × 0.1 = 0.046875.
	rates := []float64{0.25, 0.375, 0.9}
	if got := trialsFrom(3, rates); math.Abs(got-0.084375) > 1e-15 {
		t.Errorf("all three: %g", got)
	}
	if got := trialsFrom(1, rates); math.Abs(got-(1-0.046875)) > 1e-15 {
		t.Errorf("one or more: %g", got)
	}
	if trialsFrom(0, nil) != 1 || trialsFrom(1, nil) != 0 {
		t.Error("no trials: zero successes are certain, one is impossible")
	}
	rapid.Check(t, func(t *rapid.T) { // equal probabilities make the binomial distribution, in any order
		n := rapid.IntRange(1, 60).Draw(t, "n")
		k := rapid.IntRange(0, n).Draw(t, "k")
		same := make([]float64, n)
		for i := range same {
			same[i] = 0.2
		}
		if got, want := trialsFrom(k, same), binomialFrom(k, n, 0.2); math.Abs(got-want) > 1e-12 {
			t.Fatalf("%d of %d: %g, want %g", k, n, got, want)
		}
	})
}
