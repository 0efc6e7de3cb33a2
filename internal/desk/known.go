package desk

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/quality"
)

// pastQuarters is how far back a form looks: the statistics of a figure's own past need twelve.
const pastQuarters = 12

// mostKnown bounds how many reports are kept in memory at a time.
const mostKnown = 256

// known is what the log holds of a report at a version of it. It is never changed.
type known struct {
	version int64
	seq     int64 // of the log, as far as its observations were read
	*facts        // the very same as of an earlier version that knew the same
	tally   *tally
}

// facts are what the log holds of a report and its past.
type facts struct {
	*plan
	unit   assess.Unit
	period assess.Period
	round
	filing assess.Filing
	first  bool // isFirst: the drafts hold
	// past are the accepted figures of the earlier quarters and years, accepted those of the quarter itself, held these and what waits.
	past           quality.Figures
	accepted, held map[assess.Code]holding
	// decided is the last decision about each figure of the report, decisions are all, oldest first; steps are those of the report.
	decided   map[assess.Code]assess.Decision
	decisions []assess.Decision
	steps     []assess.FilingChange
	// files are bound as evidence; handedIn were when the report was handed in, which is what the city judges by.
	files, handedIn map[assess.Code]int
}

// holding is a figure of the report that is in the log: accepted, or handed in and waiting.
type holding struct {
	state    assess.State
	value    string
	note     string
	by       string
	accepted bool
	// submission is what it was handed in with, through door at.
	submission string
	door       assess.Door
	at         time.Time
}

// look answers what is known of a report, read anew when the log has grown.
func (d *Desk) look(ctx context.Context, unit assess.UnitCode, period assess.Period) (*known, error) {
	head, err := d.Store.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("form of %s %s: %w", unit, period, err)
	}
	key := report{unit, period}
	d.mu.Lock()
	k := d.known[key]
	d.mu.Unlock()
	if k != nil && k.version == head.Version {
		return k, nil
	}
	if k != nil && (assess.Head{Version: k.version}).History() != head.History() {
		k = nil // its numbers say nothing of this one's
	}
	// Everybody asks at once when the log has grown: one reads for all of them, and none of them ends it for the others.
	read, err, _ := d.reading.Do(fmt.Sprint(key, head.Version), func() (any, error) { return d.read(context.WithoutCancel(ctx), key, head, k) })
	if err != nil {
		return nil, err
	}
	k = read.(*known)
	d.mu.Lock()
	if len(d.known) >= mostKnown {
		clear(d.known)
	}
	d.known[key] = k
	d.mu.Unlock()
	return k, nil
}

// read reads a report at a head. What was read of it before, nil for nothing, is taken over as far as it cannot have changed.
func (d *Desk) read(ctx context.Context, key report, head assess.Head, before *known) (*known, error) {
	k := &known{head.Version, head.Seq, &facts{period: key.period, decided: map[assess.Code]assess.Decision{}}, &tally{}}
	var err error
	if k.plan, err = d.plan(ctx, key.period); err != nil {
		return nil, err
	}
	var ok bool
	if k.unit, ok = k.edition.Roster.Unit(key.unit); !ok || !k.unit.In(key.period) {
		return nil, assess.NotFound("problem.no_form", fmt.Sprintf("unit %s has no form for %s; check the unit and the quarter", key.unit, key.period),
			"unit", string(key.unit), "period", key.period.String())
	}
	if err := d.readReport(ctx, k); err != nil {
		return nil, fmt.Errorf("form of %s %s: %w", key.unit, key.period, err)
	}
	if err := d.readFigures(ctx, k, before); err != nil {
		return nil, fmt.Errorf("form of %s %s: %w", key.unit, key.period, err)
	}
	if err := d.readPending(ctx, k); err != nil {
		return nil, fmt.Errorf("form of %s %s: %w", key.unit, key.period, err)
	}
	k.first = k.isFirst()
	if before != nil && reflect.DeepEqual(before.facts, k.facts) { // most of what makes a version is about something else
		k.facts, k.tally = before.facts, before.tally
	}
	return k, nil
}

// plan answers the form of a quarter's year.
func (d *Desk) plan(ctx context.Context, period assess.Period) (*plan, error) {
	if period.Kind() != assess.Quarter {
		return nil, assess.NotFound("problem.form_quarter", fmt.Sprintf("forms are of quarters; write %s", period.LastQuarter()), "period", period.LastQuarter().String())
	}
	edition, err := d.Editions.Edition(ctx, period.CalendarYear())
	if err != nil {
		return nil, fmt.Errorf("definitions of %s: %w", period, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.plans[edition]
	if p == nil {
		if p, err = newPlan(edition); err != nil {
			return nil, fmt.Errorf("form of %s: %w", period, err)
		}
		if len(d.plans) >= 8 { // editions are replaced now and then; what is not used any more goes
			clear(d.plans)
		}
		d.plans[edition] = p
	}
	return p, nil
}

func (d *Desk) readReport(ctx context.Context, k *known) (err error) {
	if k.round, k.filing, err = d.report(ctx, k.unit.Code, k.period, k.version); err != nil {
		return err
	}
	if k.steps, err = d.Store.FilingChanges(ctx, k.unit.Code, k.period); err != nil {
		return err
	}
	if k.decisions, err = d.Store.Decisions(ctx, k.period, k.unit.Code); err != nil {
		return err
	}
	for _, said := range k.decisions { // oldest first
		k.decided[said.Item] = said
	}
	if d.Evidence == nil {
		return nil
	}
	if k.files, err = d.Evidence.EvidenceCounts(ctx, k.unit.Code, k.period, time.Time{}); err != nil {
		return err
	}
	k.handedIn = k.files
	if k.signed() && !k.filing.SubmittedAt.IsZero() {
		k.handedIn, err = d.Evidence.EvidenceCounts(ctx, k.unit.Code, k.period, k.filing.SubmittedAt)
	}
	return err
}

// readFigures reads the accepted figures of a report and its past, unless none was added to those that were read before.
func (d *Desk) readFigures(ctx context.Context, k, before *known) error {
	query := assess.CellQuery{Units: []assess.UnitCode{k.unit.Code}}
	for p := k.period.Add(-pastQuarters); p.Compare(k.period) <= 0; p = p.Next() {
		query.Periods = append(query.Periods, p)
		if p.Part() == 4 || p == k.period {
			query.Periods = append(query.Periods, p.Year())
		}
	}
	if before != nil && before.plan == k.plan {
		if grown, err := d.Store.Changed(ctx, query.Periods, before.seq, k.seq); err != nil || !grown {
			k.past, k.accepted = before.past, before.accepted
			return err
		}
	}
	current, err := d.Store.Current(ctx, query)
	if err != nil {
		return err
	}
	k.past, k.accepted = quality.Figures{}, map[assess.Code]holding{}
	for _, o := range current {
		switch {
		case o.Part != "" || o.Ref != "":
		case k.now(o.Item, o.Period):
			k.accepted[o.Item] = holding{
				state: o.State, value: o.Value, note: o.Note, by: o.EnteredBy, accepted: true, submission: o.Submission, at: o.RecordedAt,
			}
		default:
			k.past[quality.Cell{Period: o.Period, Item: o.Item}] = quality.Figure{State: o.State, Value: o.Value}
		}
	}
	return nil
}

func (d *Desk) readPending(ctx context.Context, k *known) error {
	k.held = maps.Clone(k.accepted)
	pending, err := d.Gate.Pending(ctx, k.unit.Code, k.period)
	if err != nil {
		return err
	}
	for _, p := range pending {
		if p.Part == "" && p.Ref == "" && k.now(p.Item, p.Period) && k.held[p.Item].state != assess.Exempt {
			k.held[p.Item] = holding{
				state: p.State, value: p.Value, note: p.Note, by: p.EnteredBy, submission: p.Submission, door: p.Door, at: p.ReceivedAt,
			}
		}
	}
	return nil
}

// now says whether a figure belongs to the form of the quarter, and not to its past: of an annual item that of the year.
func (k *known) now(item assess.Code, p assess.Period) bool {
	definition, ok := k.items[item]
	if ok && definition.Frequency == assess.Annual {
		return p == k.period.Year()
	}
	return p == k.period
}

var _ Gate = (*collect.Gate)(nil)
