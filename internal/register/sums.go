package register

import (
	"context"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// Sums are those of the number columns of registers at a snapshot, by unit, register and column.
type Sums map[sumKey]decimal.Decimal

type sumKey struct {
	unit            assess.UnitCode
	register, field assess.Code
}

// Sum answers the sum of a column over the records of a unit that were not closed; ok is false where the register holds none of it.
func (s Sums) Sum(unit assess.UnitCode, _ assess.Period, register, field assess.Code) (sum decimal.Decimal, ok bool) {
	sum, ok = s[sumKey{unit, register, field}]
	return sum, ok
}

// Sums answers the sums that the validation rules of an edition ask for, sum_register(register.column), as the registers stood at the snapshot
// of a period; none where it was not taken.
func (b *Book) Sums(ctx context.Context, e *assess.Edition, p assess.Period) (Sums, error) {
	all, err := b.Store.Snapshots(ctx)
	at := slices.IndexFunc(all, func(one assess.Snapshot) bool { return one.Period == p })
	if err != nil || at < 0 {
		return nil, err
	}
	sums := Sums{}
	for _, r := range e.Registers {
		asked := slices.ContainsFunc(e.Rules, func(rule assess.Rule) bool { return strings.Contains(rule.Expr, "sum_register("+string(r.Code)+".") })
		if !asked {
			continue
		}
		err := b.Store.EachRecord(ctx, r.Code, all[at].Seq, func(one assess.Record) error {
			for _, f := range r.Fields {
				if key := (sumKey{one.Unit, r.Code, assess.Code(f.Name)}); !one.Closed && slices.Contains([]string{"int", "decimal", "money_cny"}, f.Type) {
					sums[key] = sums[key].Add(Amount(one.Values[f.Name]))
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return sums, nil
}
