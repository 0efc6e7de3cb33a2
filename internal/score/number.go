package score

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// ordered answers values at 9 decimals, rising: values that agree to the ninth decimal are tied.
func ordered(values []float64) []float64 {
	sorted := make([]float64, len(values))
	for i, v := range values {
		sorted[i] = assess.Snap(v)
	}
	slices.Sort(sorted)
	return sorted
}

// number scores by the number of units behind: the rank number counts from 1 for the last, Borda counts from 0, the percentile rank
// is the share of the others. Tied units share the smallest number (competition), the mean of theirs (average), or count distinct
// values only (dense). Source: scoring specification 1.1.
func (l *leaf) number(m *mark, x float64, sorted []float64) {
	method := &l.node.Indicator.Method
	behind, n := behind(sorted, assess.Snap(x), method.Ties), len(sorted)
	m.place, m.peers = 1+behind, n
	switch method.Kind {
	case assess.RankNumber:
		m.score((1 + behind) / l.scale)
	case assess.Borda:
		m.score(behind / l.scale)
	default:
		if m.peers = lastNumber(sorted, method.Ties); n < 2 {
			m.decide(assess.NotApplicable, reasonSingle)
			return
		}
		m.score(behind / float64(max(1, m.peers-1))) // equal values under dense ties are one number: nobody is behind
	}
}

// lastNumber answers the greatest rank number there can be.
func lastNumber(sorted []float64, ties assess.Ties) int {
	if ties == assess.Dense {
		return distinct(sorted)
	}
	return len(sorted)
}

func distinct(sorted []float64) int {
	n := 0
	for i := range sorted {
		if i == 0 || sorted[i] != sorted[i-1] {
			n++
		}
	}
	return n
}

// behind answers how many of the sorted values are less than x, by the rule for ties.
func behind(sorted []float64, x float64, ties assess.Ties) float64 {
	below, _ := slices.BinarySearch(sorted, x)
	switch ties {
	case assess.Dense:
		return float64(distinct(sorted[:below]))
	case assess.Average:
		same := below
		for same < len(sorted) && sorted[same] == x {
			same++
		}
		return float64(below) + float64(same-below-1)/2
	}
	return float64(below)
}
