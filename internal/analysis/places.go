package analysis

import (
	"cmp"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// contest gives places for totals, again and again; the order of the last time is where it begins the next.
type contest struct {
	printing
	entries []entry
	places  []int // of each unit, from 1
}

type entry struct {
	total int64 // in units of the last printed decimal
	unit  int
}

func newContest(p printing, n int) *contest {
	c := &contest{printing: p, entries: make([]entry, n), places: make([]int, n)}
	for u := range c.entries {
		c.entries[u].unit = u
	}
	return c
}

// rank answers the place of every unit by what is printed of its total: tied units share a place by the rule of the framework.
// The answer is used again by the next call.
func (c *contest) rank(totals []float64) []int {
	for k := range c.entries {
		e := &c.entries[k]
		e.total = c.units(totals[e.unit])
	}
	slices.SortFunc(c.entries, func(a, b entry) int { return cmp.Compare(b.total, a.total) })
	distinct := 0
	for from := 0; from < len(c.entries); {
		to := from + 1
		for to < len(c.entries) && c.entries[to].total == c.entries[from].total {
			to++
		}
		distinct++
		place := from + 1
		switch c.ties {
		case assess.Dense:
			place = distinct
		case assess.Average:
			place = (from + 1 + to) / 2
		}
		for _, e := range c.entries[from:to] {
			c.places[e.unit] = place
		}
		from = to
	}
	return c.places
}
