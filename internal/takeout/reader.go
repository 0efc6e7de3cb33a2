package takeout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// For narrows a room and an order to what an account may take out: a district its own unit, whoever may not read what is not published
// the published figures of published periods, nobody what a district has typed and not handed in, and personal numbers only who may.
// What an account may not have is a Problem; a unit that is another's is refused with the words for one that does not exist.
func (r Room) For(ctx context.Context, u account.User, o Order) (Room, Order, error) {
	o.Unsigned = false
	if err := o.Check(); err != nil {
		return r, o, err
	}
	if !u.MaySome(account.Export) {
		return r, o, assess.Forbidden("problem.no_permission", "your account may not take tables out; ask the administrator")
	}
	if o.Personal && !u.May(account.ExportPersonal, "") {
		return r, o, assess.Forbidden("problem.takeout_personal", "personal numbers leave the program only with those who handle the cases; leave the choice out").
			At(assess.Place{Field: "personal"})
	}
	if !u.May(account.Export, "") {
		if o.Table == Notice {
			return r, o, assess.Forbidden("problem.takeout_all_units", "the notice is about all units; it is read on its page").At(assess.Place{Field: "table"})
		}
		if slices.ContainsFunc(o.Units, func(unit assess.UnitCode) bool { return unit != u.Unit }) {
			return r, o, unknownUnit(o.Units)
		}
		o.Units, o.WithCity = []assess.UnitCode{u.Unit}, false
	} else if err := r.known(ctx, o); err != nil {
		return r, o, err
	}
	r.reader.Figures = func(unit assess.UnitCode) bool { return u.May(account.ReadFigures, unit) }
	if !u.May(account.ReadUnpublished, "") {
		o.Published = true
		r.reader.Period = r.publishedPeriods(ctx, u)
		for _, p := range o.Periods {
			if err := r.published(ctx, u, o, p); err != nil {
				return r, o, err
			}
		}
	}
	r.Matters = func(ctx context.Context, q assess.MatterQuery) ([]assess.Matter, error) {
		return r.MattersOf(ctx, q, u)
	}
	r.Log = readersLog{r.Log, r.Forms, u, o.Now}
	return r, o, nil
}

func unknownUnit(units []assess.UnitCode) error {
	return assess.NotFound("problem.unknown_unit", fmt.Sprintf("there is no unit %s", units[0]), "unit", string(units[0])).At(assess.Place{Field: "unit"})
}

// known looks whether the units of an order exist in the year of its last period.
func (r Room) known(ctx context.Context, o Order) error {
	if len(o.Units) == 0 {
		return nil
	}
	edition, err := r.Board.Edition(ctx, o.Periods[len(o.Periods)-1].CalendarYear())
	if err != nil {
		return err
	}
	for _, unit := range o.Units {
		if _, ok := edition.Roster.Unit(unit); !ok {
			return unknownUnit([]assess.UnitCode{unit})
		}
	}
	return nil
}

// published refuses a period that is not published yet to those who may read published ones alone.
func (r Room) published(ctx context.Context, u account.User, o Order, p assess.Period) error {
	sheet, err := r.Board.Sheet(ctx, p)
	if err != nil {
		return err
	}
	if isPublished(sheet.Cycle) && u.May(account.ReadPublished, "") {
		return nil
	}
	return assess.Forbidden("problem.not_published", fmt.Sprintf("%s is not published yet; choose an earlier period", p),
		"period", r.Words.In(o.Lang).Period(p.String())).At(assess.Place{Field: "period"})
}

// publishedPeriods says of a period whether it is published: nothing in a file is compared with one that is not. What cannot be read is not.
func (r Room) publishedPeriods(ctx context.Context, u account.User) func(assess.Period) bool {
	board := r.Board
	return func(p assess.Period) bool {
		sheet, err := board.Sheet(ctx, p)
		return err == nil && isPublished(sheet.Cycle) && u.May(account.ReadPublished, "")
	}
}

func isPublished(c assess.Cycle) bool {
	return c.State == assess.CyclePublished || c.State == assess.CycleArchived
}

// readersLog is the log as an account may see it: what a district has added to a form and not handed in is its own.
type readersLog struct {
	export.Log
	forms export.Forms
	user  account.User
	now   time.Time
}

// EvidenceList implements export.Log.
func (l readersLog) EvidenceList(ctx context.Context, q assess.EvidenceQuery) ([]assess.Evidence, error) {
	if l.user.May(account.ReadDrafts, q.Unit) {
		return l.Log.EvidenceList(ctx, q)
	}
	q.Removed = true // what was taken away since the report came is still part of it
	all, err := l.Log.EvidenceList(ctx, q)
	if err != nil {
		return nil, err
	}
	came := map[assess.Period]time.Time{}
	var kept []assess.Evidence
	for _, e := range all {
		if e.Use != assess.OfFigure {
			if e.RemovedAt.IsZero() && l.user.May(account.ReadReports, e.Unit) {
				kept = append(kept, e)
			}
			continue
		}
		at, known := came[e.Period]
		if !known {
			if at, err = l.handedIn(ctx, e); err != nil {
				return nil, err
			}
			came[e.Period] = at
		}
		if l.user.May(account.ReadReports, e.Unit) && !at.IsZero() && !e.AddedAt.After(at) && (e.RemovedAt.IsZero() || e.RemovedAt.After(at)) {
			kept = append(kept, e)
		}
	}
	return kept, nil
}

// handedIn answers when the report that evidence belongs to came last; zero for never.
func (l readersLog) handedIn(ctx context.Context, e assess.Evidence) (time.Time, error) {
	form, err := l.forms.Form(ctx, e.Unit, e.Period.LastQuarter(), l.now)
	if errors.Is(err, assess.ErrNotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("evidence: %w", err)
	}
	return form.Filing.SubmittedAt, nil
}
