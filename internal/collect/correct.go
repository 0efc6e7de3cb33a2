package collect

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// correctionSource is the source of figures that are corrected by a request.
const correctionSource assess.Code = "correction"

// Correct sets one figure of a closed period for a reason and takes the step of the matter it belongs to, both in one transaction or
// neither. With dry it only says what would be wrong. A figure that cannot be taken is a Problem, and one that is not what it was when
// it was looked at is ErrConflict; nothing is written then.
func (g *Gate) Correct(ctx context.Context, e assess.Entry, c Correction, by string, dry bool, now time.Time) error {
	o := Options{By: by, Correction: &c}
	from, err := o.sender(assess.Delivery{Source: correctionSource, Door: assess.DoorForm})
	if err != nil {
		return err
	}
	if e.Value, err = g.typed(ctx, e); err != nil {
		return err
	}
	ctx, done, err := g.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	if c.Was != nil {
		if err := g.checkUnmoved(ctx, e, *c.Was); err != nil {
			return err
		}
	}
	b := g.batch(from, assess.Run{Source: correctionSource, Door: assess.DoorForm, Slot: now, Started: now}, now)
	b.add([]source.Parcel{{Delivery: assess.Delivery{Source: correctionSource, Door: assess.DoorForm, Entries: []assess.Entry{e}}}})
	if err := g.judge(ctx, b); err != nil {
		return fmt.Errorf("correct a figure: %w", err)
	}
	switch {
	case len(b.report.Rejected) > 0:
		return b.report.Rejected[0].Problem
	case b.report.New+b.report.Changed == 0:
		return assess.Conflict("problem.correction_nothing", "the figure says so already; nothing is to be corrected")
	case dry:
		return nil
	}
	b.intake.Matter = c.Step
	if _, err := g.store.Commit(ctx, b.intake); err != nil {
		return fmt.Errorf("correct a figure: %w", err)
	}
	return nil
}

// typed answers the value of an entry that a person has typed, read as the form reads it: 20.53万 is 205300. What is no typed figure is
// left as it is; the gate says what is wrong with it.
func (g *Gate) typed(ctx context.Context, e assess.Entry) (string, error) {
	p, err := assess.ParsePeriod(e.PeriodText)
	if err != nil {
		return e.Value, nil //nolint:nilerr // the gate names the period
	}
	book, err := newShelf(g.editions).book(ctx, p.CalendarYear())
	if err != nil || book == nil {
		return e.Value, err
	}
	d := book.codes[e.Code]
	if d == nil || d.parted || e.State != "" {
		return e.Value, nil
	}
	state, value, fault := (&Reader{book}).Read(e.Code, e.Value)
	switch {
	case state == assess.Missing, fault != nil && fault.Key == "problem.exempt_by_city":
		return e.Value, nil
	case fault != nil:
		return "", fault
	}
	return value, nil
}

// checkUnmoved refuses to set a figure that is not what it was.
func (g *Gate) checkUnmoved(ctx context.Context, e assess.Entry, was string) error {
	p, err := assess.ParsePeriod(e.PeriodText)
	if err != nil {
		return err
	}
	now, err := g.Held(ctx, assess.CellKey{Unit: e.Unit, Period: p, Item: e.Code})
	if err != nil {
		return fmt.Errorf("correct a figure: %w", err)
	}
	if now != was {
		return assess.Conflict("problem.correction_moved",
			fmt.Sprintf("the figure is %q by now and was %q when the correction was asked for; refuse it and ask again", now, was), "now", now, "before", was)
	}
	return nil
}

// Held answers what a figure is: its value, or its state where it has none; "" where nothing is held.
func (g *Gate) Held(ctx context.Context, cell assess.CellKey) (string, error) {
	all, err := g.store.Current(ctx, assess.CellQuery{Units: []assess.UnitCode{cell.Unit}, Periods: []assess.Period{cell.Period}, Items: []assess.Code{cell.Item}})
	if err != nil {
		return "", err
	}
	for _, o := range all {
		if o.Part == cell.Part && o.Ref == cell.Ref {
			return cmp.Or(o.Value, string(o.State)), nil
		}
	}
	return "", nil
}
