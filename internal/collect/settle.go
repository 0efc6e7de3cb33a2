package collect

import (
	"context"
	"errors"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// settleReports moves the reports of all units when a collection reaches a state: at closing what has not come is missing, at scored
// what was accepted is locked, and what was returned meanwhile and did not come again is missing too.
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
	for _, f := range reports {
		if f.State, err = g.closeFigures(ctx, f, n); err != nil {
			return err
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
	if len(steps) == 0 {
		return nil
	}
	_, err = g.store.Commit(ctx, assess.Intake{Filings: steps, Audit: filingLines(steps)})
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
// answers where the report stands then: one of which nothing counts, or that nobody has handed in, stays where it was.
func (g *Gate) closeFigures(ctx context.Context, f assess.Filing, n turn) (assess.FilingState, error) {
	if !cycle.Filings().Allows(f.State, cycle.CloseInPart) {
		return f.State, nil
	}
	r, err := g.readReview(ctx, reportKey{f.Unit, f.Period}, Reviewer{By: n.account}, n.at)
	if err != nil {
		return f.State, err
	}
	action := cycle.CloseInPart
	if len(r.waits()) > 0 {
		action = cycle.CloseOpen
	}
	if !r.handedIn() || action == cycle.CloseInPart && !r.counts() || !cycle.Filings().Allows(f.State, action) {
		return f.State, nil
	}
	to, err := cycle.Next(f.State, action)
	if err != nil {
		return f.State, err
	}
	r.steps = []assess.FilingChange{{Unit: f.Unit, Period: f.Period, From: f.State, To: to, At: n.at, By: n.account, Items: r.lost()}}
	return to, g.write(ctx, r)
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
