package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// overview is where the reports of a quarter stood for a department, by what was known of each and within a minute.
type overview struct {
	about  []*facts
	minute time.Time
	all    []Standing
}

type overviewKey struct {
	period     assess.Period
	department assess.Code
}

// Status answers where the reports of all districts stand, counting the figures of a department, of all for "".
func (d *Desk) Status(ctx context.Context, period assess.Period, department assess.Code, now time.Time) ([]Standing, error) {
	p, err := d.plan(ctx, period)
	if err != nil {
		return nil, err
	}
	units := slices.DeleteFunc(slices.Clone(p.edition.Roster.Units), func(u assess.Unit) bool { return !u.In(period) })
	if len(units) > mostCompared { // not all of them are kept in memory
		return d.standings(ctx, units, period, department, now)
	}
	about, err := d.facts(ctx, units, period)
	if err != nil {
		return nil, err
	}
	key, minute := overviewKey{period, department}, now.Truncate(time.Minute)
	d.mu.Lock()
	o := d.overviews[key]
	d.mu.Unlock()
	if o.all != nil && o.minute.Equal(minute) && slices.Equal(o.about, about) {
		return slices.Clone(o.all), nil
	}
	all, err := d.standings(ctx, units, period, department, now)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	if len(d.overviews) >= mostKnown {
		clear(d.overviews)
	}
	d.overviews[key] = overview{about, minute, all}
	d.mu.Unlock()
	return slices.Clone(all), nil
}

func (d *Desk) standings(ctx context.Context, units []assess.Unit, period assess.Period, department assess.Code, now time.Time) ([]Standing, error) {
	if _, err := d.gather(ctx, period); err != nil {
		return nil, err
	}
	all := make([]Standing, len(units))
	for i, u := range units {
		r, err := d.Review(ctx, u.Code, period, department, now)
		if err != nil {
			return nil, err
		}
		all[i] = r.standing()
	}
	return all, nil
}

// facts answers what is known of the reports of some units.
func (d *Desk) facts(ctx context.Context, units []assess.Unit, period assess.Period) ([]*facts, error) {
	if _, err := d.gather(ctx, period); err != nil {
		return nil, err
	}
	about := make([]*facts, len(units))
	for i, u := range units {
		k, err := d.look(ctx, u.Code, period)
		if err != nil {
			return nil, err
		}
		about[i] = k.facts
	}
	return about, nil
}

func (r *Review) standing() Standing {
	s := Standing{Unit: r.Unit, Filing: r.Filing, Overdue: r.ToCome && r.Late}
	for _, c := range r.Cells {
		s.Due++
		switch c.Cell {
		case assess.CellReturned:
			s.Returned++
		case assess.CellAccepted:
			s.Accepted++
		case assess.CellFilled, assess.CellRefilled:
			s.Waiting++
			if c.Asked() {
				s.Questions++
			}
		}
	}
	return s
}

// Review answers the report of a district as a department sees it: what was handed in, never what is typed and not signed.
func (d *Desk) Review(ctx context.Context, unit assess.UnitCode, period assess.Period, department assess.Code, now time.Time) (*Review, error) {
	k, err := d.look(ctx, unit, period)
	if err != nil {
		return nil, err
	}
	b := newReview(k, now)
	if b.unusual, err = d.statistics(ctx, k, now); err != nil {
		return nil, err
	}
	return b.inReview(department, now), nil
}

// inReview answers the report as a department sees it.
func (b *builder) inReview(department assess.Code, now time.Time) *Review {
	k, form := b.known, b.form()
	r := &Review{
		Unit: k.unit, Period: k.period, Department: department, Filing: k.filing, Closed: b.closed(), General: form.General,
		Late: k.dates.Late(k.unit.Code, now), ToCome: k.toCome(), Until: k.dates.AnswerBy(now),
	}
	for _, s := range form.Sections {
		for _, f := range s.Fields {
			if f.Kind != Typed || f.State == assess.Exempt || department != "" && f.Item.Department != department {
				continue
			}
			c := b.reviewed(&f)
			r.Cells = append(r.Cells, c)
			if waits(c.Cell) && !c.Asked() {
				r.Plain = append(r.Plain, c.Item.Code)
			}
		}
	}
	return r
}

// newReview is a builder for the city: it knows no drafts.
func newReview(k *known, now time.Time) *builder {
	b := newBuilder(k, nil, now)
	b.review = true
	return b
}

// closed answers why nothing of a report can be decided, nil where something can.
func (b *builder) closed() *assess.Problem {
	switch state := b.filing.State; {
	case b.known.cycle.State.Closed() || state == assess.Locked || state == assess.FilingMissing:
		return assess.Conflict("problem.review_closed", fmt.Sprintf("%s is closed, so its reports are neither accepted nor returned; corrections go the correction path", b.period),
			"period", b.period.String())
	case len(b.decisions) == 0 && state != assess.Submitted && state != assess.UnderReview && state != assess.Accepted:
		return assess.Conflict("problem.review_not_in", fmt.Sprintf("unit %s is filling in its report for %s and has not handed it in yet; wait until it is signed", b.unit.Code, b.period),
			"unit", string(b.unit.Code), "period", b.period.String())
	}
	return nil
}

func (b *builder) reviewed(f *Field) ReviewCell {
	held := b.held[f.Item.Code]
	c := ReviewCell{
		Number: f.Number, Item: f.Item, Period: f.Period, State: f.State, Value: f.Shown, Note: b.entries[f.Item.Code].note, By: held.by,
		Submission: held.submission, Previous: f.Previous, YearAgo: f.YearAgo, Cell: f.Cell, Messages: f.Messages,
		EvidenceWanted: f.Unproved(), EvidenceCount: f.EvidenceCount,
	}
	b.compare(&c)
	for _, said := range b.decisions {
		if said.Item == f.Item.Code {
			c.Decision = &said
			c.Round = max(c.Round, said.Round)
		}
	}
	return c
}

// compare says how a figure moved against last quarter, in percent: a year-to-date figure by what the two quarters added.
func (b *builder) compare(c *ReviewCell) {
	item := b.items[c.Item.Code]
	if item.Frequency == assess.Annual || item.Type == assess.Boolean || len(item.Levels) > 0 {
		return
	}
	now, okNow := b.added(item, b.period)
	was, okWas := b.added(item, b.period.Prev())
	if !okNow || !okWas {
		return
	}
	if item.Accumulation == assess.YTD && b.period.Part() > 1 {
		c.Added, c.AddedBefore = now.String(), was.String()
	}
	if was.IsPositive() {
		percent := now.Sub(was).Mul(decimal.NewFromInt(100)).DivRound(was, 6).InexactFloat64()
		c.Change = &percent
	}
}

// Decide accepts and returns figures of a department, all of them or none: collect.Gate.Decide. An account without a department
// decides about none.
func (d *Desk) Decide(ctx context.Context, unit assess.UnitCode, period assess.Period, verdicts []Verdict, by string, department assess.Code, now time.Time) error {
	if department == "" {
		return assess.Forbidden("problem.review_no_department",
			"the account belongs to no department, so it decides about no figures; have the department set")
	}
	return d.Gate.Decide(ctx, unit, period, verdicts, collect.Reviewer{By: by, Department: department}, now)
}

// triesToAccept bounds how often the figures without questions are looked at again when somebody decides about one meanwhile.
const triesToAccept = 3

// AcceptPlain accepts the waiting figures of a department that nothing is to be asked about, as far as they are still as they were
// seen (Review.Seen), and answers how many there were.
func (d *Desk) AcceptPlain(ctx context.Context, unit assess.UnitCode, period assess.Period, seen map[assess.Code]string, by string, department assess.Code, now time.Time) (int, error) {
	for try := 1; ; try++ {
		r, err := d.Review(ctx, unit, period, department, now)
		switch {
		case err != nil:
			return 0, err
		case r.Closed != nil:
			return 0, r.Closed
		}
		verdicts := r.accepting(seen)
		if len(verdicts) == 0 {
			return 0, nil
		}
		err = d.Decide(ctx, unit, period, verdicts, by, department, now)
		if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.decided" || try == triesToAccept {
			if err != nil {
				return 0, err
			}
			return len(verdicts), nil
		}
	}
}

// Seen answers the submission that each figure was handed in with, as it is seen here.
func (r *Review) Seen() map[assess.Code]string {
	seen := map[assess.Code]string{}
	for _, c := range r.Cells {
		seen[c.Item.Code] = c.Submission
	}
	return seen
}

// accepting answers the verdicts that accept what is plain and as it was seen.
func (r *Review) accepting(seen map[assess.Code]string) (verdicts []Verdict) {
	now := r.Seen()
	for _, item := range r.Plain {
		if now[item] == seen[item] {
			verdicts = append(verdicts, Verdict{Item: item, Accept: true, Submission: now[item]})
		}
	}
	return verdicts
}
