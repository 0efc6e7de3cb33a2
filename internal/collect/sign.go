package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/source"
)

// form is the name under which forms hand in.
const form assess.Code = "form"

// Signed is the report of a district as its chair signs it.
type Signed struct {
	Unit   assess.UnitCode
	Period assess.Period // a quarter; annual figures ride with the fourth
	// Entries are the figures that are handed in, each with who typed it. One that is declared missing stands among them.
	Entries []assess.Entry
	By      string
	// Drafts are those the entries were made of: when more was typed since, nothing is handed in.
	Drafts *assess.DraftMark
}

// Sign hands in a signed report, all of it or nothing: the figures wait for review, and the report is submitted. What cannot be
// taken is assess.Problems; a report that does not await its signature is ErrConflict.
func (g *Gate) Sign(ctx context.Context, s Signed, now time.Time) error {
	ctx, done, err := g.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	from := sender{
		name: form, actor: s.By, door: assess.DoorForm, units: []assess.UnitCode{s.Unit}, unit: s.Unit, authority: Submit, signs: true,
		supplies: []assess.Origin{assess.FromDistrict},
	}
	b := g.batch(from, assess.Run{}, now)
	b.add([]source.Parcel{{Delivery: assess.Delivery{Door: assess.DoorForm, Source: form, Entries: s.Entries}}})
	b.begin()
	if err := b.read(ctx, nil); err != nil {
		return err
	}
	key := reportKey{s.Unit, s.Period}
	state, err := g.load(ctx, b.shelf, nil, append(b.parcels[0].figuresOf(), key.anything()...), true)
	if err != nil {
		return err
	}
	b.state = state
	state.countWaiting()
	switch plan := state.plans[s.Period]; {
	case state.shut(s.Period):
		return assess.Conflict("problem.period_closed",
			fmt.Sprintf("%s is closed, so the figure stays as it is; have it corrected with a reason", s.Period), "period", s.Period.String())
	case state.ended(s.Period, now):
		return plan.CutOffPassed()
	}
	if err := b.decide(ctx); err != nil {
		return err
	}
	b.finish()
	if err := b.parcels[0].problems(); err != nil {
		return err
	}
	if err := g.differ(ctx, b); err != nil {
		return err
	}
	if err := b.moveReport(key, cycle.Sign); err != nil {
		return err
	}
	b.intake.Drafts = s.Drafts
	line := assess.AuditLine{
		At: now, Actor: s.By, Action: "report.sign", Object: s.Period.String(), Unit: s.Unit, After: fmt.Sprintf("figures %d", len(s.Entries)), Result: "ok",
	}
	b.intake.Audit = append([]assess.AuditLine{line}, b.intake.Audit...)
	if _, err := g.store.Commit(ctx, b.intake); err != nil {
		return fmt.Errorf("sign %s %s: %w", s.Unit, s.Period, err)
	}
	return nil
}

// figuresOf answers the figures of a parcel that may go on.
func (p *parcel) figuresOf() []figure { return append([]figure(nil), p.figures...) }

// problems answers what was refused of a parcel.
func (p *parcel) problems() error {
	var all assess.Problems
	for _, r := range p.refused {
		all = append(all, r.Problem)
	}
	return all.Err()
}
