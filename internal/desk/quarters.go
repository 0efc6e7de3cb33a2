package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Quarters answers the collections of quarters that have begun, newest first, whether anything was handed in or not.
func (d *Desk) Quarters(ctx context.Context) ([]assess.Cycle, error) {
	cycles, err := d.Store.Cycles(ctx)
	if err != nil {
		return nil, fmt.Errorf("quarters: %w", err)
	}
	cycles = slices.DeleteFunc(cycles, func(c assess.Cycle) bool {
		return c.Period.Kind() != assess.Quarter || c.State == "" || c.State == assess.CycleScheduled
	})
	slices.SortFunc(cycles, func(a, b assess.Cycle) int { return b.Period.Compare(a.Period) })
	return cycles, nil
}
