package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/notify"
)

// collections tells reminders where the reports stand.
type collections struct {
	app *app

	mu sync.Mutex
	// known are the reports of a quarter as they were at a version of the data: what waits for review is dear to count.
	version int64
	known   map[assess.Period][]notify.Report
}

// Rounds implements notify.Collections: the collections that are announced and not published.
func (c *collections) Rounds(ctx context.Context, unit assess.UnitCode, now time.Time) ([]notify.Round, error) {
	cycles, err := c.app.store.Cycles(ctx)
	if err != nil {
		return nil, err
	}
	var rounds []notify.Round
	for _, one := range cycles {
		if one.Period.Kind() != assess.Quarter || !underWay(one.State) {
			continue
		}
		round, err := c.round(ctx, one.Period, unit, now)
		if err != nil {
			return nil, err
		}
		rounds = append(rounds, round)
	}
	return rounds, nil
}

func underWay(state assess.CycleState) bool {
	return slices.Contains([]assess.CycleState{
		assess.CycleScheduled, assess.CycleOpen, assess.CycleReviewing, assess.CycleClosing, assess.CycleScored,
	}, state)
}

// Round implements notify.Collections.
func (c *collections) Round(ctx context.Context, p assess.Period, now time.Time) (notify.Round, error) {
	return c.round(ctx, p, "", now)
}

func (c *collections) round(ctx context.Context, p assess.Period, unit assess.UnitCode, now time.Time) (notify.Round, error) {
	round := notify.Round{Period: p, Cycle: assess.Cycle{Period: p}}
	plan, err := c.app.gate.Plan(ctx, p)
	if err != nil {
		return round, err
	}
	cycles, err := c.app.store.Cycles(ctx)
	if err != nil {
		return round, err
	}
	for _, one := range cycles {
		if one.Period == p {
			round.Cycle = one
		}
	}
	round.PublishBy = plan.Step(cycle.StepPublish).At
	if unit == "" {
		round.Reports, err = c.reports(ctx, p, plan, now)
	} else {
		round.Reports, err = c.reportsOf(ctx, p, unit, plan, now)
	}
	return round, err
}

// reports answers the reports of a quarter, counted once for each version of the data.
func (c *collections) reports(ctx context.Context, p assess.Period, plan cycle.Plan, now time.Time) ([]notify.Report, error) {
	head, err := c.app.store.Head(ctx)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || c.version != head.Version {
		c.version, c.known = head.Version, map[assess.Period][]notify.Report{}
	}
	if known, ok := c.known[p]; ok {
		return slices.Clone(known), nil
	}
	reports, err := c.reportsOf(ctx, p, "", plan, now)
	if err != nil {
		return nil, err
	}
	c.known[p] = reports
	return slices.Clone(reports), nil
}

// reportsOf counts the report of one unit, or those of all where unit is "".
func (c *collections) reportsOf(ctx context.Context, p assess.Period, unit assess.UnitCode, plan cycle.Plan, now time.Time) ([]notify.Report, error) {
	edition, err := c.app.board.Edition(ctx, p.CalendarYear())
	if err != nil {
		return nil, err
	}
	units := slices.DeleteFunc(slices.Clone(edition.Roster.Units), func(u assess.Unit) bool { return !u.In(p) || unit != "" && u.Code != unit })
	codes := make([]assess.UnitCode, len(units))
	for i, u := range units {
		codes[i] = u.Code
	}
	outstanding, err := c.app.desk.Outstanding(ctx, codes, p, now)
	if err != nil {
		return nil, err
	}
	var reports []notify.Report
	for i, u := range units {
		left := outstanding[i]
		report := notify.Report{
			Unit: u, Period: p, Filing: left.Filing, ToCome: left.ToCome, Returned: left.Returned, Waiting: left.Waiting,
		}
		returned, err := c.returnedAt(ctx, u.Code, p, left.Filing)
		if err != nil {
			return nil, err
		}
		report.Times = timesOf(plan, u.Code, returned)
		reports = append(reports, report)
	}
	return reports, nil
}

// returnedAt answers when a report was returned last; zero for one that never was.
func (c *collections) returnedAt(ctx context.Context, unit assess.UnitCode, p assess.Period, f assess.Filing) (time.Time, error) {
	if f.Rounds == 0 {
		return time.Time{}, nil
	}
	steps, err := c.app.store.FilingChanges(ctx, unit, p)
	if err != nil {
		return time.Time{}, err
	}
	for _, step := range slices.Backward(steps) {
		if step.To == assess.Returned {
			return step.At, nil
		}
	}
	return time.Time{}, nil
}

// timesOf answers the moments of the report of a unit.
func timesOf(plan cycle.Plan, unit assess.UnitCode, returned time.Time) notify.Times {
	t := notify.Times{
		Opens: plan.OpensAt(), Deadline: plan.LateAfter(unit), Overdue: plan.OverdueAt(unit), Review: plan.ReviewEve(), ReviewBy: plan.ReviewBy(),
		CutOff: plan.CutOff(), ReturnBy: plan.CutOff(),
	}
	if !returned.IsZero() {
		t.ReturnBy = plan.AnswerBy(returned)
	}
	for _, r := range plan.Reminders(unit) {
		t.Reminders = append(t.Reminders, notify.Reminder{Code: r.Code, To: r.To, At: r.At})
	}
	return t
}

// People implements notify.Collections: the accounts that can be used, with the addresses they have given.
func (c *collections) People(ctx context.Context) ([]notify.Person, error) {
	users, err := c.app.store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	contacts, err := c.app.store.Contacts(ctx)
	if err != nil {
		return nil, err
	}
	var people []notify.Person
	for _, u := range users {
		if !u.DisabledAt.IsZero() {
			continue
		}
		p := notify.Person{ID: u.ID, Name: u.DisplayName, Role: u.Role, Unit: u.Unit, Department: u.Department}
		for _, contact := range contacts {
			if contact.Account == u.ID {
				p.Email, p.Muted = contact.Email, contact.Muted
			}
		}
		people = append(people, p)
	}
	return people, nil
}
