package account

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
)

// matrix writes the whole table by asking May, not by reading it: "own" is what is open for the own unit only, "dep" for the work of the
// own department only, "all" for any.
func matrix(t *testing.T) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-18s", "")
	for _, role := range Roles() {
		fmt.Fprintf(&b, " %-17s", role)
	}
	b.WriteString(" admin/level3") // beside a security administrator
	for _, action := range Actions() {
		fmt.Fprintf(&b, "\n%-18s", action)
		for _, role := range Roles() {
			fmt.Fprintf(&b, " %-17s", asked(t, User{Role: role}, action))
		}
		fmt.Fprintf(&b, " %-17s", asked(t, User{Role: assess.Admin, Divided: true}, action))
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func asked(t *testing.T, u User, action Action) string {
	if OfDistrict(u.Role) {
		u.Unit = "210102"
	}
	if OfDepartment(u.Role) {
		u.Department = "org"
	}
	var open []string
	for _, unit := range []assess.UnitCode{"210102", "210103", ""} {
		for _, departments := range [][]assess.Code{nil, {"rights"}, {"rights", "org"}, {""}} {
			if u.May(action, unit, departments...) {
				open = append(open, fmt.Sprint(unit, departments))
			}
		}
	}
	for scope, of := range map[string][]string{
		"-": nil, "own": {"210102[]", "210102[rights]", "210102[rights org]", "210102[]"}, "dep": {"210102[rights org]", "210103[rights org]", "[rights org]"},
	} {
		if slices.Equal(open, of) {
			return scope
		}
	}
	if len(open) == 12 {
		return "all"
	}
	t.Errorf("%s, %s: open to %q", u.Role, action, open)
	return "?"
}

// Row 19 of the security checklist. The expected table was written and is reviewed by a person; nothing rewrites it.
func TestWhoMayDoWhat(t *testing.T) {
	want, err := os.ReadFile("testdata/permissions.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), matrix(t)); diff != "" {
		t.Errorf("permissions (-reviewed +as built):\n%s", diff)
	}
}

func TestTheAdministratorSeesNoScoresAndTheAuditorChangesNothing(t *testing.T) {
	for _, action := range []Action{ReadPublished, ReadUnpublished, ReadFigures, ReadFilings, Export} {
		if Permitted(assess.Admin, action) != Nothing {
			t.Errorf("the administrator may %s", action)
		}
	}
	for _, action := range []Action{Collect, Import, SetTargets, RunCycle, Publish, IssueEdition, ManageAccounts} {
		if Permitted(assess.Auditor, action) != Nothing {
			t.Errorf("the auditor may %s", action)
		}
	}
}

// Row 24 of the security checklist: where the two are divided no account both gives access and keeps the system, and neither of
// them nor the auditor touches figures.
func TestTheThreeOffices(t *testing.T) {
	divided := User{Role: assess.Admin, Divided: true}
	for _, action := range []Action{ManageAccounts, ManageTokens} {
		if divided.May(action, "") || !(User{Role: assess.SecurityAdmin}).May(action, "") || !(User{Role: assess.Admin}).May(action, "") {
			t.Errorf("%s is in the wrong hands", action)
		}
	}
	for _, action := range []Action{ReadPublished, ReadFigures, ReadDrafts, Fill, Review, Collect, Import, ConfirmOutage, RunCycle} {
		if (User{Role: assess.SecurityAdmin}).May(action, "") {
			t.Errorf("the security administrator may %s", action)
		}
	}
}

func TestWhatIsUnknownIsClosed(t *testing.T) {
	for _, u := range []User{{}, {Role: "root"}, {Role: assess.Admin}} {
		if u.May("no_such_action", "") || u.Role != assess.Admin && u.May(UseAccount, "") {
			t.Errorf("role %q may do something unknown", u.Role)
		}
	}
	// A district role without a unit, which Check refuses, owns nothing: "" is not its unit.
	if (User{Role: assess.DistrictChair}).May(ReadFigures, "") {
		t.Error("a district role without unit reads what belongs to none")
	}
	// A reviewer without a department, which Check refuses, reviews nothing: "" is no department.
	if u := (User{Role: assess.CityReviewer}); u.May(Review, "210102") || u.May(Review, "210102", "") || u.MaySome(Review) {
		t.Error("a reviewer without department reviews what belongs to none")
	}
}

func TestTheStateOfAnAccountLimitsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := User{Role: rapid.SampledFrom(Roles()).Draw(t, "role")}
		action := rapid.SampledFrom(Actions()).Draw(t, "action")
		u.MustChange = rapid.Bool().Draw(t, "must change the password")
		u.MustEnrol = !u.MustChange
		if u.May(action, "") && action != UseAccount {
			t.Fatalf("%s may %s before changing the password or setting up the second factor", u.Role, action)
		}
		if !u.May(UseAccount, "") {
			t.Fatal("nobody can change the password")
		}
		u.DisabledAt = time.UnixMilli(1)
		if u.May(UseAccount, "") {
			t.Fatal("a disabled account may do something")
		}
	})
}

// Row 24: neither administrator sees a register or anything of one, whatever the register, the unit, and wherever they are given a unit or a
// department beside their office.
func TestAdministratorsSeeNoRegister(t *testing.T) {
	t.Parallel()
	for _, role := range []assess.Role{assess.Admin, assess.SecurityAdmin} {
		for _, action := range []Action{ReadRegisters, KeepRegisters, Uncover, ExportPersonal} {
			for _, u := range []User{{Role: role}, {Role: role, Unit: "210102"}, {Role: role, Department: "finance"}, {Role: role, Divided: true}} {
				for _, unit := range []assess.UnitCode{"", "210102"} {
					if u.May(action, unit, "finance") || u.MaySome(action) {
						t.Errorf("%s may %s of %q", role, action, unit)
					}
				}
			}
		}
	}
}
