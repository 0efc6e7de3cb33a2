package account

import (
	"errors"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestNew(t *testing.T) {
	for _, c := range []struct {
		name string
		role assess.Role
		unit assess.UnitCode
		key  string
	}{
		{"li.na", assess.CityAnalyst, "", ""},
		{" Li.Na ", assess.DistrictChair, "210102", ""},
		{"李娜", assess.Auditor, "", ""},
		{"ｌｉｎａ", assess.Admin, "", ""},
		{"l", assess.Admin, "", "problem.account_name"},
		{"li na", assess.Admin, "", "problem.account_name"},
		{"li\nna", assess.Admin, "", "problem.account_name"},
		{"-li", assess.Admin, "", "problem.account_name"},
		{strings.Repeat("x", 65), assess.Admin, "", "problem.account_name"},
		{"li.na", "boss", "", "problem.account_role"},
		{"li.na", assess.DistrictChecker, "", "problem.account_needs_unit"},
		{"li.na", assess.CityLeader, "210102", "problem.account_without_unit"},
	} {
		u, err := New(c.name, "", c.role, c.unit, noon)
		var p *assess.Problem
		if c.key != "" {
			if !errors.As(err, &p) || p.Key != c.key {
				t.Errorf("New(%q, %s, %q): %v, want %s", c.name, c.role, c.unit, err, c.key)
			}
			continue
		}
		if err != nil || u.ID == "" || u.Name != SignInName(c.name) || u.DisplayName == "" {
			t.Errorf("New(%q, %s, %q) = %+v, %v", c.name, c.role, c.unit, u, err)
		}
	}
}

func TestSignInNameHasOneForm(t *testing.T) {
	for _, typed := range []string{"Li.Na", " li.na\t", "ｌｉ．ＮＡ"} {
		if got := SignInName(typed); got != "li.na" {
			t.Errorf("SignInName(%q) = %q", typed, got)
		}
	}
}
