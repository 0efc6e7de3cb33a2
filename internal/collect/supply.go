package collect

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// CityDesk is the name of the source of what the city's own people hand in.
const CityDesk assess.Code = "city_desk"

// Supply is what the city's own people hand in: figures whose origin is the city, and marks of not applicable for any item. Each
// entry names its unit and period.
type Supply struct {
	Entries []assess.Entry
	// Cleared are cells whose figure or mark is taken back: they stand open again. Those that hold nothing are passed over.
	Cleared []assess.CellKey
	// EnteredBy and AcceptedBy are accounts: one for plain figures, two where points are given or taken.
	EnteredBy, AcceptedBy string
	// Proposed are new proposals that wait for another person, Steps those of proposals that are decided with it.
	Proposed []assess.Proposal
	Steps    []assess.ProposalStep
	// Drafts are those of the city it was made of, at the revisions that were seen.
	Drafts []assess.DraftCell
	// Round, where set, is a rating round that ends with it.
	Round *assess.RoundClosing
	// Audit are the lines it leaves beside those of the gate, at least one.
	Audit []assess.AuditLine
}

// Supply takes what the city hands in, all of it or nothing, and answers how many cells have changed. Entries that are refused are
// assess.Problems, one for each, placed by the entry. A closed period takes no change (ErrConflict).
func (g *Gate) Supply(ctx context.Context, s Supply, now time.Time) (changed int, err error) {
	ctx, done, err := g.alone(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	from := sender{
		name: CityDesk, actor: s.EnteredBy, acceptor: s.AcceptedBy, door: assess.DoorForm, supplies: []assess.Origin{assess.FromCity}, authority: Adopt,
	}
	b := g.batch(from, assess.Run{}, now)
	b.add([]source.Parcel{{Delivery: assess.Delivery{Door: from.door, Source: from.name, Entries: s.Entries}}})
	if err := g.judge(ctx, b); err != nil {
		return 0, fmt.Errorf("supply figures of the city: %w", err)
	}
	var faults assess.Problems
	for _, r := range b.report.Rejected {
		faults = append(faults, r.Problem)
	}
	if err := faults.Err(); err != nil {
		return 0, err
	}
	if err := g.clear(ctx, b, s.Cleared); err != nil {
		return 0, err
	}
	b.intake.CityDrafts = s.Drafts
	b.intake.Proposed, b.intake.Proposals, b.intake.Round = s.Proposed, s.Steps, s.Round
	b.intake.Audit = append(s.Audit, b.intake.Audit...)
	if _, err := g.store.Commit(ctx, b.intake); err != nil {
		return 0, fmt.Errorf("supply figures of the city: %w", err)
	}
	return len(b.intake.Observations), nil
}

// clear opens cells again: what holds of them is that nothing was reported.
func (g *Gate) clear(ctx context.Context, b *batch, cells []assess.CellKey) error {
	if len(cells) == 0 {
		return nil
	}
	figures := make([]figure, len(cells))
	for i, c := range cells {
		figures[i].CellKey = c
	}
	state, err := g.load(ctx, b.shelf, nil, figures, true)
	if err != nil {
		return fmt.Errorf("clear figures of the city: %w", err)
	}
	for _, c := range cells {
		if held := state.held[c].State; held == "" || held == assess.Missing {
			continue
		}
		if state.shut(c.Period) {
			return assess.Conflict("problem.period_closed",
				fmt.Sprintf("%s is closed, so the figure stays as it is; have it corrected with a reason", c.Period), "period", c.Period.String())
		}
		b.intake.Observations = append(b.intake.Observations, assess.Observation{
			CellKey: c, State: assess.Missing, EnteredBy: b.from.actor, AcceptedBy: cmp.Or(b.from.acceptor, b.from.actor), RecordedAt: b.now,
		})
	}
	return nil
}
