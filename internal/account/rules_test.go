package account

import (
	"slices"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Row 11 of the security checklist: where an account stands, and whether anybody can sign in with it, in the order in which it is
// said where several are true.
func TestStanding(t *testing.T) {
	const day = 24 * time.Hour
	rules := Rules{Unused: 90 * day, PasswordAge: 30 * day}
	edition := &assess.Edition{Roster: assess.Roster{Units: []assess.Unit{{Code: "210102"}}}, Departments: []assess.Department{{Code: "org"}}}
	for _, c := range []struct {
		name string
		user User
		want Standing
	}{
		{"used today", User{OpenedAt: noon, PasswordSet: noon}, InUse},
		{"a new one", User{OpenedAt: noon, PasswordSet: noon, MustChange: true, PasswordExpires: noon.Add(day)}, NewPerson},
		{"a new one whose time is up", User{OpenedAt: noon, MustChange: true, PasswordExpires: noon}, Lapsed},
		{"told to change", User{OpenedAt: noon, PasswordSet: noon, MustChange: true}, OldWord},
		{"an old password", User{OpenedAt: noon, PasswordSet: noon.Add(-30 * day)}, OldWord},
		{"locked by wrong passwords", User{OpenedAt: noon, LockedUntil: noon.Add(time.Minute)}, LockedNow},
		{"unused", User{OpenedAt: noon.Add(-90 * day), PasswordSet: noon}, Sleeping},
		{"used lately", User{OpenedAt: noon.Add(-900 * day), LastSignIn: noon.Add(-day), PasswordSet: noon}, InUse},
		{"of a unit that is gone", User{OpenedAt: noon, Role: assess.DistrictChair, Unit: "210199"}, WithoutUse},
		{"of a unit that is there", User{OpenedAt: noon, PasswordSet: noon, Role: assess.DistrictChair, Unit: "210102"}, InUse},
		{"of a department that is gone", User{OpenedAt: noon, Role: assess.CityReviewer, Department: "orgs"}, WithoutUse},
		{"a reviewer from before departments", User{OpenedAt: noon, PasswordSet: noon, Role: assess.CityReviewer}, InUse},
		{"locked by somebody, and unused", User{DisabledAt: noon, OpenedAt: noon.Add(-900 * day)}, ShutOut},
	} {
		got := c.user.Standing(rules, edition, noon)
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		_, d := c.user.SignIn(Attempt{At: noon, PasswordOK: true, Surplus: c.user.Surplus(edition), Rules: rules})
		if d.OK() == got.KeptOut() {
			t.Errorf("%s stands as %s, and signing in is %s", c.name, got, d)
		}
	}
}

// Rows 9 and 24 of the security checklist: what the rules make of an account.
func TestRules(t *testing.T) {
	r := Rules{SecondFactor: []assess.Role{assess.Admin}, Divided: true}
	if u := (User{Role: assess.Admin}).Under(r); !u.MustEnrol || !u.Divided || u.May(ReadAccounts, "") {
		t.Errorf("an administrator without a factor is %+v", u)
	}
	if u := (User{Role: assess.Admin, CodeSecret: "x"}).Under(r); u.MustEnrol || !u.May(ReadAccounts, "") || u.May(ManageAccounts, "") {
		t.Errorf("an administrator with a factor is %+v", u)
	}
	if u := (User{Role: assess.CityLeader}).Under(r); u.MustEnrol || !u.May(ReadPublished, "") {
		t.Errorf("a leader is %+v", u)
	}
	if r.Keeper() != assess.SecurityAdmin || !slices.Contains(r.Assignable(), assess.SecurityAdmin) || r.CheckRole(assess.SecurityAdmin) != nil {
		t.Error("at level 3 there is no security administrator")
	}
	plain := UsualRules()
	if plain.Keeper() != assess.Admin || slices.Contains(plain.Assignable(), assess.SecurityAdmin) || plain.CheckRole(assess.SecurityAdmin) == nil {
		t.Error("without level 3 there is a security administrator")
	}
}
