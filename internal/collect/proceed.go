package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// Proceed takes the collection of a quarter on by one state, by a person and for a reason, where people do not wait for the calendar. The
// forms are opened early by Adjust; publication takes two persons and is package publish's. Nobody loses time that the calendar gives: before
// the cut-off a collection closes only when every report has come (ErrConflict). line begins the line of the audit log: who, when, from where.
func (g *Gate) Proceed(ctx context.Context, p assess.Period, to assess.CycleState, reason string, line assess.AuditLine) error {
	ctx, done, err := g.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := checkReason(&reason); err != nil {
		return err
	}
	from, err := g.Stage(ctx, p)
	if err != nil {
		return fmt.Errorf("proceed with %s: %w", p, err)
	}
	if next := cycle.Following(from); next != to || to == assess.CycleOpen || to == assess.CyclePublished || to == assess.CycleArchived {
		return assess.Conflict("problem.cycle_order",
			fmt.Sprintf("the collection of %s is %q and does not go on to %q; look at where it stands, and take it on step by step", p, from, to),
			"period", p.String(), "from", "web.cycle."+string(from), "to", "web.cycle."+string(to))
	}
	if to == assess.CycleClosing || to == assess.CycleScored {
		if err := g.checkTime(ctx, p, line.At); err != nil {
			return err
		}
	}
	return g.advance(ctx, turn{period: p, to: to, reason: reason}.by(line))
}

// Stage answers where the collection of a quarter stands; one that nobody has begun is scheduled.
func (g *Gate) Stage(ctx context.Context, p assess.Period) (assess.CycleState, error) {
	cycles, err := g.store.Cycles(ctx)
	for _, c := range cycles {
		if c.Period == p && c.State != "" {
			return c.State, err
		}
	}
	return assess.CycleScheduled, err
}

// lacks says whether anything of a report can still come: it is with its district, or was handed in in part and never signed.
func (g *Gate) lacks(ctx context.Context, shared *sweep, f assess.Filing) (bool, error) {
	if cycle.Filings().Allows(f.State, cycle.Close) {
		return true, nil
	}
	if !cycle.Filings().Allows(f.State, cycle.CloseInPart) {
		return false, nil
	}
	r, err := g.readNext(ctx, shared, reportKey{f.Unit, f.Period}, Reviewer{}, time.Time{})
	if err != nil {
		return false, err
	}
	return len(r.unreported()) > 0, nil
}

// checkTime refuses to close a collection before its cut-off while somebody may still hand in.
func (g *Gate) checkTime(ctx context.Context, p assess.Period, now time.Time) error {
	plan, err := g.Plan(ctx, p)
	if err != nil {
		return err
	}
	if !now.Before(plan.CutOff()) {
		return nil
	}
	edition, err := g.editions.Edition(ctx, p.CalendarYear())
	if err != nil {
		return err
	}
	reports, err := g.reports(ctx, edition, p)
	if err != nil {
		return fmt.Errorf("proceed with %s: %w", p, err)
	}
	var open []assess.UnitCode
	shared := g.newSweep()
	for _, f := range reports {
		lacks, err := g.lacks(ctx, shared, f)
		if err != nil {
			return fmt.Errorf("proceed with %s: %w", p, err)
		}
		if lacks {
			open = append(open, f.Unit)
		}
	}
	if len(open) == 0 {
		return nil
	}
	until := plan.CutOff().Format("2006-01-02 15:04")
	return assess.Conflict("problem.cycle_early",
		fmt.Sprintf("the reports of %s for %s are not in, and have time until %s; wait until then", list(open), p, until),
		"units", list(open), "period", p.String(), "until", until)
}
