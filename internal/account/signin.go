package account

import "time"

// The limits of signing in (security checklist, rows 2 and 8).
const (
	// WrongAllowed wrong passwords within WrongWindow lock an account for LockFor.
	WrongAllowed = 5
	WrongWindow  = 15 * time.Minute
	LockFor      = 15 * time.Minute
	// InitialLife is how long a password that somebody else set can be used.
	InitialLife = 72 * time.Hour
)

// Decision is what became of an attempt to sign in. The person is told only whether it worked: every other answer would say
// something about the account.
type Decision string

// The decisions.
const (
	SignedIn        Decision = "signed_in"
	MustChange      Decision = "must_change" // signed in, but only to choose a new password
	WrongPassword   Decision = "wrong_password"
	LockedOut       Decision = "locked_out"
	Disabled        Decision = "disabled"
	PasswordExpired Decision = "password_expired" // a password set by somebody else that was not used in time
)

// OK says whether the person is in.
func (d Decision) OK() bool { return d == SignedIn || d == MustChange }

// SignIn decides about one attempt at time now, given whether the password was right, and answers the account as it is
// afterwards. Attempts on a locked or disabled account change nothing, so that nobody can prolong another's lock.
func (u User) SignIn(passwordOK bool, now time.Time) (User, Decision) {
	switch {
	case !u.DisabledAt.IsZero():
		return u, Disabled
	case u.Locked(now):
		return u, LockedOut
	case !passwordOK:
		return u.wrong(now), WrongPassword
	}
	u.Failures, u.LockedUntil = nil, time.Time{}
	expired := !u.PasswordExpires.IsZero() && !now.Before(u.PasswordExpires)
	if u.MustChange && expired {
		return u, PasswordExpired
	}
	u.LastSignIn = now
	if u.MustChange || expired {
		u.MustChange = true
		return u, MustChange
	}
	return u, SignedIn
}

// Locked says whether the account is locked out at a time. A lock further away than LockFor comes from a clock that ran ahead
// and no longer counts.
func (u User) Locked(now time.Time) bool {
	return now.Before(u.LockedUntil) && u.LockedUntil.Sub(now) <= LockFor
}

func (u User) wrong(now time.Time) User {
	var recent []time.Time
	for _, t := range u.Failures {
		if now.Sub(t) < WrongWindow {
			recent = append(recent, t)
		}
	}
	u.Failures = append(recent, now)
	if len(u.Failures) >= WrongAllowed {
		u.Failures, u.LockedUntil = nil, now.Add(LockFor)
	}
	return u
}
