package collect

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"

	"github.com/unionboard/unionboard/internal/assess"
)

// fail ends a batch of which nothing came.
func (b *batch) fail(state assess.RunState, why *assess.Problem) {
	r := b.report
	r.State, r.Problem, r.Refused = state, why.Error(), 1
	r.Rejected = []assess.Rejection{{Place: why.Place, Problem: why}}
}

// pass leads a batch through the gate: it is read, decided and written, while no other batch is. One that was overtaken by people who
// type is decided again.
func (g *Gate) pass(ctx context.Context, b *batch, action string, dryRun bool) error {
	within, done, err := g.alone(ctx)
	if err != nil {
		g.abandon(ctx, b, action, dryRun)
		return err
	}
	defer done()
	for try := 1; ; try++ {
		err := g.decideAndWrite(within, b, action, dryRun)
		if !b.moved(err, try) {
			if err != nil {
				g.abandon(ctx, b, action, dryRun) // not under the turn, which may be lost: it decides nothing
			}
			return err
		}
		b.rewind()
	}
}

func (g *Gate) decideAndWrite(ctx context.Context, b *batch, action string, dryRun bool) error {
	if b.report.State == assess.RunFailed || b.report.State == assess.RunInterrupted {
		if dryRun {
			b.report.Finished = g.ended(b.now)
			return nil
		}
		_, err := g.store.Commit(context.WithoutCancel(ctx), g.conclude(b, action, nil)) // also a run that was ended from outside is written down
		return written(err)
	}
	if err := g.order(ctx, b); err != nil {
		return err
	}
	shares := b.shares()
	switch {
	case dryRun:
		err := g.judgeShares(ctx, b, shares, func(assess.Intake) error { return nil })
		b.report.Finished = g.ended(b.now)
		return err
	case len(shares) > 1 && b.from.authority != Fill: // what is filled is decided again as a whole
		return g.pour(ctx, b, action, shares)
	}
	if err := g.judge(ctx, b); err != nil {
		return err
	}
	g.keep(ctx, b, false)
	_, err := g.store.Commit(ctx, g.conclude(b, action, b.intake.Audit))
	return written(err)
}

func written(err error) error {
	if err != nil {
		return fmt.Errorf("write a run: %w", err)
	}
	return nil
}

// conclude ends the run of a batch and answers the intake that writes it down: the line of the run, then those of what it did.
func (g *Gate) conclude(b *batch, action string, lines []assess.AuditLine) assess.Intake {
	b.report.Finished = g.ended(b.now)
	b.intake.Audit = nil
	g.hold(b)
	b.endReplay()
	b.noteMade()
	b.intake.Run = &b.report.Run
	if b.from.answer != nil {
		b.intake.Answered = b.from.answer(*b.report)
	}
	b.intake.Audit = append(append([]assess.AuditLine{b.runLine(action)}, lines...), b.intake.Audit...)
	return b.intake
}

// pour writes a batch share by share in one transaction, each while the next is judged. What a share is compared with is what the log
// held before; that is all there is, for no two shares speak of one unit.
func (g *Gate) pour(ctx context.Context, b *batch, action string, shares []share) error {
	g.keep(ctx, b, true) // what will be refused is known in the transaction only
	_, err := g.store.CommitAll(ctx, func(write func(assess.Intake) error) error {
		within, cancel := context.WithCancel(ctx)
		judged, failed := make(chan assess.Intake, 1), make(chan error, 1) // one share waits, so that neither side waits for the other
		go func() {
			defer close(judged)
			defer func() {
				if p := recover(); p != nil { // here nobody else would catch it, and the program would end
					failed <- fmt.Errorf("the gate panicked: %v\n%s", p, debug.Stack())
				}
			}()
			failed <- g.judgeShares(within, b, shares, func(in assess.Intake) error {
				select {
				case judged <- in:
					return nil
				case <-within.Done():
					return within.Err()
				}
			})
		}()
		var lines []assess.AuditLine
		var err error
		for in := range judged {
			if err != nil {
				continue // until the judge has heard of it
			}
			lines = append(lines, in.Audit...)
			in.Audit = nil
			if err = write(in); err != nil {
				cancel()
			}
		}
		cancel()
		if fault := <-failed; err != nil || fault != nil {
			return cmp.Or(err, fault)
		}
		b.intake = assess.Intake{}
		return write(g.conclude(b, action, lines))
	})
	return written(err)
}

// abandon forgets what was decided, and writes down that the run took nothing, now or when the store takes it. The caller tells the error.
func (g *Gate) abandon(ctx context.Context, b *batch, action string, dryRun bool) {
	in := g.failed(ctx, b, action)
	if !dryRun {
		g.writeDown(context.WithoutCancel(ctx), in.Run.ID, in)
	}
}

// failed makes a batch one of which nothing came, and answers the intake that says so.
func (g *Gate) failed(ctx context.Context, b *batch, action string) assess.Intake {
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
	return assess.Intake{Run: &b.report.Run, Audit: []assess.AuditLine{b.runLine(action)}}
}

func interrupted() *assess.Problem {
	return assess.Unavailable("problem.run_interrupted", "the run was ended from outside, nothing was taken; collect again")
}

// judge reads, decides, and asks about what contradicts itself.
func (g *Gate) judge(ctx context.Context, b *batch) error {
	return g.judgeShares(ctx, b, []share{nil}, func(assess.Intake) error { return nil })
}

// judgeShares judges share after share and hands on what each changes.
func (g *Gate) judgeShares(ctx context.Context, b *batch, shares []share, judged func(assess.Intake) error) error {
	b.begin()
	for _, s := range shares {
		if err := g.judgeShare(ctx, b, s); err != nil {
			return err
		}
		if err := judged(b.intake); err != nil {
			return err
		}
	}
	b.finish()
	return nil
}

// figures answers those of all parcels.
func (b *batch) figures() []figure {
	if len(b.parcels) == 1 {
		return b.parcels[0].figures
	}
	var all []figure
	for i := range b.parcels {
		all = append(all, b.parcels[i].figures...)
	}
	return all
}

func (g *Gate) judgeShare(ctx context.Context, b *batch, s share) error {
	if err := b.read(ctx, s); err != nil {
		return err
	}
	state, err := g.load(ctx, b.shelf, b.state, b.figures(), true)
	if err != nil {
		return err
	}
	b.state = state
	if b.from.authority == Submit {
		state.countWaiting()
	}
	decide := b.decide
	if b.from.authority == Fill {
		decide = func(ctx context.Context) error { return g.offer(ctx, b) }
	}
	if err := decide(ctx); err != nil {
		return err
	}
	if b.from.whole && b.refusals() > 0 {
		b.takeNothing()
	}
	if err := g.differ(ctx, b); err != nil {
		return err
	}
	return g.question(ctx, b)
}
