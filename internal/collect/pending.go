package collect

import (
	"cmp"
	"context"
	"fmt"
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

// waiting answers what waits of a period, and of the year a quarter lies in: the annual figures ride with a quarter.
func (g *Gate) waiting(ctx context.Context, unit assess.UnitCode, period assess.Period) ([]assess.Submission, error) {
	periods := []assess.Period{period}
	if period.Kind() == assess.Quarter {
		periods = append(periods, period.Year())
	}
	var all []assess.Submission
	for _, p := range periods {
		submissions, err := g.store.Waiting(ctx, unit, p)
		if err != nil {
			return nil, fmt.Errorf("read waiting submissions: %w", err)
		}
		all = append(all, submissions...)
	}
	return all, nil
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
	state, err := g.load(ctx, shelf, nil, figuresOf(merged), false)
	if err != nil {
		return nil, err
	}
	decisions, err := g.store.Decisions(ctx, period, unit)
	if err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	last := map[assess.Code]assess.Decision{}
	for _, d := range decisions {
		last[d.Item] = d
	}
	var all []Pending
	for _, p := range state.undecided(merged, last) {
		all = append(all, Pending{
			CellKey: p.CellKey, Holding: p.Holding, EnteredBy: p.enteredBy(), Submission: p.submission.ID, Door: p.submission.Door,
			ReceivedAt: p.submission.ReceivedAt,
		})
	}
	return all, nil
}

// undecided answers those of some waiting figures that go on waiting: neither overtaken nor accepted since they were handed in. The
// decisions are the last about each item.
func (s *state) undecided(merged []pendingFigure, decided map[assess.Code]assess.Decision) (waits []pendingFigure) {
	for _, p := range merged {
		if d := decided[p.Item]; !s.overtaken(p) && !(d.Accepted && d.Submission == p.submission.ID) {
			waits = append(waits, p)
		}
	}
	return waits
}

// anything stands for the cells of a report and of its year, whatever their items.
func (k reportKey) anything() []figure {
	return []figure{
		{CellKey: assess.CellKey{Unit: k.unit, Period: k.period}},
		{CellKey: assess.CellKey{Unit: k.unit, Period: k.period.Year()}},
	}
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

// pendingFigure is a figure that waits for review, with the submission it came in.
type pendingFigure struct {
	figure
	submission *assess.Submission
}

// pending answers the figures of a report that wait for review, each cell with what was handed in last.
func (g *Gate) pending(ctx context.Context, shelf *shelf, key reportKey) ([]pendingFigure, error) {
	submissions, err := g.store.Waiting(ctx, key.unit, key.period)
	if err != nil {
		return nil, fmt.Errorf("read waiting submissions: %w", err)
	}
	return shelf.merge(ctx, submissions)
}

// overtaken says whether a figure that waits is older than what was adopted for its cell since – a correction by the city, a file
// that counted at once – or was accepted itself. It does not become an observation any more.
func (s *state) overtaken(p pendingFigure) bool {
	return s.from[p.CellKey] == p.submission.ID || s.adopted[p.CellKey].After(p.submission.ReceivedAt)
}

// merge reads submissions again. Among their figures are those that a person has declared missing. What a sender was allowed to say was
// decided when it came, and the rows were good then; one that no longer is, because the definitions changed, is left out.
func (s *shelf) merge(ctx context.Context, submissions []assess.Submission) ([]pendingFigure, error) {
	var order []assess.CellKey
	last := map[assess.CellKey]pendingFigure{}
	for i := range submissions {
		sub := &submissions[i]
		anyone := sender{name: sub.Source, supplies: everyOrigin()}
		for _, e := range sub.Entries {
			f, fault, err := s.read(ctx, anyone, e)
			if err != nil {
				return nil, err
			}
			if fault != nil {
				continue
			}
			if _, ok := last[f.CellKey]; !ok {
				order = append(order, f.CellKey)
			}
			last[f.CellKey] = pendingFigure{f, sub}
		}
	}
	merged := make([]pendingFigure, len(order))
	for i, key := range order {
		merged[i] = last[key]
	}
	return merged, nil
}
