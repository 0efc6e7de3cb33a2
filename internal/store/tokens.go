package store

import (
	"context"
	"database/sql"
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

const tokenColumns = `id, hash, name, unit, account, scopes, addresses, created_at, created_by, expires_at, revoked_at, used_at`

const (
	insertToken    = `INSERT INTO token (` + tokenColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	selectToken    = `SELECT ` + tokenColumns + ` FROM token WHERE hash = $1`
	selectTokens   = `SELECT ` + tokenColumns + ` FROM token ORDER BY created_at DESC, id DESC`
	revokeToken    = `UPDATE token SET revoked_at = $1 WHERE id = $2 AND revoked_at = 0`
	revokeTokensOf = `UPDATE token SET revoked_at = $1 WHERE account = $2 AND revoked_at = 0`
	useToken       = `UPDATE token SET used_at = $1 WHERE id = $2`
)

// AddToken keeps a token made by account.NewToken.
func (s *Store) AddToken(ctx context.Context, t account.Token, line assess.AuditLine) error {
	scopes := make([]string, len(t.Scopes))
	for i, scope := range t.Scopes {
		scopes[i] = string(scope)
	}
	addresses := make([]string, len(t.Addresses))
	for i, a := range t.Addresses {
		addresses[i] = a.String()
	}
	_, err := s.change(ctx, "add a token", func(x tx, _ *head) error {
		_, err := x.exec(insertToken, t.ID, t.Hash, t.Name, string(t.Unit), t.Account, strings.Join(scopes, " "), strings.Join(addresses, " "),
			millis(t.CreatedAt), t.CreatedBy, millis(t.ExpiresAt), millis(t.RevokedAt), millis(t.UsedAt))
		return err
	}, line)
	return err
}

// TokenOf answers the token of a secret, whatever became of it; ErrNotFound for a secret that is none's.
func (s *Store) TokenOf(ctx context.Context, secret string) (account.Token, error) {
	t, err := scanToken(s.reader.QueryRowContext(ctx, selectToken, account.SecretHash(secret)))
	if errors.Is(err, sql.ErrNoRows) {
		return t, noToken()
	}
	return t, s.explain("read a token", err)
}

// Tokens answers all tokens, newest first.
func (s *Store) Tokens(ctx context.Context) ([]account.Token, error) {
	all, err := list(ctx, s.reader, scanToken, selectTokens)
	return all, s.explain("read tokens", err)
}

// RevokeToken ends a token for ever. One that is not there or has ended is ErrNotFound.
func (s *Store) RevokeToken(ctx context.Context, id string, at time.Time, line assess.AuditLine) error {
	_, err := s.change(ctx, "revoke a token", func(t tx, _ *head) error {
		n, err := t.exec(revokeToken, millis(at), id)
		if err == nil && n == 0 {
			return noToken()
		}
		return err
	}, line)
	return err
}

// NoteToken keeps when a token was last used.
func (s *Store) NoteToken(ctx context.Context, id string, at time.Time) error {
	return s.explain("note the use of a token", s.write(ctx, func(t tx) error {
		_, err := t.exec(useToken, millis(at), id)
		return err
	}))
}

func noToken() error {
	return assess.NotFound("problem.token_unknown", "there is no such token, or it has ended")
}

func scanToken(row scanner) (t account.Token, err error) {
	var scopes, addresses string
	var created, expires, revoked, used int64
	if err := row.Scan(&t.ID, &t.Hash, &t.Name, &t.Unit, &t.Account, &scopes, &addresses, &created, &t.CreatedBy, &expires, &revoked, &used); err != nil {
		return t, err
	}
	for scope := range strings.FieldsSeq(scopes) {
		t.Scopes = append(t.Scopes, account.TokenScope(scope))
	}
	for address := range strings.FieldsSeq(addresses) {
		p, err := netip.ParsePrefix(address)
		if err != nil {
			return t, err
		}
		t.Addresses = append(t.Addresses, p)
	}
	t.CreatedAt, t.ExpiresAt, t.RevokedAt, t.UsedAt = moment(created), moment(expires), moment(revoked), moment(used)
	return t, nil
}
