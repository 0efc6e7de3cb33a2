package analysis

import (
	"cmp"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Band is a run of neighbouring places that cannot be told apart: "places 2 to 4".
type Band struct {
	From, To int // places
	Units    []assess.UnitCode
}

// Alike says whether two places cannot be told apart: the units share a place, or the interval of one lies wholly inside that of
// the other.
func (v Interval) Alike(w Interval) bool {
	return v.Rank == w.Rank || v.P05 <= w.P05 && w.P95 <= v.P95 || w.P05 <= v.P05 && v.P95 <= w.P95
}

// Pairs answers every pair of ranked units whose places cannot be told apart, the better first, in the order of the places.
func (r *Robustness) Pairs() (pairs [][2]assess.UnitCode) {
	ranked := byPlace(r.Units)
	for i, v := range ranked {
		for _, w := range ranked[i+1:] {
			if v.Alike(w) {
				pairs = append(pairs, [2]assess.UnitCode{v.Unit, w.Unit})
			}
		}
	}
	return pairs
}

// Interval answers the interval of a unit; ok is false for one that is not ranked.
func (r *Robustness) Interval(unit assess.UnitCode) (v Interval, ok bool) {
	for _, v := range r.Units {
		if v.Unit == unit {
			return v, v.Rank > 0
		}
	}
	return Interval{}, false
}

// bands joins neighbours that cannot be told apart: a unit belongs to a band when it is like every unit already in it.
func bands(units []Interval) (all []Band) {
	ranked := byPlace(units)
	for from := 0; from < len(ranked); {
		to := from + 1
		for to < len(ranked) && !slices.ContainsFunc(ranked[from:to], func(v Interval) bool { return !v.Alike(ranked[to]) }) {
			to++
		}
		if to > from+1 {
			b := Band{From: ranked[from].Rank, To: ranked[to-1].Rank}
			for _, v := range ranked[from:to] {
				b.Units = append(b.Units, v.Unit)
			}
			all = append(all, b)
		}
		from = to
	}
	return all
}

// byPlace answers the ranked units, best first; those that share a place in the order they came.
func byPlace(units []Interval) []Interval {
	ranked := slices.DeleteFunc(slices.Clone(units), func(v Interval) bool { return v.Rank == 0 })
	slices.SortStableFunc(ranked, func(a, b Interval) int { return cmp.Compare(a.Rank, b.Rank) })
	return ranked
}
