package quality

import "math"

// chiSquareBelow is P(X ≤ x) of a chi-square variable with k degrees of freedom: the regularised lower incomplete gamma function
// P(k/2, x/2).
func chiSquareBelow(x float64, k int) float64 {
	if x <= 0 {
		return 0
	}
	return gammaBelow(float64(k)/2, x/2)
}

// The accuracy of the expansions below, relative, and a bound on their length that no sensible argument reaches.
const (
	expansionEnd   = 1e-15
	expansionTerms = 10000
)

// gammaBelow is the regularised lower incomplete gamma function P(a, x), for a and x above zero: its power series below a+1, one
// minus the continued fraction of Q above. Source: Abramowitz and Stegun 6.5.29 and 6.5.31, the fraction evaluated by Lentz's
// method.
func gammaBelow(a, x float64) float64 {
	logGamma, _ := math.Lgamma(a)
	front := math.Exp(a*math.Log(x) - x - logGamma)
	if x < a+1 {
		term := 1 / a
		sum := term
		for n := 1; n < expansionTerms && term > sum*expansionEnd; n++ {
			term *= x / (a + float64(n))
			sum += term
		}
		return min(1, front*sum)
	}
	const tiny = 1e-300
	b := x + 1 - a
	c, d := 1/tiny, 1/b
	h := d
	for n := 1; n < expansionTerms; n++ {
		i := float64(n)
		an := -i * (i - a)
		b += 2
		if d = an*d + b; d == 0 {
			d = tiny
		}
		if c = b + an/c; c == 0 {
			c = tiny
		}
		d = 1 / d
		step := d * c
		h *= step
		if math.Abs(step-1) < expansionEnd {
			break
		}
	}
	return max(0, 1-front*h)
}

// binomialFrom is P(X ≥ k) of a binomial variable with n trials of probability p, 0 < p < 1: the exact sum of its terms, smallest
// first.
func binomialFrom(k, n int, p float64) float64 {
	if k <= 0 {
		return 1
	}
	all, _ := math.Lgamma(float64(n) + 1)
	sum := 0.0
	for i := n; i >= k; i-- {
		hits, _ := math.Lgamma(float64(i) + 1)
		misses, _ := math.Lgamma(float64(n-i) + 1)
		sum += math.Exp(all - hits - misses + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return min(1, sum)
}

// trialsFrom is P(X ≥ k) of the number of successes among independent trials with probabilities of their own (Poisson's binomial
// distribution), by exact convolution.
func trialsFrom(k int, probabilities []float64) float64 {
	dist := make([]float64, 1, len(probabilities)+1)
	dist[0] = 1
	for _, p := range probabilities {
		dist = append(dist, 0)
		for i := len(dist) - 1; i >= 0; i-- {
			stay := dist[i] * (1 - p)
			if i > 0 {
				stay += dist[i-1] * p
			}
			dist[i] = stay
		}
	}
	sum := 0.0
	for i := len(dist) - 1; i >= max(0, k); i-- {
		sum += dist[i]
	}
	return min(1, sum)
}
