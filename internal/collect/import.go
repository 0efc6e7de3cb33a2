package collect

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// slotsTried bounds the search for a free slot of imports that come within the same millisecond.
const slotsTried = 100

// Options say how a delivery is taken that a person or a program hands in.
type Options struct {
	DryRun bool
	// Unit and Period, where set, are those of every row: a row may leave them empty and may not say otherwise.
	Unit   assess.UnitCode
	Period assess.Period
	// By is the account that hands in.
	By string
	// Units are those the account may speak for; none means every unit.
	Units []assess.UnitCode
	// Supplies are the origins of the items it may set; none means all of them.
	Supplies []assess.Origin
	// Authority is accept unless it is set.
	Authority Authority
	// Correction opens periods that are closed.
	Correction *Correction
	// Pieces are what the delivery was read from; they are kept while something of it is refused.
	Pieces []source.Piece
	// Only, where set to new or changed, refuses what would be the other.
	Only Outcome
	// Whole takes nothing where a row is refused.
	Whole bool
	// Answer, where set, words what the program is answered that hands in; it is written with what it handed in. nil: nothing is kept.
	Answer func(Report) *assess.Answered
}

// Correction is why figures of a closed period are changed. The reason becomes the note of each, and the audit log names it.
type Correction struct {
	Reason string
	// Was is what the figure was when somebody looked at it, as Held says it; nil where nobody did.
	Was *string
	// Step is that of the matter the correction belongs to, written with it; nil for none.
	Step *assess.MatterStep
}

// Import takes a delivery that is already here, like a run of its source: the same checks, one transaction, a run record. The
// delivery's Refused rows count as refused. Errors are those of Run.
func (g *Gate) Import(ctx context.Context, delivery assess.Delivery, o Options, now time.Time) (Report, error) {
	from, err := o.sender(delivery)
	if err != nil {
		return Report{}, err
	}
	run := assess.Run{ID: g.newID(), Source: delivery.Source, Door: delivery.Door, Slot: now, Started: now, State: assess.RunRunning}
	if !o.DryRun {
		if err := g.startNext(ctx, &run); err != nil {
			return Report{}, fmt.Errorf("start an import: %w", err)
		}
	}
	b := g.batch(from, run, now)
	b.add([]source.Parcel{{Delivery: delivery, Pieces: o.Pieces}})
	if err := g.pass(ctx, b, "import", o.DryRun); err != nil {
		return *b.report, fmt.Errorf("import: %w", err)
	}
	return *b.report, nil
}

// Preview answers what Import would do, and writes nothing.
func (g *Gate) Preview(ctx context.Context, delivery assess.Delivery, o Options, now time.Time) (Report, error) {
	o.DryRun = true
	return g.Import(ctx, delivery, o, now)
}

func (o Options) sender(delivery assess.Delivery) (sender, error) {
	from := sender{
		name: delivery.Source, actor: o.By, door: delivery.Door, units: o.Units, supplies: o.Supplies, authority: o.Authority,
		unit: o.Unit, period: o.Period, correction: o.Correction, only: o.Only, whole: o.Whole, answer: o.Answer,
	}
	if from.actor == "" {
		from.actor = "source:" + string(delivery.Source)
	}
	if len(from.supplies) == 0 {
		from.supplies = everyOrigin()
	}
	if from.authority == "" {
		from.authority = Adopt
	}
	if from.correction != nil {
		if strings.TrimSpace(from.correction.Reason) == "" || o.By == "" {
			return from, assess.Invalid("problem.correction_reason", "a correction needs a reason and the account that makes it; give both")
		}
		from.authority = Adopt // what is corrected is scored at once
	}
	return from, nil
}

// startNext starts a run in the first free millisecond: deliveries by hand have no due time of their own.
func (g *Gate) startNext(ctx context.Context, run *assess.Run) error {
	var err error
	for range slotsTried {
		if err = g.store.StartRun(ctx, *run); !errors.Is(err, assess.ErrConflict) {
			return err
		}
		run.Slot = run.Slot.Add(time.Millisecond)
	}
	return err
}
