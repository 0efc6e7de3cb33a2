package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

const (
	insertReceipt = `INSERT INTO receipt (token, request, digest, status, body, received_at, holder, attempt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
	ON CONFLICT (token, request) DO NOTHING`
	selectReceipt      = `SELECT token, request, digest, status, body, received_at FROM receipt WHERE token = $1 AND request = $2`
	updateReceipt      = `UPDATE receipt SET status = $1, body = $2 WHERE token = $3 AND request = $4 AND attempt = $5`
	deleteReceipt      = `DELETE FROM receipt WHERE token = $1 AND request = $2 AND status = 0 AND attempt = $3`
	deleteOpenReceipts = `DELETE FROM receipt WHERE status = 0`
	deleteLeftReceipts = `DELETE FROM receipt WHERE status = 0 AND holder NOT IN (SELECT id FROM server WHERE until > $1)`
	deleteLeftReceipt  = `DELETE FROM receipt WHERE token = $1 AND request = $2 AND status = 0 AND digest = $3 AND holder NOT IN (SELECT id FROM server WHERE until > $4) AND holder <> $5`
	deleteReceipts     = `DELETE FROM receipt WHERE received_at < $1`
)

// BeginReceipt notes that a request is under way, by the name of this attempt. Where the request came before, its receipt is answered and fresh is
// false: with another digest it is ErrInvalid, for the same name must mean the same content. One that was under way at a server that is no
// more begins anew; should that server wake up, its attempt is not this one.
func (s *Store) BeginReceipt(ctx context.Context, r account.Receipt) (before account.Receipt, fresh bool, err error) {
	err = s.write(ctx, func(t tx) error {
		if _, err := t.exec(deleteLeftReceipt, r.Token, r.Request, r.Digest, millis(r.At), s.held()); err != nil {
			return err
		}
		n, err := t.exec(insertReceipt, r.Token, r.Request, r.Digest, 0, "", millis(r.At), s.held(), r.Attempt)
		if fresh = n > 0; err != nil || fresh {
			return err
		}
		before, err = scanReceipt(t.row(selectReceipt, r.Token, r.Request))
		if err == nil && before.Digest != r.Digest {
			return assess.Invalid("problem.receipt_other",
				fmt.Sprintf("the Idempotency-Key %.60q was used for something else; give every request its own", r.Request), "request", r.Request)
		}
		return err
	})
	return before, fresh, s.explain("begin a receipt", err)
}

// FinishReceipt keeps the answer to a request that is under way.
func (s *Store) FinishReceipt(ctx context.Context, r account.Receipt) error {
	return s.explain("finish a receipt", s.write(ctx, func(t tx) error {
		_, err := t.exec(updateReceipt, r.Status, r.Body, r.Token, r.Request, r.Attempt)
		return err
	}))
}

// answer keeps the answer to a request with what it changed. A request that nobody has begun is none.
func (t tx) answer(a assess.Answered) error {
	n, err := t.exec(updateReceipt, a.Status, a.Body, a.Token, a.Request, a.Attempt)
	if err == nil && n != 1 {
		err = fmt.Errorf("the request %.60q was never begun, or another server has taken it over", a.Request)
	}
	return err
}

// DropReceipt forgets a request of which nothing came, so that it can be tried again.
func (s *Store) DropReceipt(ctx context.Context, r account.Receipt) error {
	return s.explain("drop a receipt", s.write(ctx, func(t tx) error {
		_, err := t.exec(deleteReceipt, r.Token, r.Request, r.Attempt)
		return err
	}))
}

// DropOpenReceipts forgets the requests that were under way at servers that are no more at a time, so that their programs can send them again.
func (s *Store) DropOpenReceipts(ctx context.Context, now time.Time) error {
	return s.explain("drop open receipts", s.write(ctx, func(t tx) error {
		_, err := t.exec(deleteLeftReceipts, millis(now))
		return err
	}))
}

// SweepReceipts forgets the requests from before a time.
func (s *Store) SweepReceipts(ctx context.Context, before time.Time) error {
	return s.explain("forget receipts", s.write(ctx, func(t tx) error {
		_, err := t.exec(deleteReceipts, millis(before))
		return err
	}))
}

func scanReceipt(row scanner) (r account.Receipt, err error) {
	var at int64
	err = row.Scan(&r.Token, &r.Request, &r.Digest, &r.Status, &r.Body, &at)
	if errors.Is(err, sql.ErrNoRows) {
		err = assess.NotFound("problem.receipt_unknown", "there is no such request")
	}
	r.At = moment(at)
	return r, err
}
