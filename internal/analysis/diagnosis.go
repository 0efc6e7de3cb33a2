package analysis

import (
	"math"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Diagnosis is what can be said of a scheme from its results, at any number of units: every figure is a description of the units
// there are, none an estimate. Source: scoring specification part 2.
type Diagnosis struct {
	Units      []UnitCoverage // all units of the scores
	Indicators []IndicatorSpread
	// Weights compare what the scheme says with what decides, for the children of the root.
	Weights []RealWeight
	// Full counts the indicators in which every unit has full marks, of those scored: they decide nothing.
	Full, Scored int
}

// UnitCoverage is how many of a unit's indicators were reported, of those that apply and are due.
type UnitCoverage struct {
	Unit            assess.UnitCode
	Reported, Asked int
	Gaps            []assess.Code // indicators without a figure
}

// IndicatorSpread is how far the units lie apart in one indicator. The units are those that are ranked and have a score in it.
type IndicatorSpread struct {
	Node            assess.Code
	Reported, Asked int
	Units           int     // with a score
	Deviation       float64 // standard deviation of the score, divisor n − 1; 0 for fewer than two units
	AtCap           int     // units with full marks or more
}

// RealWeight is a node's stated weight and the part of the differences between totals that it makes: cov(pⱼ, T)/var(T), where pⱼ
// are the points it brings to the total T before bonus and lateness. Both add up to 1 over the siblings.
type RealWeight struct {
	Node          assess.Code
	Nominal, Real float64
}

// Diagnose describes a subject.
func Diagnose(s Subject) *Diagnosis {
	d := &Diagnosis{Weights: RealWeights(s, s.Code())}
	for i := range s.Scores.Cards {
		d.Units = append(d.Units, s.coverage(s.Scores.Cards[i].Unit))
	}
	for _, part := range s.frameworks() {
		for _, n := range part.Framework.Root.Leaves() {
			if outside(n) {
				continue
			}
			one := part.spread(n.Code)
			d.Indicators = append(d.Indicators, one)
			if one.Units > 0 {
				d.Scored++
				if one.AtCap == one.Units {
					d.Full++
				}
			}
		}
	}
	return d
}

// frameworks answers the subjects that have indicators of their own.
func (s Subject) frameworks() []Subject {
	if s.Framework != nil {
		return []Subject{s}
	}
	return s.Parts
}

func (s Subject) coverage(unit assess.UnitCode) UnitCoverage {
	c := UnitCoverage{Unit: unit}
	for _, part := range s.frameworks() {
		card := part.Scores.Card(unit)
		if card == nil {
			continue
		}
		for i := range card.Nodes {
			n := &card.Nodes[i]
			if n.Level != 1 || n.Outside {
				continue
			}
			if asked, reported := answered(n); asked {
				c.Asked++
				if reported {
					c.Reported++
				} else {
					c.Gaps = append(c.Gaps, n.Node)
				}
			}
		}
	}
	return c
}

// answered says whether a figure was asked for, and whether it came.
func answered(n *assess.NodeScore) (asked, reported bool) {
	switch n.State {
	case assess.Scored:
		return true, true
	case assess.NotReported, assess.Pending:
		return true, n.Coverage > 0
	}
	return false, false
}

// spread describes one indicator.
func (s Subject) spread(code assess.Code) IndicatorSpread {
	one := IndicatorSpread{Node: code}
	var scores []float64
	for i := range s.Scores.Cards {
		n := s.Scores.Cards[i].Node(code)
		if asked, reported := answered(n); asked {
			one.Asked++
			if reported {
				one.Reported++
			}
		}
		if n.State != assess.Scored || s.Scores.Cards[i].Root().Rank == 0 {
			continue
		}
		scores = append(scores, n.Score)
		if n.Score >= s.scale() {
			one.AtCap++
		}
	}
	if one.Units = len(scores); one.Units > 1 {
		one.Deviation = assess.Snap(math.Sqrt(covariance(scores, scores)))
	}
	return one
}

// covariance has the divisor n − 1; sums run left to right.
func covariance(x, y []float64) float64 {
	mx, my, sum := mean(x), mean(y), 0.0
	for i := range x {
		sum += float64((x[i] - mx) * (y[i] - my))
	}
	return sum / float64(len(x)-1)
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// RealWeights answers the stated and the real weights of the children of a node, nil where there are fewer than two ranked units,
// where all have the same total, or where points do not add up. What a unit has no points in counts nothing for it. Real weights are
// multiples of 0.0001 that add up to 1 exactly; one may be below zero: that part evens out what the others spread.
func RealWeights(s Subject, node assess.Code) []RealWeight {
	t := newTree(s)
	i, ok := t.index[node]
	if !ok || t.branches[i].leaf || len(t.units) < 2 || !t.additive(i) {
		return nil
	}
	bench, share := t.newBench(), t.shares()
	t.evaluate(t.plain(), bench)
	children := slices.Sorted(slices.Values(t.branches[i].children)) // in the order of the tree
	points := make([][]float64, len(children))
	totals := make([]float64, len(t.units))
	for k := range points {
		points[k] = make([]float64, len(t.units))
	}
	for u := range t.units {
		full := 0.0
		for _, c := range children {
			full += t.branches[c].weight[u]
		}
		for k, c := range children {
			if w := t.branches[c].weight[u]; w > 0 {
				points[k][u] = assess.Snap(w / full * t.outOf100(c, u, bench))
				totals[u] += points[k][u]
			}
		}
	}
	variance := covariance(totals, totals)
	if assess.Snap(variance) == 0 {
		return nil
	}
	raw := make([]float64, len(children))
	for k := range children {
		raw[k] = pointUnits * covariance(points[k], totals) / variance
	}
	list := make([]RealWeight, len(children))
	for k, whole := range apportion(raw, pointUnits) {
		list[k] = RealWeight{Node: t.branches[children[k]].code, Nominal: share[children[k]], Real: float64(whole) / pointUnits}
	}
	return list
}

// additive says whether node i is a sum of its children.
func (t *tree) additive(i int) bool {
	return t.branches[i].whole || t.branches[i].mean == assess.Arithmetic
}

// outOf100 answers a unit's score in a node, out of 100.
func (t *tree) outOf100(c, u int, b *bench) float64 {
	child := &t.branches[c]
	if child.leaf {
		return 100 * child.product[u] / child.weight[u] / child.scale
	}
	return 100 * b.score[c][u] / child.scale
}
