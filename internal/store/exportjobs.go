package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	exportColumns = `id, owner, plan, slot, wanted, file, edition, state, rows_done, rows_total, size, kind, message_key, message_args, problem,
	asked_at, started_at, ended_at, expires_at`
	insertExport = `INSERT INTO export_job (seq, ` + exportColumns + `)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`
	lastExport    = `SELECT COALESCE(MAX(seq), 0) FROM export_job`
	selectExports = `SELECT ` + exportColumns + ` FROM export_job WHERE owner = $1 AND plan = '' ORDER BY seq DESC`
	selectPlanned = `SELECT ` + exportColumns + ` FROM export_job WHERE plan <> '' ORDER BY seq DESC`
	selectExport  = `SELECT ` + exportColumns + ` FROM export_job WHERE id = $1`
	nextExport    = `SELECT ` + exportColumns + ` FROM export_job WHERE state = 'queued' ORDER BY seq LIMIT 1`
	allExports    = `SELECT ` + exportColumns + ` FROM export_job ORDER BY seq`
	countAsked    = `SELECT COUNT(*) FROM export_job WHERE owner = $1 AND plan = '' AND state IN ('queued', 'making')`
	countQueued   = `SELECT COUNT(*) FROM export_job WHERE state = 'queued'`
	takeExport    = `UPDATE export_job SET state = 'making', started_at = $1, rows_done = 0, holder = $2 WHERE id = $3 AND state = 'queued'`
	noteExport    = `UPDATE export_job SET rows_done = $1 WHERE id = $2 AND state = 'making' AND holder = $3`
	settleExport  = `UPDATE export_job SET state = $1, file = $2, edition = $3, rows_done = $4, size = $5, kind = $6, message_key = $7, message_args = $8, problem = $9,
	ended_at = $10, expires_at = $11, wanted = $12 WHERE id = $13 AND state = 'making' AND holder = $14 AND started_at = $15`
	cancelExport = `UPDATE export_job SET state = 'cancelled', ended_at = $1 WHERE id = $2 AND state IN ('queued', 'making')`
	retryExport  = `UPDATE export_job SET state = 'queued', rows_done = 0, kind = '', message_key = '', message_args = '', problem = '', started_at = 0, ended_at = 0, expires_at = 0
	WHERE id = $1 AND state IN ('failed', 'cancelled')`
	dropExport     = `DELETE FROM export_job WHERE id = $1 AND state NOT IN ('queued', 'making')`
	requeueExports = `UPDATE export_job SET state = 'queued', started_at = 0, rows_done = 0 WHERE state = 'making'
	AND (holder = $1 OR holder NOT IN (SELECT id FROM server WHERE until > $2))`
	countLeftExports = `SELECT COUNT(*) FROM export_job WHERE state = 'making' AND (holder = $1 OR holder NOT IN (SELECT id FROM server WHERE until > $2))`
	countMaking      = `SELECT COUNT(*) FROM export_job WHERE id = $1 AND state = 'making' AND holder = $2 AND started_at = $3`
	dropOldExports   = `DELETE FROM export_job WHERE state NOT IN ('queued', 'making') AND (expires_at > 0 AND expires_at <= $1 OR expires_at = 0 AND ended_at <= $2)
	AND (plan = '' OR seq < (SELECT MAX(later.seq) FROM export_job later WHERE later.plan = export_job.plan))`
)

// AddExport queues a file. Somebody who waits for as many as most already is refused: ErrUnavailable.
func (s *Store) AddExport(ctx context.Context, j assess.ExportJob, most int, line assess.AuditLine) error {
	return s.aside(ctx, "queue a file", func(t tx) ([]assess.AuditLine, error) {
		if j.Plan == "" {
			if err := t.mayWait(j.Owner, most); err != nil {
				return nil, err
			}
		}
		var last int64
		if err := t.row(lastExport).Scan(&last); err != nil {
			return nil, err
		}
		kind, key, args, text, err := problemTexts(j.Problem)
		if err != nil {
			return nil, err
		}
		_, err = t.exec(insertExport, last+1, j.ID, j.Owner, string(j.Plan), millis(j.Slot), j.Order, j.File, j.Edition, string(j.State), j.Done, j.Total, j.Size,
			kind, key, args, text, millis(j.AskedAt), millis(j.StartedAt), millis(j.EndedAt), millis(j.Expires))
		return []assess.AuditLine{line}, err
	})
}

// mayWait refuses a further file to somebody who waits for as many as most.
func (t tx) mayWait(owner string, most int) error {
	var waiting int
	if err := t.row(countAsked, owner).Scan(&waiting); err != nil {
		return err
	}
	if waiting >= most {
		return assess.Unavailable("problem.takeout_queue",
			fmt.Sprintf("you wait for %d files already; take them first, or cancel one", waiting), "count", fmt.Sprint(waiting))
	}
	return nil
}

func scanExport(row scanner) (j assess.ExportJob, err error) {
	var slot, asked, started, ended, expires int64
	var kind, key, args, text string
	if err := row.Scan(&j.ID, &j.Owner, &j.Plan, &slot, &j.Order, &j.File, &j.Edition, &j.State, &j.Done, &j.Total, &j.Size, &kind, &key, &args, &text,
		&asked, &started, &ended, &expires); err != nil {
		return j, err
	}
	j.Slot, j.AskedAt, j.StartedAt, j.EndedAt, j.Expires = moment(slot), moment(asked), moment(started), moment(ended), moment(expires)
	if key == "" {
		return j, nil
	}
	j.Problem = &assess.Problem{Kind: kindNamed(kind), Key: key, Message: text}
	return j, json.Unmarshal([]byte(args), &j.Problem.Args)
}

// Exports answers the files that an account asked for, newest first.
func (s *Store) Exports(ctx context.Context, owner string) ([]assess.ExportJob, error) {
	all, err := list(ctx, s.reader, scanExport, selectExports, owner)
	return all, s.explain("read files", err)
}

// PlannedExports answers the files that the clock asked for, newest first.
func (s *Store) PlannedExports(ctx context.Context) ([]assess.ExportJob, error) {
	all, err := list(ctx, s.reader, scanExport, selectPlanned)
	return all, s.explain("read files", err)
}

// AllExports answers every file there is or was, oldest first.
func (s *Store) AllExports(ctx context.Context) ([]assess.ExportJob, error) {
	all, err := list(ctx, s.reader, scanExport, allExports)
	return all, s.explain("read files", err)
}

// ExportJob answers one; ErrNotFound where there is none.
func (s *Store) ExportJob(ctx context.Context, id string) (assess.ExportJob, error) {
	j, err := scanExport(s.reader.QueryRowContext(ctx, selectExport, id))
	if errors.Is(err, sql.ErrNoRows) {
		return j, noExport()
	}
	return j, s.explain("read a file", err)
}

func noExport() *assess.Problem {
	return assess.NotFound("problem.takeout_gone", "there is no such file, or it has been removed; make it again on the export page")
}

// TakeExport takes the file that has been waiting longest; ok is false where none waits.
func (s *Store) TakeExport(ctx context.Context, now time.Time) (j assess.ExportJob, ok bool, err error) {
	var waiting int
	if err := s.reader.QueryRowContext(ctx, countQueued).Scan(&waiting); err != nil || waiting == 0 {
		return j, false, s.explain("look for files", err)
	}
	err = s.write(ctx, func(t tx) (err error) {
		ok = false
		if j, err = scanExport(t.row(nextExport)); errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		n, err := t.exec(takeExport, millis(now), s.held(), j.ID)
		j.State, j.StartedAt, j.Done, ok = assess.ExportMaking, moment(millis(now)), 0, n == 1
		return err
	})
	return j, ok && err == nil, s.explain("take a file", err)
}

// NoteExport notes how many rows a file has. It is no change that anybody must answer for.
func (s *Store) NoteExport(ctx context.Context, id string, rows int64) error {
	return s.explain("note a file", s.write(ctx, func(t tx) error {
		_, err := t.exec(noteExport, rows, id, s.held())
		return err
	}))
}

// SettleExport notes what became of a file that was taken; lines go into the audit log with it. One that was cancelled meanwhile, or taken over
// by another server, stays as it is: settled is false.
func (s *Store) SettleExport(ctx context.Context, j assess.ExportJob, lines ...assess.AuditLine) (settled bool, err error) {
	kind, key, args, text, err := problemTexts(j.Problem)
	if err != nil {
		return false, s.explain("settle a file", err)
	}
	err = s.aside(ctx, "settle a file", func(t tx) ([]assess.AuditLine, error) {
		n, err := t.exec(settleExport, string(j.State), j.File, j.Edition, j.Done, j.Size, kind, key, args, text, millis(j.EndedAt), millis(j.Expires), j.Order, j.ID, s.held(), millis(j.StartedAt))
		if settled = n == 1; !settled {
			return nil, err
		}
		return lines, err
	})
	return settled && err == nil, err
}

// CancelExport ends what is still to come of a file. One of which nothing is to come is ErrConflict.
func (s *Store) CancelExport(ctx context.Context, id string, at time.Time, line assess.AuditLine) error {
	return s.moveExport(ctx, "cancel a file", line, cancelExport, millis(at), id)
}

// RetryExport queues a file again that failed or was cancelled, within the limit of AddExport.
func (s *Store) RetryExport(ctx context.Context, j assess.ExportJob, most int, line assess.AuditLine) error {
	return s.aside(ctx, "queue a file again", func(t tx) ([]assess.AuditLine, error) {
		if j.Plan == "" {
			if err := t.mayWait(j.Owner, most); err != nil {
				return nil, err
			}
		}
		n, err := t.exec(retryExport, j.ID)
		if err == nil && n == 0 {
			err = movedExport()
		}
		return []assess.AuditLine{line}, err
	})
}

// DropExport forgets a file that is done, failed or cancelled.
func (s *Store) DropExport(ctx context.Context, id string, line assess.AuditLine) error {
	return s.moveExport(ctx, "drop a file", line, dropExport, id)
}

func (s *Store) moveExport(ctx context.Context, doing string, line assess.AuditLine, query string, args ...any) error {
	return s.aside(ctx, doing, func(t tx) ([]assess.AuditLine, error) {
		n, err := t.exec(query, args...)
		if err == nil && n == 0 {
			err = movedExport()
		}
		return []assess.AuditLine{line}, err
	})
}

func movedExport() *assess.Problem {
	return assess.Conflict("problem.takeout_moved", "the file has moved on meanwhile; look at the list again")
}

// RequeueExports queues again what was being made by a server that is no more at a time, and by this one: it is called while none is at work
// here.
func (s *Store) RequeueExports(ctx context.Context, now time.Time) error {
	var left int
	if err := s.reader.QueryRowContext(ctx, countLeftExports, s.held(), millis(now)).Scan(&left); err != nil || left == 0 {
		return s.explain("look for files", err)
	}
	return s.explain("queue files again", s.write(ctx, func(t tx) error {
		_, err := t.exec(requeueExports, s.held(), millis(now))
		return err
	}))
}

// MakesExport says whether a file that was taken here is still to be made here: it was not cancelled, and no other server has taken it over.
func (s *Store) MakesExport(ctx context.Context, j assess.ExportJob) (bool, error) {
	var n int
	err := s.reader.QueryRowContext(ctx, countMaking, j.ID, s.held(), millis(j.StartedAt)).Scan(&n)
	return n > 0, s.explain("look for a file", err)
}

// DropOldExports forgets files that have expired, and what failed or was cancelled before a time. Of what the clock asked for the last one is
// kept: it tells which slot was run.
func (s *Store) DropOldExports(ctx context.Context, now, before time.Time) error {
	return s.explain("forget files", s.write(ctx, func(t tx) error {
		_, err := t.exec(dropOldExports, millis(now), millis(before))
		return err
	}))
}
