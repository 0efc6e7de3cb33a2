package register

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Behind is what a figure of a register was counted from.
type Behind struct {
	Table *Table // whose records were counted: the register, or a child table of it
	Item  assess.Item
	Unit  assess.UnitCode // "" for all that the reader may see
	// Snapshot is the one it is of; Taken is false where the day of the period is still to come, and records stand as they stand now.
	Snapshot assess.Snapshot
	Taken    bool
	Counted
	// Found are its records, personal columns covered, in the order of their names.
	Found []assess.Record
}

// Behind answers the records from which a figure was counted for a unit, or for all with "", as they stood at the snapshot of its period.
// A reader of one unit sees those of it. Of an item that no register supplies there is none (ErrNotFound).
func (b *Book) Behind(ctx context.Context, item assess.Code, p assess.Period, unit assess.UnitCode, u account.User) (Behind, error) {
	if !u.May(account.ReadRegisters, unit) {
		if unit != "" || !u.May(account.ReadRegisters, u.Unit) {
			return Behind{}, notYours()
		}
		unit = u.Unit
	}
	e, err := b.Editions.Edition(ctx, p.CalendarYear())
	if err != nil {
		return Behind{}, err
	}
	found := Behind{Unit: unit, Snapshot: assess.Snapshot{Seq: math.MaxInt64}}
	known := false
	if found.Item, known = e.Item(item); !known || found.Item.Register == nil {
		return found, assess.NotFound("problem.figure_no_register", fmt.Sprintf("no register supplies %s; choose a figure that one does", item), "item", string(item))
	}
	all, err := b.Store.Snapshots(ctx)
	if err != nil {
		return found, err
	}
	if i := slices.IndexFunc(all, func(one assess.Snapshot) bool { return one.Period == p.LastQuarter() }); i >= 0 {
		found.Snapshot, found.Taken = all[i], true
	}
	return found, b.count(ctx, e, p, &found)
}

// count counts one figure and covers its records.
func (b *Book) count(ctx context.Context, e *assess.Edition, p assess.Period, found *Behind) error {
	tables, err := Of(e)
	if err != nil {
		return err
	}
	rule := *found.Item.Register
	at := slices.IndexFunc(tables, func(t *Table) bool { return t.Code == rule.Register })
	if at < 0 {
		return fmt.Errorf("item %s is of register %s, which there is not", found.Item.Code, rule.Register)
	}
	found.Table = tables[at]
	held, err := b.holdings(ctx, found.Table, found.Snapshot.Seq)
	if err != nil {
		return err
	}
	counted, err := found.Table.Count(rule, p, p.LastDay(), held)
	if err != nil {
		return err
	}
	if child, ok := found.Table.Child(rule.Via); ok {
		found.Table = child
	}
	counts := map[string]bool{}
	for of, one := range counted {
		if found.Unit != "" && of != found.Unit {
			continue
		}
		found.Value = found.Value.Add(one.Value)
		for _, id := range one.Records {
			counts[id] = true
		}
	}
	for _, r := range held[found.Table.Code] {
		if !counts[r.ID] {
			continue
		}
		if err := b.cover(found.Table, &r); err != nil {
			return err
		}
		found.Records, found.Found = append(found.Records, r.ID), append(found.Found, r)
	}
	return nil
}
