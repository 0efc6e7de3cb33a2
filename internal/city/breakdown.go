package city

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/score"
)

// TargetSheet is everything about the target of one indicator and year.
type TargetSheet struct {
	Year      int
	Edition   *assess.Edition
	Framework *assess.Framework
	Dimension *assess.Node
	Node      *assess.Node
	Units     []assess.Unit
	// Held are the targets of the units as they hold, LastTargets those of the year before.
	Held, LastTargets []TargetCell
	// Versions are the breakdowns that were issued or are being worked on, oldest first.
	Versions []assess.Breakdown
	Draft    *assess.Breakdown // nil: none
	// Starts are the quarters in which a new version may begin to hold, the zero Period for the whole year. None: see Locked.
	Starts []assess.Period
	// Change says that targets hold already, so that a new version needs a reason.
	Change bool
	Locked *assess.Problem // why nothing can be changed any more; nil where it can
	// Bases are the items whose figures may be the basis, the indicator's own first; Periods those they may be of, newest first.
	Bases   []assess.Item
	Periods []assess.Period
}

// Division is what an analyst asks for: how to share a total out.
type Division struct {
	Year int
	Code assess.Code
	// Version and Revision are those of the draft that was seen, 0 for a new one.
	Version     int
	Revision    int64
	Total, Step decimal.Decimal
	Basis       assess.Basis
	From        assess.Period
	Reason      string
	// Pins are the portions that were set by hand.
	Pins map[assess.UnitCode]decimal.Decimal
}

// TargetSheet answers the sheet of an indicator. One that there is not, or that takes no target for each unit, is ErrNotFound.
func (d *Desk) TargetSheet(ctx context.Context, year int, code assess.Code, now time.Time) (*TargetSheet, error) {
	edition, err := d.Editions.Edition(ctx, year)
	if err != nil {
		return nil, fmt.Errorf("target of %s for %d: %w", code, year, err)
	}
	f, node, ok := edition.Indicator(code)
	if !ok || !node.Indicator.TargetPerUnit() {
		return nil, assess.NotFound("problem.target_none",
			fmt.Sprintf("%s has no target that is set for each unit; choose an indicator from the table of targets", code), "code", string(code))
	}
	s := &TargetSheet{
		Year: year, Edition: edition, Framework: f, Dimension: above(f, node), Node: node, Units: unitsOf(edition, assess.NewYear(year)),
		Bases: bases(edition, node), Periods: basisPeriods(year, now.In(d.Zone)),
	}
	held, err := d.heldTargets(ctx, year)
	if err != nil {
		return nil, err
	}
	last, err := d.heldTargets(ctx, year-1)
	if err != nil {
		return nil, err
	}
	for _, u := range s.Units {
		s.Held = append(s.Held, held.cell(u.Code, code))
		s.LastTargets = append(s.LastTargets, last.cell(u.Code, code))
	}
	versions, err := d.Store.Breakdowns(ctx, year)
	if err != nil {
		return nil, fmt.Errorf("target of %s for %d: %w", code, year, err)
	}
	s.Versions = slices.DeleteFunc(versions, func(b assess.Breakdown) bool { return b.Code != code || b.State == assess.BreakdownDiscarded })
	s.Draft = draftOf(s.Versions, code)
	s.Change = held.some(code)
	return s, d.open(ctx, s, now)
}

func draftOf(versions []assess.Breakdown, code assess.Code) *assess.Breakdown {
	for i := range versions {
		if versions[i].Code == code && versions[i].State == assess.BreakdownDraft {
			return &versions[i]
		}
	}
	return nil
}

// bases answers the items that may be shared by: those the indicator is made of, then whatever is counted at the end of a period.
func bases(e *assess.Edition, node *assess.Node) []assess.Item {
	var own, stocks []assess.Item
	for _, i := range e.Items {
		switch {
		case i.Type != assess.Count && i.Type != assess.Money || i.Origin == assess.Computed:
		case i.Code == node.Indicator.Value.Item || i.Code == node.Indicator.Value.Numerator:
			own = append(own, i)
		case i.Accumulation == assess.Stock:
			stocks = append(stocks, i)
		}
	}
	return append(own, stocks...)
}

// basisPeriods answers the quarters and years whose figures a year's targets may be shared by, newest first: those that have begun,
// back to the beginning of the year before the last.
func basisPeriods(year int, now time.Time) []assess.Period {
	var periods []assess.Period
	for y := year; y >= year-2; y-- {
		for _, p := range append([]assess.Period{assess.NewYear(y)}, reversed(assess.NewYear(y).Quarters())...) {
			if !p.FirstDay().After(now) {
				periods = append(periods, p)
			}
		}
	}
	return periods
}

func reversed(periods []assess.Period) []assess.Period {
	slices.Reverse(periods)
	return periods
}

// open fills in from when a new version may hold. What holds is locked on the day on which the collection of a quarter is announced
// (D−10); a target that was never set may still be, as long as no quarter it would hold in is closed.
func (d *Desk) open(ctx context.Context, s *TargetSheet, now time.Time) error {
	cycles, err := d.Store.Cycles(ctx)
	if err != nil {
		return fmt.Errorf("target of %s for %d: %w", s.Node.Code, s.Year, err)
	}
	for _, q := range assess.NewYear(s.Year).Quarters() {
		plan, err := d.Gate.Plan(ctx, q)
		if err != nil {
			return fmt.Errorf("target of %s for %d: %w", s.Node.Code, s.Year, err)
		}
		closed := slices.ContainsFunc(cycles, func(c assess.Cycle) bool { return c.Period == q && c.State.Closed() })
		if closed || s.Change && !now.Before(plan.Step(cycle.StepNotice).At) {
			continue
		}
		if q.Part() == 1 {
			q = assess.Period{}
		}
		s.Starts = append(s.Starts, q)
	}
	if len(s.Starts) == 0 {
		s.Locked = assess.Conflict("problem.breakdown_locked",
			fmt.Sprintf("the targets of %d are locked; a change is for the year after, or a correction with a reason", s.Year), "year", strconv.Itoa(s.Year))
	}
	return nil
}

// Divide shares a total out and keeps it as the draft of the indicator, and answers the draft. Errors are Problems: what Spread
// refuses; a locked year, a quarter in which a change cannot begin, a missing reason; a draft that somebody else has changed
// (ErrConflict).
func (d *Desk) Divide(ctx context.Context, q Division, act Act) (assess.Breakdown, error) {
	s, err := d.TargetSheet(ctx, q.Year, q.Code, act.At)
	if err != nil {
		return assess.Breakdown{}, err
	}
	q.Reason = strings.TrimSpace(q.Reason)
	if err := s.check(q.From, q.Reason); err != nil {
		return assess.Breakdown{}, err
	}
	b := assess.Breakdown{
		Year: q.Year, Code: q.Code, Version: q.Version, State: assess.BreakdownDraft, Total: q.Total, Step: q.Step, Basis: q.Basis, From: q.From,
		Reason: q.Reason, Revision: q.Revision + 1, By: act.By.Name, At: act.At,
	}
	if b.Version == 0 {
		if b.Version, err = d.nextVersion(ctx, q.Year, q.Code); err != nil {
			return b, err
		}
	}
	weights, err := d.weights(ctx, s, q.Basis)
	if err != nil {
		return b, err
	}
	for _, u := range s.Units {
		p := assess.Portion{Unit: u.Code}
		p.Weight, p.Known = weights(u.Code)
		p.Value, p.Pinned = q.Pins[u.Code]
		b.Portions = append(b.Portions, p)
	}
	if b.Portions, err = Spread(b.Total, b.Step, b.Portions); err != nil {
		return b, err
	}
	line := act.line("targets.draft", fmt.Sprintf("%s %d v%d", b.Code, b.Year, b.Version))
	line.After = b.Total.String()
	return b, d.Store.PutBreakdown(ctx, b, nil, line)
}

// nextVersion answers the number of a new draft. While there is one, who began another did not see it, and its number is answered:
// the store then says that it has moved on.
func (d *Desk) nextVersion(ctx context.Context, year int, code assess.Code) (int, error) {
	all, err := d.Store.Breakdowns(ctx, year)
	if err != nil {
		return 0, fmt.Errorf("divide the target of %s: %w", code, err)
	}
	if draft := draftOf(all, code); draft != nil {
		return draft.Version, nil
	}
	next := 1
	for _, b := range all {
		if b.Code == code {
			next = max(next, b.Version+1)
		}
	}
	return next, nil
}

// check answers why a version cannot begin in a quarter, or lacks its reason.
func (s *TargetSheet) check(from assess.Period, reason string) error {
	switch {
	case s.Locked != nil:
		return s.Locked
	case !slices.Contains(s.Starts, from):
		first := s.Starts[0]
		if first.IsZero() {
			first = assess.NewYear(s.Year)
		}
		return assess.Conflict("problem.breakdown_from",
			fmt.Sprintf("the targets of that quarter are locked since the tenth working day before its end; let the change begin in %s or later", first), "first", first.String())
	case s.Change && reason == "":
		return assess.Invalid("problem.breakdown_reason", "targets hold already, so a change needs a reason; write why it is made")
	}
	return nil
}

// Issue sets the targets of a draft. Whatever was to begin to hold later in the year is replaced, too. Errors are those of Divide,
// and a target that the indicator cannot be scored with.
func (d *Desk) Issue(ctx context.Context, year int, code assess.Code, version int, revision int64, act Act) error {
	s, b, err := d.draft(ctx, year, code, version, act.At)
	if err != nil {
		return err
	}
	if err := s.check(b.From, b.Reason); err != nil {
		return err
	}
	held, err := d.heldTargets(ctx, year)
	if err != nil {
		return err
	}
	var targets []assess.Target
	for _, p := range b.Portions {
		t := assess.Target{Unit: p.Unit, Period: assess.NewYear(year), Code: code, Value: p.Value, From: b.From}
		if fault := score.CheckTarget(s.Framework, t); fault != nil {
			return fault
		}
		targets = append(targets, t)
		for _, later := range held[p.Unit][code] {
			if later.From.Compare(b.From) > 0 {
				t.From = later.From
				targets = append(targets, t)
			}
		}
	}
	b.State, b.Revision, b.IssuedBy, b.IssuedAt = assess.BreakdownIssued, revision+1, act.By.Name, act.At
	line := act.line("targets.issue", fmt.Sprintf("%s %d v%d", code, year, version))
	line.After = strings.TrimSpace(b.Total.String() + " " + b.From.String() + " " + b.Reason)
	return d.Store.PutBreakdown(ctx, b, targets, line)
}

// Discard gives a draft up. It stays in the store and is shown no more.
func (d *Desk) Discard(ctx context.Context, year int, code assess.Code, version int, revision int64, act Act) error {
	_, b, err := d.draft(ctx, year, code, version, act.At)
	if err != nil {
		return err
	}
	b.State, b.Revision, b.By, b.At = assess.BreakdownDiscarded, revision+1, act.By.Name, act.At
	return d.Store.PutBreakdown(ctx, b, nil, act.line("targets.discard", fmt.Sprintf("%s %d v%d", code, year, version)))
}

// draft answers the draft of an indicator, which must be the version that was seen.
func (d *Desk) draft(ctx context.Context, year int, code assess.Code, version int, now time.Time) (*TargetSheet, assess.Breakdown, error) {
	s, err := d.TargetSheet(ctx, year, code, now)
	if err != nil {
		return nil, assess.Breakdown{}, err
	}
	if s.Draft == nil || s.Draft.Version != version {
		return nil, assess.Breakdown{}, assess.Conflict("problem.breakdown_no_draft",
			fmt.Sprintf("version %d of the breakdown of %s is no draft any more; load the page again", version, code), "code", string(code), "version", strconv.Itoa(version))
	}
	return s, *s.Draft, nil
}
