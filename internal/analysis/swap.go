package analysis

import (
	"fmt"
	"math"

	"github.com/unionboard/unionboard/internal/assess"
)

// Swap is a change of one weight at which two units have the same total; a little further they have changed places. The weight is
// of one node; its siblings share what is left inside their parent as they did before.
type Swap struct {
	Node assess.Code
	// Share and NewShare are the node's part of its parent's weight, 0–1, before and after.
	Share, NewShare float64
	// Points and NewPoints are the same of the whole tree, out of 100; Change is how far they lie apart.
	Points, NewPoints, Change float64
}

// Closest answers the smallest change of one weight, in points of the whole tree, at which two units have the same total; ok is
// false where no change of a single weight brings that about. Errors are Problems: a unit that is not ranked.
//
// It is a closed form. With the weight of node c times 1 + t, a unit's score of c's parent is (N + t·m)/(D + t·v), where D and N are
// the sums of the weights, and of weight × score, of the children that count for it, and v and m are those of c. The total is a
// sum a + b·(N + t·m)/(D + t·v), so that two units are equal where a quadratic in t is zero, and where nothing is missing, v and D
// being the same for both, a linear one. Headings whose means differ on the way to the root have no such form and are left out.
func Closest(s Subject, a, b assess.UnitCode) (swap Swap, ok bool, err error) {
	all, err := Swaps(s, a, b)
	for _, one := range all {
		if !ok || assess.Snap(one.Change) < assess.Snap(swap.Change) {
			swap, ok = one, true
		}
	}
	return swap, ok, err
}

// Swaps answers the smallest change of every weight that would bring two units level, in the order of the tree; nodes whose weight
// alone cannot are left out.
func Swaps(s Subject, a, b assess.UnitCode) (list []Swap, err error) {
	t := newTree(s)
	p := pair{tree: t, bench: t.newBench(), share: t.shares()}
	for k, code := range []assess.UnitCode{a, b} {
		if p.units[k] = t.row(code); p.units[k] < 0 {
			return nil, assess.NotFound("problem.unit_unranked", fmt.Sprintf("unit %q has no place in %s; choose one that is ranked", code, s.Code()), "unit", string(code), "framework", string(s.Code()))
		}
	}
	p.unrounded()
	for i := range t.branches {
		if one, ok := p.level(i); ok {
			list = append(list, one)
		}
	}
	return list, nil
}

// row answers where a unit stands in the tree, -1 for one that is not ranked.
func (t *tree) row(unit assess.UnitCode) int {
	for u, code := range t.units {
		if code == unit {
			return u
		}
	}
	return -1
}

// shares answers every node's part of its siblings' written weights.
func (t *tree) shares() []float64 {
	shares := make([]float64, len(t.branches))
	shares[0] = 1
	for i := range t.branches {
		sum := 0.0
		for _, c := range t.branches[i].children {
			sum += t.branches[c].nominal
		}
		for _, c := range t.branches[i].children {
			if sum > 0 {
				shares[c] = t.branches[c].nominal / sum
			}
		}
	}
	return shares
}

// points answers what a node's parent weighs of the whole tree, out of 100.
func (t *tree) points(i int, share []float64) float64 {
	points := 100.0
	for up := t.branches[i].parent; up >= 0; up = t.branches[up].parent {
		points *= share[up]
	}
	return points
}

// pair are two units between which a change of place is looked for.
type pair struct {
	*tree
	*bench
	share []float64
	units [2]int // rows
}

// unrounded works out the scores of all headings at the written weights; of a composite without the rounding of its parts, which
// is a step and has no place in a closed form.
func (p *pair) unrounded() {
	p.evaluate(p.plain(), p.bench)
	if p.branches[0].whole {
		for _, u := range p.units {
			total, sum := 0.0, 0.0
			for _, c := range p.branches[0].children {
				if w := p.branches[c].weight[u]; w > 0 {
					total += w
					sum += w * p.summand(c, u)
				}
			}
			p.bench.score[0][u] = sum / total
			if extra := p.branches[0].extra; extra != nil {
				p.bench.score[0][u] += extra[u]
			}
		}
	}
}

// summand answers the score of a child that counts for a unit, as its parent's mean adds it up.
func (p *pair) summand(c, u int) float64 {
	child, up := &p.branches[c], &p.branches[p.branches[c].parent]
	switch {
	case child.leaf:
		return child.product[u] / child.weight[u] // transformed already
	case up.whole:
		return compositeScale * p.score(c, u) / child.scale
	}
	return into(up.mean, p.score(c, u))
}

func (p *pair) score(i, u int) float64 { return p.bench.score[i][u] }

// side is one unit's total as a function of the change t of a weight: a + b·(n + t·m)/(d + t·v).
type side struct{ a, b, n, m, d, v float64 }

func (e side) at(t float64) float64 { return e.a + e.b*(e.n+t*e.m)/(e.d+t*e.v) }

// level answers the smallest change of the weight of node i that brings the units level.
func (p *pair) level(i int) (Swap, bool) {
	if p.branches[i].parent < 0 || p.share[i] == 0 || p.share[i] == 1 || !p.linear(i) {
		return Swap{}, false
	}
	var e [2]side
	for k, u := range p.units {
		e[k] = p.side(i, u)
	}
	best, found := Swap{}, false
	for _, t := range meeting(e[0], e[1]) {
		if one, ok := p.swapAt(i, t, e); ok && (!found || one.Change < best.Change) {
			best, found = one, true
		}
	}
	return best, found
}

// linear says whether the total is a sum in the score of node i: one and the same mean up to the root.
func (p *pair) linear(i int) bool {
	mean := p.mean(p.branches[i].parent)
	for up := p.branches[i].parent; up >= 0; up = p.branches[up].parent {
		if p.mean(up) != mean || mean != assess.Arithmetic && p.branches[up].extra != nil {
			return false
		}
	}
	return true
}

func (p *pair) mean(i int) assess.Aggregation {
	if p.branches[i].whole {
		return assess.Arithmetic
	}
	return p.branches[i].mean
}

// side makes the function of one unit: the parent's sums, and the way from the parent to the root.
func (p *pair) side(i, u int) side {
	parent := p.branches[i].parent
	var e side
	for _, c := range p.branches[parent].children {
		if w := p.branches[c].weight[u]; w > 0 {
			e.d += w
			e.n += w * p.summand(c, u)
		}
	}
	if e.v = p.branches[i].weight[u]; e.v > 0 {
		e.m = e.v * p.summand(i, u)
	}
	e.b = 1
	for at := parent; p.branches[at].parent >= 0; at = p.branches[at].parent {
		up, total := p.branches[at].parent, 0.0
		for _, c := range p.branches[up].children {
			total += p.branches[c].weight[u]
		}
		if p.branches[up].whole {
			e.b *= compositeScale / p.branches[at].scale
		}
		if total > 0 {
			e.b *= p.branches[at].weight[u] / total
		}
	}
	if e.d == 0 { // nothing of the parent counts for this unit
		e.b, e.d = 0, 1
		e.v = 0
	}
	root := into(p.mean(0), p.score(0, u))
	e.a = root - e.b*e.n/e.d
	return e
}

// meeting answers where two sides are equal: the real roots of
// (Δa)(d₁ + t·v₁)(d₂ + t·v₂) + b₁(n₁ + t·m₁)(d₂ + t·v₂) − b₂(n₂ + t·m₂)(d₁ + t·v₁), by the form that does not cancel.
func meeting(p, q side) []float64 {
	a := p.a - q.a
	c2 := a*p.v*q.v + p.b*p.m*q.v - q.b*q.m*p.v
	c1 := a*(p.d*q.v+q.d*p.v) + p.b*(p.n*q.v+p.m*q.d) - q.b*(q.n*p.v+q.m*p.d)
	c0 := a*p.d*q.d + p.b*p.n*q.d - q.b*q.n*p.d
	if p.v == q.v && p.d == q.d && p.d > 0 { // one factor of the quadratic has no zero in reach
		c2, c1, c0 = 0, a*p.v+p.b*p.m-q.b*q.m, a*p.d+p.b*p.n-q.b*q.n
	}
	if c2 == 0 && c1 == 0 {
		return nil
	}
	root := c1*c1 - 4*c2*c0
	if root < 0 {
		return nil
	}
	z := -(c1 + math.Copysign(math.Sqrt(root), c1)) / 2
	var ts []float64
	if c2 != 0 {
		ts = append(ts, z/c2)
	}
	if z != 0 {
		ts = append(ts, c0/z)
	} else if c0 == 0 {
		ts = append(ts, 0)
	}
	return ts
}

// swapAt describes the change t of node i, if it can be made: no weight below zero, something left of the parent for both units,
// and the units really level there.
func (p *pair) swapAt(i int, t float64, e [2]side) (Swap, bool) {
	factor := 1 + t
	if factor < 0 || math.IsInf(t, 0) || math.IsNaN(t) {
		return Swap{}, false
	}
	for _, one := range e {
		if one.d+t*one.v <= 0 {
			return Swap{}, false
		}
	}
	if gap := e[0].at(t) - e[1].at(t); math.Abs(gap) > 1e-7*(1+math.Abs(e[0].at(t))) {
		return Swap{}, false
	}
	share := p.share[i]
	s := Swap{Node: p.branches[i].code, Share: share, NewShare: factor * share / (factor*share + 1 - share)}
	whole := p.points(i, p.share)
	s.Points, s.NewPoints = whole*share, whole*s.NewShare
	s.Change = math.Abs(s.NewPoints - s.Points)
	return s, true
}
