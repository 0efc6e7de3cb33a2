package results

import (
	"cmp"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Basis is everything a sheet was made of beside its edition: what a seal holds of it, and what makes the same sheet again.
type Basis struct {
	Figures []assess.Observation // those that held, in the order of their cells
	Targets []assess.Target      // of the year, in their order: a later one of the same unit, period and code holds
	Filings []assess.Filing      // of the quarters
	Cycles  []assess.Cycle       // of the quarters, as far as they are planned
}

// Basis answers what the sheet was made of.
func (s *Sheet) Basis() Basis {
	b := Basis{Targets: s.of.targets, Filings: s.of.filings, Cycles: s.of.cycles, Figures: make([]assess.Observation, 0, len(s.values))}
	for _, o := range s.values {
		b.Figures = append(b.Figures, o)
	}
	slices.SortFunc(b.Figures, func(x, y assess.Observation) int { return CompareCells(x.CellKey, y.CellKey) })
	return b
}

// CompareCells orders cells by unit, period, item, part and ref.
func CompareCells(a, b assess.CellKey) int {
	return cmp.Or(cmp.Compare(a.Unit, b.Unit), a.Period.Compare(b.Period), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Ref, b.Ref))
}
