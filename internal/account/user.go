package account

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"github.com/unionboard/unionboard/internal/assess"
)

// User is the account of one person.
type User struct {
	ID          string
	Name        string // what is typed to sign in, in the form of SignInName
	DisplayName string
	Role        assess.Role
	Unit        assess.UnitCode // the district of a district role, "" for the roles of the city
	// Department is that of a city reviewer, whose items are reviewed and supplied; "" for other roles.
	Department assess.Code
	// Office is the one of administrator, security administrator and auditor that the account has held, for ever; "" for none.
	Office assess.Role
	// PasswordHash is a PHC string made by a Hasher; PastHashes are those before it, newest first.
	PasswordHash    string
	PastHashes      []string
	PasswordSet     time.Time
	MustChange      bool        // nothing but the change of the password is open
	PasswordExpires time.Time   // zero: never
	DisabledAt      time.Time   // zero: not disabled
	LockedUntil     time.Time   // zero: not locked
	Failures        []time.Time // wrong passwords and codes that still count, oldest first
	CreatedAt       time.Time
	OpenedAt        time.Time // when it was made or last unlocked: from here, or the last sign-in, the days without use are counted
	LastSignIn      time.Time // zero: never
	// CodeSecret is what the second factor's codes are made of, sealed (CodePlace); before it was sealed first it is base32; "" where there is none. CodeStep is the time step of the
	// last code that was used, which no code may go back behind.
	CodeSecret string
	CodeStep   int64

	// What follows from the rules of the installation and is not kept; see Under.
	MustEnrol bool // nothing but setting up the second factor is open
	Divided   bool // accounts are the security administrator's work, not the administrator's
}

// New answers a new account with an ID of its own. Errors are Problems of kind ErrInvalid.
func New(name, displayName string, post Post, now time.Time) (User, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return User{}, fmt.Errorf("new account: %w", err)
	}
	u := User{
		ID: id.String(), Name: SignInName(name), DisplayName: cmp.Or(strings.TrimSpace(displayName), name),
		CreatedAt: now, OpenedAt: now, PasswordSet: now,
	}
	if u, err = u.To(post); err != nil {
		return u, err
	}
	return u, u.Check()
}

// SignInName answers a name as it is kept and compared: without spaces around it, in lower case, full-width letters made plain.
func SignInName(typed string) string {
	return strings.ToLower(norm.NFKC.String(strings.TrimSpace(typed)))
}

var nameForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._@-]{1,63}$`)

// Check says what is wrong with an account: its name, its role, or a unit or department that does not go with the role.
func (u User) Check() error {
	if err := CheckName(u.Name); err != nil {
		return err
	}
	return u.Post().Check()
}

// CheckName says no to what cannot be a sign-in name, as a Problem of kind ErrInvalid.
func CheckName(name string) error {
	if !nameForm.MatchString(name) || name != SignInName(name) {
		return assess.Invalid("problem.account_name",
			fmt.Sprintf("%q is not a sign-in name; use 2 to 64 letters, digits, dots, hyphens, underscores or @", name), "name", name)
	}
	return nil
}
