package register

import (
	"context"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

// Snapshots answers the snapshots of all periods, oldest first: up to which number of the log the records of each count.
func (b *Book) Snapshots(ctx context.Context) ([]assess.Snapshot, error) {
	return b.Store.Snapshots(ctx)
}

// Figures answers what the registers of an edition say of its items for a period, by item and unit, from the records as they stood when the
// log had reached a number: the snapshot of the fifth working day after the period. Every unit of the period has a figure of every item that
// a register supplies; one without a record that counts has a zero. A register that nobody has ever written into says nothing.
func (b *Book) Figures(ctx context.Context, e *assess.Edition, p assess.Period, seq int64) (map[assess.Code]map[assess.UnitCode]Counted, error) {
	tables, err := Of(e)
	if err != nil {
		return nil, err
	}
	figures := map[assess.Code]map[assess.UnitCode]Counted{}
	for _, t := range tables {
		held, err := b.holdings(ctx, t, seq)
		if err != nil {
			return nil, err
		}
		if len(held[t.Code]) == 0 {
			continue // it is not in use: nothing was reported, which is no zero
		}
		for _, item := range e.Items {
			if item.Register == nil || item.Register.Register != t.Code {
				continue
			}
			counted, err := t.Count(*item.Register, p, p.LastDay(), held)
			if err != nil {
				return nil, err
			}
			for _, u := range e.Roster.Units {
				if _, some := counted[u.Code]; !some && u.In(p) {
					counted[u.Code] = Counted{}
				}
			}
			figures[item.Code] = counted
		}
	}
	return figures, nil
}

// holdings reads the records of a register and of its child tables as they stood when the log had reached a number.
func (b *Book) holdings(ctx context.Context, t *Table, seq int64) (Holdings, error) {
	held := Holdings{}
	for _, one := range append([]*Table{t}, t.Children...) {
		err := b.Store.EachRecord(ctx, one.Code, seq, func(r assess.Record) error {
			held[one.Code] = append(held[one.Code], r)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("register %s: %w", one.Code, err)
		}
	}
	return held, nil
}
