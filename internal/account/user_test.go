package account

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestNew(t *testing.T) {
	for _, c := range []struct {
		name string
		post Post
		key  string
	}{
		{"li.na", Post{Role: assess.CityAnalyst}, ""},
		{" Li.Na ", Post{Role: assess.DistrictChair, Unit: "210102"}, ""},
		{"李娜", Post{Role: assess.Auditor}, ""},
		{"ｌｉｎａ", Post{Role: assess.Admin}, ""},
		{"li.na", Post{Role: assess.CityReviewer, Department: "org"}, ""},
		{"l", Post{Role: assess.Admin}, "problem.account_name"},
		{"li na", Post{Role: assess.Admin}, "problem.account_name"},
		{"li\nna", Post{Role: assess.Admin}, "problem.account_name"},
		{"-li", Post{Role: assess.Admin}, "problem.account_name"},
		{strings.Repeat("x", 65), Post{Role: assess.Admin}, "problem.account_name"},
		{"li.na", Post{Role: "boss"}, "problem.account_role"},
		{"li.na", Post{Role: assess.DistrictChecker}, "problem.account_needs_unit"},
		{"li.na", Post{Role: assess.CityLeader, Unit: "210102"}, "problem.account_without_unit"},
		{"li.na", Post{Role: assess.CityReviewer}, "problem.account_needs_department"},
		{"li.na", Post{Role: assess.CityAnalyst, Department: "org"}, "problem.account_without_department"},
	} {
		u, err := New(c.name, "", c.post, noon)
		var p *assess.Problem
		if c.key != "" {
			if !errors.As(err, &p) || p.Key != c.key {
				t.Errorf("New(%q, %+v): %v, want %s", c.name, c.post, err, c.key)
			}
			continue
		}
		if err != nil || u.ID == "" || u.Name != SignInName(c.name) || u.DisplayName == "" || u.Post() != c.post {
			t.Errorf("New(%q, %+v) = %+v, %v", c.name, c.post, u, err)
		}
	}
}

// A unit and a department must be those of the year's definitions.
func TestPostsAreCheckedInAnEdition(t *testing.T) {
	e := &assess.Edition{
		Year: 2026, Roster: assess.Roster{Units: []assess.Unit{{Code: "210102"}}}, Departments: []assess.Department{{Code: "org"}},
	}
	for _, c := range []struct {
		post Post
		key  string
	}{
		{Post{Role: assess.DistrictChair, Unit: "210102"}, ""},
		{Post{Role: assess.CityReviewer, Department: "org"}, ""},
		{Post{Role: assess.Admin}, ""},
		{Post{Role: assess.DistrictChair, Unit: "210199"}, "problem.account_unit_unknown"},
		{Post{Role: assess.CityReviewer, Department: "orgs"}, "problem.account_department_unknown"},
		{Post{Role: assess.DistrictChair}, "problem.account_needs_unit"},
	} {
		var p *assess.Problem
		if err := c.post.CheckIn(e); c.key == "" && err != nil || c.key != "" && (!errors.As(err, &p) || p.Key != c.key) {
			t.Errorf("%+v: %v, want %q", c.post, err, c.key)
		}
	}
}

// A department that is not there is answered with the one that was meant, or with all of them.
func TestAnUnknownDepartmentIsAnsweredWithThoseThereAre(t *testing.T) {
	e := &assess.Edition{Departments: []assess.Department{{Code: "organisation"}, {Code: "rights"}}}
	for typed, want := range map[assess.Code]string{"organisaton": "organisation", "zzz": "organisation, rights"} {
		var p *assess.Problem
		if err := (Post{Role: assess.CityReviewer, Department: typed}).CheckIn(e); !errors.As(err, &p) || p.Args["known"] != want {
			t.Errorf("%s: %v, want %s", typed, err, want)
		}
	}
}

// A unit, too; of thousands the first are named.
func TestAnUnknownUnitIsAnsweredWithThoseThereAre(t *testing.T) {
	few := []assess.Unit{{Code: "210102"}, {Code: "210103"}}
	many := slices.Repeat(few, 11)
	for _, tt := range []struct {
		typed assess.UnitCode
		units []assess.Unit
		want  string
	}{
		{"21010", few, "210102"},
		{"heping", few, "210102, 210103"},
		{"heping", many, strings.Repeat("210102, 210103, ", 10)[:158] + " …"},
	} {
		e := &assess.Edition{Roster: assess.Roster{Units: tt.units}}
		var p *assess.Problem
		if err := (Post{Role: assess.DistrictChair, Unit: tt.typed}).CheckIn(e); !errors.As(err, &p) || p.Args["known"] != tt.want {
			t.Errorf("%s: %v, want %s", tt.typed, err, tt.want)
		}
	}
}

// Row 24 of the security checklist: no account ever holds two of the three offices, by whatever way.
func TestNobodyHoldsTwoOffices(t *testing.T) {
	offices := []assess.Role{assess.Admin, assess.SecurityAdmin, assess.Auditor}
	rapid.Check(t, func(t *rapid.T) {
		u, held := User{Name: "li.na"}, map[assess.Role]bool{}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			p := Post{Role: rapid.SampledFrom(Roles()).Draw(t, "role")}
			if OfDistrict(p.Role) {
				p.Unit = "210102"
			}
			if OfDepartment(p.Role) {
				p.Department = "org"
			}
			next, err := u.To(p)
			if second := slices.Contains(offices, p.Role) && len(held) > 0 && !held[p.Role]; second != errors.Is(err, assess.ErrConflict) || !second && err != nil {
				t.Fatalf("to %s after holding %v: %v", p.Role, held, err)
			}
			if err != nil {
				continue
			}
			u = next
			if slices.Contains(offices, u.Role) {
				held[u.Role] = true
			}
		}
		if len(held) > 1 {
			t.Fatalf("one account held %v", held)
		}
	})
}

func TestSignInNameHasOneForm(t *testing.T) {
	for _, typed := range []string{"Li.Na", " li.na\t", "ｌｉ．ＮＡ"} {
		if got := SignInName(typed); got != "li.na" {
			t.Errorf("SignInName(%q) = %q", typed, got)
		}
	}
}
