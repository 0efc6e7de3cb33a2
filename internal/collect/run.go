package collect

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/source"
)

// longestFetch is how long a source may take in all, over all its units and periods.
const longestFetch = 10 * time.Minute

// collectRun is the action of a line of the audit log about a run in which a source was asked.
const collectRun = "collect.run"

// Ask says what a run is for.
type Ask struct {
	// Slot is the time the run was due; a slot of a source is run once.
	Slot time.Time
	// Period is asked for where the source can be asked; zero means what is due at the slot: the quarter that ended last, and its
	// year after the fourth.
	Period assess.Period
	// DryRun writes nothing and leaves files where they are.
	DryRun bool
	// Afresh asks for everything, also for what has not changed since it was taken here: another server may have taken something since.
	Afresh bool
}

// Run asks a source for what it has, decides every row and writes what changed in one transaction. What the source does wrong is
// in the report, whose state is then failed or partial: such a run is recorded like any other. An error means that the run could
// not be held at all: the slot was run before, the source is being collected already (both ErrConflict), the store failed.
func (g *Gate) Run(ctx context.Context, src Source, ask Ask, now time.Time) (Report, error) {
	release, err := g.occupy(src.Name)
	if err != nil {
		return Report{}, err
	}
	defer release()
	run := assess.Run{ID: g.newID(), Source: src.Name, Door: src.Door, Slot: ask.Slot, Started: now, State: assess.RunRunning}
	b := g.batch(src.sender(), run, now)
	done, err := g.queue.turn(ctx, src.Host)
	if err != nil {
		return g.unbegun(ctx, b, ask.DryRun, fmt.Errorf("wait for the turn of %s: %w", src.Name, err))
	}
	defer done()
	mapping, revision, err := g.Mapping(ctx, src.Name)
	if err != nil {
		return g.unbegun(ctx, b, ask.DryRun, fmt.Errorf("mapping of %s: %w", src.Name, err))
	}
	if !ask.DryRun {
		if err := g.store.StartRun(ctx, run); err != nil {
			return g.unbegun(ctx, b, ask.DryRun, fmt.Errorf("start a run of %s: %w", src.Name, err))
		}
	}
	b.mapping = revision
	parcels, err := fetch(ctx, src.Fetcher, source.Request{Periods: g.periods(ask), Now: now, Mapping: mapping, Afresh: ask.DryRun || ask.Afresh})
	switch {
	case err != nil && ctx.Err() != nil:
		b.fail(assess.RunInterrupted, interrupted())
	case err != nil:
		b.fail(assess.RunFailed, explain(err))
		g.log.WarnContext(ctx, "source failed", "source", src.Name, "error", err)
	default:
		b.add(parcels)
	}
	if err := g.pass(ctx, b, collectRun, ask.DryRun); err != nil {
		return *b.report, fmt.Errorf("collect %s: %w", src.Name, err)
	}
	if !ask.DryRun {
		g.settle(ctx, b)
	}
	return *b.report, nil
}

// periods answers what to ask for. Before any definition is known the working days do not matter: only the quarters do.
func (g *Gate) periods(ask Ask) []assess.Period {
	if !ask.Period.IsZero() {
		return []assess.Period{ask.Period}
	}
	return cycle.NewCalendar(assess.Calendar{}, g.zone).Due(ask.Slot)
}

// fetch lets a source that panics fail like any other.
func fetch(ctx context.Context, from Fetcher, r source.Request) (parcels []source.Parcel, err error) {
	defer func() {
		if p := recover(); p != nil {
			parcels, err = nil, fmt.Errorf("the source panicked: %v\n%s", p, debug.Stack())
		}
	}()
	within, cancel := context.WithTimeoutCause(ctx, longestFetch, tooLong())
	defer cancel()
	parcels, err = from.Fetch(within, r)
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		return nil, context.Cause(within)
	}
	return parcels, err
}

func tooLong() *assess.Problem {
	limit := strconv.Itoa(int(longestFetch.Minutes()))
	return assess.Unavailable("problem.source_long",
		fmt.Sprintf("the source took longer than %s minutes in all, nothing was taken; see what holds it up", limit), "minutes", limit)
}

// explain answers what can be said of a failure.
func explain(err error) *assess.Problem {
	if p, ok := errors.AsType[*assess.Problem](err); ok {
		return p
	}
	return assess.Unavailable("problem.source_failed", "the source could not be asked; look into the log").Because(err)
}

func (g *Gate) batch(from sender, run assess.Run, now time.Time) *batch {
	year, month, day := now.In(g.zone).Date()
	from.today = time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return &batch{from: from, now: now, zone: g.zone, newID: g.newID, shelf: newShelf(g.editions), report: &Report{Run: run}, late: map[reportKey]int{}}
}

func (b *batch) add(parcels []source.Parcel) {
	for _, p := range parcels {
		b.parcels = append(b.parcels, parcel{Parcel: p})
	}
}

// settle tells the source what became of each parcel. What goes wrong here harms nothing: the parcel comes again.
func (g *Gate) settle(ctx context.Context, b *batch) {
	for _, p := range b.parcels {
		if p.Settle == nil {
			continue
		}
		err := func() (err error) {
			defer func() {
				if r := recover(); r != nil {
					err = fmt.Errorf("the source panicked: %v\n%s", r, debug.Stack())
				}
			}()
			return p.Settle(ctx, source.Receipt{Taken: p.taken, Refused: p.refused})
		}()
		if err != nil {
			g.log.WarnContext(ctx, "a parcel was taken but not put away", "source", b.from.name, "error", err)
			b.report.Notes = append(b.report.Notes, assess.Unavailable("problem.parcel_left",
				"what was taken could not be put away and will come again, which changes nothing; look at the rights and space of the folder").Because(err))
		}
	}
}

// Result is what became of one of several sources.
type Result struct {
	Source assess.Code
	Report Report
	Err    error
}

// All runs several sources, at most eight at once and two of one host, and answers the result of each in their order. One that fails, hangs or panics
// stops none of the others.
func (g *Gate) All(ctx context.Context, sources []Source, ask Ask, now time.Time) []Result {
	results := make([]Result, len(sources))
	var group sync.WaitGroup
	for i, src := range sources {
		group.Go(func() {
			report, err := g.Run(ctx, src, ask, now)
			results[i] = Result{src.Name, report, err}
		})
	}
	group.Wait()
	return results
}
