package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	insertSubmission = `INSERT INTO submission (id, unit, period, door, source, run, received_at, entered_by, settled)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`
	settleSubmission = `UPDATE submission SET settled = 1 WHERE id = $1`
)

// insertEntries writes the entries of one submission that stand in one file.
var insertEntries = newInsertion("entry",
	[]string{"submission", "place_file"},
	[]string{"number", "place_line", "place_column", "place_field", "unit", "period_text", "code", "value", "state", "note", "part", "ref", "entered_by"})

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
	n, err := t.exec(insertSubmission, sub.ID, string(sub.Unit), sub.Period.String(), string(sub.Door), string(sub.Source), sub.Run,
		millis(sub.ReceivedAt), sub.EnteredBy, digit(settled))
	if err != nil {
		return err
	}
	if n == 0 {
		return assess.Conflict("problem.submission_known",
			fmt.Sprintf("submission %s was taken already; nothing was changed", sub.ID), "submission", sub.ID)
	}
	return t.addEntries(sub)
}

func (t tx) addEntries(sub assess.Submission) error {
	for from, to := 0, 0; from < len(sub.Entries); from = to {
		file := sub.Entries[from].Place.File
		for to = from; to < len(sub.Entries) && sub.Entries[to].Place.File == file; {
			to++
		}
		_, err := t.insert(insertEntries, []any{sub.ID, file}, to-from, func(args []any, k int) []any {
			e := sub.Entries[from+k]
			return append(args, from+k, e.Place.Line, e.Place.Column, e.Place.Field,
				string(e.Unit), e.PeriodText, string(e.Code), e.Value, e.State, e.Note, e.Part, e.Ref, e.EnteredBy)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// A submission is read with its entries in one statement, so that both are of one moment.
const selectWaiting = `SELECT s.id, s.unit, s.period, s.door, s.source, s.run, s.received_at, s.entered_by,
	COALESCE(e.number, -1), COALESCE(e.place_file, ''), COALESCE(e.place_line, 0), COALESCE(e.place_column, 0), COALESCE(e.place_field, ''),
	COALESCE(e.unit, ''), COALESCE(e.period_text, ''), COALESCE(e.code, ''), COALESCE(e.value, ''), COALESCE(e.state, ''),
	COALESCE(e.note, ''), COALESCE(e.part, ''), COALESCE(e.ref, ''), COALESCE(e.entered_by, '')
	FROM submission s LEFT JOIN entry e ON e.submission = s.id
	WHERE s.settled = 0 AND s.unit = $1 AND s.period = $2
	ORDER BY s.received_at, s.id, e.number`

// Waiting answers the submissions of a unit and period that are not settled, oldest first, with all their entries.
func (s *Store) Waiting(ctx context.Context, unit assess.UnitCode, p assess.Period) ([]assess.Submission, error) {
	var all []assess.Submission
	err := each(ctx, s.reader, scanWaiting, func(next assess.Submission) error {
		if n := len(all); n > 0 && all[n-1].ID == next.ID {
			all[n-1].Entries = append(all[n-1].Entries, next.Entries...)
			return nil
		}
		all = append(all, next)
		return nil
	}, selectWaiting, string(unit), p.String())
	return slices.Clip(all), s.explain("read waiting submissions", err)
}

// scanWaiting reads a submission with one of its entries, or none where it has none.
func scanWaiting(row scanner) (sub assess.Submission, err error) {
	var p string
	var received int64
	var number int
	var e assess.Entry
	if err := row.Scan(&sub.ID, &sub.Unit, &p, &sub.Door, &sub.Source, &sub.Run, &received, &sub.EnteredBy,
		&number, &e.Place.File, &e.Place.Line, &e.Place.Column, &e.Place.Field,
		&e.Unit, &e.PeriodText, &e.Code, &e.Value, &e.State, &e.Note, &e.Part, &e.Ref, &e.EnteredBy); err != nil {
		return sub, err
	}
	sub.ReceivedAt = moment(received)
	if number >= 0 {
		sub.Entries = []assess.Entry{e}
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

const selectSigned = `SELECT DISTINCT e.code, e.part, e.ref FROM submission s JOIN entry e ON e.submission = s.id
	WHERE s.unit = $1 AND s.period = $2 AND s.door = 'form' ORDER BY e.code, e.part, e.ref`

// Signed answers the cells of a unit and period that were handed in by form: by a person's signature.
func (s *Store) Signed(ctx context.Context, unit assess.UnitCode, p assess.Period) ([]assess.CellKey, error) {
	cells, err := list(ctx, s.reader, func(row scanner) (assess.CellKey, error) {
		cell := assess.CellKey{Unit: unit, Period: p}
		err := row.Scan(&cell.Item, &cell.Part, &cell.Ref)
		return cell, err
	}, selectSigned, string(unit), p.String())
	return cells, s.explain("read signed figures", err)
}
