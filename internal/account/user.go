package account

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"github.com/unionboard/unionboard/internal/assess"
)

// SessionKey is the name under which a session holds the ID of its account, so that an account's sessions can be ended.
const SessionKey = "account"

// User is the account of one person.
type User struct {
	ID          string
	Name        string // what is typed to sign in, in the form of SignInName
	DisplayName string
	Role        assess.Role
	Unit        assess.UnitCode // the district of a district role, "" for the roles of the city
	// Department is that of a city reviewer, whose items are reviewed and supplied; "" for other roles.
	Department assess.Code
	// PasswordHash is a PHC string made by a Hasher.
	PasswordHash    string
	MustChange      bool        // nothing but the change of the password is open
	PasswordExpires time.Time   // zero: never
	DisabledAt      time.Time   // zero: not disabled
	LockedUntil     time.Time   // zero: not locked
	Failures        []time.Time // wrong passwords that still count, oldest first
	CreatedAt       time.Time
	LastSignIn      time.Time // zero: never
}

// New answers a new account with an ID of its own. Errors are Problems of kind ErrInvalid.
func New(name, displayName string, role assess.Role, unit assess.UnitCode, now time.Time) (User, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return User{}, fmt.Errorf("new account: %w", err)
	}
	u := User{
		ID: id.String(), Name: SignInName(name), DisplayName: cmp.Or(strings.TrimSpace(displayName), name),
		Role: role, Unit: unit, CreatedAt: now,
	}
	return u, u.Check()
}

// SignInName answers a name as it is kept and compared: without spaces around it, in lower case, full-width letters made plain.
func SignInName(typed string) string {
	return strings.ToLower(norm.NFKC.String(strings.TrimSpace(typed)))
}

var nameForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._@-]{1,63}$`)

// Check says what is wrong with an account: its name, its role, or a unit that does not go with the role.
func (u User) Check() error {
	if !nameForm.MatchString(u.Name) || u.Name != SignInName(u.Name) {
		return assess.Invalid("problem.account_name",
			fmt.Sprintf("%q is not a sign-in name; use 2 to 64 letters, digits, dots, hyphens, underscores or @", u.Name), "name", u.Name)
	}
	return CheckRole(u.Role, u.Unit)
}

// CheckRole says whether a role exists and whether it goes with a unit: district roles belong to one, the others to none.
func CheckRole(role assess.Role, unit assess.UnitCode) error {
	if !slices.Contains(Roles(), role) {
		names := make([]string, 0, len(Roles()))
		for _, r := range Roles() {
			names = append(names, string(r))
		}
		return assess.Invalid("problem.account_role",
			fmt.Sprintf("there is no role %q; the roles are %s", role, strings.Join(names, ", ")), "role", string(role))
	}
	if OfDistrict(role) && unit == "" {
		return assess.Invalid("problem.account_needs_unit",
			fmt.Sprintf("the role %s belongs to a district; name its unit", role), "role", string(role))
	}
	if !OfDistrict(role) && unit != "" {
		return assess.Invalid("problem.account_without_unit",
			fmt.Sprintf("the role %s belongs to the city, not to unit %s; leave the unit out", role, unit), "role", string(role), "unit", string(unit))
	}
	return nil
}

// Roles answers the nine roles in the order of the workflow.
func Roles() []assess.Role {
	return []assess.Role{
		assess.DistrictReporter, assess.DistrictChecker, assess.DistrictChair,
		assess.CityReviewer, assess.CityAnalyst, assess.CityAssessor, assess.CityLeader,
		assess.Auditor, assess.Admin,
	}
}

// OfDistrict says whether a role belongs to one district rather than to the city.
func OfDistrict(role assess.Role) bool {
	return role == assess.DistrictReporter || role == assess.DistrictChecker || role == assess.DistrictChair
}
