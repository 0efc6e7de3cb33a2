package city

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// weigh answers the figure of a unit by which it gets its portion; ok is false where there is none.
type weigh func(assess.UnitCode) (weight decimal.Decimal, ok bool)

// weights reads the figures of a basis.
func (d *Desk) weights(ctx context.Context, s *TargetSheet, b assess.Basis) (weigh, error) {
	switch b.Kind {
	case assess.EqualBasis:
		return func(assess.UnitCode) (decimal.Decimal, bool) { return decimal.NewFromInt(1), true }, nil
	case assess.TargetBasis:
		return func(unit assess.UnitCode) (decimal.Decimal, bool) {
			for i, u := range s.Units {
				if u.Code == unit && s.LastTargets[i].Set {
					return s.LastTargets[i].Value, true
				}
			}
			return decimal.Decimal{}, false
		}, nil
	case assess.ItemBasis:
		return d.itemWeights(ctx, s, b)
	}
	return nil, assess.Invalid("problem.breakdown_basis", fmt.Sprintf("%q is nothing to share by; choose a basis from the list", b.Kind), "basis", string(b.Kind))
}

// itemWeights reads the accepted figures of an item: of a quarter, or of a year, which is the fourth quarter of what stands or adds up
// since January, and the four quarters of a flow together.
func (d *Desk) itemWeights(ctx context.Context, s *TargetSheet, b assess.Basis) (weigh, error) {
	at := slices.IndexFunc(s.Bases, func(i assess.Item) bool { return i.Code == b.Item })
	if at < 0 || !slices.Contains(s.Periods, b.Period) {
		return nil, assess.Invalid("problem.breakdown_basis", fmt.Sprintf("%s of %s is nothing to share by; choose a basis from the list", b.Item, b.Period),
			"basis", string(b.Item)+" "+b.Period.String())
	}
	periods := filedUnder(s.Bases[at], b.Period)
	figures, err := d.Store.Current(ctx, assess.CellQuery{Periods: periods, Items: []assess.Code{b.Item}})
	if err != nil {
		return nil, fmt.Errorf("figures of %s: %w", b.Item, err)
	}
	sums, known := map[assess.UnitCode]decimal.Decimal{}, map[assess.UnitCode]int{}
	for _, o := range figures {
		if n, ok := o.Number(); ok && o.Part == "" && o.Ref == "" {
			sums[o.Unit], known[o.Unit] = sums[o.Unit].Add(n), known[o.Unit]+1
		}
	}
	return func(unit assess.UnitCode) (decimal.Decimal, bool) { return sums[unit], known[unit] == len(periods) }, nil
}

// filedUnder answers the periods under which the figures of an item for a period are filed.
func filedUnder(item assess.Item, p assess.Period) []assess.Period {
	switch {
	case item.Frequency == assess.Annual:
		return []assess.Period{p.Year()}
	case p.Kind() == assess.Year && item.Accumulation == assess.Flow:
		return p.Quarters()
	}
	return []assess.Period{p.LastQuarter()}
}
