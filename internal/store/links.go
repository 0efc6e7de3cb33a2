package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

const linkColumns = `id, hash, kind, account, unit, created_at, expires_at, revoked_at`

const (
	insertLink    = `INSERT INTO link (` + linkColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	selectLink    = `SELECT ` + linkColumns + ` FROM link WHERE hash = $1 AND kind = $2`
	selectLinksOf = `SELECT ` + linkColumns + ` FROM link WHERE account = $1 ORDER BY created_at DESC, id DESC`
	revokeLink    = `UPDATE link SET revoked_at = $1 WHERE id = $2 AND account = $3 AND revoked_at = 0`
	revokeLinksOf = `UPDATE link SET revoked_at = $1 WHERE account = $2 AND revoked_at = 0`
)

// AddLink keeps a link made by account.NewLink.
func (s *Store) AddLink(ctx context.Context, l account.Link, line assess.AuditLine) error {
	_, err := s.change(ctx, "add a link", func(t tx, _ *head) error {
		_, err := t.exec(insertLink, l.ID, l.Hash, string(l.Kind), l.Account, string(l.Unit), millis(l.CreatedAt), millis(l.ExpiresAt), millis(l.RevokedAt))
		return err
	}, line)
	return err
}

// OpenLink answers the link of a kind that a secret opens at a time, and its owner, with whose rights it reads. Whatever does not
// open anything – a secret that never was, a link that has expired or was revoked, an owner who is kept out – is ErrNotFound alike.
func (s *Store) OpenLink(ctx context.Context, kind account.LinkKind, secret string, now time.Time) (account.Link, account.User, error) {
	l, err := scanLink(s.reader.QueryRowContext(ctx, selectLink, account.SecretHash(secret), string(kind)))
	if errors.Is(err, sql.ErrNoRows) || err == nil && !l.Open(now) {
		return account.Link{}, account.User{}, noLink()
	}
	if err != nil {
		return account.Link{}, account.User{}, s.explain("read a link", err)
	}
	owner, err := s.Account(ctx, l.Account)
	if err != nil {
		return account.Link{}, account.User{}, err
	}
	if !owner.DisabledAt.IsZero() || owner.Unit != l.Unit {
		return account.Link{}, account.User{}, noLink()
	}
	return l, owner, nil
}

// Links answers the links of an account, newest first.
func (s *Store) Links(ctx context.Context, owner string) ([]account.Link, error) {
	all, err := list(ctx, s.reader, scanLink, selectLinksOf, owner)
	return all, s.explain("read links", err)
}

// RevokeLink closes a link of an account for ever. Another's link, and one that is closed, are ErrNotFound.
func (s *Store) RevokeLink(ctx context.Context, owner, id string, at time.Time, line assess.AuditLine) error {
	_, err := s.change(ctx, "revoke a link", func(t tx, _ *head) error {
		n, err := t.exec(revokeLink, millis(at), id, owner)
		if err == nil && n == 0 {
			return noLink()
		}
		return err
	}, line)
	return err
}

func noLink() error {
	return assess.NotFound("problem.link_unknown", "there is no such link, or it no longer opens anything; make a new one on the page of your account")
}

func scanLink(row scanner) (l account.Link, err error) {
	var created, expires, revoked int64
	err = row.Scan(&l.ID, &l.Hash, &l.Kind, &l.Account, &l.Unit, &created, &expires, &revoked)
	l.CreatedAt, l.ExpiresAt, l.RevokedAt = moment(created), moment(expires), moment(revoked)
	return l, err
}
