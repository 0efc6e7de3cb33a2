package collect

import (
	"cmp"
	"context"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Pending is a figure of a district's report that was handed in and is not accepted yet: it waits for review, or was returned.
type Pending struct {
	assess.CellKey
	Holding
	// EnteredBy is the account or source that entered the figure; Submission is what it was handed in with, at ReceivedAt.
	EnteredBy  string
	Submission string
	Door       assess.Door
	ReceivedAt time.Time
}

// Pending answers what waits of a unit and quarter, and of the year it lies in, each cell with what was handed in last. What was
// accepted or adopted since is not among it.
func (g *Gate) Pending(ctx context.Context, unit assess.UnitCode, period assess.Period) ([]Pending, error) {
	shelf := newShelf(g.editions)
	waiting, err := g.waiting(ctx, unit, period)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	merged, err := shelf.merge(ctx, waiting)
	if err != nil {
		return nil, err
	}
	state, err := g.load(ctx, shelf, figuresOf(merged), false)
	if err != nil {
		return nil, err
	}
	var all []Pending
	for _, p := range merged {
		if state.overtaken(p) {
			continue
		}
		all = append(all, Pending{
			CellKey: p.CellKey, Holding: p.Holding, EnteredBy: p.enteredBy(), Submission: p.submission.ID, Door: p.submission.Door,
			ReceivedAt: p.submission.ReceivedAt,
		})
	}
	return all, nil
}

func figuresOf(pending []pendingFigure) []figure {
	figures := make([]figure, len(pending))
	for i, p := range pending {
		figures[i] = p.figure
	}
	return figures
}

// enteredBy answers who entered the figure: whoever typed it, or handed it in.
func (p pendingFigure) enteredBy() string { return cmp.Or(p.entry.EnteredBy, p.submission.EnteredBy) }
