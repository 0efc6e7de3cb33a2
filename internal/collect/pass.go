package collect

import (
	"context"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

// fail ends a batch of which nothing came.
func (b *batch) fail(state assess.RunState, why *assess.Problem) {
	r := b.report
	r.State, r.Problem, r.Refused = state, why.Error(), 1
	r.Rejected = []assess.Rejection{{Place: why.Place, Problem: why}}
}

// pass leads a batch through the gate: it is read, decided and written, while no other batch is.
func (g *Gate) pass(ctx context.Context, b *batch, action string, dryRun bool) error {
	g.deciding.Lock()
	defer g.deciding.Unlock()
	failed := b.report.State == assess.RunFailed || b.report.State == assess.RunInterrupted
	if !failed {
		if err := g.judge(ctx, b); err != nil {
			g.abandon(ctx, b, action, dryRun)
			return err
		}
	}
	b.report.Finished = g.ended(b.now)
	if dryRun {
		return nil
	}
	if failed { // also a run that was ended from outside is written down
		ctx = context.WithoutCancel(ctx)
	}
	g.hold(b)
	b.endReplay()
	b.intake.Run = &b.report.Run
	b.intake.Audit = append([]assess.AuditLine{b.runLine(action)}, b.intake.Audit...)
	if _, err := g.store.Commit(ctx, b.intake); err != nil {
		g.abandon(ctx, b, action, dryRun)
		return fmt.Errorf("write a run: %w", err)
	}
	return nil
}

// abandon forgets what was decided, and writes down that the run took nothing, if that much can still be written. The caller tells
// the error.
func (g *Gate) abandon(ctx context.Context, b *batch, action string, dryRun bool) {
	began := b.report.Run
	b.intake = assess.Intake{}
	b.report = &Report{Run: assess.Run{
		ID: began.ID, Source: began.Source, Door: began.Door, Slot: began.Slot, Started: began.Started, Finished: g.ended(b.now),
	}}
	if ctx.Err() != nil {
		b.fail(assess.RunInterrupted, interrupted())
	} else {
		b.fail(assess.RunFailed, assess.Unavailable("problem.run_failed",
			"the program could not finish the run, nothing was taken; look into the log and collect again"))
	}
	if dryRun {
		return
	}
	in := assess.Intake{Run: &b.report.Run, Audit: []assess.AuditLine{b.runLine(action)}}
	if _, err := g.store.Commit(context.WithoutCancel(ctx), in); err != nil {
		g.log.Error("a failed run could not be written down", "run", began.ID, "source", began.Source, "error", err)
	}
}

func interrupted() *assess.Problem {
	return assess.Unavailable("problem.run_interrupted", "the run was ended from outside, nothing was taken; collect again")
}

// judge reads, decides, and asks about what contradicts itself.
func (g *Gate) judge(ctx context.Context, b *batch) error {
	if err := b.read(ctx); err != nil {
		return err
	}
	var figures []figure
	for _, p := range b.parcels {
		figures = append(figures, p.figures...)
	}
	state, err := g.load(ctx, b.shelf, figures, true)
	if err != nil {
		return err
	}
	b.state = state
	if b.from.authority == Submit {
		state.countWaiting()
	}
	if err := b.decide(ctx); err != nil {
		return err
	}
	if err := g.differ(ctx, b); err != nil {
		return err
	}
	return g.question(ctx, b)
}
