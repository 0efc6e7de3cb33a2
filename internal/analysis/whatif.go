package analysis

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// Move is a unit's total and place before and after something was tried.
type Move struct {
	Unit          assess.UnitCode
	Before, After float64 // totals as printed
	From, To      int     // places
}

// Gained answers how many places the unit climbs, below zero when it falls.
func (m Move) Gained() int { return m.From - m.To }

// WhatIf answers what other weights would make of the published points: the weights by node code, each against those of its
// siblings as the framework writes them; nodes that are not named keep theirs. Nothing official changes by it. Unranked units are
// left out, and nobody becomes pending by a weight. Errors are Problems: a node that has no weight, a weight below zero, siblings
// without any weight.
func WhatIf(s Subject, weights map[assess.Code]float64) ([]Move, error) {
	t := newTree(s)
	factors := t.plain()
	for _, code := range slices.Sorted(maps.Keys(weights)) {
		w := weights[code]
		i, ok := t.index[code]
		if !ok || t.branches[i].parent < 0 || t.branches[i].nominal == 0 {
			return nil, assess.NotFound("problem.whatif_node", fmt.Sprintf("%q has no weight in %s that could be tried; name a heading or an indicator below it", code, s.Code()), "code", string(code), "framework", string(s.Code()))
		}
		if factors[i] = w / t.branches[i].nominal; !(w >= 0) || math.IsInf(w, 0) {
			text := strconv.FormatFloat(w, 'g', -1, 64)
			return nil, assess.Invalid("problem.whatif_weight", fmt.Sprintf("the weight %s of %s cannot be tried; it must be zero or more", text, code), "weight", text, "code", string(code))
		}
	}
	for _, b := range t.branches {
		weightless := func(c int) bool { return factors[c] == 0 || t.branches[c].nominal == 0 }
		if !b.leaf && !slices.ContainsFunc(b.children, func(c int) bool { return !weightless(c) }) {
			return nil, assess.Invalid("problem.whatif_sum", fmt.Sprintf("nothing below %s would have a weight; leave one of them above zero", b.code), "code", string(b.code))
		}
	}
	return t.moves(factors), nil
}

// moves answers what factors on the weights make of every ranked unit.
func (t *tree) moves(factors []float64) []Move {
	after := t.evaluate(factors, t.newBench())
	places := newContest(t.printing, len(t.units)).rank(after)
	moves := make([]Move, len(t.units))
	for u, code := range t.units {
		root := t.cards[u].Root()
		moves[u] = Move{Unit: code, Before: root.Shown, After: t.shown(after[u]), From: root.Rank, To: places[u]}
	}
	return moves
}

// Removal is what leaving out one node would do to the places.
type Removal struct {
	Node assess.Code
	// Shift is the mean of the absolute changes of place over the ranked units.
	Shift float64
	Most  Move // the greatest change; of equal ones the first unit's
}

// RemoveOne leaves out every indicator of a subject in turn, in the order of the tree, its weight spread over its siblings. An
// indicator that nobody could be ranked without is left out of the answer. Source: scoring specification part 2.
func RemoveOne(s Subject) (list []Removal) {
	t := newTree(s)
	bench, factors, contest := t.newBench(), t.plain(), newContest(t.printing, len(t.units))
	for i := range t.branches {
		if !t.branches[i].leaf || t.alone(i) || len(t.units) == 0 {
			continue
		}
		factors[i] = 0
		after := t.evaluate(factors, bench)
		r := Removal{Node: t.branches[i].code}
		for u, place := range contest.rank(after) {
			root := t.cards[u].Root()
			m := Move{Unit: t.units[u], Before: root.Shown, After: t.shown(after[u]), From: root.Rank, To: place}
			r.Shift += math.Abs(float64(m.Gained()))
			if u == 0 || math.Abs(float64(m.Gained())) > math.Abs(float64(r.Most.Gained())) {
				r.Most = m
			}
		}
		r.Shift /= float64(len(t.units))
		list = append(list, r)
		factors[i] = 1
	}
	return list
}

// alone says whether a node is all that some unit's total is made of.
func (t *tree) alone(i int) bool {
	for u := range t.units {
		others := 0
		for k := range t.branches {
			if b := &t.branches[k]; b.leaf && k != i && b.weight[u] > 0 {
				others++
			}
		}
		if others == 0 {
			return true
		}
	}
	return false
}
