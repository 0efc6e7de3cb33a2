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
		end, missing := cycle.Close, []assess.Code(nil)
		if cycle.Filings().Allows(f.State, cycle.CloseInPart) && !f.SubmittedAt.IsZero() {
			if end, missing, err = g.cutOff(ctx, edition, f); err != nil {
				return err
			}
		}
		actions := []cycle.Action{end}
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
			change := assess.FilingChange{Unit: f.Unit, Period: p, From: f.State, To: next, At: n.at, By: n.by}
			if action == cycle.CloseInPart {
				change.Items = missing
			}
			steps = append(steps, change)
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

// cutOff answers how a report that was handed in and went back ends at the cut-off: accepted in part, with the items of which nothing
// was accepted, or missing as a whole where nothing was.
func (g *Gate) cutOff(ctx context.Context, edition *assess.Edition, f assess.Filing) (cycle.Action, []assess.Code, error) {
	q := assess.CellQuery{Units: []assess.UnitCode{f.Unit}, Periods: []assess.Period{f.Period}}
	if f.Period.Part() == 4 { // the annual figures ride with the fourth quarter
		q.Periods = append(q.Periods, f.Period.Year())
	}
	current, err := g.store.Current(ctx, q)
	if err != nil {
		return "", nil, err
	}
	held := map[assess.Code]assess.State{}
	for _, o := range current {
		held[o.Item] = o.State
	}
	accepted := false
	var missing []assess.Code
	for _, item := range edition.Items {
		if item.Origin != assess.FromDistrict || item.Frequency == assess.Annual && f.Period.Part() != 4 {
			continue
		}
		state, known := held[item.Code]
		accepted = accepted || known && state != assess.Exempt
		if !known {
			missing = append(missing, item.Code)
		}
	}
	if !accepted {
		return cycle.Close, nil, nil
	}
	return cycle.CloseInPart, missing, nil
}
