package register

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/cycle"
)

// Source is the name under which registers hand in what they say of items.
const Source assess.Code = "registers"

// Gate decides about the figures of registers as about every other, and knows the dates of a collection.
type Gate interface {
	Import(ctx context.Context, delivery assess.Delivery, o collect.Options, now time.Time) (collect.Report, error)
	Plan(ctx context.Context, p assess.Period) (cycle.Plan, error)
}

// Shots is where snapshots are noted, beside the collections and figures they are for.
type Shots interface {
	Head(ctx context.Context) (assess.Head, error)
	Cycles(ctx context.Context) ([]assess.Cycle, error)
	Current(ctx context.Context, q assess.CellQuery) ([]assess.Observation, error)
	// TakeSnapshot notes at which number of the log the registers stand for a period; a second one for it is ErrConflict.
	TakeSnapshot(ctx context.Context, snap assess.Snapshot, line assess.AuditLine) (assess.Snapshot, error)
	Snapshots(ctx context.Context) ([]assess.Snapshot, error)
}

// Snapshots are how the registers stand for each period. They are taken once, on the fifth working day after it, and what the registers say
// then is handed in through the gate; what is changed in a register later counts for the next period.
type Snapshots struct {
	Book  *Book
	Gate  Gate
	Shots Shots
}

// Of answers the snapshot of a period; ok is false while there is none.
func (s *Snapshots) Of(ctx context.Context, p assess.Period) (snap assess.Snapshot, ok bool, err error) {
	all, err := s.Shots.Snapshots(ctx)
	if i := slices.IndexFunc(all, func(one assess.Snapshot) bool { return one.Period == p }); i >= 0 {
		return all[i], true, err
	}
	return assess.Snapshot{}, false, err
}

// TakeDue takes the snapshots of the collections under way whose day has come. What a program that was down has missed is taken late, before
// its collection is closed.
func (s *Snapshots) TakeDue(ctx context.Context, now time.Time) error {
	cycles, err := s.Shots.Cycles(ctx)
	if err != nil {
		return fmt.Errorf("take snapshots: %w", err)
	}
	for _, c := range cycles {
		if c.Period.Kind() != assess.Quarter || c.State == "" || c.State.Closed() {
			continue
		}
		_, err := s.Take(ctx, c.Period, "", now)
		if p, ok := errors.AsType[*assess.Problem](err); ok && slices.Contains([]string{"problem.snapshot_early", "problem.snapshot_taken", "problem.snapshot_none"}, p.Key) {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Take takes the snapshot of a quarter by an account, "" where the calendar does, and hands in what the registers say. Before its day, after the collection is closed,
// a second time, and while nobody has written into a register it is ErrConflict.
func (s *Snapshots) Take(ctx context.Context, p assess.Period, by string, now time.Time) (collect.Report, error) {
	if err := s.allow(ctx, p, now); err != nil {
		return collect.Report{}, err
	}
	e, err := s.Book.Editions.Edition(ctx, p.CalendarYear())
	if err != nil {
		return collect.Report{}, err
	}
	head, err := s.Shots.Head(ctx)
	if err != nil {
		return collect.Report{}, err
	}
	figures, err := s.Book.Figures(ctx, e, p, head.Seq)
	if err != nil {
		return collect.Report{}, fmt.Errorf("take the snapshot of %s: %w", p, err)
	}
	if len(figures) == 0 {
		return collect.Report{}, assess.Conflict("problem.snapshot_none", "no register has a record yet; write into one, or import a list of your own")
	}
	delivery, err := s.delivery(ctx, e, p, figures)
	if err != nil {
		return collect.Report{}, err
	}
	// The figures come first: whoever finds them without a snapshot takes it again, and they are the same.
	report, err := s.Gate.Import(ctx, delivery, collect.Options{By: by, Supplies: []assess.Origin{assess.FromRegister}}, now)
	if err != nil {
		return report, fmt.Errorf("take the snapshot of %s: %w", p, err)
	}
	line := assess.AuditLine{At: now, Actor: cmp.Or(by, "system"), Action: "register.snapshot", Object: p.String(), After: fmt.Sprintf("number %d of the log", head.Seq), Result: "ok"}
	_, err = s.Shots.TakeSnapshot(ctx, assess.Snapshot{Period: p, Seq: head.Seq, At: now}, line)
	return report, err
}

// allow says why a snapshot cannot be taken.
func (s *Snapshots) allow(ctx context.Context, p assess.Period, now time.Time) error {
	if p.Kind() != assess.Quarter {
		return assess.Invalid("problem.snapshot_quarter", fmt.Sprintf("registers are taken for quarters, not for %s; name one such as 2026Q1", p), "period", p.String())
	}
	_, ok, err := s.Of(ctx, p)
	if err != nil {
		return err
	}
	if ok {
		return assess.Conflict("problem.snapshot_taken",
			fmt.Sprintf("the registers of %s are taken already; have a figure that is wrong corrected with a reason", p), "period", p.String())
	}
	plan, err := s.Gate.Plan(ctx, p)
	if err != nil {
		return err
	}
	if day := plan.Step(cycle.StepSnapshot).At; now.Before(day) {
		return assess.Conflict("problem.snapshot_early",
			fmt.Sprintf("the registers of %s are taken on %s; wait until then", p, day.Format(time.DateOnly)), "period", p.String(), "day", day.Format(time.DateOnly))
	}
	cycles, err := s.Shots.Cycles(ctx)
	if slices.ContainsFunc(cycles, func(c assess.Cycle) bool { return c.Period == p && c.State.Closed() }) {
		return assess.Conflict("problem.snapshot_closed",
			fmt.Sprintf("the collection of %s is closed, so the registers are not taken any more; have a figure that is missing corrected with a reason", p), "period", p.String())
	}
	return err
}

// delivery writes figures as what is handed in, in the order of the catalogue. What the city has marked as not applicable is left out.
func (s *Snapshots) delivery(ctx context.Context, e *assess.Edition, p assess.Period, figures map[assess.Code]map[assess.UnitCode]Counted) (assess.Delivery, error) {
	d := assess.Delivery{Door: assess.DoorRegister, Source: Source}
	held, err := s.Shots.Current(ctx, assess.CellQuery{Periods: []assess.Period{p}})
	if err != nil {
		return d, err
	}
	exempt := map[assess.CellKey]bool{}
	for _, o := range held {
		if o.State == assess.Exempt {
			exempt[o.CellKey] = true
		}
	}
	for _, item := range e.Items {
		for _, u := range e.Roster.Units {
			counted, ok := figures[item.Code][u.Code]
			if !ok || exempt[assess.CellKey{Unit: u.Code, Period: p, Item: item.Code}] {
				continue
			}
			d.Entries = append(d.Entries, entryOf(item, u.Code, p, counted))
		}
	}
	return d, nil
}

// entryOf writes a figure as it is handed in. What is counted is a whole number: halves of days that were added up are rounded once, halves up.
func entryOf(item assess.Item, unit assess.UnitCode, p assess.Period, c Counted) assess.Entry {
	if item.Type == assess.Count {
		c.Value = c.Value.Round(0)
	}
	state := assess.Reported
	if c.Value.IsZero() {
		state = assess.ZeroReport
	}
	return assess.Entry{Unit: unit, PeriodText: p.String(), Code: item.Code, Value: c.Value.String(), State: string(state)}
}
