package score

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// points are counted in the official layer: whole units of 0.0001. Source: scoring specification 3.2.
type points int64

// pointDigits are the decimals of a unit of points.
const pointDigits = 4

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// float answers points as a number.
func (p points) float() float64 { return float64(p) / float64(pow10(pointDigits)) }

// toPoints counts a number that is a multiple of 0.0001, or rounds it to one.
func toPoints(v float64, rule assess.Rounding) points {
	return points(math.Round(rule.Round(v, pointDigits) * float64(pow10(pointDigits))))
}

// divide answers n/d rounded to a whole number, halves by the rule; d is above zero.
func divide(n, d int64, rule assess.Rounding) int64 {
	q, r := n/d, n%d
	sign := int64(1)
	if n < 0 {
		sign, r = -1, -r
	}
	switch double := r - (d - r); { // 2r − d without overflow
	case double > 0, double == 0 && (rule != assess.HalfEven || q%2 != 0):
		q += sign
	}
	return q
}

// fraction answers scale × p/full, rounded once to so many decimals (4 at most) from the exact fraction.
func fraction(scale, p, full points, decimals int, rule assess.Rounding) float64 {
	if full == 0 {
		return 0
	}
	decimals = min(decimals, pointDigits)
	n := divide(int64(scale)*int64(p), int64(full)*pow10(pointDigits-decimals), rule)
	return float64(n) / float64(pow10(decimals))
}

// apportion divides total among weights, which are whole numbers, in proportion and in whole units by largest remainder; of
// equal remainders the earlier takes the unit. The shares add up to total exactly. Source: scoring specification 1.12.
func apportion(total points, weights []float64) []points {
	shares := make([]points, len(weights))
	var sum uint64
	for _, w := range weights {
		sum += uint64(w)
	}
	if sum == 0 {
		return shares
	}
	rest := make([]uint64, len(weights))
	left := total
	for i, w := range weights {
		high, low := bits.Mul64(uint64(total), uint64(w))
		q, r := bits.Div64(high, low, sum)
		shares[i], rest[i] = points(q), r
		left -= points(q)
	}
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for _, i := range order[:left] {
		shares[i]++
	}
	return shares
}
