package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// mostAhead is how far the clock of a sender may be ahead of ours, zones mistaken among it. A time beyond it is none: remembered, it would
// shut out all that comes after.
const mostAhead = 24 * time.Hour

// answer names what a parcel is of, as its first row says; ok is false for one that does not say when it was made.
func (p *parcel) answer(name assess.Code) (a assess.Answer, ok bool) {
	if p.Made.IsZero() || len(p.Entries) == 0 || p.Damage != nil {
		return a, false
	}
	period := p.Entries[0].PeriodText
	if read, err := assess.ParsePeriod(period); err == nil { // 2026q1 is 2026Q1
		period = read.String()
	}
	return assess.Answer{Source: name, Unit: p.Entries[0].Unit, Period: period}, true
}

// order refuses whole what was made before something that was taken of the same unit and period: it was overtaken on its way, whatever
// door it comes in by, and must not bring back what was. Nothing of it is kept to be read again.
func (g *Gate) order(ctx context.Context, b *batch) error {
	var made map[assess.Answer]time.Time
	for i := range b.parcels {
		p := &b.parcels[i]
		a, ok := p.answer(b.from.name)
		if !ok {
			continue
		}
		if p.Made.After(b.now.Add(mostAhead)) {
			p.Notes, p.Made = append(p.Notes, ahead(p.Entries[0].Place.File, p.Made)), time.Time{}
			continue
		}
		if made == nil {
			var err error
			if made, err = g.store.Made(ctx, b.from.name); err != nil {
				return fmt.Errorf("read what was taken: %w", err)
			}
		}
		at := p.Made.Truncate(time.Millisecond)
		if last := made[a]; at.Before(last) && !last.After(b.now.Add(mostAhead)) {
			p.Damage, p.Entries, p.Refused, p.Pieces = older(p.Entries[0].Place.File, at, last), nil, nil, nil
			continue
		}
		made[a] = at
		b.made = append(b.made, madeParcel{i, assess.Made{Answer: a, At: at}})
	}
	return nil
}

// madeParcel is a parcel that says when it was made.
type madeParcel struct {
	parcel int
	assess.Made
}

// noteMade notes when that was made of which something was taken.
func (b *batch) noteMade() {
	for _, m := range b.made {
		if b.parcels[m.parcel].taken > 0 && b.report.State != assess.RunFailed {
			b.intake.Made = append(b.intake.Made, m.Made)
		}
	}
}

func ahead(file string, made time.Time) *assess.Problem {
	at := made.UTC().Format(time.RFC3339)
	return assess.Invalid("problem.source_ahead",
		fmt.Sprintf("the answer says it was made at %s, which is still to come, so its time was passed over; let the keeper of the source set its clock right", at),
		"made", at).At(assess.Place{File: file, Field: "generated_at"})
}

func older(file string, made, last time.Time) *assess.Problem {
	at, before := made.UTC().Format(time.RFC3339), last.UTC().Format(time.RFC3339)
	return assess.Conflict("problem.source_older",
		fmt.Sprintf("the answer was made at %s, before one that was taken already (%s); see whether the source or something on the way sends old answers", at, before),
		"made", at, "last", before).At(assess.Place{File: file, Field: "generated_at"})
}
