package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

const accountColumns = `id, name, display_name, role, unit, password_hash, must_change, password_expires,
	disabled_at, locked_until, failures, created_at, last_sign_in, department, office, past_hashes, password_set, opened_at,
	code_secret, code_step`

const (
	insertAccount = `INSERT INTO account (` + accountColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
	$16, $17, $18, $19, $20)
	ON CONFLICT (name) DO NOTHING`
	selectAccount       = `SELECT ` + accountColumns + ` FROM account WHERE id = $1`
	selectAccountByName = `SELECT ` + accountColumns + ` FROM account WHERE name = $1`
	selectAccounts      = `SELECT ` + accountColumns + ` FROM account ORDER BY name`
	updateAccount       = `UPDATE account SET display_name = $1, role = $2, unit = $3, password_hash = $4, must_change = $5, password_expires = $6,
	disabled_at = $7, locked_until = $8, failures = $9, last_sign_in = $10, department = $11, office = $12, past_hashes = $13,
	password_set = $14, opened_at = $15, code_secret = $16, code_step = $17 WHERE id = $18`
	countAccounts = `SELECT COUNT(*) FROM account`
	countOthersOf = `SELECT COUNT(*) FROM account WHERE role = $1 AND disabled_at = 0 AND id <> $2`
)

// AddAccount adds an account made by account.New. A name that is taken is ErrConflict.
func (s *Store) AddAccount(ctx context.Context, u account.User, line assess.AuditLine) error {
	return s.addAccount(ctx, u, line, func(tx) error { return nil })
}

// AddFirstAccount adds the account that an installation begins with. Where there is any already it is ErrConflict.
func (s *Store) AddFirstAccount(ctx context.Context, u account.User, line assess.AuditLine) error {
	return s.addAccount(ctx, u, line, func(t tx) error {
		var n int
		if err := t.row(countAccounts).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return assess.Conflict("problem.account_not_first", "there are accounts already; an administrator or `unionboard user add` adds more")
		}
		return nil
	})
}

// AnyAccount says whether there is an account at all.
func (s *Store) AnyAccount(ctx context.Context) (bool, error) {
	var n int
	err := s.reader.QueryRowContext(ctx, countAccounts).Scan(&n)
	return n > 0, s.explain("count accounts", err)
}

func (s *Store) addAccount(ctx context.Context, u account.User, line assess.AuditLine, allow func(tx) error) error {
	if err := u.Check(); err != nil {
		return err
	}
	_, err := s.change(ctx, "add an account", func(t tx, _ *head) error {
		if err := allow(t); err != nil {
			return err
		}
		n, err := t.exec(insertAccount, u.ID, u.Name, u.DisplayName, string(u.Role), string(u.Unit), u.PasswordHash, digit(u.MustChange),
			millis(u.PasswordExpires), millis(u.DisabledAt), millis(u.LockedUntil), joinTimes(u.Failures), millis(u.CreatedAt), millis(u.LastSignIn),
			string(u.Department), string(u.Office), strings.Join(u.PastHashes, " "), millis(u.PasswordSet), millis(u.OpenedAt), u.CodeSecret, u.CodeStep)
		if err == nil && n == 0 {
			return assess.Conflict("problem.account_taken", fmt.Sprintf("there is an account %s already; choose another name", u.Name), "name", u.Name)
		}
		return err
	}, line)
	return err
}

// Account answers an account by its ID, ErrNotFound where there is none.
func (s *Store) Account(ctx context.Context, id string) (account.User, error) {
	u, err := s.accounts.get(id, func() (account.User, error) { return scanAccount(s.reader.QueryRowContext(ctx, selectAccount, id)) })
	u.PastHashes, u.Failures = slices.Clone(u.PastHashes), slices.Clone(u.Failures)
	return u, s.explain("read an account", known(id, err))
}

// AccountNamed answers an account by the name that was typed, ErrNotFound where there is none.
func (s *Store) AccountNamed(ctx context.Context, typed string) (account.User, error) {
	name := account.SignInName(typed)
	if checkSound(name) != nil { // nobody is called so
		return account.User{}, known(name, sql.ErrNoRows)
	}
	u, err := scanAccount(s.reader.QueryRowContext(ctx, selectAccountByName, name))
	return u, s.explain("read an account", known(name, err))
}

// Accounts answers all accounts in the order of their names.
func (s *Store) Accounts(ctx context.Context) ([]account.User, error) {
	all, err := list(ctx, s.reader, scanAccount, selectAccounts)
	return all, s.explain("read accounts", err)
}

func known(who string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return assess.NotFound("problem.account_unknown", fmt.Sprintf("there is no account %s", who), "name", who)
	}
	return err
}

// keptHashes is how many earlier hashes are kept of an account: what the longest history that can be set looks back on.
const keptHashes = 24

// SetPassword gives an account a new password and ends its sessions; the person's own goes on under a new token (scs.RenewToken).
// The lock of wrong passwords ends with it. A password that somebody else chose must be changed and expires at a time; zero is
// never.
func (s *Store) SetPassword(ctx context.Context, id, hash string, mustChange bool, expires time.Time, line assess.AuditLine) error {
	return s.alter(ctx, id, line, func(t tx, u account.User) (account.User, error) {
		u.PastHashes = append([]string{u.PasswordHash}, u.PastHashes[:min(len(u.PastHashes), keptHashes-1)]...)
		u.PasswordHash, u.PasswordSet, u.MustChange, u.PasswordExpires = hash, line.At, mustChange, expires
		u.LockedUntil, u.Failures = time.Time{}, nil
		return u, t.endSessions(id)
	})
}

// Rehash replaces a hash by a dearer one of the same password. Sessions go on; when the password was changed meanwhile nothing
// happens.
func (s *Store) Rehash(ctx context.Context, id, from, to string, line assess.AuditLine) error {
	return s.alter(ctx, id, line, func(_ tx, u account.User) (account.User, error) {
		if u.PasswordHash == from {
			u.PasswordHash = to
		}
		return u, nil
	})
}

// SetCodes gives an account a second factor, the secret of its codes and the step of the one that proved it, and ends its sessions;
// an empty secret takes the factor away.
func (s *Store) SetCodes(ctx context.Context, id, secret string, step int64, line assess.AuditLine) error {
	return s.alter(ctx, id, line, func(t tx, u account.User) (account.User, error) {
		u.CodeSecret, u.CodeStep = secret, step
		return u, t.endSessions(id)
	})
}

// SetDisplayName changes the name that the pages show.
func (s *Store) SetDisplayName(ctx context.Context, id, name string, line assess.AuditLine) error {
	return s.alter(ctx, id, line, func(_ tx, u account.User) (account.User, error) {
		u.DisplayName = name
		return u, nil
	})
}

// SetPost gives an account another role, unit or department, ends its sessions and revokes its links and tokens. The last administrator stays one, and who has
// held one of the three offices never gets another: ErrConflict.
func (s *Store) SetPost(ctx context.Context, id string, post account.Post, line assess.AuditLine) error {
	return s.alter(ctx, id, line, func(t tx, u account.User) (account.User, error) {
		if post.Role != u.Role {
			if err := t.keepOne(u); err != nil {
				return u, err
			}
		}
		u, err := u.To(post)
		return u, errors.Join(err, t.endSessions(id), t.closeKeys(id, line.At))
	})
}

// LockAccount closes an account until it is unlocked, ends its sessions and revokes its links and tokens. The last administrator stays open: ErrConflict.
func (s *Store) LockAccount(ctx context.Context, id string, at time.Time, line assess.AuditLine) error {
	return s.alter(ctx, id, line, func(t tx, u account.User) (account.User, error) {
		if err := t.keepOne(u); err != nil {
			return u, err
		}
		u.DisabledAt = at
		return u, errors.Join(t.endSessions(id), t.closeKeys(id, at))
	})
}

// UnlockAccount opens an account again, whether a person locked it, wrong passwords did or nobody has used it for long.
func (s *Store) UnlockAccount(ctx context.Context, id string, line assess.AuditLine) error {
	return s.alter(ctx, id, line, func(_ tx, u account.User) (account.User, error) {
		u.DisabledAt, u.LockedUntil, u.Failures, u.OpenedAt = time.Time{}, time.Time{}, nil, line.At
		return u, nil
	})
}

// SignIn decides about an attempt to sign in, counts it and records it, all at once, so that many tries at the same time count
// as many, and a code opens once. The decision becomes the result and the content of the audit line.
func (s *Store) SignIn(ctx context.Context, id string, a account.Attempt, line assess.AuditLine) (d account.Decision, err error) {
	err = s.write(ctx, func(t tx) error {
		u, err := t.account(id)
		if err != nil {
			return err
		}
		u, d = u.SignIn(a)
		if err := t.saveAccount(u); err != nil {
			return err
		}
		line.After, line.Result = string(d), "refused"
		if d.OK() || d == account.NeedsCode {
			line.Result = "ok"
		}
		_, err = t.numbered(func(h *head) error { return t.record(h, line) })
		return err
	})
	return d, s.explain("sign in", err)
}

// alter changes one account under its row and records the line.
func (s *Store) alter(ctx context.Context, id string, line assess.AuditLine, change func(tx, account.User) (account.User, error)) error {
	_, err := s.change(ctx, "change an account", func(t tx, _ *head) error {
		u, err := t.account(id)
		if err != nil {
			return err
		}
		if u, err = change(t, u); err != nil {
			return err
		}
		return t.saveAccount(u)
	}, line)
	return err
}

func (t tx) account(id string) (account.User, error) {
	u, err := scanAccount(t.row(selectAccount, id))
	return u, known(id, err)
}

func (t tx) saveAccount(u account.User) error {
	_, err := t.exec(updateAccount, u.DisplayName, string(u.Role), string(u.Unit), u.PasswordHash, digit(u.MustChange), millis(u.PasswordExpires),
		millis(u.DisabledAt), millis(u.LockedUntil), joinTimes(u.Failures), millis(u.LastSignIn), string(u.Department), string(u.Office),
		strings.Join(u.PastHashes, " "), millis(u.PasswordSet), millis(u.OpenedAt), u.CodeSecret, u.CodeStep, u.ID)
	return err
}

// closeKeys revokes the links of an account and the tokens it answers for.
func (t tx) closeKeys(id string, at time.Time) error {
	for _, statement := range []string{revokeLinksOf, revokeTokensOf} {
		if _, err := t.exec(statement, millis(at), id); err != nil {
			return err
		}
	}
	return nil
}

// keepOne refuses to take away the last administrator who can sign in, and the last security administrator.
func (t tx) keepOne(u account.User) error {
	if u.Role != assess.Admin && u.Role != assess.SecurityAdmin || !u.DisabledAt.IsZero() {
		return nil
	}
	var others int
	if err := t.row(countOthersOf, string(u.Role), u.ID).Scan(&others); err != nil {
		return err
	}
	if others == 0 {
		return assess.Conflict("problem.last_admin",
			fmt.Sprintf("%s is the last administrator; make somebody else administrator first", u.Name), "name", u.Name)
	}
	return nil
}
