package collect

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// review is the report of a unit and quarter on the table of a reviewer.
type review struct {
	reportKey
	Reviewer
	now     time.Time
	book    *book
	state   *state
	waiting []assess.Submission
	// pending are the figures that wait; decided is the last decision about each item, returns how often it was sent back.
	pending []pendingFigure
	decided map[assess.Code]assess.Decision
	returns map[assess.Code]int
	drafts  map[assess.Code]int64 // revisions
	intake  assess.Intake
	steps   []assess.FilingChange
}

// Decide accepts and returns figures of a report, all of them or none. What is accepted becomes an observation at once, and the
// report is accepted when nothing waits any more. What is returned goes on waiting until the district hands it in again, which
// submits the report anew. Errors: ErrConflict for a figure that was decided about already, that nothing waits of, that came back
// twice or whose period is closed; ErrForbidden for figures of another department or the reviewer's own; ErrInvalid for a return
// that does not say why.
func (g *Gate) Decide(ctx context.Context, unit assess.UnitCode, period assess.Period, verdicts []Verdict, by Reviewer, now time.Time) error {
	ctx, done, err := g.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	r, err := g.review(ctx, reportKey{unit, period}, by, now)
	if err != nil {
		return err
	}
	if err := r.check(verdicts); err != nil {
		return err
	}
	for _, v := range verdicts {
		if err := r.say(v); err != nil {
			return err
		}
	}
	return g.close(ctx, r)
}

// AcceptAll accepts everything that waits of a report, whose department's it is. One that is with its district again waits for it,
// and is ErrConflict.
func (g *Gate) AcceptAll(ctx context.Context, unit assess.UnitCode, period assess.Period, by string, now time.Time) error {
	ctx, done, err := g.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	r, err := g.review(ctx, reportKey{unit, period}, Reviewer{By: by}, now)
	if err != nil {
		return err
	}
	switch r.state.filing(r.reportKey).State {
	case assess.Submitted, assess.UnderReview:
	case assess.Accepted, assess.NotStarted: // to which only annual figures were added
		if len(r.waiting) > 0 {
			break
		}
		fallthrough
	default:
		return r.nothingWaits()
	}
	if len(r.items()) == 0 {
		return r.nothingWaits()
	}
	for _, item := range r.items() {
		if err := r.say(Verdict{Item: item, Accept: true}); err != nil {
			return err
		}
	}
	return g.close(ctx, r)
}

// review reads a report that is to be decided about: ErrConflict where its period is closed, or it was not handed in yet.
func (g *Gate) review(ctx context.Context, key reportKey, by Reviewer, now time.Time) (*review, error) {
	r, err := g.readReview(ctx, key, by, now)
	switch {
	case err != nil:
		return nil, err
	case r.state.shut(key.period) || r.state.over(key):
		return nil, assess.Conflict("problem.review_closed",
			fmt.Sprintf("%s is closed, so its reports are neither accepted nor returned; corrections go the correction path", key.period),
			"period", key.period.String())
	case !r.handedIn():
		return nil, assess.Conflict("problem.review_not_in",
			fmt.Sprintf("unit %s is filling in its report for %s and has not handed it in yet; wait until it is signed", key.unit, key.period),
			"unit", string(key.unit), "period", key.period.String())
	}
	return r, nil
}

// handedIn says whether a report is the city's to decide about. One that is with its district is when somebody has decided about it
// before; what only its system handed in, its people may take over until then.
func (r *review) handedIn() bool {
	switch r.state.filing(r.reportKey).State {
	case assess.Draft, assess.PendingSignature, assess.SentBack:
		return len(r.decided) > 0
	}
	return true
}

// sweep is what the reviews of several reports share: the definitions, and what was read of whole periods for the last of them.
type sweep struct {
	*shelf
	last *state
}

func (g *Gate) newSweep() *sweep { return &sweep{shelf: newShelf(g.editions), last: newState(0)} }

// readReview reads a report with what waits of it and what was said of it.
func (g *Gate) readReview(ctx context.Context, key reportKey, by Reviewer, now time.Time) (*review, error) {
	return g.readNext(ctx, &sweep{shelf: newShelf(g.editions)}, key, by, now)
}

// readNext reads a report as one of several, so that of many units the reports of all are read once and not for each.
func (g *Gate) readNext(ctx context.Context, shared *sweep, key reportKey, by Reviewer, now time.Time) (*review, error) {
	r := &review{reportKey: key, Reviewer: by, now: now, decided: map[assess.Code]assess.Decision{}, returns: map[assess.Code]int{}, drafts: map[assess.Code]int64{}}
	var err error
	if r.book, err = shared.book(ctx, key.period.CalendarYear()); err != nil {
		return nil, err
	}
	if r.book == nil {
		return nil, assess.NotFound("problem.period_undefined", fmt.Sprintf("nothing is defined for %s; check the period", key.period), "period", key.period.String())
	}
	if r.waiting, err = g.waiting(ctx, key.unit, key.period); err != nil {
		return nil, err
	}
	merged, err := shared.merge(ctx, r.waiting)
	if err != nil {
		return nil, err
	}
	if r.state, err = g.load(ctx, shared.shelf, shared.last, append(figuresOf(merged), key.anything()...), false); err != nil {
		return nil, err
	}
	shared.last = r.state
	return r, g.readDecisions(ctx, r, merged)
}

func (g *Gate) readDecisions(ctx context.Context, r *review, merged []pendingFigure) error {
	decisions, err := g.store.Decisions(ctx, r.period, r.unit)
	if err != nil {
		return fmt.Errorf("read decisions: %w", err)
	}
	for _, d := range decisions { // oldest first
		r.decided[d.Item] = d
		if !d.Accepted {
			r.returns[d.Item]++
		}
	}
	drafts, err := g.store.Drafts(ctx, r.unit, r.period)
	if err != nil {
		return fmt.Errorf("read drafts: %w", err)
	}
	for _, d := range drafts {
		r.drafts[d.Item] = d.Revision
	}
	r.pending = r.state.undecided(merged, r.decided)
	return nil
}

// items answers the items that wait, in the order in which they came.
func (r *review) items() (items []assess.Code) {
	for _, p := range r.pending {
		if !slices.Contains(items, p.Item) {
			items = append(items, p.Item)
		}
	}
	return items
}

// waits answers the items of which a figure waits for its verdict: neither what was returned and has no answer, nor what was declared
// missing.
func (r *review) waits() (items []assess.Code) {
	for _, item := range r.items() {
		cells := r.cells(item)
		real := slices.ContainsFunc(cells, func(p pendingFigure) bool { return p.State != assess.Missing })
		if real && r.cell(item, cells) != assess.CellReturned {
			items = append(items, item)
		}
	}
	return items
}

// close takes the report to where the decisions bring it, and writes everything.
func (g *Gate) close(ctx context.Context, r *review, lines ...assess.AuditLine) error {
	if err := r.move(); err != nil {
		return err
	}
	return g.write(ctx, r, lines...)
}

// write writes a review, with lines beside its own.
func (g *Gate) write(ctx context.Context, r *review, lines ...assess.AuditLine) error {
	if _, err := g.store.Commit(ctx, r.change(lines...)); err != nil {
		return fmt.Errorf("review %s %s: %w", r.unit, r.period, err)
	}
	return nil
}

// change answers what a review changes, with lines beside its own.
func (r *review) change(lines ...assess.AuditLine) assess.Intake {
	r.settle()
	r.intake.Filings = r.steps
	if len(r.intake.Decisions) > 0 {
		r.intake.Audit = r.lines()
	}
	r.intake.Audit = slices.Concat(r.intake.Audit, filingLines(r.steps), lines)
	return r.intake
}

// move answers the steps of the report. Several departments review side by side: what one returns goes back while the figures of
// the others still wait.
func (r *review) move() error {
	var back []assess.Decision
	for _, d := range r.intake.Decisions {
		if !d.Accepted {
			back = append(back, d)
		}
	}
	if r.state.filing(r.reportKey).State == assess.Submitted {
		if err := r.step(cycle.Review); err != nil {
			return err
		}
	}
	under := r.state.filing(r.reportKey).State == assess.UnderReview
	switch {
	case len(back) > 0 && under:
		return r.giveBack(cycle.Return, back)
	case len(back) > 0 && !r.state.filing(r.reportKey).SubmittedAt.IsZero():
		return r.giveBack(cycle.ReturnMore, back)
	case len(back) > 0:
		return r.giveBack(cycle.Return, back) // which its state refuses
	case under && len(r.waits()) == 0:
		return r.accept()
	}
	return nil
}

// accept takes a report on of which nothing waits any more. One in which figures are empty, because nobody has signed it, waits for
// them until the cut-off; from then on they are missing.
func (r *review) accept() error {
	ended := r.state.ended(r.period, r.now)
	if !ended && len(r.unreported()) > 0 {
		return nil
	}
	err := r.step(cycle.Accept)
	if n := len(r.steps); err == nil && ended {
		r.steps[n-1].Items = r.lost()
	}
	return err
}

// unreported answers the items that the district owes and of which nothing is there.
func (r *review) unreported() (items []assess.Code) {
	for _, item := range r.state.unreported(r.reportKey, r.book.owed(r.period)) {
		// That one cannot be had is accepted like a figure, and makes no observation.
		if len(r.cells(item)) == 0 && !r.observed(item) && !r.decided[item].Accepted {
			items = append(items, item)
		}
	}
	return items
}

// lost answers the items that the district owes and of which nothing counts and nothing waits.
func (r *review) lost() (items []assess.Code) {
	waits := r.waits()
	for _, item := range r.state.unreported(r.reportKey, r.book.owed(r.period)) {
		if !r.observed(item) && !slices.Contains(waits, item) {
			items = append(items, item)
		}
	}
	return items
}

// observed says whether an item was accepted just now.
func (r *review) observed(item assess.Code) bool {
	return slices.ContainsFunc(r.intake.Observations, func(o assess.Observation) bool { return o.Item == item })
}

func (r *review) step(action cycle.Action) error {
	changes, err := r.state.step(r.reportKey, r.By, r.now, action)
	r.steps = append(r.steps, changes...)
	return err
}

// giveBack takes the report back to its district, naming the figures. A report that has gone back already stays, and the step is
// written all the same: its figures count.
func (r *review) giveBack(action cycle.Action, back []assess.Decision) error {
	from := r.state.filing(r.reportKey).State
	to, err := cycle.Next(from, action)
	if err != nil {
		return err
	}
	step := assess.FilingChange{Unit: r.unit, Period: r.period, From: from, To: to, At: r.now, By: r.By, Reason: back[0].Reason, Note: back[0].Note}
	for _, d := range back {
		step.Items = append(step.Items, d.Item)
		if d.Reason != step.Reason || d.Note != step.Note {
			step.Reason, step.Note = "", "" // each figure has its own: they stand with the decisions
		}
	}
	r.steps = append(r.steps, step)
	return nil
}

// settle lets go of the submissions of which nothing waits any more. With an accepted report goes what was declared missing, or
// returned and never answered.
func (r *review) settle() {
	wanted := map[string]bool{}
	for _, p := range r.pending {
		if len(r.steps) == 0 || r.steps[len(r.steps)-1].To != assess.Accepted {
			wanted[p.submission.ID] = true
		}
	}
	for _, s := range r.waiting {
		if !wanted[s.ID] {
			r.intake.Settled = append(r.intake.Settled, s.ID)
		}
	}
}

// lines answers what the decisions leave in the audit log: one for all that was accepted, one for each return.
func (r *review) lines() []assess.AuditLine {
	var accepted []assess.Code
	var lines []assess.AuditLine
	for _, d := range r.intake.Decisions {
		if d.Accepted {
			accepted = append(accepted, d.Item)
			continue
		}
		lines = append(lines, assess.AuditLine{
			At: r.now, Actor: r.By, Action: "review.return", Object: r.period.String() + " " + string(d.Item), Unit: r.unit, Before: d.Value,
			After: fmt.Sprintf("%s: %s", d.Reason, d.Note), Result: "ok",
		})
	}
	if len(accepted) > 0 || len(lines) == 0 {
		line := assess.AuditLine{
			At: r.now, Actor: r.By, Action: "review.accept", Object: r.period.String(), Unit: r.unit,
			After: fmt.Sprintf("observations %d: %s", len(r.intake.Observations), list(accepted)), Result: "ok",
		}
		lines = append([]assess.AuditLine{line}, lines...)
	}
	return lines
}
