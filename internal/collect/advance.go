package collect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// stages answers the states of a collection in the order of the way.
func stages() []assess.CycleState {
	return []assess.CycleState{
		"", assess.CycleScheduled, assess.CycleOpen, assess.CycleReviewing, assess.CycleClosing,
		assess.CycleScored, assess.CyclePublished, assess.CycleArchived,
	}
}

// Advance takes the collection of a quarter to a later state. With closing, the reports that have not come are missing; with
// scored, the accepted ones are locked and the log's sequence number is kept: what comes after it is a correction. A state that
// the collection has reached already changes nothing; going back is ErrConflict.
func (g *Gate) Advance(ctx context.Context, p assess.Period, to assess.CycleState, by string, now time.Time) error {
	g.deciding.Lock()
	defer g.deciding.Unlock()
	cycles, err := g.store.Cycles(ctx)
	if err != nil {
		return fmt.Errorf("advance %s: %w", p, err)
	}
	at := assess.Cycle{Period: p}
	for _, c := range cycles {
		if c.Period == p {
			at = c
		}
	}
	from := at.State
	switch order := stages(); {
	case from == to:
		return nil
	case slices.Index(order, to) < slices.Index(order, from):
		return assess.Conflict("problem.cycle_back",
			fmt.Sprintf("the collection of %s is %s and does not go back to %s", p, from, to), "period", p.String(), "from", string(from), "to", string(to))
	}
	for _, step := range passed(from, to) {
		if err := g.settleReports(ctx, p, step, by, now); err != nil {
			return fmt.Errorf("advance %s: %w", p, err)
		}
	}
	at.State = to
	if to == assess.CyclePublished {
		at.PublishedAt = now
	}
	line := assess.AuditLine{
		At: now, Actor: by, Action: "cycle." + string(to), Object: p.String(), Before: string(from), After: string(to), Result: "ok",
	}
	if err := g.store.PutCycle(ctx, at, line); err != nil {
		return fmt.Errorf("advance %s: %w", p, err)
	}
	return nil
}

// passed answers the states after from up to and with to: a program that was down passes several at once.
func passed(from, to assess.CycleState) []assess.CycleState {
	order := stages()
	return order[slices.Index(order, from)+1 : slices.Index(order, to)+1]
}

// settleReports moves the reports of all units when a collection reaches a state.
func (g *Gate) settleReports(ctx context.Context, p assess.Period, to assess.CycleState, by string, now time.Time) error {
	var action cycle.Action
	switch to {
	case assess.CycleClosing:
		action = cycle.Close
	case assess.CycleScored:
		action = cycle.Lock
	default:
		return nil
	}
	edition, err := g.editions.Edition(ctx, p.CalendarYear())
	if err != nil {
		return err
	}
	filings, err := g.store.Filings(ctx, p)
	if err != nil {
		return err
	}
	var steps []assess.FilingChange
	for _, u := range edition.Roster.Units {
		if !u.In(p) {
			continue
		}
		state := assess.NotStarted
		for _, f := range filings {
			if f.Unit == u.Code && f.State != "" {
				state = f.State
			}
		}
		next, err := cycle.Next(state, action)
		if errors.Is(err, assess.ErrConflict) {
			continue // it stands elsewhere on the way
		}
		if err != nil {
			return err
		}
		steps = append(steps, assess.FilingChange{Unit: u.Code, Period: p, From: state, To: next, At: now, By: by})
	}
	if len(steps) == 0 {
		return nil
	}
	_, err = g.store.Commit(ctx, assess.Intake{Filings: steps, Audit: filingLines(steps)})
	return err
}

// MoveOn lets the collections of the last two quarters and the present one, and older ones that were left open while the program
// was down, reach the state their calendar gives them at a time. Publication is a decision of people: no collection passes scored
// by itself.
func (g *Gate) MoveOn(ctx context.Context, now time.Time) error {
	local := now.In(g.zone)
	present := assess.NewQuarter(local.Year(), (int(local.Month())+2)/3)
	cycles, err := g.store.Cycles(ctx)
	if err != nil {
		return fmt.Errorf("move on: %w", err)
	}
	periods := []assess.Period{present.Add(-2), present.Prev(), present}
	for _, c := range cycles {
		if c.Period.Kind() == assess.Quarter && c.Period.Compare(periods[0]) < 0 && !c.State.Closed() {
			periods = append(periods, c.Period)
		}
	}
	for _, p := range periods {
		edition, err := g.editions.Edition(ctx, p.CalendarYear())
		if errors.Is(err, assess.ErrNotFound) {
			continue // nothing is defined for that year, so nothing is collected
		}
		if err != nil {
			return fmt.Errorf("move on: %w", err)
		}
		to := cycle.NewCalendar(edition.Calendar, g.zone).State(p, now)
		if to == assess.CyclePublished || to == assess.CycleArchived {
			to = assess.CycleScored
		}
		if later(to, p, cycles) {
			if err := g.Advance(ctx, p, to, "system", now); err != nil {
				return err
			}
		}
	}
	return nil
}

func later(to assess.CycleState, p assess.Period, cycles []assess.Cycle) bool {
	from := assess.CycleState("")
	for _, c := range cycles {
		if c.Period == p {
			from = c.State
		}
	}
	return slices.Index(stages(), to) > slices.Index(stages(), from)
}
