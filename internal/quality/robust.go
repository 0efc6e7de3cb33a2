package quality

import (
	"math"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// point is a value of a series: missing is a state, never zero and never NaN.
type point struct {
	value float64
	known bool
}

func at(value float64) point { return point{value, true} }

// median answers the middle of the values, the mean of the middle two of an even number, 0 of none. The values are sorted in
// place.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return 0
	}
	slices.Sort(values)
	if n%2 == 1 {
		return values[n/2]
	}
	return (values[n/2-1] + values[n/2]) / 2
}

// Factors that make robust scales comparable with the standard deviation of a normal distribution, and Iglewicz and Hoaglin's
// factor of the modified z.
const (
	normalMAD  = 1.4826
	normalMean = 1.2533
	modified   = 0.6745
)

// robustScale is the spread of residuals around zero: 1.4826 times the median of their sizes; where that is zero, 1.2533 times
// the mean of their sizes; 0 where they are all zero.
func robustScale(residuals []float64) float64 {
	sizes := make([]float64, len(residuals))
	sum := 0.0
	for i, e := range residuals {
		sizes[i] = math.Abs(e)
		sum += sizes[i]
	}
	if m := median(sizes); m > 0 {
		return normalMAD * m
	}
	if len(sizes) == 0 {
		return 0
	}
	return normalMean * sum / float64(len(sizes))
}

// modifiedZ answers 0.6745 (x − median) ÷ MAD of each value among all; where the MAD is zero, (x − median) ÷ (1.2533 × mean
// deviation); 0 where that is zero too. Source: Iglewicz and Hoaglin, "How to detect and handle outliers", 1993.
func modifiedZ(values []float64) []float64 {
	centre := median(slices.Clone(values))
	deviations := make([]float64, len(values))
	sizes := make([]float64, len(values))
	sum := 0.0
	for i, x := range values {
		deviations[i] = x - centre
		sizes[i] = math.Abs(deviations[i])
		sum += sizes[i]
	}
	factor := 0.0
	if mad := median(sizes); mad > 0 {
		factor = modified / mad
	} else if sum > 0 {
		factor = float64(len(values)) / (normalMean * sum)
	}
	for i := range deviations {
		deviations[i] *= factor
	}
	return deviations
}

// transform brings a value to a scale on which noise is alike for small and large units: the logarithm of an amount, twice the
// root of a count (Anscombe), the logit of a percentage. What has no such value – an amount of zero – is unknown.
func transform(kind assess.ValueType, x float64) point {
	switch kind {
	case assess.Count:
		if x >= 0 {
			return at(2 * math.Sqrt(x+0.375))
		}
	case assess.Percent:
		if x >= 0 && x <= 100 {
			return at(math.Log((x + 0.5) / (100.5 - x)))
		}
	default:
		if x > 0 {
			return at(math.Log(x))
		}
	}
	return point{}
}

// restore is the inverse of transform.
func restore(kind assess.ValueType, z float64) float64 {
	switch kind {
	case assess.Count:
		if z <= 0 {
			return 0
		}
		return max(0, z*z/4-0.375)
	case assess.Percent:
		odds := math.Exp(z)
		return min(100, max(0, (100.5*odds-0.5)/(1+odds)))
	}
	return math.Exp(z)
}

// rough writes an estimate for people: three figures say enough.
func rough(x float64) string {
	if x != 0 {
		unit := math.Pow(10, math.Floor(math.Log10(math.Abs(x)))-2)
		x = math.Round(x/unit) * unit
	}
	if math.Abs(x) >= 100 {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strconv.FormatFloat(assess.Snap(x), 'f', -1, 64)
}
