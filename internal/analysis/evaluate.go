package analysis

import (
	"math"

	"github.com/unionboard/unionboard/internal/assess"
)

// bench is where the scores under one set of weights are worked out; it is used again for the next.
type bench struct {
	score [][]float64 // of every heading, for each unit
	total [][]float64 // weights that were added up, for each unit, of headings that are not even
	void  []bool      // even headings without any weight left
}

func (t *tree) newBench() *bench {
	b := &bench{score: make([][]float64, len(t.branches)), total: make([][]float64, len(t.branches)), void: make([]bool, len(t.branches))}
	for i := range t.branches {
		if br := &t.branches[i]; !br.leaf {
			b.score[i] = make([]float64, len(t.units))
			if !br.even {
				b.total[i] = make([]float64, len(t.units))
			}
		}
	}
	return b
}

// plain answers factors that change nothing.
func (t *tree) plain() []float64 {
	f := make([]float64, len(t.branches))
	for i := range f {
		f[i] = 1
	}
	return f
}

// evaluate answers the total of every unit when the weight of every node is multiplied by its factor. Products are kept from being
// fused with sums, so that the result is the same on every machine.
func (t *tree) evaluate(factors []float64, b *bench) []float64 {
	for i := len(t.branches) - 1; i >= 0; i-- {
		switch br := &t.branches[i]; {
		case br.leaf:
		case br.whole:
			t.combine(i, factors, b)
		case br.even:
			t.meanEven(i, factors, b)
		default:
			t.meanUneven(i, factors, b)
		}
		if extra := t.branches[i].extra; extra != nil {
			for u, x := range extra {
				b.score[i][u] += x
			}
		}
	}
	return b.score[0]
}

// meanEven makes the mean of heading i whose children count for all units alike.
func (t *tree) meanEven(i int, factors []float64, b *bench) {
	br, sum := &t.branches[i], b.score[i]
	clear(sum)
	total := 0.0
	for _, c := range br.children {
		child := &t.branches[c]
		w := t.common(c) * factors[c]
		if w == 0 || b.void[c] {
			continue
		}
		total += w
		if child.leaf {
			addTimes(sum, child.product, factors[c])
			continue
		}
		t.addScores(sum, b.score[c], w, br.mean)
	}
	if b.void[i] = total == 0; b.void[i] {
		return
	}
	for u := range sum {
		sum[u] /= total
	}
	outOf(br.mean, sum)
}

// common answers the weight that is the same for all units.
func (t *tree) common(c int) float64 {
	if w := t.branches[c].weight; len(w) > 0 {
		return w[0]
	}
	return 0
}

func addTimes(sum, x []float64, factor float64) {
	x = x[:len(sum)]
	for u := range sum {
		sum[u] += float64(factor * x[u])
	}
}

func (t *tree) addScores(sum, scores []float64, w float64, mean assess.Aggregation) {
	if mean == assess.Arithmetic {
		addTimes(sum, scores, w)
		return
	}
	for u := range sum {
		sum[u] += float64(w * into(mean, scores[u]))
	}
}

func outOf(mean assess.Aggregation, scores []float64) {
	if mean == assess.Arithmetic {
		return
	}
	for u := range scores {
		scores[u] = out(mean, scores[u])
	}
}

// meanUneven makes the mean of heading i whose children do not count for all units alike.
func (t *tree) meanUneven(i int, factors []float64, b *bench) {
	br, sum, total := &t.branches[i], b.score[i], b.total[i]
	clear(sum)
	clear(total)
	for _, c := range br.children {
		child := &t.branches[c]
		if factors[c] == 0 || b.void[c] {
			continue
		}
		switch {
		case child.leaf:
			addTimes(total, child.weight, factors[c])
			addTimes(sum, child.product, factors[c])
		default:
			for u, w := range child.weight {
				if w *= factors[c]; w != 0 && (b.total[c] == nil || b.total[c][u] != 0) {
					total[u] += w
					sum[u] += float64(w * into(br.mean, b.score[c][u]))
				}
			}
		}
	}
	for u := range sum {
		if total[u] != 0 {
			sum[u] = out(br.mean, sum[u]/total[u])
		}
	}
}

// combine makes the total of a composite: every part brings its full points × its share, rounded to whole units once, as it is
// published. Source: decision 3, conventions of the numbers.
func (t *tree) combine(i int, factors []float64, b *bench) {
	br := &t.branches[i]
	for u := range t.units {
		full, weighed := 0.0, 0.0
		for _, c := range br.children {
			full += t.branches[c].weight[u]
			weighed += float64(t.branches[c].weight[u] * factors[c])
		}
		got := int64(0)
		for _, c := range br.children {
			child := &t.branches[c]
			if w := child.weight[u] * factors[c]; w != 0 {
				got += printing{decimals: pointDecimals, rounding: t.rounding}.units(float64(w*full) / weighed * b.score[c][u] / child.scale)
			}
		}
		if b.score[i][u] = 0; full > 0 {
			b.score[i][u] = compositeScale * float64(got) / pointUnits / full
		}
	}
}

// snapUnits are the units of the ninth decimal, at which every decision is taken.
const snapUnits = 1e9

// snapDecimals are the digits of a snapped value.
const snapDecimals = 9

// units answers x in whole units of the last decimal that is printed: snapped to nine decimals, then rounded once by the rule. It
// is assess.Rounding in integers, for the many times it is needed here. Source: scoring specification 3.2, points 4 and 5.
func (p printing) units(x float64) int64 {
	if p.decimals >= snapDecimals {
		return int64(math.Round(x * snapUnits))
	}
	n, unit := int64(math.Round(x*snapUnits)), tenTo(snapDecimals-p.decimals)
	q, r := n/unit, n%unit
	sign := int64(1)
	if n < 0 {
		sign, r = -1, -r
	}
	if 2*r > unit || 2*r == unit && (p.rounding != assess.HalfEven || q%2 != 0) {
		q += sign
	}
	return q
}

// shown answers x as it is printed.
func (p printing) shown(x float64) float64 { return p.rounding.Round(x, p.decimals) }

func tenTo(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}
