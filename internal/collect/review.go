package collect

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// Accept makes observations of everything that waits of a unit and quarter, and of the year it lies in, and takes the report to
// accepted. It is refused when nothing waits, when the period is closed or its state does not allow it (ErrConflict), and to the
// account that handed the figures in (ErrForbidden).
func (g *Gate) Accept(ctx context.Context, unit assess.UnitCode, period assess.Period, by string, now time.Time) error {
	g.deciding.Lock()
	defer g.deciding.Unlock()
	shelf := newShelf(g.editions)
	waiting, err := g.waiting(ctx, unit, period)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(waiting, func(s assess.Submission) bool { return s.EnteredBy == by }) {
		return assess.Forbidden("problem.accept_own", "who handed figures in cannot accept them; let another account do it")
	}
	merged, err := shelf.merge(ctx, waiting)
	if err != nil {
		return err
	}
	key := reportKey{unit, period}
	state, err := g.loadReview(ctx, shelf, key, merged)
	if err != nil {
		return err
	}
	steps, err := state.accept(key, by, now, len(waiting) > 0)
	if err != nil {
		return err
	}
	in := assess.Intake{Filings: steps, Observations: acceptable(merged, state, by, now)}
	for _, s := range waiting {
		in.Settled = append(in.Settled, s.ID)
	}
	in.Audit = append([]assess.AuditLine{{
		At: now, Actor: by, Action: "review.accept", Object: period.String(), Unit: unit,
		After: fmt.Sprintf("observations %d", len(in.Observations)), Result: "ok",
	}}, filingLines(steps)...)
	if _, err := g.store.Commit(ctx, in); err != nil {
		return fmt.Errorf("accept %s %s: %w", unit, period, err)
	}
	return nil
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

// loadReview reads what is held of the report and of what waits for it.
func (g *Gate) loadReview(ctx context.Context, shelf *shelf, key reportKey, merged []pendingFigure) (*state, error) {
	figures := []figure{{CellKey: assess.CellKey{Unit: key.unit, Period: key.period}}}
	for _, p := range merged {
		figures = append(figures, p.figure)
	}
	state, err := g.load(ctx, shelf, figures, false)
	if err != nil {
		return nil, err
	}
	if state.shut(key.period) || state.over(key) {
		return nil, assess.Conflict("problem.review_closed",
			fmt.Sprintf("%s is closed, so its reports are neither accepted nor returned; corrections go the correction path", key.period),
			"period", key.period.String())
	}
	return state, nil
}

// accept answers the steps that take a report to accepted. An accepted report, to which only annual figures were added, stays.
func (s *state) accept(key reportKey, by string, at time.Time, waits bool) ([]assess.FilingChange, error) {
	switch s.filing(key).State {
	case assess.Submitted:
		return s.step(key, by, at, cycle.Review, cycle.Accept)
	case assess.UnderReview:
		return s.step(key, by, at, cycle.Accept)
	case assess.Accepted, assess.NotStarted:
		if waits {
			return nil, nil
		}
	}
	return nil, assess.Conflict("problem.nothing_waits",
		fmt.Sprintf("nothing of unit %s in %s waits for review; look at the state of its report", key.unit, key.period),
		"unit", string(key.unit), "period", key.period.String())
}

// acceptable answers the observations of what waited and differs from what is held. Over what was adopted in the meantime, or
// marked as not applicable by the city, a figure that waited does not prevail.
func acceptable(merged []pendingFigure, state *state, by string, now time.Time) []assess.Observation {
	var all []assess.Observation
	for _, p := range merged {
		held, known := state.held[p.CellKey]
		if p.State == assess.Missing || known && (p.says(held) || held.State == assess.Exempt || state.overtaken(p)) {
			continue
		}
		all = append(all, assess.Observation{
			CellKey: p.CellKey, State: p.State, Value: p.Value, Note: p.Note, Submission: p.submission.ID, Run: p.submission.Run,
			EnteredBy: p.enteredBy(), AcceptedBy: by, RecordedAt: now,
		})
	}
	return all
}

// Return sends cells of a submitted report back, with a reason of the catalogue and words. What waits goes on waiting; what the
// district hands in next replaces it cell by cell and submits the report again.
func (g *Gate) Return(ctx context.Context, unit assess.UnitCode, period assess.Period, items []assess.Code, reason assess.Code, note, by string, now time.Time) error {
	g.deciding.Lock()
	defer g.deciding.Unlock()
	shelf := newShelf(g.editions)
	if err := shelf.checkReturn(ctx, period, items, reason, note); err != nil {
		return err
	}
	key := reportKey{unit, period}
	state, err := g.loadReview(ctx, shelf, key, nil)
	if err != nil {
		return err
	}
	var actions []cycle.Action
	if state.filing(key).State == assess.Submitted {
		actions = append(actions, cycle.Review)
	}
	steps, err := state.step(key, by, now, append(actions, cycle.Return)...)
	if err != nil {
		return err
	}
	last := &steps[len(steps)-1]
	last.Reason, last.Note, last.Items = reason, note, items
	if _, err := g.store.Commit(ctx, assess.Intake{Filings: steps, Audit: filingLines(steps)}); err != nil {
		return fmt.Errorf("return %s %s: %w", unit, period, err)
	}
	return nil
}

// checkReturn wants to know what is returned and why: nobody should have to guess.
func (s *shelf) checkReturn(ctx context.Context, period assess.Period, items []assess.Code, reason assess.Code, note string) error {
	book, err := s.book(ctx, period.CalendarYear())
	if err != nil {
		return err
	}
	if book == nil {
		return assess.NotFound("problem.period_undefined", fmt.Sprintf("nothing is defined for %s; check the period", period), "period", period.String())
	}
	if len(items) == 0 || strings.TrimSpace(note) == "" {
		return assess.Invalid("problem.return_why", "a return names the figures and says in words what is wrong; give both")
	}
	for _, item := range items {
		if book.codes[item] == nil {
			return assess.Invalid("problem.return_item", fmt.Sprintf("%s is not an item; name the figures by their codes", quoted(string(item))),
				"item", string(item))
		}
	}
	reasons := make([]assess.Code, len(book.edition.Reasons))
	for i, r := range book.edition.Reasons {
		reasons[i] = r.Code
	}
	if !slices.Contains(reasons, reason) {
		return assess.Invalid("problem.return_reason", fmt.Sprintf("%s is not a reason for a return; give one of %s", quoted(string(reason)), list(reasons)),
			"reason", string(reason), "reasons", list(reasons))
	}
	return nil
}
