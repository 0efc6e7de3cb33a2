package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/account"
)

const (
	selectAttempts = `SELECT times FROM attempt WHERE network = $1`
	upsertAttempts = `INSERT INTO attempt (network, times, last_at) VALUES ($1, $2, $3)
	ON CONFLICT (network) DO UPDATE SET times = excluded.times, last_at = excluded.last_at`
	deleteAttempts = `DELETE FROM attempt WHERE last_at < $1 OR last_at > $2`
)

// TakeAttempt says whether one more attempt from a network address is within a limit, and counts it if it is. The count stands in
// the database, so that a restart forgets nothing and several servers count together.
func (s *Store) TakeAttempt(ctx context.Context, limit account.Limit, network string, now time.Time) (ok bool, err error) {
	err = s.write(ctx, func(t tx) error {
		var written string
		if err := t.row(selectAttempts, network).Scan(&written); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		times, err := splitTimes(written)
		if err != nil {
			return err
		}
		times = slices.DeleteFunc(times, func(at time.Time) bool { // those of a clock that ran ahead do not count for ever
			ago := now.Sub(at)
			return ago >= limit.Window || ago <= -limit.Window
		})
		if ok = len(times) < limit.Most; !ok {
			return nil
		}
		_, err = t.exec(upsertAttempts, network, joinTimes(append(times, now)), millis(now))
		return err
	})
	return ok, s.explain("count an attempt", err)
}

// SweepAttempts forgets the addresses from which nothing came for a window.
func (s *Store) SweepAttempts(ctx context.Context, limit account.Limit, now time.Time) error {
	return s.explain("forget attempts", s.write(ctx, func(t tx) error {
		_, err := t.exec(deleteAttempts, millis(now.Add(-limit.Window)), millis(now.Add(limit.Window)))
		return err
	}))
}
