package account

import (
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Rules are the settings of an installation about its accounts.
type Rules struct {
	// Passwords are from MinPassword characters; where Composed is set they are made of three of the four classes small letters,
	// capitals, digits and other signs.
	MinPassword int
	Composed    bool
	// PasswordAge is after how long a password must be changed, 0: never. History is how many earlier ones may not come back.
	PasswordAge time.Duration
	History     int
	// SecondFactor are the roles that sign in with a code, too.
	SecondFactor []assess.Role
	// Unused is after how long an account that nobody signs in to is kept out, 0: never.
	Unused time.Duration
	// Divided: accounts are the work of a security administrator, not of the administrator (level 3).
	Divided bool
}

// UsualRules answers the rules of an installation that says nothing.
func UsualRules() Rules { return Rules{MinPassword: 10, Unused: 90 * 24 * time.Hour} }

// Demands says whether a role signs in with a second factor.
func (r Rules) Demands(role assess.Role) bool { return slices.Contains(r.SecondFactor, role) }

// Assignable answers the roles that an account can be given here.
func (r Rules) Assignable() []assess.Role {
	return slices.DeleteFunc(Roles(), func(role assess.Role) bool { return role == assess.SecurityAdmin && !r.Divided })
}

// Keeper answers the role whose work the accounts are. The first account of an installation has it.
func (r Rules) Keeper() assess.Role {
	if r.Divided {
		return assess.SecurityAdmin
	}
	return assess.Admin
}

// CheckRole says no to a role that accounts cannot be given here, as a Problem of kind ErrInvalid.
func (r Rules) CheckRole(role assess.Role) error {
	if role == assess.SecurityAdmin && !r.Divided {
		return assess.Invalid("problem.account_level",
			"a security administrator is only appointed at security level 3; set security: level3 in the configuration first, or choose admin")
	}
	return nil
}

// Under answers the account as the rules of an installation make it: whether it must set up its second factor first, and whether
// accounts are its work.
func (u User) Under(r Rules) User {
	u.MustEnrol = r.Demands(u.Role) && u.CodeSecret == ""
	u.Divided = r.Divided
	return u
}

// Unused says whether nobody has used the account for so long that it is kept out.
func (u User) Unused(r Rules, now time.Time) bool {
	since := u.OpenedAt
	if u.LastSignIn.After(since) {
		since = u.LastSignIn
	}
	return r.Unused > 0 && now.Sub(since) >= r.Unused
}

// NeverTaken says whether the account was made or reset and nobody came in time to choose a password of their own: its initial
// password has lapsed.
func (u User) NeverTaken(now time.Time) bool {
	return u.MustChange && !u.PasswordExpires.IsZero() && !now.Before(u.PasswordExpires)
}

// Surplus says whether the place of an account no longer exists in an edition: its unit left the roster, or its department is gone.
func (u User) Surplus(e *assess.Edition) bool {
	if e == nil {
		return false
	}
	_, known := e.Roster.Unit(u.Unit)
	gone := !slices.ContainsFunc(e.Departments, func(d assess.Department) bool { return d.Code == u.Department })
	return u.Unit != "" && !known || u.Department != "" && gone
}

// Standing is where an account stands, as lists show it.
type Standing string

// The standings. From the fourth on, nobody can sign in with the account.
const (
	InUse      Standing = "in_use"
	NewPerson  Standing = "new"         // has an initial password that was not used yet
	OldWord    Standing = "must_change" // must change the password at the next sign-in
	LockedNow  Standing = "locked_out"  // by wrong passwords, for a while
	ShutOut    Standing = "disabled"    // locked by an administrator
	Sleeping   Standing = "unused"      // nobody has signed in for long
	Lapsed     Standing = "never_taken" // the initial password has lapsed
	WithoutUse Standing = "surplus"     // the unit or department is gone
)

// KeptOut says whether nobody can sign in with an account that stands so.
func (s Standing) KeptOut() bool {
	switch s {
	case InUse, NewPerson, OldWord:
		return false
	}
	return true
}

// Standing answers where the account stands at a time, under the rules and definitions of the installation; e may be nil.
func (u User) Standing(r Rules, e *assess.Edition, now time.Time) Standing {
	switch {
	case !u.DisabledAt.IsZero():
		return ShutOut
	case u.Surplus(e):
		return WithoutUse
	case u.NeverTaken(now):
		return Lapsed
	case u.Unused(r, now):
		return Sleeping
	case u.Locked(now):
		return LockedNow
	case u.MustChange && !u.PasswordExpires.IsZero():
		return NewPerson
	case u.MustChange || r.PasswordAge > 0 && now.Sub(u.PasswordSet) >= r.PasswordAge:
		return OldWord
	}
	return InUse
}
