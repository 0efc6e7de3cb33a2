package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	matterColumns = `id, kind, unit, period, code, state, title, reason, before_value, after_value, origin, department, measure, due, opened_by, opened_at, updated_at`
	insertMatter  = `INSERT INTO matter (` + matterColumns + `)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`
	selectMatter = `SELECT ` + matterColumns + ` FROM matter WHERE id = $1`
	countMatters = `SELECT COUNT(*) FROM matter WHERE kind = $1 AND unit = $2 AND period = $3 AND code = $4`
	moveMatter   = `UPDATE matter SET state = $1, after_value = $2, due = $3, updated_at = $4 WHERE id = $5 AND state = $6`
	insertStep   = `INSERT INTO matter_step (seq, matter, action, from_state, to_state, taken_by, taken_at, note, value)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
)

// OpenMatter writes a new matter with its first step. While another of the same kind, unit, period and code is in one of the states of
// alone it is ErrConflict.
func (s *Store) OpenMatter(ctx context.Context, m assess.Matter, step assess.MatterStep, line assess.AuditLine, alone ...string) error {
	_, err := s.change(ctx, "open a matter", func(t tx, h *head) error {
		if err := t.alone(m, alone); err != nil {
			return err
		}
		_, err := t.exec(insertMatter, m.ID, string(m.Kind), string(m.Unit), m.Period.String(), string(m.Code), m.State, m.Title, m.Reason, m.Before, m.After,
			m.Origin, string(m.Department), m.Measure, millis(m.Due), m.OpenedBy, millis(m.OpenedAt), millis(m.OpenedAt))
		if err != nil {
			return err
		}
		if m.Difference != nil {
			if err := t.differ(h, []assess.DifferenceChange{*m.Difference}); err != nil {
				return err
			}
		}
		return t.addStep(h, step)
	}, line)
	return err
}

// alone refuses a matter while another about the same is in one of some states.
func (t tx) alone(m assess.Matter, states []string) error {
	if len(states) == 0 {
		return nil
	}
	query, args := among(countMatters, []any{string(m.Kind), string(m.Unit), m.Period.String(), string(m.Code)}, "state", states)
	var others int
	if err := t.row(query, args...).Scan(&others); err != nil {
		return err
	}
	if others > 0 {
		return assess.Conflict("problem.appeal_twice", "an appeal against this score is under way already; add to it by a comment")
	}
	return nil
}

// MoveMatter takes a matter a step further; due is its new due day, zero to keep what it has. A step from a state the matter is not
// in any more is ErrConflict: somebody else was faster.
func (s *Store) MoveMatter(ctx context.Context, step assess.MatterStep, due time.Time, line assess.AuditLine) error {
	_, err := s.change(ctx, "move a matter", func(t tx, h *head) error { return t.moveMatter(h, step, due) }, line)
	return err
}

func (t tx) moveMatter(h *head, step assess.MatterStep, due time.Time) error {
	m, err := scanMatter(t.row(selectMatter, step.Matter))
	if errors.Is(err, sql.ErrNoRows) {
		return noMatter()
	}
	if err != nil {
		return err
	}
	if step.Value != "" {
		m.After = step.Value
	}
	if !due.IsZero() {
		m.Due = due
	}
	n, err := t.exec(moveMatter, step.To, m.After, millis(m.Due), millis(step.At), step.Matter, step.From)
	if err != nil {
		return err
	}
	if n == 0 {
		return assess.Conflict("problem.matter_moved",
			fmt.Sprintf("somebody else took a step meanwhile: it is %s by now, not %s; look at it again", m.State, step.From), "state", string(m.Kind)+"."+m.State, "expected", string(m.Kind)+"."+step.From)
	}
	return t.addStep(h, step)
}

func (t tx) addStep(h *head, step assess.MatterStep) error {
	h.Seq++
	_, err := t.exec(insertStep, h.Seq, step.Matter, step.Action, step.From, step.To, step.By, millis(step.At), step.Note, step.Value)
	return err
}

func noMatter() *assess.Problem {
	return assess.NotFound("problem.no_matter", "there is nothing of this number; choose from the list")
}

func scanMatter(row scanner) (m assess.Matter, err error) {
	var p string
	var due, opened, updated int64
	if err := row.Scan(&m.ID, &m.Kind, &m.Unit, &p, &m.Code, &m.State, &m.Title, &m.Reason, &m.Before, &m.After, &m.Origin, &m.Department,
		&m.Measure, &due, &m.OpenedBy, &opened, &updated); err != nil {
		return m, err
	}
	m.Due, m.OpenedAt, m.UpdatedAt = moment(due), moment(opened), moment(updated)
	m.Period, err = period(p)
	return m, err
}

const selectSteps = `SELECT seq, matter, action, from_state, to_state, taken_by, taken_at, note, value FROM matter_step WHERE matter = $1 ORDER BY seq`

func scanStep(row scanner) (step assess.MatterStep, err error) {
	var at int64
	err = row.Scan(&step.Seq, &step.Matter, &step.Action, &step.From, &step.To, &step.By, &at, &step.Note, &step.Value)
	step.At = moment(at)
	return step, err
}

// Matter answers a matter with its steps; ErrNotFound where there is none.
func (s *Store) Matter(ctx context.Context, id string) (assess.Matter, error) {
	m, err := scanMatter(s.reader.QueryRowContext(ctx, selectMatter, id))
	if errors.Is(err, sql.ErrNoRows) {
		return m, noMatter()
	}
	if err != nil {
		return m, s.explain("read a matter", err)
	}
	m.Steps, err = list(ctx, s.reader, scanStep, selectSteps, id)
	return m, s.explain("read the steps of a matter", err)
}

const selectMatters = `SELECT ` + matterColumns + ` FROM matter WHERE kind = $1`

// Matters answers the matters of a kind that q chooses, newest first, without their steps.
func (s *Store) Matters(ctx context.Context, q assess.MatterQuery) ([]assess.Matter, error) {
	query, args := selectMatters, []any{string(q.Kind)}
	query, args = among(query, args, "unit", q.Units)
	if !q.Period.IsZero() {
		query, args = among(query, args, "period", []string{q.Period.String()})
	}
	if q.Code != "" {
		query, args = among(query, args, "code", []assess.Code{q.Code})
	}
	all, err := list(ctx, s.reader, scanMatter, query+` ORDER BY opened_at DESC, id DESC`, args...)
	return all, s.explain("read matters", err)
}

const (
	insertComment = `INSERT INTO comment (seq, unit, period, code, audience, text, said_by, role, said_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	selectComment = `SELECT seq, unit, period, code, audience, text, said_by, role, said_at FROM comment WHERE unit = $1 AND period = $2`
)

// AddComment keeps what somebody said.
func (s *Store) AddComment(ctx context.Context, c assess.Comment, line assess.AuditLine) error {
	_, err := s.change(ctx, "add a comment", func(t tx, h *head) error {
		h.Seq++
		_, err := t.exec(insertComment, h.Seq, string(c.Unit), c.Period.String(), string(c.Code), string(c.Reach), c.Text, c.By, string(c.Role), millis(c.At))
		return err
	}, line)
	return err
}

// Comments answers what was said about a unit and period to some reaches, oldest first.
func (s *Store) Comments(ctx context.Context, unit assess.UnitCode, p assess.Period, reaches ...assess.Reach) ([]assess.Comment, error) {
	query, args := among(selectComment, []any{string(unit), p.String()}, "audience", reaches)
	all, err := list(ctx, s.reader, func(row scanner) (c assess.Comment, err error) {
		var p string
		var at int64
		if err := row.Scan(&c.Seq, &c.Unit, &p, &c.Code, &c.Reach, &c.Text, &c.By, &c.Role, &at); err != nil {
			return c, err
		}
		c.At = moment(at)
		c.Period, err = period(p)
		return c, err
	}, query+` ORDER BY seq`, args...)
	return all, s.explain("read comments", err)
}

const (
	insertStage = `INSERT INTO result_stage (seq, period, state, taken_by, taken_at, note) VALUES ($1, $2, $3, $4, $5, $6)`
	selectStage = `SELECT period, state, taken_by, taken_at, note FROM result_stage WHERE period = $1 ORDER BY seq`
	lastStage   = `SELECT COALESCE((SELECT state FROM result_stage WHERE period = $1 ORDER BY seq DESC LIMIT 1), '')`
)

// MoveResult takes the result of a period from a state to the next ("" and draft are the same beginning). From a state it is not in
// any more is ErrConflict.
func (s *Store) MoveResult(ctx context.Context, from assess.ResultState, next assess.ResultStage, line assess.AuditLine) error {
	_, err := s.change(ctx, "move a result", func(t tx, h *head) error {
		var at assess.ResultState
		if err := t.row(lastStage, next.Period.String()).Scan(&at); err != nil {
			return err
		}
		if at == "" {
			at = assess.ResultDraft
		}
		if at != from {
			return assess.Conflict("problem.matter_moved",
				fmt.Sprintf("somebody else took a step meanwhile: it is %s by now, not %s; look at it again", at, from), "state", "result."+string(at), "expected", "result."+string(from))
		}
		h.Seq++
		_, err := t.exec(insertStage, h.Seq, next.Period.String(), string(next.State), next.By, millis(next.At), next.Note)
		return err
	}, line)
	return err
}

// ResultStages answers the way of a period's result, oldest first.
func (s *Store) ResultStages(ctx context.Context, p assess.Period) ([]assess.ResultStage, error) {
	all, err := list(ctx, s.reader, func(row scanner) (r assess.ResultStage, err error) {
		var text string
		var at int64
		if err := row.Scan(&text, &r.State, &r.By, &at, &r.Note); err != nil {
			return r, err
		}
		r.At = moment(at)
		r.Period, err = period(text)
		return r, err
	}, selectStage, p.String())
	return all, s.explain("read the way of a result", err)
}
