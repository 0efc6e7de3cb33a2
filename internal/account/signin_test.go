package account

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 4, 10, 12, 0, 0, 0, time.UTC)

// attempts signs in once per word: "w" a wrong password, "r" the right one, "again" the right one of somebody who is signed in, "gone"
// the right one of an account whose place is gone, "c" the right password and the code of the moment, "c-1" a code of the step before,
// "x" a wrong code, "5m" time passes.
func attempts(u User, r Rules, script ...string) (User, Decision) {
	now, d := noon, Decision("")
	for _, word := range script {
		if wait, err := time.ParseDuration(word); err == nil {
			now = now.Add(wait)
			continue
		}
		a := Attempt{At: now, PasswordOK: word != "w", Rules: r, Again: word == "again", Surplus: word == "gone"}
		switch {
		case word == "x":
			a.Code = "000000"
		case strings.HasPrefix(word, "c"):
			steps, _ := strconv.Atoi(word[1:])
			a.Code, _ = totp.GenerateCode(secret, now.Add(time.Duration(steps)*codeStep))
		}
		u, d = u.SignIn(a)
	}
	return u, d
}

// secret is one whose codes around noon are not 000000.
const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

// Rows 2, 5, 8, 9 and 11 of the security checklist.
func TestSignIn(t *testing.T) {
	ever, coded, none := User{}, User{CodeSecret: secret}, Rules{}
	aged, unused := Rules{PasswordAge: 90 * 24 * time.Hour}, Rules{Unused: 90 * 24 * time.Hour}
	for _, c := range []struct {
		name   string
		user   User
		rules  Rules
		script []string
		want   Decision
	}{
		{"right", ever, none, []string{"r"}, SignedIn},
		{"wrong", ever, none, []string{"w"}, WrongPassword},
		{"four wrong, then right", ever, none, []string{"w", "w", "w", "w", "r"}, SignedIn},
		{"the sixth try with the right password", ever, none, []string{"w", "w", "w", "w", "w", "r"}, LockedOut},
		{"just before the lock ends", ever, none, []string{"w", "w", "w", "w", "w", "14m59s", "r"}, LockedOut},
		{"when the lock ends", ever, none, []string{"w", "w", "w", "w", "w", "15m", "r"}, SignedIn},
		{"tries on a locked account do not prolong it", ever, none, []string{"w", "w", "w", "w", "w", "14m", "w", "w", "w", "w", "w", "1m", "r"}, SignedIn},
		{"the first of five is 15 minutes old", ever, none, []string{"w", "5m", "w", "5m", "w", "w", "5m", "w", "r"}, SignedIn},
		{"five in a window that slides", ever, none, []string{"w", "14m", "w", "w", "w", "2m", "w", "w", "r"}, LockedOut},
		{"a good sign-in forgets the wrong ones", ever, none, []string{"w", "w", "w", "w", "r", "w", "r"}, SignedIn},
		{"disabled", User{DisabledAt: noon}, none, []string{"r"}, Disabled},
		{"disabled, wrong", User{DisabledAt: noon}, none, []string{"w"}, Disabled},
		{"must change", User{MustChange: true}, none, []string{"r"}, MustChange},
		{"initial password in time", User{MustChange: true, PasswordExpires: noon.Add(time.Second)}, none, []string{"r"}, MustChange},
		{"initial password too late", User{MustChange: true, PasswordExpires: noon}, none, []string{"r"}, PasswordExpired},
		{"initial password twice", User{MustChange: true, PasswordExpires: noon.Add(time.Hour)}, none, []string{"r", "1s", "r"}, PasswordExpired},
		{"initial password after a wrong one", User{MustChange: true, PasswordExpires: noon.Add(time.Hour)}, none, []string{"w", "r"}, MustChange},
		{"own password a day too young to change", User{PasswordSet: noon.AddDate(0, 0, -89)}, aged, []string{"r"}, SignedIn},
		{"own password grown old", User{PasswordSet: noon.AddDate(0, 0, -90)}, aged, []string{"r"}, MustChange},
		{"own password grown old, twice", User{PasswordSet: noon.AddDate(0, 0, -90)}, aged, []string{"r", "r"}, MustChange},
		{"old password where none grows old", User{PasswordSet: noon.AddDate(-9, 0, 0)}, none, []string{"r"}, SignedIn},
		{"unused for 89 days", User{OpenedAt: noon.AddDate(0, 0, -89)}, unused, []string{"r"}, SignedIn},
		{"unused for 90 days", User{OpenedAt: noon.AddDate(0, 0, -90)}, unused, []string{"r"}, LongUnused},
		{"unlocked yesterday", User{LastSignIn: noon.AddDate(-1, 0, 0), OpenedAt: noon.AddDate(0, 0, -1)}, unused, []string{"r"}, SignedIn},
		{"unused, wrong password", User{OpenedAt: noon.AddDate(-1, 0, 0)}, unused, []string{"w"}, WrongPassword},
		{"its place is gone", ever, none, []string{"gone"}, NoPlace},
		{"asked again", User{MustChange: true, PasswordExpires: noon}, none, []string{"again"}, SignedIn},
		{"asked again, locked out", ever, none, []string{"w", "w", "w", "w", "w", "again"}, LockedOut},
		{"code wanted", coded, none, []string{"r"}, NeedsCode},
		{"code", coded, none, []string{"r", "c"}, SignedIn},
		{"code of 30 s ago", coded, none, []string{"c-1"}, SignedIn},
		{"code of 30 s ahead", coded, none, []string{"c1"}, SignedIn},
		{"code of 90 s ago", coded, none, []string{"c-3"}, WrongCode},
		{"code of 90 s ahead", coded, none, []string{"c3"}, WrongCode},
		{"code of a minute ago", coded, none, []string{"c-2"}, WrongCode},
		{"code twice", coded, none, []string{"c", "1s", "c"}, WrongCode},
		{"an older code after a newer", coded, none, []string{"c", "c-1"}, WrongCode},
		{"the next code", coded, none, []string{"c", "30s", "c"}, SignedIn},
		{"five wrong codes", coded, none, []string{"x", "x", "x", "x", "x", "c"}, LockedOut},
		{"a right password forgets no wrong code", coded, none, []string{"x", "x", "x", "x", "r", "x", "c"}, LockedOut},
		{"wrong passwords and codes count together", coded, none, []string{"w", "w", "x", "x", "w", "c"}, LockedOut},
		{"wrong password with a good code", coded, none, []string{"w"}, WrongPassword},
		{"locked by a clock that ran ahead", User{LockedUntil: noon.AddDate(10, 0, 0)}, none, []string{"r"}, SignedIn},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, got := attempts(c.user, c.rules, c.script...)
			if got != c.want {
				t.Errorf("decision %s, want %s", got, c.want)
			}
			if got == MustChange && !u.MustChange {
				t.Error("the account does not have to change its password afterwards")
			}
			if got.OK() && c.script[len(c.script)-1] != "again" && u.LastSignIn.Before(noon) {
				t.Errorf("decision %s, last sign-in %v", got, u.LastSignIn)
			}
		})
	}
}

// However the tries are spread, five wrong ones within 15 minutes never leave the account open to a sixth.
func TestNoScheduleOfGuessesGetsMoreThanFiveTriesInAnyWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, now := User{}, noon
		var tried []time.Time
		for _, gap := range rapid.SliceOfN(rapid.Int64Range(0, int64(10*time.Minute)), 1, 60).Draw(t, "gaps") {
			now = now.Add(time.Duration(gap))
			var d Decision
			if u, d = u.SignIn(Attempt{At: now}); d == WrongPassword {
				tried = append(tried, now)
			}
		}
		for i := WrongAllowed; i < len(tried); i++ {
			if tried[i].Sub(tried[i-WrongAllowed]) < WrongWindow {
				t.Fatalf("six tries within %v", tried[i].Sub(tried[i-WrongAllowed]))
			}
		}
	})
}

func TestSignInLeavesTheOriginalAlone(t *testing.T) {
	u, _ := attempts(User{}, Rules{}, "w", "w")
	u.Failures = append(make([]time.Time, 0, 8), u.Failures...)
	a, _ := u.SignIn(Attempt{At: noon.Add(time.Second)})
	b, _ := u.SignIn(Attempt{At: noon.Add(time.Minute)})
	if len(u.Failures) != 2 || !a.Failures[2].Equal(noon.Add(time.Second)) || !b.Failures[2].Equal(noon.Add(time.Minute)) {
		t.Error("two decisions about one account share their list of failures")
	}
}

// A second factor that does not open lets nobody in and locks nobody out.
func TestASecondFactorThatDoesNotOpen(t *testing.T) {
	u := User{CodeSecret: "k1-ABCDEF:sealed"}
	code, err := totp.GenerateCode(secret, noon)
	if err != nil {
		t.Fatal(err)
	}
	a := Attempt{At: noon, PasswordOK: true, Code: code, Open: func(kept string) (string, error) {
		if kept != u.CodeSecret {
			t.Errorf("asked to open %q", kept)
		}
		return secret, errors.New("there is no key k1")
	}}
	for range 2 * WrongAllowed {
		after, d := u.SignIn(a)
		if d != CodeShut || d.OK() || len(after.Failures) > 0 || after.CodeStep != 0 {
			t.Fatalf("%s, %+v", d, after)
		}
		u = after
	}
	a.Open = func(string) (string, error) { return secret, nil }
	if _, d := u.SignIn(a); d != SignedIn {
		t.Errorf("opened again: %s", d)
	}
}
