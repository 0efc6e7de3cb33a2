package account

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 4, 10, 12, 0, 0, 0, time.UTC)

// attempts signs in once per word: "w" a wrong password, "r" the right one, "+5m" time passes.
func attempts(u User, script ...string) (User, Decision) {
	now, d := noon, Decision("")
	for _, word := range script {
		if wait, err := time.ParseDuration(word); err == nil {
			now = now.Add(wait)
			continue
		}
		u, d = u.SignIn(word == "r", now)
	}
	return u, d
}

func TestSignIn(t *testing.T) {
	ever := User{}
	for _, c := range []struct {
		name   string
		user   User
		script []string
		want   Decision
	}{
		{"right", ever, []string{"r"}, SignedIn},
		{"wrong", ever, []string{"w"}, WrongPassword},
		{"four wrong, then right", ever, []string{"w", "w", "w", "w", "r"}, SignedIn},
		{"the sixth try with the right password", ever, []string{"w", "w", "w", "w", "w", "r"}, LockedOut},
		{"just before the lock ends", ever, []string{"w", "w", "w", "w", "w", "14m59s", "r"}, LockedOut},
		{"when the lock ends", ever, []string{"w", "w", "w", "w", "w", "15m", "r"}, SignedIn},
		{"tries on a locked account do not prolong it", ever, []string{"w", "w", "w", "w", "w", "14m", "w", "w", "w", "w", "w", "1m", "r"}, SignedIn},
		{"the first of five is 15 minutes old", ever, []string{"w", "5m", "w", "5m", "w", "w", "5m", "w", "r"}, SignedIn},
		{"five in a window that slides", ever, []string{"w", "14m", "w", "w", "w", "2m", "w", "w", "r"}, LockedOut},
		{"a good sign-in forgets the wrong ones", ever, []string{"w", "w", "w", "w", "r", "w", "r"}, SignedIn},
		{"disabled", User{DisabledAt: noon}, []string{"r"}, Disabled},
		{"disabled, wrong", User{DisabledAt: noon}, []string{"w"}, Disabled},
		{"must change", User{MustChange: true}, []string{"r"}, MustChange},
		{"initial password in time", User{MustChange: true, PasswordExpires: noon.Add(time.Second)}, []string{"r"}, MustChange},
		{"initial password too late", User{MustChange: true, PasswordExpires: noon}, []string{"r"}, PasswordExpired},
		{"own password grown old", User{PasswordExpires: noon}, []string{"r"}, MustChange},
		{"locked by a clock that ran ahead", User{LockedUntil: noon.AddDate(10, 0, 0)}, []string{"r"}, SignedIn},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, got := attempts(c.user, c.script...)
			if got != c.want {
				t.Errorf("decision %s, want %s", got, c.want)
			}
			if got == MustChange && !u.MustChange {
				t.Error("the account does not have to change its password afterwards")
			}
			if got.OK() != (u.LastSignIn.Sub(noon) >= 0) {
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
			if u, d = u.SignIn(false, now); d == WrongPassword {
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
	u, _ := attempts(User{}, "w", "w")
	u.Failures = append(make([]time.Time, 0, 8), u.Failures...)
	a, _ := u.SignIn(false, noon.Add(time.Second))
	b, _ := u.SignIn(false, noon.Add(time.Minute))
	if len(u.Failures) != 2 || !a.Failures[2].Equal(noon.Add(time.Second)) || !b.Failures[2].Equal(noon.Add(time.Minute)) {
		t.Error("two decisions about one account share their list of failures")
	}
}
