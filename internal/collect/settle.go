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
		if cycle.Filings().Allows(f.State, cycle.CloseInPart) && f.Rounds > 0 {
			closed, err := g.closeInPart(ctx, edition, f, n)
			if err != nil {
				return err
			}
			if closed {
				f.State = assess.Accepted
			}
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

// closeInPart ends a report that was reviewed and has not come back by the cut-off: figures that were returned and have no answer
// are missing, and listed with the step; the rest counts. It leaves a report of which nothing would count.
func (g *Gate) closeInPart(ctx context.Context, edition *assess.Edition, f assess.Filing, n turn) (closed bool, err error) {
	r, err := g.review(ctx, reportKey{f.Unit, f.Period}, Reviewer{By: n.account}, n.at)
	if err != nil {
		return false, err
	}
	for _, item := range r.items() {
		if r.cell(item, r.cells(item)) == assess.CellReturned {
			continue
		}
		if err := r.say(Verdict{Item: item, Accept: true}); err != nil {
			return false, err
		}
	}
	missing, counts := r.uncounted(edition)
	if !counts {
		return false, nil
	}
	to, err := cycle.Next(f.State, cycle.CloseInPart)
	if err != nil {
		return false, err
	}
	r.steps = []assess.FilingChange{{Unit: f.Unit, Period: f.Period, From: f.State, To: to, At: n.at, By: n.account, Items: missing}}
	r.pending = nil // what was returned and not answered never counts
	return true, g.write(ctx, r)
}

// uncounted answers the district's items of which nothing counts, and whether anything does.
func (r *review) uncounted(edition *assess.Edition) (missing []assess.Code, counts bool) {
	held := map[assess.Code]bool{}
	for key, h := range r.state.held {
		held[key.Item] = true
		d := r.book.codes[key.Item]
		counts = counts || d != nil && d.item.Origin == assess.FromDistrict && h.State != assess.Exempt
	}
	for _, o := range r.intake.Observations {
		held[o.Item], counts = true, true
	}
	for _, item := range edition.Items {
		due := item.Origin == assess.FromDistrict && (item.Frequency != assess.Annual || r.period.Part() == 4) // the annual figures ride with the fourth
		if due && !held[item.Code] {
			missing = append(missing, item.Code)
		}
	}
	return missing, counts
}
