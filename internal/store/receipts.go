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
	insertReceipt = `INSERT INTO receipt (token, request, digest, status, body, received_at) VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (token, request) DO NOTHING`
	selectReceipt      = `SELECT token, request, digest, status, body, received_at FROM receipt WHERE token = $1 AND request = $2`
	updateReceipt      = `UPDATE receipt SET status = $1, body = $2 WHERE token = $3 AND request = $4`
	deleteReceipt      = `DELETE FROM receipt WHERE token = $1 AND request = $2 AND status = 0`
	deleteOpenReceipts = `DELETE FROM receipt WHERE status = 0`
	deleteReceipts     = `DELETE FROM receipt WHERE received_at < $1`
)

// BeginReceipt notes that a request is under way. Where the request came before, its receipt is answered and fresh is false: with
// another digest it is ErrInvalid, for the same name must mean the same content.
func (s *Store) BeginReceipt(ctx context.Context, r account.Receipt) (before account.Receipt, fresh bool, err error) {
	err = s.write(ctx, func(t tx) error {
		n, err := t.exec(insertReceipt, r.Token, r.Request, r.Digest, 0, "", millis(r.At))
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
		_, err := t.exec(updateReceipt, r.Status, r.Body, r.Token, r.Request)
		return err
	}))
}

// answer keeps the answer to a request with what it changed. A request that nobody has begun is none.
func (t tx) answer(a assess.Answered) error {
	n, err := t.exec(updateReceipt, a.Status, a.Body, a.Token, a.Request)
	if err == nil && n != 1 {
		err = fmt.Errorf("the request %.60q was never begun", a.Request)
	}
	return err
}

// DropReceipt forgets a request of which nothing came, so that it can be tried again.
func (s *Store) DropReceipt(ctx context.Context, r account.Receipt) error {
	return s.explain("drop a receipt", s.write(ctx, func(t tx) error {
		_, err := t.exec(deleteReceipt, r.Token, r.Request)
		return err
	}))
}

// DropOpenReceipts forgets the requests that were under way when the program ended, so that their programs can send them again.
func (s *Store) DropOpenReceipts(ctx context.Context) error {
	return s.explain("drop open receipts", s.write(ctx, func(t tx) error {
		_, err := t.exec(deleteOpenReceipts)
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
