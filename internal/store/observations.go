package store

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// insertObservations writes observations that one submission brought.
var insertObservations = newInsertion("observation",
	[]string{"unit", "period", "submission", "run", "entered_by", "accepted_by", "recorded_at"},
	[]string{"seq", "item", "part", "ref", "state", "value", "note"})

func (t tx) addObservations(h *head, observations []assess.Observation) error {
	for len(observations) > 0 {
		first := observations[0]
		n := slices.IndexFunc(observations, func(o assess.Observation) bool { return !sameOrigin(o, first) })
		if n < 0 {
			n = len(observations)
		}
		shared := []any{string(first.Unit), first.Period.String(), first.Submission, first.Run, first.EnteredBy, first.AcceptedBy, millis(first.RecordedAt)}
		seq := h.Seq
		at, err := t.insert(insertObservations, shared, n, func(args []any, k int) []any {
			o := observations[k]
			return append(args, seq+int64(k)+1, string(o.Item), o.Part, o.Ref, string(o.State), o.Value, o.Note)
		})
		if err != nil {
			o := observations[at]
			return fmt.Errorf("%s of %s in %s (%s %q) or the next: %w", o.Item, o.Unit, o.Period, o.State, o.Value, err)
		}
		h.Seq += int64(n)
		observations = observations[n:]
	}
	return nil
}

// sameOrigin says whether two observations came in together.
func sameOrigin(a, b assess.Observation) bool {
	return a.Submission == b.Submission && a.Unit == b.Unit && a.Period == b.Period && a.Run == b.Run && a.EnteredBy == b.EnteredBy &&
		a.AcceptedBy == b.AcceptedBy && a.RecordedAt.Equal(b.RecordedAt)
}

const observationColumns = `o.seq, o.unit, o.period, o.item, o.part, o.ref, o.state, o.value, o.note, o.submission, o.run, o.entered_by, o.accepted_by, o.recorded_at`

func scanObservation(row scanner) (o assess.Observation, err error) {
	var p string
	var recorded int64
	if err := row.Scan(&o.Seq, &o.Unit, &p, &o.Item, &o.Part, &o.Ref, &o.State, &o.Value, &o.Note,
		&o.Submission, &o.Run, &o.EnteredBy, &o.AcceptedBy, &recorded); err != nil {
		return o, err
	}
	o.RecordedAt = moment(recorded)
	o.Period, err = period(p)
	return o, err
}

// Of every cell the observation with the highest number holds. The inner query reads the index alone.
const (
	selectCurrent = `SELECT ` + observationColumns + ` FROM observation o
	JOIN (SELECT MAX(seq) AS seq FROM observation WHERE seq <= $1`
	groupCurrent = ` GROUP BY period, unit, item, part, ref) last ON last.seq = o.seq
	ORDER BY o.unit, o.period, o.item, o.part, o.ref`
)

// Current answers what holds of the cells that q chooses, in the order of unit, period, item, part and ref.
func (s *Store) Current(ctx context.Context, q assess.CellQuery) ([]assess.Observation, error) {
	var all []assess.Observation
	err := s.Each(ctx, q, func(o assess.Observation) error {
		all = append(all, o)
		return nil
	})
	return all, err
}

// Each visits what Current answers, one by one. While it runs the write-ahead log cannot shrink: visit must not wait for a
// network or a person. An error of visit ends the visits and is answered as it is.
func (s *Store) Each(ctx context.Context, q assess.CellQuery, visit func(assess.Observation) error) error {
	asOf := q.AsOf
	if asOf == 0 {
		asOf = math.MaxInt64
	}
	query, args := selectCurrent, []any{asOf}
	query, args = among(query, args, "period", periodTexts(q.Periods))
	query, args = among(query, args, "unit", q.Units)
	query, args = among(query, args, "item", q.Items)
	var stopped error
	err := each(ctx, s.reader, scanObservation, func(o assess.Observation) error {
		stopped = visit(o)
		return stopped
	}, query+groupCurrent, args...)
	if stopped != nil {
		return stopped
	}
	return s.explain("read observations", err)
}

const selectChanged = `SELECT COUNT(*) FROM (SELECT seq FROM observation WHERE seq > $1 AND seq <= $2`

// Changed says whether any figure of the periods has a sequence number above after and up to upTo.
func (s *Store) Changed(ctx context.Context, periods []assess.Period, after, upTo int64) (bool, error) {
	query, args := among(selectChanged, []any{after, upTo}, "period", periodTexts(periods))
	var n int
	err := s.reader.QueryRowContext(ctx, query+" LIMIT 1) newer", args...).Scan(&n)
	return n > 0, s.explain("look for newer observations", err)
}

const (
	selectTouchedByFigures   = `SELECT DISTINCT unit FROM observation WHERE seq > $1 AND seq <= $2`
	selectTouchedByDecisions = `SELECT DISTINCT unit FROM decision WHERE seq > $1 AND seq <= $2`
	selectTouchedBySteps     = `SELECT DISTINCT unit FROM filing_change WHERE seq > $1 AND seq <= $2`
)

// Touched answers the units to whose reports of some periods an observation, a decision or a step was added under a number above after and up to
// upTo, each once or more.
func (s *Store) Touched(ctx context.Context, periods []assess.Period, after, upTo int64) (units []assess.UnitCode, err error) {
	for _, from := range []string{selectTouchedByFigures, selectTouchedByDecisions, selectTouchedBySteps} {
		query, args := among(from, []any{after, upTo}, "period", periodTexts(periods))
		more, err := list(ctx, s.reader, func(row scanner) (unit assess.UnitCode, err error) {
			err = row.Scan(&unit)
			return unit, err
		}, query, args...)
		if err != nil {
			return nil, s.explain("look for what was added", err)
		}
		units = append(units, more...)
	}
	return units, nil
}

const selectHistory = `SELECT ` + observationColumns + ` FROM observation o
	WHERE o.period = $1 AND o.unit = $2 AND o.item = $3 AND o.part = $4 AND o.ref = $5 ORDER BY o.seq`

// History answers every observation of a cell, oldest first.
func (s *Store) History(ctx context.Context, key assess.CellKey) ([]assess.Observation, error) {
	all, err := list(ctx, s.reader, scanObservation, selectHistory, key.Period.String(), string(key.Unit), string(key.Item), key.Part, key.Ref)
	return all, s.explain("read the history of a cell", err)
}

const selectCorrections = `SELECT unit, item, part, ref FROM observation WHERE period = $1
	GROUP BY unit, item, part, ref HAVING COUNT(*) > 1 ORDER BY unit, item, part, ref`

// Corrections answers the cells of a period that have more than one observation.
func (s *Store) Corrections(ctx context.Context, p assess.Period) ([]assess.CellKey, error) {
	cells, err := list(ctx, s.reader, func(row scanner) (assess.CellKey, error) {
		key := assess.CellKey{Period: p}
		err := row.Scan(&key.Unit, &key.Item, &key.Part, &key.Ref)
		return key, err
	}, selectCorrections, p.String())
	return cells, s.explain("read corrections", err)
}

// The periods are looked up one after the other, each as the least above the one before, so that not every figure is read for them.
const selectPeriods = `WITH RECURSIVE known (period) AS (
	SELECT COALESCE(MIN(period), '') FROM observation
	UNION ALL SELECT COALESCE((SELECT MIN(o.period) FROM observation o WHERE o.period > known.period), '') FROM known WHERE known.period <> '')
	SELECT period FROM known WHERE period <> '' AND EXISTS (SELECT 1 FROM observation o WHERE o.period = known.period AND o.seq <= $1) ORDER BY period`

// Periods answers every period that has an observation, in the order of their text.
func (s *Store) Periods(ctx context.Context) ([]assess.Period, error) {
	return s.periodsUntil(ctx, math.MaxInt64)
}

// periodsUntil answers the periods that had an observation by a number of the log.
func (s *Store) periodsUntil(ctx context.Context, seq int64) ([]assess.Period, error) {
	periods, err := list(ctx, s.reader, func(row scanner) (assess.Period, error) {
		var p string
		if err := row.Scan(&p); err != nil {
			return assess.Period{}, err
		}
		return period(p)
	}, selectPeriods, seq)
	return periods, s.explain("read periods", err)
}
