package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Past is the log as it stood before a moment. It reads the store, which never forgets an observation, a target or a step, and leaves
// out what came later.
type Past struct {
	store  *Store
	before time.Time
	seq    int64 // the last number that counts; positive
	head   assess.Head
}

// What has a time of its own in the log; a target has none and counts with what was numbered before it.
const selectNextSeq = `SELECT COALESCE(MIN(seq), 0) FROM (
	SELECT MIN(seq) AS seq FROM observation WHERE recorded_at >= $1
	UNION ALL SELECT MIN(seq) FROM filing_change WHERE changed_at >= $1
	UNION ALL SELECT MIN(seq) FROM result_stage WHERE taken_at >= $1) later`

const selectFirstObservation = `SELECT seq, recorded_at FROM observation ORDER BY seq LIMIT 1`

// Past answers the log as it stood before a moment. Before the first observation there is nothing to know: assess.ErrNotFound.
func (s *Store) Past(ctx context.Context, before time.Time) (*Past, error) {
	now, err := s.Head(ctx)
	if err != nil {
		return nil, err
	}
	var next int64
	if err := s.reader.QueryRowContext(ctx, selectNextSeq, millis(before)).Scan(&next); err != nil {
		return nil, s.explain("read the log of a day", err)
	}
	p := &Past{store: s, before: before, seq: now.Seq, head: now}
	if next > 0 {
		p.seq = next - 1
	}
	first, err := list(ctx, s.reader, func(row scanner) (o assess.Observation, err error) {
		var at int64
		err = row.Scan(&o.Seq, &at)
		o.RecordedAt = moment(at)
		return o, err
	}, selectFirstObservation)
	if err != nil {
		return nil, s.explain("read the log of a day", err)
	}
	if len(first) == 0 || first[0].Seq > p.seq {
		return nil, nothingKnown(before, first)
	}
	p.head.Seq = p.seq
	return p, nil
}

// Until answers the log as it stood when it had reached a number. Collections stand where they stand now: what was published stays so.
func (s *Store) Until(ctx context.Context, seq int64) (*Past, error) {
	now, err := s.Head(ctx)
	if err != nil {
		return nil, err
	}
	now.Seq = min(seq, now.Seq)
	return &Past{store: s, before: time.UnixMilli(math.MaxInt64), seq: now.Seq, head: now}, nil
}

func nothingKnown(before time.Time, first []assess.Observation) *assess.Problem {
	if len(first) == 0 {
		return assess.NotFound("problem.as_of_nothing", "there are no figures yet; collect or import some first")
	}
	day := first[0].RecordedAt.In(before.Location()).Format(time.DateOnly)
	return assess.NotFound("problem.as_of_before", fmt.Sprintf("the first figures came on %s; choose that day or a later one", day), "day", day)
}

// Head answers the last number of the log that counts, with the version of the data.
func (p *Past) Head(context.Context) (assess.Head, error) { return p.head, nil }

// Each visits what held of the cells that q chooses.
func (p *Past) Each(ctx context.Context, q assess.CellQuery, visit func(assess.Observation) error) error {
	if q.AsOf == 0 || q.AsOf > p.seq {
		q.AsOf = p.seq
	}
	return p.store.Each(ctx, q, visit)
}

// History answers the observations of a cell that there were, oldest first.
func (p *Past) History(ctx context.Context, key assess.CellKey) ([]assess.Observation, error) {
	all, err := p.store.History(ctx, key)
	return slices.DeleteFunc(all, func(o assess.Observation) bool { return o.Seq > p.seq }), err
}

// Periods answers every period that had an observation.
func (p *Past) Periods(ctx context.Context) ([]assess.Period, error) {
	return p.store.periodsUntil(ctx, p.seq)
}

// Targets answers the targets of a year that had been set.
func (p *Past) Targets(ctx context.Context, year int) ([]assess.Target, error) {
	return p.store.targetsUntil(ctx, year, p.seq)
}

// Editions answers the editions that had been issued. Of a year for which none had, the first one is among them: older years are
// scored by definitions that were issued when they were brought in.
func (p *Past) Editions(ctx context.Context) ([]assess.Edition, error) {
	all, err := p.store.Editions(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[int]bool{}
	return slices.DeleteFunc(all, func(e assess.Edition) bool {
		first := !seen[e.Year]
		seen[e.Year] = true
		return !first && !e.At.Before(p.before)
	}), nil
}

// EditionFiles answers the files of an edition. One does not change.
func (p *Past) EditionFiles(ctx context.Context, year, number int) (assess.Edition, map[string][]byte, error) {
	return p.store.EditionFiles(ctx, year, number)
}

const (
	selectMovedFilings = `SELECT DISTINCT unit, period FROM filing_change WHERE seq > $1`
	selectFilingSteps  = `SELECT unit, period, from_state, to_state, changed_at, changed_by, reason, note, items, late_days
	FROM filing_change WHERE seq <= $1`
)

// Filings answers the reports of some periods where they stood. One that has taken no step since stands as it does now; of the others
// the steps until then are taken again.
func (p *Past) Filings(ctx context.Context, periods ...assess.Period) ([]assess.Filing, error) {
	now, err := p.store.Filings(ctx, periods...)
	if err != nil {
		return nil, err
	}
	type report struct {
		unit   assess.UnitCode
		period assess.Period
	}
	query, args := among(selectMovedFilings, []any{p.seq}, "period", periodTexts(periods))
	moved := map[report]bool{}
	err = each(ctx, p.store.reader, func(row scanner) (r report, err error) {
		var text string
		if err := row.Scan(&r.unit, &text); err != nil {
			return r, err
		}
		r.period, err = period(text)
		return r, err
	}, func(r report) error { moved[r] = true; return nil }, query, args...)
	if err != nil || len(moved) == 0 {
		return now, p.store.explain("read reports of a day", err)
	}
	then := map[report]assess.Filing{}
	query, args = among(selectFilingSteps, []any{p.seq}, "period", periodTexts(periods))
	err = each(ctx, p.store.reader, scanFilingChange, func(step assess.FilingChange) error {
		key := report{step.Unit, step.Period}
		f, ok := then[key]
		if !ok {
			f = assess.Filing{Unit: step.Unit, Period: step.Period, State: assess.NotStarted}
		}
		then[key] = after(f, step)
		return nil
	}, query+` ORDER BY seq`, args...)
	var all []assess.Filing
	for _, f := range now {
		key := report{f.Unit, f.Period}
		if before, ok := then[key]; !moved[key] {
			all = append(all, f)
		} else if ok {
			all = append(all, before)
		}
	}
	return all, p.store.explain("read reports of a day", err)
}

// ResultStages answers the way that the result of a period had come, oldest first.
func (p *Past) ResultStages(ctx context.Context, of assess.Period) ([]assess.ResultStage, error) {
	all, err := p.store.ResultStages(ctx, of)
	return slices.DeleteFunc(all, func(s assess.ResultStage) bool { return !s.At.Before(p.before) }), err
}

const selectCycleSteps = `SELECT object, action FROM (
	SELECT seq, happened_at, object, action FROM audit UNION ALL SELECT seq, happened_at, object, action FROM cycle_step) steps
	WHERE happened_at < $1 AND action IN ($2, $3, $4, $5, $6, $7, $8) ORDER BY seq`

// keepCycleSteps holds on to what Cycles needs of lines that leave the audit log.
const keepCycleSteps = `INSERT INTO cycle_step (seq, happened_at, object, action)
	SELECT seq, happened_at, object, action FROM audit WHERE seq <= $1 AND action IN ($2, $3, $4, $5, $6, $7, $8)`

// cycleSteps are the actions by which a collection moves on, as parameters of statements.
func cycleSteps() (actions []any) {
	for _, state := range []assess.CycleState{
		assess.CycleScheduled, assess.CycleOpen, assess.CycleReviewing, assess.CycleClosing, assess.CycleScored, assess.CyclePublished, assess.CycleArchived,
	} {
		actions = append(actions, cycleStep+string(state))
	}
	return actions
}

// cycleStep begins the action of a line that says how a collection moved on.
const cycleStep = "cycle."

// Cycles answers where the collections stood, by the audit log: a collection only goes forward, so that what it was closed with and
// when it was published are what they are now.
func (p *Past) Cycles(ctx context.Context) ([]assess.Cycle, error) {
	args := append([]any{millis(p.before)}, cycleSteps()...)
	type step struct{ period, action string }
	states := map[string]assess.CycleState{}
	err := each(ctx, p.store.reader, func(row scanner) (s step, err error) { return s, row.Scan(&s.period, &s.action) }, func(s step) error {
		states[s.period] = assess.CycleState(strings.TrimPrefix(s.action, cycleStep))
		return nil
	}, selectCycleSteps, args...)
	if err != nil {
		return nil, p.store.explain("read collections of a day", err)
	}
	now, err := p.store.Cycles(ctx)
	if err != nil {
		return nil, err
	}
	var then []assess.Cycle
	for _, c := range now {
		state, begun := states[c.Period.String()]
		if !begun {
			continue
		}
		if c.State = state; !state.Closed() {
			c.LockSeq, c.Edition = 0, 0
		}
		if state != assess.CyclePublished && state != assess.CycleArchived {
			c.PublishedAt = time.Time{}
		}
		then = append(then, c)
	}
	return then, nil
}

// Changed says whether any figure of the periods has a sequence number above after and up to upTo.
func (p *Past) Changed(ctx context.Context, periods []assess.Period, after, upTo int64) (bool, error) {
	return p.store.Changed(ctx, periods, after, min(upTo, p.seq))
}
