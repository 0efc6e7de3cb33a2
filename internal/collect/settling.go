package collect

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
)

// Remedy is the way on which what a source says can become the figure.
type Remedy string

// The remedies.
const (
	Return  Remedy = "return"  // the figure goes back to its district, with the difference as the reason
	Correct Remedy = "correct" // a correction of the closed period is asked for
)

// Keep decides that a person's figure stays, for a reason: the source is wrong in what it says, and raises it no more by saying it again.
// ErrConflict for a difference that waits for nothing any more.
func (g *Gate) Keep(ctx context.Context, id, reason, by string, now time.Time) error {
	return g.say(ctx, id, assess.KeepDifference, reason, by, now)
}

// Answer keeps what a district says of a difference. It goes on waiting for its decision.
func (g *Gate) Answer(ctx context.Context, id, reason, by string, now time.Time) error {
	return g.say(ctx, id, assess.AnswerDifference, reason, by, now)
}

func (g *Gate) say(ctx context.Context, id string, action assess.DifferenceAction, reason, by string, now time.Time) error {
	ctx, done, err := g.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	c, err := g.goingDifference(ctx, id)
	if err != nil {
		return err
	}
	if err := checkWhy(reason); err != nil {
		return err
	}
	to := c.State
	if action == assess.KeepDifference {
		to = assess.DifferenceKept
	}
	c.Step(action, to, by, strings.TrimSpace(reason), now)
	in := assess.Intake{Differences: []assess.DifferenceChange{c}, Audit: []assess.AuditLine{differenceLine(&c)}}
	if _, err := g.store.Commit(ctx, in); err != nil {
		return fmt.Errorf("decide about a difference: %w", err)
	}
	return nil
}

// goingDifference answers a difference that waits for something, as it is about to be changed.
func (g *Gate) goingDifference(ctx context.Context, id string) (assess.DifferenceChange, error) {
	d, err := g.store.Difference(ctx, id)
	if err == nil && !d.State.Going() {
		err = assess.Conflict("problem.difference_over", "the difference is over: somebody has decided about it, or both say the same by now; look at the list anew")
	}
	return assess.DifferenceChange{Difference: d, Was: d.State}, err
}

// checkWhy wants to know why something is decided.
func checkWhy(reason string) error {
	switch n := utf8.RuneCountInString(reason); {
	case strings.TrimSpace(reason) == "":
		return assess.Invalid("problem.difference_reason", "a difference is decided with a reason; say in words why")
	case n > assess.LongestNote:
		return assess.TooLong("note", assess.LongestNote)
	}
	return nil
}

// differenceLine answers the line that the last step of a difference leaves in the audit log.
func differenceLine(c *assess.DifferenceChange) assess.AuditLine {
	s := c.Added[len(c.Added)-1]
	return assess.AuditLine{
		At: s.At, Actor: s.By, Action: "difference." + string(s.Action), Object: c.ID, Unit: c.Unit, Before: s.Held,
		After: strings.TrimSuffix(fmt.Sprintf("%s %s says %s: %s", c.Period, c.Item, s.Said, s.Note), ": "), Result: "ok",
	}
}

// Remedy answers how what a source says can become the figure. Where there is no way now, the error is ErrConflict and says what to wait
// for. A source's word never becomes the figure by itself.
func (g *Gate) Remedy(ctx context.Context, d *assess.Difference, now time.Time) (Remedy, error) {
	r, err := g.readReview(ctx, reportKey{d.Unit, d.Period.LastQuarter()}, Reviewer{}, now)
	if err != nil {
		return "", err
	}
	return r.remedy(d)
}

func (r *review) remedy(d *assess.Difference) (Remedy, error) {
	cells := r.cells(d.Item)
	state := r.cell(d.Item, cells)
	definition := r.book.codes[d.Item]
	switch {
	case d.State != assess.DifferenceOpen:
		return "", assess.Conflict("problem.difference_taken", "that the source is right was decided already; wait for the figure, or decide that it stays")
	case r.state.shut(d.Period):
		return Correct, nil
	case definition == nil || definition.item.Origin != assess.FromDistrict:
		return "", assess.Conflict("problem.difference_city", "the figure is the city's own; change it on the city's desk, or decide that it stays")
	case state == assess.CellReturned:
		return "", assess.Conflict("problem.difference_returned", "the figure is with its district, which can take the source's; wait for its answer")
	case !r.handedIn():
		return "", assess.Conflict("problem.review_not_in",
			fmt.Sprintf("unit %s is filling in its report for %s and has not handed it in yet; wait until it is signed", r.unit, r.period),
			"unit", string(r.unit), "period", r.period.String())
	case len(cells) > 0 && r.returns[d.Item] < mostRounds && !r.state.over(r.reportKey):
		return Return, nil
	}
	return "", assess.Conflict("problem.difference_later",
		fmt.Sprintf("the figure is accepted, and changed by a correction once %s is closed; until then it stays", r.period), "period", r.period.String())
}

// Take decides that a source is right about a figure that was handed in and is not accepted: it is returned to its district for a reason of
// the catalogue. ErrConflict where there is no such way, or the figure is not what it was when the two were compared.
func (g *Gate) Take(ctx context.Context, id string, reason assess.Code, note string, by Reviewer, now time.Time) error {
	ctx, done, err := g.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	c, err := g.goingDifference(ctx, id)
	if err != nil {
		return err
	}
	r, err := g.review(ctx, reportKey{c.Unit, c.Period.LastQuarter()}, by, now)
	if err != nil {
		return err
	}
	switch remedy, err := r.remedy(&c.Difference); {
	case err != nil:
		return err
	case remedy != Return:
		return assess.Conflict("problem.difference_closed", "the period is closed by now; ask for a correction")
	}
	i := slices.IndexFunc(r.pending, func(p pendingFigure) bool { return p.CellKey == c.CellKey })
	if i < 0 || r.pending[i].text() != c.Held.Text() {
		return assess.Conflict("problem.difference_moved", "the difference has moved on: somebody has dealt with it, or one of the two figures has changed; look at the list anew")
	}
	verdict := []Verdict{{Item: c.Item, Reason: reason, Note: note}}
	if err := r.check(verdict); err != nil {
		return err
	}
	if err := r.say(verdict[0]); err != nil {
		return err
	}
	c.Held.Submission = r.pending[i].submission.ID
	c.Step(assess.TakeDifference, assess.DifferenceTaken, by.By, note, now)
	r.intake.Differences = append(r.intake.Differences, c)
	return g.close(ctx, r, differenceLine(&c))
}

// Taken answers the change of a difference that goes with a request to correct its figure; both are written together.
func (g *Gate) Taken(ctx context.Context, id, note, by string, now time.Time) (assess.DifferenceChange, error) {
	c, err := g.goingDifference(ctx, id)
	if err != nil {
		return c, err
	}
	switch remedy, err := g.Remedy(ctx, &c.Difference, now); {
	case err != nil:
		return c, err
	case remedy != Correct:
		return c, assess.Conflict("problem.difference_open", "the period is open; return the figure to its district")
	}
	c.Step(assess.TakeDifference, assess.DifferenceTaken, by, note, now)
	return c, nil
}
