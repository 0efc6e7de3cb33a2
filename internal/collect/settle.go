package collect

import (
	"context"
	"errors"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// settleReports moves the reports of all units when a collection reaches a state: at closing what has not come is missing, at scored
// what was accepted is locked, and what was returned meanwhile and did not come again is missing too. All of it is one change: of
// thousands of reports each would make a version of the data, and every sheet of the period anew.
func (g *Gate) settleReports(ctx context.Context, p assess.Period, to assess.CycleState, n turn) error {
	if to != assess.CycleClosing && to != assess.CycleScored {
		return nil
	}
	edition, err := g.editions.Edition(ctx, p.CalendarYear())
	if err != nil {
		return err
	}
	reports, err := g.reports(ctx, edition, p)
	if err != nil {
		return err
	}
	var steps []assess.FilingChange
	var changes []assess.Intake
	shared := g.newSweep()
	for _, f := range reports {
		closed, err := g.closeFigures(ctx, shared, f, n)
		if err != nil {
			return err
		}
		if len(closed.Filings) > 0 {
			changes = append(changes, closed)
			f.State = closed.Filings[len(closed.Filings)-1].To
		}
		actions := []cycle.Action{cycle.Close}
		if to == assess.CycleScored {
			actions = append(actions, cycle.Lock)
		}
		for _, action := range actions {
			next, err := cycle.Next(f.State, action)
			if errors.Is(err, assess.ErrConflict) {
				continue // it stands elsewhere on the way
			}
			if err != nil {
				return err
			}
			steps = append(steps, assess.FilingChange{Unit: f.Unit, Period: p, From: f.State, To: next, At: n.at, By: n.account})
			f.State = next
		}
	}
	if len(steps) > 0 {
		changes = append(changes, assess.Intake{Filings: steps, Audit: filingLines(steps)})
	}
	if len(changes) == 0 {
		return nil
	}
	_, err = g.store.CommitAll(ctx, func(write func(assess.Intake) error) error {
		for _, change := range changes {
			if err := write(change); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// reports answers the report of every unit of a period, not started where there is none.
func (g *Gate) reports(ctx context.Context, edition *assess.Edition, p assess.Period) ([]assess.Filing, error) {
	filings, err := g.store.Filings(ctx, p)
	if err != nil {
		return nil, err
	}
	of := map[assess.UnitCode]assess.Filing{}
	for _, f := range filings {
		if f.State != "" {
			of[f.Unit] = f
		}
	}
	var reports []assess.Filing
	for _, u := range edition.Roster.Units {
		if !u.In(p) {
			continue
		}
		f, begun := of[u.Code]
		if !begun {
			f = assess.Filing{Unit: u.Code, Period: p, State: assess.NotStarted}
		}
		reports = append(reports, f)
	}
	return reports, nil
}

// closeFigures ends the figures of a report that was handed in, at the cut-off: what was returned and has no answer, and what never came,
// is missing and listed with the step. What waits for its review goes on waiting; where nothing does, what was accepted counts. It
// answers what that changes: nothing of a report of which nothing counts, or that nobody has handed in.
func (g *Gate) closeFigures(ctx context.Context, shared *sweep, f assess.Filing, n turn) (change assess.Intake, err error) {
	if !cycle.Filings().Allows(f.State, cycle.CloseInPart) {
		return change, nil
	}
	r, err := g.readNext(ctx, shared, reportKey{f.Unit, f.Period}, Reviewer{By: n.account}, n.at)
	if err != nil {
		return change, err
	}
	action := cycle.CloseInPart
	if len(r.waits()) > 0 {
		action = cycle.CloseOpen
	}
	if !r.handedIn() || action == cycle.CloseInPart && !r.counts() || !cycle.Filings().Allows(f.State, action) {
		return change, nil
	}
	to, err := cycle.Next(f.State, action)
	if err != nil {
		return change, err
	}
	r.steps = []assess.FilingChange{{Unit: f.Unit, Period: f.Period, From: f.State, To: to, At: n.at, By: n.account, Items: r.lost()}}
	return r.change(), nil
}

// counts says whether any figure of the district's counts.
func (r *review) counts() bool {
	for key, h := range r.state.held {
		d := r.book.codes[key.Item]
		if d != nil && d.item.Origin == assess.FromDistrict && h.State != assess.Exempt {
			return true
		}
	}
	return false
}
