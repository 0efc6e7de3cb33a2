package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Sessions keeps the sessions of alexedwards/scs in the database, so that they outlive a restart and can be ended from
// elsewhere. Use it with HashTokenInStore: the tokens it sees are then hashes that open nothing.
//
// A session that was ended stays as an empty row until it would have expired. A request that was under way when it was ended
// writes it once more at its own end; the row keeps it from coming back to life.
type Sessions struct {
	store *Store
	now   func() time.Time
}

var _ scs.CtxStore = (*Sessions)(nil)

// Sessions answers the session store; now says what time it is.
func (s *Store) Sessions(now func() time.Time) *Sessions { return &Sessions{s, now} }

const selectSession = `SELECT data, expires_at FROM session WHERE token = $1 AND ended = 0`

// openSession is a session that was not ended; it may have expired.
type openSession struct {
	data    string
	expires int64 // ms
}

// FindCtx answers the data of a session; false for one that is unknown or has expired.
func (x *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	open, err := x.store.sessions.get(token, func() (o openSession, err error) {
		err = x.store.reader.QueryRowContext(ctx, selectSession, token).Scan(&o.data, &o.expires)
		return o, err
	})
	if errors.Is(err, sql.ErrNoRows) || err == nil && open.expires <= millis(x.now()) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, x.store.explain("read a session", err)
	}
	b, err := base64.StdEncoding.DecodeString(open.data)
	if err != nil {
		return nil, false, fmt.Errorf("read a session: %w", err)
	}
	return b, true, nil
}

const upsertSession = `INSERT INTO session (token, account, data, expires_at, ended) VALUES ($1, $2, $3, $4, 0)
	ON CONFLICT (token) DO UPDATE SET account = excluded.account, data = excluded.data, expires_at = excluded.expires_at
	WHERE session.ended = 0`

// CommitCtx keeps a session until expiry, unless it was ended. The account it belongs to is read from its data, under account.SessionKey.
func (x *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, values, err := account.SessionCodec{}.Decode(data)
	if err != nil {
		return fmt.Errorf("write a session: %w", err)
	}
	id, _ := values[account.SessionKey].(string) // nobody's before the sign-in
	return x.store.explain("write a session", x.store.write(ctx, func(t tx) error {
		_, err := t.exec(upsertSession, token, id, base64.StdEncoding.EncodeToString(data), millis(expiry))
		return err
	}))
}

const endSession = `UPDATE session SET ended = 1, data = '' WHERE token = $1`

// DeleteCtx ends a session; it may be unknown.
func (x *Sessions) DeleteCtx(ctx context.Context, token string) error {
	return x.store.explain("end a session", x.store.write(ctx, func(t tx) error {
		_, err := t.exec(endSession, token)
		return err
	}))
}

// Find is FindCtx for callers without a context.
func (x *Sessions) Find(token string) ([]byte, bool, error) {
	return x.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for callers without a context.
func (x *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return x.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx for callers without a context.
func (x *Sessions) Delete(token string) error { return x.DeleteCtx(context.Background(), token) }

const selectSessionsOf = `SELECT data, expires_at FROM session WHERE account = $1 AND expires_at > $2 AND ended = 0`

// SessionsOf answers where an account is signed in at a time, the newest first.
func (s *Store) SessionsOf(ctx context.Context, id string, now time.Time) ([]account.Session, error) {
	all, err := list(ctx, s.reader, scanSession, selectSessionsOf, id, millis(now))
	slices.SortFunc(all, func(a, b account.Session) int { return b.Born.Compare(a.Born) })
	return all, s.explain("read sessions", err)
}

func scanSession(row scanner) (account.Session, error) {
	var data string
	var ends int64
	if err := row.Scan(&data, &ends); err != nil {
		return account.Session{}, err
	}
	b, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return account.Session{}, err
	}
	_, values, err := account.SessionCodec{}.Decode(b)
	return account.SessionFrom(values, moment(ends)), err
}

// EndSessions ends every session of an account, the one it is asked in included.
func (s *Store) EndSessions(ctx context.Context, id string, line assess.AuditLine) error {
	return s.alter(ctx, id, line, func(t tx, u account.User) (account.User, error) { return u, t.endSessions(id) })
}

const endSessionsOf = `UPDATE session SET ended = 1, data = '' WHERE account = $1`

func (t tx) endSessions(id string) error {
	_, err := t.exec(endSessionsOf, id)
	return err
}

const deleteExpired = `DELETE FROM session WHERE expires_at <= $1`

// Sweep removes the sessions that have expired and answers how many.
func (x *Sessions) Sweep(ctx context.Context) (n int64, err error) {
	err = x.store.write(ctx, func(t tx) error {
		n, err = t.exec(deleteExpired, millis(x.now()))
		return err
	})
	return n, x.store.explain("remove expired sessions", err)
}
