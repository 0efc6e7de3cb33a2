package results

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Basis is everything a sheet was made of beside its edition: what a seal holds of it, and what makes the same sheet again.
type Basis struct {
	// Figures are those that held, in the order of their cells: all of the period itself, and of its year and quarters those of items from
	// which the period is scored. What comes in later of the year and scores nothing changes nothing of a quarter.
	Figures []assess.Observation
	Targets []assess.Target // of the year, in their order: a later one of the same unit, period and code holds
	Filings []assess.Filing // of the quarters
	Cycles  []assess.Cycle  // of the quarters, as far as they are planned
}

// Basis answers what a sheet of the board was made of.
func (l *Live) Basis(ctx context.Context, s *Sheet) (Basis, error) {
	b := Basis{Targets: s.of.targets, Filings: s.of.filings, Cycles: s.of.cycles}
	scored := scoredIn(s.Edition, s.Period)
	err := l.log.Each(ctx, assess.CellQuery{Periods: figuresOf(s.Period), AsOf: s.Head.Seq}, func(o assess.Observation) error {
		if o.Period == s.Period || scored[o.Item] {
			b.Figures = append(b.Figures, o)
		}
		return nil
	})
	if err != nil {
		return b, fmt.Errorf("figures of %s: %w", s.Period, err)
	}
	slices.SortFunc(b.Figures, func(x, y assess.Observation) int { return CompareCells(x.CellKey, y.CellKey) })
	return b, nil
}

// scoredIn answers the items that are scored in a period: all in a year, in a quarter those of indicators that are due in one.
func scoredIn(e *assess.Edition, p assess.Period) map[assess.Code]bool {
	due := map[assess.Code]bool{}
	for i := range e.Frameworks {
		for _, n := range e.Frameworks[i].Root.Leaves() {
			due[n.Code] = p.Kind() == assess.Year || n.Indicator.Frequency != assess.Annual
		}
	}
	scored := map[assess.Code]bool{}
	for _, item := range e.Items {
		scored[item.Code] = slices.ContainsFunc(item.UsedBy, func(code assess.Code) bool { return due[code] })
	}
	return scored
}

// CompareCells orders cells by unit, period, item, part and ref.
func CompareCells(a, b assess.CellKey) int {
	return cmp.Or(cmp.Compare(a.Unit, b.Unit), a.Period.Compare(b.Period), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Ref, b.Ref))
}
