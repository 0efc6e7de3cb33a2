package score

import (
	"math"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// The treatments a mark may have had, all of them analysis only: they change what was reported.
const (
	imputed    = "imputed"
	winsorised = "winsorised"
	logged     = "logged"
)

// The rule of the outliers: a column is left as it is when its skewness is below 2 in size or its kurtosis below 3.5; else up to
// five extreme values are drawn in, one after the other. Source: scoring specification 1.1; OECD/JRC Handbook, 2008.
const (
	mostSkewness  = 2.0
	mostKurtosis  = 3.5
	mostDrawnIn   = 5
	leastTreated  = 4   // values that a kurtosis needs
	logarithmGap  = 100 // the least value stands a hundredth of the range above the pole of the logarithm
	leastVariance = 1e-26
)

// treatment is what is done to the values of a column: either limits, or a logarithm towards the crowded end.
type treatment struct {
	low, high float64
	log       bool
	pole      float64 // of the logarithm: below the least value, or above the greatest where the long tail is below
	mirrored  bool
}

// applied answers a value after the treatment and marks what was done; ok is false where the logarithm has no value, which happens
// only to units outside the comparison.
func (t *treatment) applied(x float64, m *mark) (y float64, ok bool) {
	switch {
	case t == nil:
		return x, true
	case t.log:
		if m != nil {
			m.treatment = logged
		}
		if t.mirrored {
			return -math.Log(t.pole - x), x < t.pole
		}
		return math.Log(x - t.pole), x > t.pole
	}
	y = max(t.low, min(x, t.high))
	if m != nil && y != x {
		m.treatment = winsorised
	}
	return y, true
}

// treat answers the treatment a column needs, nil for none. The end of the longer tail is drawn in to the value next to it, as
// often as it takes; where five times do not help, the untouched column gets a logarithm.
func treat(values []float64) *treatment {
	if regular(values) {
		return nil
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	low, high := 0, len(sorted)-1
	drawn := slices.Clone(values)
	for range min(mostDrawnIn, len(values)-2) {
		if skew, _ := shape(drawn); skew > 0 {
			high--
		} else {
			low++
		}
		t := &treatment{low: sorted[low], high: sorted[high]}
		for i, v := range values {
			drawn[i], _ = t.applied(v, nil)
		}
		if regular(drawn) {
			return t
		}
	}
	least, greatest := sorted[0], sorted[len(sorted)-1]
	gap := (greatest - least) / logarithmGap
	if skew, _ := shape(values); skew < 0 {
		return &treatment{log: true, mirrored: true, pole: greatest + gap}
	}
	return &treatment{log: true, pole: least - gap}
}

// regular says whether a column keeps to the rule.
func regular(values []float64) bool {
	skew, kurtosis := shape(values)
	return math.Abs(skew) < mostSkewness || kurtosis < mostKurtosis
}

// shape answers the sample skewness G1 and the sample excess kurtosis G2, both corrected for small samples; zeros for fewer than
// four values and for values that do not differ.
func shape(values []float64) (skewness, kurtosis float64) {
	n := float64(len(values))
	if n < leastTreated {
		return 0, 0
	}
	mean := 0.0
	for _, v := range values {
		mean += v
	}
	mean /= n
	var m2, m3, m4 float64
	for _, v := range values {
		d := v - mean
		square := d * d
		m2 += float64(square)
		m3 += float64(square * d)
		m4 += float64(square * square)
	}
	m2, m3, m4 = m2/n, m3/n, m4/n
	if m2 <= leastVariance*mean*mean {
		return 0, 0
	}
	skewness = m3 / float64(m2*math.Sqrt(m2)) * math.Sqrt(n*(n-1)) / (n - 2)
	excess := m4/float64(m2*m2) - 3
	return skewness, (n - 1) / ((n - 2) * (n - 3)) * (float64((n+1)*excess) + 6)
}

// impute gives the marks that were not reported the mean or the median of the others in the same period. They stay uncovered: a
// figure nobody reported does not count as reported.
func (s *sheet) impute() {
	rule := s.leaf.node.Indicator.Impute
	if rule == assess.NoImputation {
		return
	}
	values := map[assess.Code][]float64{}
	group := func(row int) assess.Code {
		if rule == assess.ImputeGroupMedian {
			return s.plan.panel.roster.Units[row].Group
		}
		return ""
	}
	for i, row := range s.rows {
		if m := &s.marks[i]; m.state == "" && m.level == "" && s.plan.competes[row] {
			values[group(row)] = append(values[group(row)], m.value)
		}
	}
	for i, row := range s.rows {
		m, from := &s.marks[i], values[group(row)]
		if m.state != assess.NotReported || len(from) == 0 {
			continue
		}
		m.state, m.reason, m.treatment = "", reasonImputed, imputed
		if m.value = middle(from); rule == assess.ImputeMean {
			m.value = average(from)
		}
	}
}

// middle answers the median: the mean of the two in the middle where there is no one.
func middle(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

func average(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
