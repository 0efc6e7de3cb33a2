package account

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestCheckPassword(t *testing.T) {
	u := User{Name: "li.na", DisplayName: "李娜"}
	for _, c := range []struct{ password, key string }{
		{"correct horse", ""},
		{"abcdefghij", ""},                      // ten
		{"abcdefghi", "problem.password_short"}, // nine
		{"", "problem.password_short"},
		{"沈阳的春天来得很晚啊", ""}, // ten signs, 30 bytes
		{"沈阳的春天来得很晚", "problem.password_short"},
		{strings.Repeat("长", 256), ""},
		{strings.Repeat("长", 257), "problem.password_long"},
		{"li.na123456", "problem.password_guessed"},
		{"LI.NA123456", "problem.password_guessed"},
		{"李娜1234567890", ""},
		{"李娜12345678", "problem.password_guessed"},
		{"gonghui2026!", "problem.password_guessed"},
		{"ＧＯＮＧＨＵＩ2026!", "problem.password_guessed"}, // full width
		{"Unionboard2026", "problem.password_guessed"},
		{"heping-2026-q1", "problem.password_guessed"}, // "heping" is a unit
		{"和平区总工会2026", "problem.password_guessed"},
		{"和平区123456789", "problem.password_guessed"}, // "和平" alone must not leave "区" over
		{"a zgh in between is fine", ""},
		{"password1234", "problem.password_guessed"},
	} {
		err := CheckPassword(c.password, u, "和平", "和平区", "Heping", "")
		var p *assess.Problem
		switch {
		case c.key == "" && err != nil:
			t.Errorf("%q: refused: %v", c.password, err)
		case c.key != "" && (!errors.As(err, &p) || p.Key != c.key || !errors.Is(err, assess.ErrInvalid)):
			t.Errorf("%q: %v, want %s", c.password, err, c.key)
		}
		if err != nil && c.password != "" && strings.Contains(err.Error(), c.password) {
			t.Errorf("the sentence about %q repeats it", c.password)
		}
	}
}

func TestRandomPassword(t *testing.T) {
	form := regexp.MustCompile(`^([2-9a-hjkmnp-z]{4}-){3}[2-9a-hjkmnp-z]{4}$`)
	seen := map[string]bool{}
	for range 200 {
		p, err := RandomPassword()
		if err != nil {
			t.Fatal(err)
		}
		if !form.MatchString(p) || seen[p] {
			t.Fatalf("random password %q is of another form or came twice", p)
		}
		if err := CheckPassword(p, User{Name: "li.na"}); err != nil {
			t.Errorf("random password %q is refused: %v", p, err)
		}
		seen[p] = true
	}
}
