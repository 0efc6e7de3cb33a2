package account

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Row 27 of the security checklist: the secret of a link has 128 random bits at least, and only its hash is kept; there are no
// links to registers.
func TestLinks(t *testing.T) {
	owner, seen := User{ID: "u1", Unit: "210102"}, map[string]bool{}
	for range 100 {
		l, secret, err := NewLink(CalendarLink, owner, noon)
		if err != nil {
			t.Fatal(err)
		}
		if len(secret) < 26 || seen[secret] || strings.Contains(l.Hash, secret) || l.Hash != SecretHash(secret) || l.Account != "u1" || l.Unit != "210102" {
			t.Fatalf("link %+v of secret %s", l, secret)
		}
		seen[secret] = true
		if !l.Open(noon.Add(LinkLife-1)) || l.Open(noon.Add(LinkLife)) {
			t.Fatal("the link opens for another time")
		}
		if l.RevokedAt = noon; l.Open(noon) {
			t.Fatal("a revoked link opens")
		}
	}
	if _, _, err := NewLink("register", owner, noon); !errors.Is(err, assess.ErrInvalid) {
		t.Errorf("a link to a register: %v", err)
	}
}

// Row 18 of the security checklist: what a token may be, and when and from where it opens something.
func TestTokens(t *testing.T) {
	good := TokenOrder{Name: "系统", Unit: "210102", Scopes: TokenScopes(), Addresses: "10.1.0.0/16 ::ffff:10.2.0.1", Days: 30, By: "root"}
	for key, change := range map[string]func(*TokenOrder){
		"problem.token_name":    func(o *TokenOrder) { o.Name = " " },
		"problem.token_unit":    func(o *TokenOrder) { o.Unit = "" },
		"problem.token_days":    func(o *TokenOrder) { o.Days = MostTokenDays + 1 },
		"problem.token_scope":   func(o *TokenOrder) { o.Scopes = []TokenScope{"everything"} },
		"problem.token_address": func(o *TokenOrder) { o.Addresses = "10.1.0.0/16 example.org" },
	} {
		o := good
		change(&o)
		var p *assess.Problem
		if _, _, err := NewToken(o, noon); !errors.As(err, &p) || p.Key != key {
			t.Errorf("%v, want %s", err, key)
		}
	}
	token, secret, err := NewToken(good, noon)
	if err != nil || !strings.HasPrefix(secret, TokenMark) || token.Hash != SecretHash(secret) {
		t.Fatalf("%+v, %v", token, err)
	}
	for _, c := range []struct {
		address string
		scope   TokenScope
		after   time.Duration
		key     string
	}{
		{"10.1.2.3", SubmitFigures, 0, ""},
		{"::ffff:10.1.2.3", SubmitFigures, 0, ""}, // as some listeners write it
		{"10.2.0.1", SubmitFigures, 0, ""},
		{"10.1.2.3", SubmitFigures, 30*24*time.Hour - 1, ""},
		{"10.1.2.3", SubmitFigures, 30 * 24 * time.Hour, "problem.token_expired"},
		{"10.3.2.3", SubmitFigures, 0, "problem.token_from_elsewhere"},
		{"pipe", SubmitFigures, 0, "problem.token_from_elsewhere"},
		{"10.1.2.3", "everything", 0, "problem.token_scope_missing"},
	} {
		var p *assess.Problem
		err := token.Allow(c.scope, c.address, noon.Add(c.after))
		if c.key == "" && err != nil || c.key != "" && (!errors.As(err, &p) || p.Key != c.key || !errors.Is(err, assess.ErrForbidden)) {
			t.Errorf("%s from %s after %v: %v, want %q", c.scope, c.address, c.after, err, c.key)
		}
	}
	if got, err := ParseAddresses("10.1.2.3，192.168.0.77/16;\t::1"); err != nil || len(got) != 3 || got[1] != netip.MustParsePrefix("192.168.0.0/16") {
		t.Errorf("addresses %v, %v", got, err)
	}
}

func FuzzParseAddresses(f *testing.F) {
	f.Add("10.1.0.0/16, ::1")
	f.Add("fe80::1%eth0")
	f.Fuzz(func(t *testing.T, typed string) {
		prefixes, err := ParseAddresses(typed)
		for _, p := range prefixes {
			if err == nil && (!p.IsValid() || p != p.Masked()) {
				t.Errorf("%q holds %v", typed, p)
			}
		}
	})
}
