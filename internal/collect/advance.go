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

// stages answers the states of a collection in the order of the way, before them that of one nobody has begun.
func stages() []assess.CycleState { return append([]assess.CycleState{""}, cycle.Stages()...) }

// Advance takes the collection of a quarter to a later state. With closing, the reports that have not come are missing; with
// scored, the accepted ones are locked and the log's sequence number and the edition are kept: what comes after is a correction, and
// no later edition changes the scores. Reports that wait for review keep a collection from being scored: they would never count. A
// state that the collection has reached already changes nothing; going back is ErrConflict.
func (g *Gate) Advance(ctx context.Context, p assess.Period, to assess.CycleState, by string, now time.Time) error {
	ctx, done, err := g.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	return g.advance(ctx, turn{period: p, to: to, account: by, at: now})
}

// turn is a step of a collection: to a state, by an account, at a time, with a reason where people take it.
type turn struct {
	period           assess.Period
	to               assess.CycleState
	reason           string
	account          string
	at               time.Time
	address, request string // where it came from, of a person at a page
}

// by answers the step as a person takes it, by the line that the audit log begins with.
func (n turn) by(line assess.AuditLine) turn {
	n.account, n.at, n.address, n.request = line.Actor, line.At, line.Address, line.Request
	return n
}

func (g *Gate) advance(ctx context.Context, n turn) error {
	p, to, now := n.period, n.to, n.at
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
			fmt.Sprintf("the collection of %s is %s and does not go back to %s", p, from, to), "period", p.String(), "from", "web.cycle."+string(from), "to", "web.cycle."+string(to))
	}
	steps := passed(from, to)
	if slices.Contains(steps, assess.CycleScored) {
		if at.Edition, err = g.checkScored(ctx, p); err != nil {
			return fmt.Errorf("advance %s: %w", p, err)
		}
	}
	for _, step := range steps {
		if err := g.settleReports(ctx, p, step, n); err != nil {
			return fmt.Errorf("advance %s: %w", p, err)
		}
	}
	at.State = to
	if to == assess.CyclePublished {
		at.PublishedAt = now
	}
	line := assess.AuditLine{
		At: now, Actor: n.account, Action: "cycle." + string(to), Object: p.String(), Before: string(from), After: string(to), Result: "ok",
		Address: n.address, Request: n.request,
	}
	if n.reason != "" {
		line.After += ": " + n.reason
	}
	if err := g.store.PutCycle(ctx, at, line); err != nil {
		return fmt.Errorf("advance %s: %w", p, err)
	}
	return nil
}

// checkScored answers the number of the edition a collection is scored by, and ErrConflict while reports wait for review.
func (g *Gate) checkScored(ctx context.Context, p assess.Period) (int, error) {
	edition, err := g.editions.Edition(ctx, p.CalendarYear())
	if err != nil {
		return 0, err
	}
	filings, err := g.store.Filings(ctx, p)
	if err != nil {
		return 0, err
	}
	var waiting []assess.UnitCode
	shared := g.newSweep()
	for _, f := range filings {
		if !cycle.Filings().Allows(f.State, cycle.CloseInPart) {
			continue // it has nothing that could wait, or has come to its end
		}
		r, err := g.readNext(ctx, shared, reportKey{f.Unit, p}, Reviewer{}, time.Time{})
		if err != nil {
			return 0, err
		}
		if r.handedIn() && len(r.waits()) > 0 {
			waiting = append(waiting, f.Unit)
		}
	}
	if len(waiting) > 0 {
		slices.Sort(waiting)
		return 0, assess.Conflict("problem.cycle_waiting",
			fmt.Sprintf("the reports of %s for %s wait for review and would never count; accept or return them, then score the period", list(waiting), p),
			"units", list(waiting), "period", p.String())
	}
	return edition.Number, nil
}

// passed answers the states after from up to and with to: a program that was down passes several at once.
func passed(from, to assess.CycleState) []assess.CycleState {
	order := stages()
	return order[slices.Index(order, from)+1 : slices.Index(order, to)+1]
}

// MoveOn lets the collections of the last two quarters and the present one, and older ones that were left open or unarchived while
// the program was down, reach the state their calendar gives them at a time. Publication is a decision of people: no collection passes
// scored by itself, and only what people published is archived. One that was over before the first collection of the city is not begun:
// nobody could report to it. One whose reports wait for review stays closing until they are decided,
// which the log says at every call.
func (g *Gate) MoveOn(ctx context.Context, now time.Time) error {
	cycles, err := g.store.Cycles(ctx)
	if err != nil {
		return fmt.Errorf("move on: %w", err)
	}
	periods := g.recent(now)
	for _, c := range cycles {
		if c.Period.Kind() == assess.Quarter && c.Period.Compare(periods[0]) < 0 && (!c.State.Closed() || c.State == assess.CyclePublished) {
			periods = append(periods, c.Period)
		}
	}
	var waiting []error
	for _, p := range periods {
		plan, err := g.Plan(ctx, p)
		if errors.Is(err, assess.ErrNotFound) {
			continue // nothing is defined for that year, so nothing is collected
		}
		if err != nil {
			return fmt.Errorf("move on: %w", err)
		}
		to := plan.State(now)
		if to == assess.CyclePublished || to == assess.CycleArchived && standing(p, cycles) != assess.CyclePublished {
			to = assess.CycleScored
		}
		before, err := g.beforeTheFirst(ctx, p, to, cycles)
		if err != nil {
			return fmt.Errorf("move on: %w", err)
		}
		if !before && later(to, p, cycles) {
			wait, err := g.advanceOrWait(ctx, p, to, cycles, now)
			if err != nil {
				return err
			}
			waiting = append(waiting, wait)
		}
	}
	if err := errors.Join(waiting...); err != nil {
		g.log.WarnContext(ctx, "collections wait for review", "error", err)
	}
	return nil
}

// beforeTheFirst says whether a collection that would be over was over before the first one of the city: it was never begun, no
// earlier one was, and nothing was handed in for it, by import either.
func (g *Gate) beforeTheFirst(ctx context.Context, p assess.Period, to assess.CycleState, cycles []assess.Cycle) (bool, error) {
	if !to.Closed() || slices.ContainsFunc(cycles, func(c assess.Cycle) bool { return c.Period.Compare(p) <= 0 && c.State != "" }) {
		return false, nil
	}
	filings, err := g.store.Filings(ctx, p)
	return len(filings) == 0, err
}

// advanceOrWait advances a collection by itself, to closing where reports wait for review; wait then says which.
func (g *Gate) advanceOrWait(ctx context.Context, p assess.Period, to assess.CycleState, cycles []assess.Cycle, now time.Time) (wait, err error) {
	err = g.Advance(ctx, p, to, "system", now)
	if why, ok := errors.AsType[*assess.Problem](err); !ok || why.Key != "problem.cycle_waiting" {
		return nil, err
	}
	wait = err
	if later(assess.CycleClosing, p, cycles) {
		return wait, g.Advance(ctx, p, assess.CycleClosing, "system", now)
	}
	return wait, nil
}

func later(to assess.CycleState, p assess.Period, cycles []assess.Cycle) bool {
	return slices.Index(stages(), to) > slices.Index(stages(), standing(p, cycles))
}

// standing answers where the collection of a period stands among some; "" for one nobody has begun.
func standing(p assess.Period, cycles []assess.Cycle) assess.CycleState {
	for _, c := range cycles {
		if c.Period == p {
			return c.State
		}
	}
	return ""
}
