package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

const (
	selectLease = `SELECT holder, fence, until FROM lease WHERE name = $1`
	upsertLease = `INSERT INTO lease (name, holder, fence, until) VALUES ($1, $2, $3, $4)
	ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, fence = excluded.fence, until = excluded.until`
	endLeases = `UPDATE lease SET until = 0`
	endLease  = `UPDATE lease SET until = 0 WHERE name = $1 AND holder = $2`
)

// TakeLease takes or renews a lease until a time, if it is free, over at now, or the holder's own, and answers its fence: it grows by one
// each time the lease is taken anew, and stays while it is renewed. held is false where another holds it.
func (s *Store) TakeLease(ctx context.Context, name, holder string, now, until time.Time) (fence int64, held bool, err error) {
	var by string
	var ends int64
	// Who only waits for a lease asks often, and need not keep others from writing.
	err = s.reader.QueryRowContext(ctx, selectLease, name).Scan(&by, &fence, &ends)
	if err == nil && by != holder && ends > millis(now) {
		return fence, false, nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, false, s.explain("take a lease", err)
	}
	err = s.write(ctx, func(t tx) error {
		by, fence, ends = "", 0, 0
		err := t.row(selectLease, name).Scan(&by, &fence, &ends)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		over := ends <= millis(now)
		if held = by == holder || over; !held {
			return nil
		}
		if by != holder || over {
			fence++
		}
		if by != holder && ends > 0 { // who let its time pass is no server any more: what it had under way is cleared away
			if _, err := t.exec(endServer, by); err != nil {
				return err
			}
		}
		_, err = t.exec(upsertLease, name, holder, fence, millis(until))
		return err
	})
	return fence, held && err == nil, s.explain("take a lease", err)
}

// DropLease ends a lease that the holder has, so that another need not wait for its time.
func (s *Store) DropLease(ctx context.Context, name, holder string) error {
	return s.explain("drop a lease", s.write(ctx, func(t tx) error {
		_, err := t.exec(endLease, name, holder)
		return err
	}))
}

// EndLeases ends every lease. It is called at the start by who has a store for itself: former holders are gone.
func (s *Store) EndLeases(ctx context.Context) error {
	return s.explain("end leases", s.write(ctx, func(t tx) error {
		_, err := t.exec(endLeases)
		return err
	}))
}
