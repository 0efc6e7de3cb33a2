package account

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// Post is the place a person holds: a role, with the unit or the department that goes with it.
type Post struct {
	Role       assess.Role
	Unit       assess.UnitCode // of a district role
	Department assess.Code     // of a city reviewer
}

// Post answers the place the account holds.
func (u User) Post() Post { return Post{u.Role, u.Unit, u.Department} }

// Check says whether the role exists and whether what stands beside it goes with it: district roles belong to a unit, city
// reviewers to a department, all others to neither. Errors are Problems of kind ErrInvalid.
func (p Post) Check() error {
	role := string(p.Role)
	switch {
	case !slices.Contains(Roles(), p.Role):
		names := make([]string, 0, len(Roles()))
		for _, r := range Roles() {
			names = append(names, string(r))
		}
		return assess.Invalid("problem.account_role",
			fmt.Sprintf("there is no role %q; the roles are %s", role, strings.Join(names, ", ")), "role", role)
	case OfDistrict(p.Role) && p.Unit == "":
		return assess.Invalid("problem.account_needs_unit",
			fmt.Sprintf("the role %s belongs to a district; name its unit", role), "role", role)
	case !OfDistrict(p.Role) && p.Unit != "":
		return assess.Invalid("problem.account_without_unit",
			fmt.Sprintf("the role %s belongs to the city, not to unit %s; leave the unit out", role, p.Unit), "role", role, "unit", string(p.Unit))
	case OfDepartment(p.Role) && p.Department == "":
		return assess.Invalid("problem.account_needs_department",
			fmt.Sprintf("the role %s belongs to a department of the city; name it", role), "role", role)
	case !OfDepartment(p.Role) && p.Department != "":
		return assess.Invalid("problem.account_without_department",
			fmt.Sprintf("the role %s belongs to no department; leave %s out", role, p.Department), "role", role, "department", string(p.Department))
	}
	return nil
}

// CheckIn is Check, and says whether the unit and the department exist in an edition.
func (p Post) CheckIn(e *assess.Edition) error {
	if err := p.Check(); err != nil {
		return err
	}
	if _, ok := e.Roster.Unit(p.Unit); p.Unit != "" && !ok {
		var codes []string
		for _, u := range e.Roster.Units {
			codes = append(codes, string(u.Code))
		}
		known := meant(string(p.Unit), codes)
		return assess.Invalid("problem.account_unit_unknown",
			fmt.Sprintf("there is no unit %s in the definitions of %d; choose %s", p.Unit, e.Year, known), "unit", string(p.Unit), "known", known)
	}
	if p.Department != "" && !slices.ContainsFunc(e.Departments, func(d assess.Department) bool { return d.Code == p.Department }) {
		var codes []string
		for _, d := range e.Departments {
			codes = append(codes, string(d.Code))
		}
		known := meant(string(p.Department), codes)
		return assess.Invalid("problem.account_department_unknown",
			fmt.Sprintf("there is no department %s in the definitions of %d; choose %s", p.Department, e.Year, known), "department", string(p.Department), "known", known)
	}
	return nil
}

// mostNamed is how many codes one sentence names: the districts of a city and its departments, and not all of thousands.
const mostNamed = 20

// meant answers the code that was probably meant, else those that there are.
func meant(typed string, codes []string) string {
	near := assess.Closest(typed, codes)
	switch {
	case near != "":
		return near
	case len(codes) > mostNamed:
		return strings.Join(codes[:mostNamed], ", ") + " …"
	}
	return strings.Join(codes, ", ")
}

// To answers the account in another post. Administrator, security administrator and auditor are three offices that watch each
// other: an account that has held one of them never holds another, whatever it was in between. Errors are Problems: ErrInvalid for
// a post that cannot be, ErrConflict for a second office.
func (u User) To(p Post) (User, error) {
	if err := p.Check(); err != nil {
		return u, err
	}
	if IsOffice(p.Role) {
		if u.Office != "" && u.Office != p.Role {
			return u, assess.Conflict("problem.account_office",
				fmt.Sprintf("%s has been %s; administrator, security administrator and auditor are different people, so make a new account for the %s",
					u.Name, u.Office, p.Role), "name", u.Name, "was", string(u.Office), "role", string(p.Role))
		}
		u.Office = p.Role
	}
	u.Role, u.Unit, u.Department = p.Role, p.Unit, p.Department
	return u, nil
}

// Roles answers the roles: the nine in the order of the workflow, then the security administrator.
func Roles() []assess.Role {
	return []assess.Role{
		assess.DistrictReporter, assess.DistrictChecker, assess.DistrictChair,
		assess.CityReviewer, assess.CityAnalyst, assess.CityAssessor, assess.CityLeader,
		assess.Auditor, assess.Admin, assess.SecurityAdmin,
	}
}

// OfDistrict says whether a role belongs to one district rather than to the city.
func OfDistrict(role assess.Role) bool {
	return role == assess.DistrictReporter || role == assess.DistrictChecker || role == assess.DistrictChair
}

// OfDepartment says whether a role belongs to one department of the city.
func OfDepartment(role assess.Role) bool { return role == assess.CityReviewer }

// IsOffice says whether a role is one of the three that no account may hold two of.
func IsOffice(role assess.Role) bool {
	return role == assess.Admin || role == assess.SecurityAdmin || role == assess.Auditor
}
