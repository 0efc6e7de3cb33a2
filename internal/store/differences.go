package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	differenceColumns = `id, unit, period, item, part, ref, source, state, held_state, held_value, held_by, held_at, submission, seq, revision,
	said_state, said_value, run, place_file, place_line, place_column, place_field, first_at, last_at, times`
	insertDifference = `INSERT INTO difference (` + differenceColumns + `)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`
	updateDifference = `UPDATE difference SET state = $1, held_state = $2, held_value = $3, held_by = $4, held_at = $5, submission = $6, seq = $7,
	revision = $8, said_state = $9, said_value = $10, run = $11, place_file = $12, place_line = $13, place_column = $14, place_field = $15,
	first_at = $16, last_at = $17, times = $18 WHERE id = $19 AND state = $20`
	countGoing = `SELECT COUNT(*) FROM difference WHERE unit = $1 AND period = $2 AND item = $3 AND part = $4 AND ref = $5 AND source = $6
	AND state IN ('open', 'taken')`
	insertDifferenceStep = `INSERT INTO difference_step (seq, difference, action, from_state, to_state, held, said, taken_by, taken_at, note)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
)

// differ writes what becomes of differences. One that is not in the state any more in which it was seen is ErrConflict, and so is a
// second one of a cell and source while the first is going on.
func (t tx) differ(h *head, changes []assess.DifferenceChange) error {
	for i := range changes {
		c := &changes[i]
		if err := t.putDifference(c); err != nil {
			return fmt.Errorf("difference %s: %w", c.ID, err)
		}
		for _, s := range c.Added {
			h.Seq++
			if _, err := t.exec(insertDifferenceStep, h.Seq, s.Difference, string(s.Action), string(s.From), string(s.To), s.Held, s.Said, s.By, millis(s.At), s.Note); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t tx) putDifference(c *assess.DifferenceChange) error {
	held, at := c.Held, c.Place
	if c.Was == "" {
		var going int
		cell := []any{string(c.Unit), c.Period.String(), string(c.Item), c.Part, c.Ref, string(c.Source)}
		if err := t.row(countGoing, cell...).Scan(&going); err != nil {
			return err
		}
		if going > 0 {
			return differenceMoved()
		}
		_, err := t.exec(insertDifference, append(append([]any{c.ID}, cell...), string(c.State), string(held.State), held.Value, held.By, millis(held.At),
			held.Submission, held.Seq, held.Revision, string(c.SaidState), c.SaidValue, c.Run, at.File, at.Line, at.Column, at.Field,
			millis(c.First), millis(c.Last), c.Times)...)
		return err
	}
	n, err := t.exec(updateDifference, string(c.State), string(held.State), held.Value, held.By, millis(held.At), held.Submission, held.Seq, held.Revision,
		string(c.SaidState), c.SaidValue, c.Run, at.File, at.Line, at.Column, at.Field, millis(c.First), millis(c.Last), c.Times, c.ID, string(c.Was))
	if err == nil && n == 0 {
		return differenceMoved()
	}
	return err
}

func differenceMoved() *assess.Problem {
	return assess.Conflict("problem.difference_moved", "the difference has moved on: somebody has dealt with it, or one of the two figures has changed; look at the list anew")
}

func scanDifference(row scanner) (d assess.Difference, err error) {
	var p string
	var heldAt, first, last int64
	if err := row.Scan(&d.ID, &d.Unit, &p, &d.Item, &d.Part, &d.Ref, &d.Source, &d.State, &d.Held.State, &d.Held.Value, &d.Held.By, &heldAt,
		&d.Held.Submission, &d.Held.Seq, &d.Held.Revision, &d.SaidState, &d.SaidValue, &d.Run, &d.Place.File, &d.Place.Line, &d.Place.Column,
		&d.Place.Field, &first, &last, &d.Times); err != nil {
		return d, err
	}
	d.Held.At, d.First, d.Last = moment(heldAt), moment(first), moment(last)
	d.Period, err = period(p)
	return d, err
}

func scanDifferenceStep(row scanner) (s assess.DifferenceStep, err error) {
	var at int64
	err = row.Scan(&s.Seq, &s.Difference, &s.Action, &s.From, &s.To, &s.Held, &s.Said, &s.By, &at, &s.Note)
	s.At = moment(at)
	return s, err
}

const (
	selectDifference      = `SELECT ` + differenceColumns + ` FROM difference WHERE id = $1`
	selectDifferences     = `SELECT ` + differenceColumns + ` FROM difference WHERE id <> ''`
	orderDifferences      = ` ORDER BY last_at DESC, id DESC`
	selectDifferenceSteps = `SELECT seq, difference, action, from_state, to_state, held, said, taken_by, taken_at, note FROM difference_step
	WHERE difference = $1 ORDER BY seq`
)

// Difference answers a difference with its steps; ErrNotFound where there is none.
func (s *Store) Difference(ctx context.Context, id string) (assess.Difference, error) {
	d, err := scanDifference(s.reader.QueryRowContext(ctx, selectDifference, id))
	if errors.Is(err, sql.ErrNoRows) {
		return d, assess.NotFound("problem.no_difference", "there is no such difference; choose one from the list")
	}
	if err == nil {
		d.Steps, err = list(ctx, s.reader, scanDifferenceStep, selectDifferenceSteps, id)
	}
	return d, s.explain("read a difference", err)
}

// Differences answers those that q chooses, said last first.
func (s *Store) Differences(ctx context.Context, q assess.DifferenceQuery) ([]assess.Difference, error) {
	periods := make([]string, len(q.Periods))
	for i, p := range q.Periods {
		periods[i] = p.String()
	}
	query, args := among(selectDifferences, nil, "period", periods)
	query, args = among(query, args, "unit", q.Units)
	query, args = among(query, args, "state", q.States)
	if q.Source != "" {
		query, args = among(query, args, "source", []assess.Code{q.Source})
	}
	if q.Signed {
		query += " AND revision = 0"
	}
	query += orderDifferences
	if q.Limit > 0 {
		args = append(args, q.Limit)
		query += " LIMIT $" + strconv.Itoa(len(args))
	}
	all, err := list(ctx, s.reader, scanDifference, query, args...)
	for i := range all {
		if err != nil || !q.Steps {
			break
		}
		all[i].Steps, err = list(ctx, s.reader, scanDifferenceStep, selectDifferenceSteps, all[i].ID)
	}
	return all, s.explain("read differences", err)
}
