package results

import (
	"cmp"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Basis is everything a sheet was made of beside its edition: what a seal holds of it, and what makes the same sheet again.
type Basis struct {
	// Figures are those that held, in the order of their cells: all of the period itself, and of its year and quarters the items from which
	// something was scored.
	Figures []assess.Observation
	Targets []assess.Target // of the year, in their order: a later one of the same unit, period and code holds
	Filings []assess.Filing // of the quarters
	Cycles  []assess.Cycle  // of the quarters, as far as they are planned
}

// Basis answers what the sheet was made of.
func (s *Sheet) Basis() Basis {
	b := Basis{Targets: s.of.targets, Filings: s.of.filings, Cycles: s.of.cycles, Figures: make([]assess.Observation, 0, len(s.values))}
	scored := s.scoredFrom()
	for key, o := range s.values {
		if key.Period == s.Period || scored[itemOf{key.Period, key.Item}] {
			b.Figures = append(b.Figures, o)
		}
	}
	slices.SortFunc(b.Figures, func(x, y assess.Observation) int { return CompareCells(x.CellKey, y.CellKey) })
	return b
}

// CompareCells orders cells by unit, period, item, part and ref.
func CompareCells(a, b assess.CellKey) int {
	return cmp.Or(cmp.Compare(a.Unit, b.Unit), a.Period.Compare(b.Period), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Ref, b.Ref))
}

// itemOf is an item as it was filed under a period.
type itemOf struct {
	period assess.Period
	item   assess.Code
}

// scoredFrom answers the items that any score came about from. What came in later of the year and was scored from by nothing changes
// nothing of a quarter.
func (s *Sheet) scoredFrom() map[itemOf]bool {
	used := map[itemOf]bool{}
	add := func(c *assess.Scorecard) {
		for i := range c.Nodes {
			if why := c.Nodes[i].Why; why != nil {
				for _, in := range why.Inputs {
					used[itemOf{in.From, in.Item}] = true
				}
			}
		}
	}
	for _, of := range s.Frameworks {
		for i := range of.Cards {
			add(&of.Cards[i])
		}
		if of.City != nil {
			add(of.City)
		}
	}
	return used
}
