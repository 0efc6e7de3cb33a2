package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Forms are the forms of districts, as a source fills them in.
type Forms interface {
	// Offer answers what becomes of figures that a source offers for a form's cells, each in its place, and the saves that fill them. It
	// writes nothing.
	Offer(ctx context.Context, unit assess.UnitCode, quarter assess.Period, offers []Offer, by string, now time.Time) ([]Offered, assess.DraftIntake, error)
}

// Offer is a figure for a cell of a form.
type Offer struct {
	Item        assess.Code
	Value, Note string
	Request     string // name of the save
	// Came is when it came where it is read again: what was filled in later stays. Zero lets it replace whatever the source has filled.
	Came time.Time
}

// Offered is what becomes of it: an outcome, a problem, or Typed, what a person has typed otherwise.
type Offered struct {
	Outcome Outcome
	Before  string // what stood in the cell
	Problem *assess.Problem
	Typed   *assess.HeldFigure
	Newer   time.Time // when the source filled in what stays, for it came later
}

// triesToFill bounds how often a run is decided again when somebody types into a form meanwhile.
const triesToFill = 4

// moved says whether a run was overtaken by somebody who typed or took a report on, so that it is decided again.
func (b *batch) moved(err error, try int) bool {
	p, ok := errors.AsType[*assess.Problem](err)
	return ok && try < triesToFill && b.from.authority == Fill && (p.Key == "problem.draft_moved" || p.Key == "problem.filing_moved")
}

// rewind forgets what was decided of a batch.
func (b *batch) rewind() {
	run := b.report.Run
	b.report = &Report{Run: assess.Run{ID: run.ID, Source: run.Source, Door: run.Door, Slot: run.Slot, Started: run.Started, State: assess.RunRunning}}
	b.state = nil
	b.intake, b.made, b.met, b.typed, b.adopted = assess.Intake{}, nil, nil, nil, map[assess.CellKey]bool{}
	for i := range b.parcels {
		b.parcels[i] = parcel{Parcel: b.parcels[i].Parcel}
	}
}

// offer lets a source fill the drafts of the forms: empty cells, and those that it has filled itself and nobody has touched. What a person
// has typed stays, and what was signed all the more.
func (g *Gate) offer(ctx context.Context, b *batch) error {
	type place struct {
		parcel *parcel
		figure figure
	}
	offers, places := map[reportKey][]Offer{}, map[reportKey][]place{}
	var order []reportKey
	for i := range b.parcels {
		p := &b.parcels[i]
		for _, f := range p.figures {
			if note := b.state.heldOtherwise(b.from, f); note != nil {
				b.report.note(note)
				b.report.Same++
				p.taken++
				b.met = append(b.met, meeting{f, true})
				continue
			}
			key := reportKey{f.Unit, f.Period.LastQuarter()}
			if places[key] == nil {
				order = append(order, key)
			}
			offers[key] = append(offers[key], Offer{
				Item: f.Item, Value: f.Value, Note: f.Note, Request: fmt.Sprintf("%s:%s:%s:%d", b.report.ID, key.period, f.Item, len(offers[key])), Came: b.came(),
			})
			places[key] = append(places[key], place{p, f})
		}
	}
	for _, key := range order {
		became, saves, err := g.forms.Offer(ctx, key.unit, key.period, offers[key], b.from.actor, b.now)
		if err != nil {
			return fmt.Errorf("fill the form of %s for %s: %w", key.unit, key.period, err)
		}
		if len(saves.Cells) > 0 {
			b.intake.Filled = append(b.intake.Filled, saves)
		}
		for i, o := range became {
			b.take(places[key][i].parcel, places[key][i].figure, o)
		}
	}
	return nil
}

// take counts what became of an offered figure.
func (b *batch) take(p *parcel, f figure, o Offered) {
	switch {
	case o.Problem != nil:
		p.refuse(f.entry, o.Problem.At(f.entry.At("value")))
		return
	case !o.Newer.IsZero():
		p.refuse(f.entry, b.newer(f, o.Newer))
		return
	case o.Typed != nil:
		b.report.note(assess.Conflict("problem.typed_otherwise",
			fmt.Sprintf("%s of unit %s was typed as %s, the source says %s; what a person has typed stays, and the form shows both", f.Item, f.Unit, o.Typed.Text(), f.text()),
			"item", string(f.Item), "unit", string(f.Unit), "typed", o.Typed.Text(), "value", f.text()).At(f.entry.At("value")))
		b.report.Same++
		if b.typed == nil {
			b.typed = map[assess.CellKey]assess.HeldFigure{}
		}
		b.typed[f.CellKey] = *o.Typed
		b.met = append(b.met, meeting{f, true})
	default:
		d := Decision{CellKey: f.CellKey, Place: f.entry.Place, Outcome: o.Outcome, State: f.State, Value: f.Value}
		if o.Outcome != OutcomeNew {
			d.Before = Holding{State: assess.Reported, Value: cmp.Or(o.Before, f.Value)}
		}
		b.report.count(d)
		b.meet(f)
	}
	p.taken++
}
