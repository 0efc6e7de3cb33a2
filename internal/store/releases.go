package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	releaseColumns = `id, in_table, unit, closed, records, reason, state, asked_by, asked_at, decided_by, decided_at`
	insertRelease  = `INSERT INTO register_release (` + releaseColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	moveRelease    = `UPDATE register_release SET state = $1, decided_by = $2, decided_at = $3 WHERE id = $4 AND state = $5`
	selectRelease  = `SELECT ` + releaseColumns + ` FROM register_release WHERE id = $1`
	selectAwaited  = `SELECT ` + releaseColumns + ` FROM register_release WHERE state = 'waiting' ORDER BY asked_at, id`
	selectReleases = `SELECT ` + releaseColumns + ` FROM register_release WHERE in_table = $1 ORDER BY asked_at DESC, id LIMIT 50`
)

func scanRelease(row scanner) (r assess.Release, err error) {
	var closed int
	var asked, decided int64
	err = row.Scan(&r.ID, &r.Table, &r.Unit, &closed, &r.Records, &r.Reason, &r.State, &r.AskedBy, &asked, &r.DecidedBy, &decided)
	r.Closed, r.AskedAt, r.DecidedAt = closed == 1, moment(asked), moment(decided)
	return r, err
}

// AskRelease keeps a release that waits for a second person.
func (s *Store) AskRelease(ctx context.Context, r assess.Release, line assess.AuditLine) error {
	return s.aside(ctx, "ask for a file of a register", func(t tx) ([]assess.AuditLine, error) {
		_, err := t.exec(insertRelease, r.ID, string(r.Table), string(r.Unit), flag(r.Closed), r.Records, r.Reason, string(r.State), r.AskedBy, millis(r.AskedAt), r.DecidedBy, millis(r.DecidedAt))
		return []assess.AuditLine{line}, err
	})
}

// MoveRelease gives a release another state, where it still has the one that was looked at, else it is ErrConflict.
func (s *Store) MoveRelease(ctx context.Context, r assess.Release, from assess.ReleaseState, line assess.AuditLine) error {
	return s.aside(ctx, "decide about a file of a register", func(t tx) ([]assess.AuditLine, error) {
		n, err := t.exec(moveRelease, string(r.State), r.DecidedBy, millis(r.DecidedAt), r.ID, string(from))
		if err == nil && n == 0 {
			err = assess.Conflict("problem.release_over", "this was decided or taken meanwhile; look at the list anew")
		}
		return []assess.AuditLine{line}, err
	})
}

// Release answers a release, ErrNotFound where there is none.
func (s *Store) Release(ctx context.Context, id string) (assess.Release, error) {
	r, err := scanRelease(s.reader.QueryRowContext(ctx, selectRelease, id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, assess.NotFound("problem.release_none", "nobody asked for such a file; choose one of the list")
	}
	return r, s.explain("read a release", err)
}

// Releases answers the newest fifty releases of a register, newest first.
func (s *Store) Releases(ctx context.Context, table assess.Code) ([]assess.Release, error) {
	all, err := list(ctx, s.reader, scanRelease, selectReleases, string(table))
	return all, s.explain("read releases", err)
}

// WaitingReleases answers the releases of all registers that wait for a second person, oldest first.
func (s *Store) WaitingReleases(ctx context.Context) ([]assess.Release, error) {
	all, err := list(ctx, s.reader, scanRelease, selectAwaited)
	return all, s.explain("read releases", err)
}
