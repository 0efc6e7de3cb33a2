package quality

import (
	"math"

	"github.com/unionboard/unionboard/internal/assess"
)

// The rule of outliers (E). Window and limits: scoring specification 4.2.
const (
	outlierSweeps  = 4
	outlierWindow  = 12 // periods that are looked at
	outlierLeast   = 8  // periods there must be
	outlierConfirm = 4.5
	outlierExplain = 6
	// What is nearer to what was to be expected than this is not worth a question, however steady the series: a stock that never
	// moves makes one person more a wonder.
	outlierShare  = 0.05 // of a count or an amount
	outlierPoints = 1    // of a rate, in percentage points
)

// residuals is a table of units by periods after both medians were taken out.
type residuals struct {
	left  [][]point // what is left over
	scale float64   // robust, for the whole table; 0: no residual says anything
}

// polish takes out of a table of transformed values, unit by period, each unit's median over time and each period's median over
// units, four times over: size, the season common to the city and the shocks that met all. What is left is measured by
// s = 1.4826 median|e| √(UT ÷ ((U−1)(T−1))). Units and periods without any value count neither in U nor in T.
func polish(table [][]point) residuals {
	left := make([][]point, len(table))
	periods := 0
	for u := range table {
		left[u] = append([]point(nil), table[u]...)
		periods = max(periods, len(table[u]))
	}
	scratch := make([]float64, 0, max(len(table), periods))
	for range outlierSweeps {
		for u := range left {
			sweep(scratch, len(left[u]), func(t int) *point { return &left[u][t] })
		}
		for t := range periods {
			sweep(scratch, len(left), func(u int) *point { return &left[u][t] })
		}
	}
	return residuals{left, pooledScale(left, periods)}
}

// sweep subtracts the median of a line of known points.
func sweep(scratch []float64, n int, line func(int) *point) {
	values := scratch[:0]
	for i := range n {
		if p := line(i); p.known {
			values = append(values, p.value)
		}
	}
	m := median(values)
	for i := range n {
		if p := line(i); p.known {
			p.value -= m
		}
	}
}

func pooledScale(left [][]point, periods int) float64 {
	var all []float64
	seen := make([]bool, periods)
	units, times := 0, 0
	for _, line := range left {
		any := false
		for t, p := range line {
			if p.known {
				all = append(all, p.value)
				any, seen[t] = true, true
			}
		}
		if any {
			units++
		}
	}
	for _, s := range seen {
		if s {
			times++
		}
	}
	if units < 2 || times < outlierLeast {
		return 0
	}
	u, t := float64(units), float64(times)
	return robustScale(all) * math.Sqrt(u*t/((u-1)*(t-1)))
}

// last answers how far a unit's latest value lies from what was to be expected, in robust deviations, and the transformed value
// that was to be expected; ok is false where that cannot be said.
func (r residuals) last(table [][]point, unit int) (distance, expected float64, ok bool) {
	line := r.left[unit]
	if len(line) == 0 || !line[len(line)-1].known || r.scale == 0 {
		return 0, 0, false
	}
	e := line[len(line)-1].value
	return e / r.scale, table[unit][len(line)-1].value - e, true
}

// matters says whether a value lies so far from the expected one that a question is worth its answer.
func matters(kind assess.ValueType, value, expected float64) bool {
	if kind == assess.Percent {
		return math.Abs(value-expected) >= outlierPoints
	}
	return math.Abs(value-expected) >= outlierShare*math.Abs(expected)
}
