package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	insertSubmission = `INSERT INTO submission (id, unit, period, door, source, run, received_at, entered_by, settled, entries)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`
	settleSubmission = `UPDATE submission SET settled = 1 WHERE id = $1`
)

func (t tx) addSubmissions(in assess.Intake) error {
	accepted := map[string]bool{}
	for _, o := range in.Observations {
		accepted[o.Submission] = true
	}
	for _, sub := range in.Submissions {
		if err := t.addSubmission(sub, accepted[sub.ID]); err != nil {
			return err
		}
	}
	for _, id := range in.Settled {
		n, err := t.exec(settleSubmission, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("settle submission %q: there is none", id)
		}
	}
	return nil
}

func (t tx) addSubmission(sub assess.Submission, settled bool) error {
	entries, err := writeEntries(sub.Entries)
	if err != nil {
		return err
	}
	n, err := t.exec(insertSubmission, sub.ID, string(sub.Unit), sub.Period.String(), string(sub.Door), string(sub.Source), sub.Run,
		millis(sub.ReceivedAt), sub.EnteredBy, digit(settled), entries)
	if err != nil {
		return err
	}
	if n == 0 {
		return assess.Conflict("problem.submission_known",
			fmt.Sprintf("submission %s was taken already; nothing was changed", sub.ID), "submission", sub.ID)
	}
	return nil
}

const selectWaiting = `SELECT id, unit, period, door, source, run, received_at, entered_by, entries FROM submission
	WHERE settled = 0 AND unit = $1 AND period = $2 ORDER BY received_at, id`

// Waiting answers the submissions of a unit and period that are not settled, oldest first, with all their entries.
func (s *Store) Waiting(ctx context.Context, unit assess.UnitCode, p assess.Period) ([]assess.Submission, error) {
	all, err := list(ctx, s.reader, scanWaiting, selectWaiting, string(unit), p.String())
	return slices.Clip(all), s.explain("read waiting submissions", err)
}

func scanWaiting(row scanner) (sub assess.Submission, err error) {
	var p, entries string
	var received int64
	if err := row.Scan(&sub.ID, &sub.Unit, &p, &sub.Door, &sub.Source, &sub.Run, &received, &sub.EnteredBy, &entries); err != nil {
		return sub, err
	}
	sub.ReceivedAt = moment(received)
	if sub.Entries, err = readEntries(entries); err != nil {
		return sub, err
	}
	sub.Period, err = period(p)
	return sub, err
}

// Settled or not: the index is by that first.
const selectHandedIn = `SELECT DISTINCT unit, period FROM submission WHERE settled IN (0, 1)`

// HandedIn answers of which of some units and periods anything was ever handed in, as cells without an item.
func (s *Store) HandedIn(ctx context.Context, units []assess.UnitCode, periods []assess.Period) ([]assess.CellKey, error) {
	query, args := among(selectHandedIn, nil, "unit", units)
	query, args = among(query, args, "period", periodTexts(periods))
	cells, err := list(ctx, s.reader, func(row scanner) (c assess.CellKey, err error) {
		var p string
		if err := row.Scan(&c.Unit, &p); err != nil {
			return c, err
		}
		c.Period, err = period(p)
		return c, err
	}, query, args...)
	return cells, s.explain("read what was handed in", err)
}

const selectHanded = `SELECT unit, COUNT(*), COUNT(CASE WHEN settled = 1 THEN 1 END) FROM submission WHERE settled IN (0, 1)`

// Handed answers how much was ever handed in of the reports of each unit, for some periods together, and how much of that was decided.
func (s *Store) Handed(ctx context.Context, periods ...assess.Period) (map[assess.UnitCode]assess.Handed, error) {
	query, args := among(selectHanded, nil, "period", periodTexts(periods))
	all := map[assess.UnitCode]assess.Handed{}
	type row struct {
		unit   assess.UnitCode
		handed assess.Handed
	}
	err := each(ctx, s.reader, func(from scanner) (r row, err error) {
		err = from.Scan(&r.unit, &r.handed.All, &r.handed.Settled)
		return r, err
	}, func(r row) error {
		all[r.unit] = r.handed
		return nil
	}, query+" GROUP BY unit", args...)
	return all, s.explain("count what was handed in", err)
}

const selectSigned = `SELECT entries FROM submission WHERE unit = $1 AND period = $2 AND door IN ('form', 'import')`

// Signed answers the cells of a unit and period that a person handed in: by signing the form, or by importing a file by hand.
func (s *Store) Signed(ctx context.Context, unit assess.UnitCode, p assess.Period) ([]assess.CellKey, error) {
	signed := map[assess.CellKey]bool{}
	err := each(ctx, s.reader, func(row scanner) (entries []assess.Entry, err error) {
		var text string
		if err := row.Scan(&text); err != nil {
			return nil, err
		}
		return readEntries(text)
	}, func(entries []assess.Entry) error {
		for _, e := range entries {
			signed[assess.CellKey{Unit: unit, Period: p, Item: e.Code, Part: e.Part, Ref: e.Ref}] = true
		}
		return nil
	}, selectSigned, string(unit), p.String())
	cells := slices.SortedFunc(maps.Keys(signed), func(a, b assess.CellKey) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Ref, b.Ref))
	})
	return cells, s.explain("read signed figures", err)
}
