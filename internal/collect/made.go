package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// answer names what a parcel is of, as its first row says; ok is false for one that does not say when it was made.
func (p *parcel) answer(name assess.Code) (a assess.Answer, ok bool) {
	if p.Made.IsZero() || len(p.Entries) == 0 || p.Damage != nil {
		return a, false
	}
	return assess.Answer{Source: name, Unit: p.Entries[0].Unit, Period: p.Entries[0].PeriodText}, true
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
		if made == nil {
			var err error
			if made, err = g.store.Made(ctx, b.from.name); err != nil {
				return fmt.Errorf("read what was taken: %w", err)
			}
		}
		at := p.Made.Truncate(time.Millisecond)
		if last := made[a]; at.Before(last) {
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

func older(file string, made, last time.Time) *assess.Problem {
	at, before := made.UTC().Format(time.RFC3339), last.UTC().Format(time.RFC3339)
	return assess.Conflict("problem.source_older",
		fmt.Sprintf("the answer was made at %s, before one that was taken already (%s); see whether the source or something on the way sends old answers", at, before),
		"made", at, "last", before).At(assess.Place{File: file, Field: "generated_at"})
}
