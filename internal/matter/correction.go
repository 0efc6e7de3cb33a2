package matter

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Request asks for a figure of a closed period to be changed: who, which item, old value, new value, reason (workflow 3.4). It is refused
// when the period is still open, for then the figure is typed into the form, and when the new value could not be taken.
func (b *Book) Request(ctx context.Context, f Figure, u account.User, line assess.AuditLine) (assess.Matter, error) {
	if !u.May(account.ReadReports, f.Unit) {
		return assess.Matter{}, notYours()
	}
	edition, err := b.Editions.Edition(ctx, f.Period.CalendarYear())
	if err != nil {
		return assess.Matter{}, fmt.Errorf("definitions: %w", err)
	}
	item, ok := edition.Item(f.Item)
	if !ok {
		return assess.Matter{}, noItem(f.Item)
	}
	if !u.May(account.RequestCorrection, f.Unit, item.Department) {
		return assess.Matter{}, notYours()
	}
	closed, err := b.closed(ctx, f.Period)
	if err != nil {
		return assess.Matter{}, err
	}
	if !closed {
		return assess.Matter{}, assess.Conflict("problem.correction_open",
			fmt.Sprintf("the collection of %s is still open; type the figure into the form", f.Period), "period", f.Period.String())
	}
	if err := f.complete(); err != nil {
		return assess.Matter{}, err
	}
	before, err := b.Gate.Held(ctx, f.cell())
	if err != nil {
		return assess.Matter{}, fmt.Errorf("read the log: %w", err)
	}
	if before == f.Value {
		return assess.Matter{}, assess.Invalid("problem.correction_same", fmt.Sprintf("the figure is %s already; write what it should be", before), "value", before)
	}
	if err := b.Gate.Correct(ctx, f, nil, u.Name, true, line.At); err != nil {
		return assess.Matter{}, err
	}
	m := assess.Matter{
		Kind: assess.Correction, Unit: f.Unit, Period: f.Period, Code: f.Item, Before: before, After: f.Value, Reason: f.Reason,
		Department: item.Department, Difference: f.Difference,
	}
	return b.open(ctx, m, u, line)
}

// complete says which fields of a request are blank, all at once.
func (f Figure) complete() error {
	noValue, noReason := strings.TrimSpace(f.Value) == "", strings.TrimSpace(f.Reason) == ""
	switch {
	case noValue && noReason:
		return assess.Invalid("problem.correction_blank", "a correction needs the new value and the reason; write both")
	case noValue:
		return assess.Invalid("problem.correction_no_value", "a correction needs the new value; write what the figure should be")
	case noReason:
		return assess.Invalid("problem.correction_no_reason", "a correction needs a reason; write why the figure was wrong")
	}
	return nil
}

func noItem(code assess.Code) error {
	return assess.NotFound("problem.correction_item", fmt.Sprintf("%q is not an item of that year; choose one from the list", code), "item", string(code))
}

// closed says whether figures of a period change by correction only. A year is closed with its fourth quarter.
func (b *Book) closed(ctx context.Context, p assess.Period) (bool, error) {
	cycles, err := b.Log.Cycles(ctx)
	if err != nil {
		return false, fmt.Errorf("collections: %w", err)
	}
	return slices.ContainsFunc(cycles, func(c assess.Cycle) bool { return c.Period == p.LastQuarter() && c.State.Closed() }), nil
}

// apply makes a checked correction a new version of the data. A figure that has changed since it was asked for is looked at again: the
// gate refuses it.
func (b *Book) apply(ctx context.Context, m *assess.Matter, step assess.MatterStep, u account.User, line assess.AuditLine) error {
	f := Figure{Unit: m.Unit, Period: m.Period, Item: m.Code, Value: m.After, Reason: m.Reason, Was: &m.Before}
	return b.moved(b.Gate.Correct(ctx, f, &step, u.Name, false, line.At))
}
