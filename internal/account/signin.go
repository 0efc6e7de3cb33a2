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
	NeedsCode       Decision = "needs_code"  // the password was right; the code of the second factor is asked for
	WrongPassword   Decision = "wrong_password"
	WrongCode       Decision = "wrong_code"
	CodeShut        Decision = "code_shut" // the second factor does not open: the keys it was sealed by are not there
	LockedOut       Decision = "locked_out"
	Disabled        Decision = "disabled"
	PasswordExpired Decision = "password_expired" // a password set by somebody else that was used already or not in time
	LongUnused      Decision = "long_unused"      // nobody has signed in for long
	NoPlace         Decision = "no_place"         // the unit or department of the account is gone
)

// OK says whether the person is in.
func (d Decision) OK() bool { return d == SignedIn || d == MustChange }

// Attempt is one try to sign in, or to show once more who one is.
type Attempt struct {
	At         time.Time
	PasswordOK bool
	// Code is what was typed for the second factor; "" while only the password was asked for.
	Code string
	// Open answers the secret of the second factor from what is kept of it; nil: the secret is kept as it is.
	Open func(kept string) (secret string, err error)
	// Again: the person is signed in and is asked for the password once more, before something that a stolen session must not do.
	Again bool
	// Surplus: the place of the account no longer exists.
	Surplus bool
	Rules   Rules
}

// SignIn decides about one attempt and answers the account as it is afterwards. Attempts on a locked or disabled account change
// nothing, so that nobody can prolong another's lock. Wrong passwords and wrong codes count together, and a right password alone
// forgets none of them where a code is still to come.
func (u User) SignIn(a Attempt) (User, Decision) {
	now := a.At
	switch {
	case !u.DisabledAt.IsZero():
		return u, Disabled
	case u.Locked(now):
		return u, LockedOut
	case !a.PasswordOK:
		return u.wrong(now), WrongPassword
	case a.Again:
		u.Failures, u.LockedUntil = nil, time.Time{}
		return u, SignedIn
	case a.Surplus:
		return u, NoPlace
	case u.Unused(a.Rules, now):
		return u, LongUnused
	case u.NeverTaken(now):
		return u, PasswordExpired
	}
	if u.CodeSecret != "" {
		if a.Code == "" {
			return u, NeedsCode
		}
		secret, ok := a.secret(u.CodeSecret)
		if !ok {
			return u, CodeShut
		}
		step, ok := CheckCode(secret, a.Code, u.CodeStep, now)
		if !ok {
			return u.wrong(now), WrongCode
		}
		u.CodeStep = step
	}
	return u.enter(a.Rules, now)
}

func (a Attempt) secret(kept string) (string, bool) {
	if a.Open == nil {
		return kept, true
	}
	secret, err := a.Open(kept)
	return secret, err == nil
}

// enter lets the person in. A password that somebody else set opens the account once; one that has grown old must be changed.
func (u User) enter(r Rules, now time.Time) (User, Decision) {
	u.Failures, u.LockedUntil, u.LastSignIn = nil, time.Time{}, now
	if u.MustChange && !u.PasswordExpires.IsZero() {
		u.PasswordExpires = now
	}
	if r.PasswordAge > 0 && now.Sub(u.PasswordSet) >= r.PasswordAge {
		u.MustChange = true
	}
	if u.MustChange {
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
