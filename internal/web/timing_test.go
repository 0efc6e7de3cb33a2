package web_test

import (
	"io"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/processor"
	"github.com/unionboard/unionboard/internal/web"
)

func readAll(t testing.TB, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var eachTime = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}|value="[^"]*"|[0-9a-f-]{36}`)

// unlike answers a page without what differs each time: numbers of requests and tokens of forms.
func unlike(body string) string { return eachTime.ReplaceAllString(body, "") }

// The names of TestNamesAreNotBetrayedByTime: one that nobody has, one that is never locked because it is seldom tried, and one that
// is locked.
const nobodyName, knownName, lockedName = "nobody-here", "analyst", "leader"

// Row 2 of the security checklist: a name that nobody has, a wrong password and a locked account take the same work and, in the
// medians of two hundred samples, times less than a tenth apart. Hashes are of the real cost, which is what a stranger would measure.
// The names take turns and are compared within a turn, so that what else the machine does falls on all of them alike; while a busy
// machine leaves the answer open, more turns are taken, up to five times as many.
func TestNamesAreNotBetrayedByTime(t *testing.T) {
	g := newGallery(t)
	g.people.hasher = account.NewHasher(4)
	hash, err := g.people.hasher.Hash(t.Context(), goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{knownName, lockedName} {
		if err := g.people.SetPassword(t.Context(), g.people.of(name).ID, hash, false, time.Time{}, g.people.line("user.password")); err != nil {
			t.Fatal(err)
		}
	}
	r := newReader(t, g.handler(t, func(o *web.Options) { o.Hasher = g.people.hasher }))
	const samplings, apart = 5, 0.10
	if processor.Raced { // the race detector is no judge of time
		for range g.timeNames(t, r, 5) {
		}
		return
	}
	ratios := map[string][]float64{}
	for n := 1; ; n++ {
		for turn := range g.timeNames(t, r, 67) {
			for _, name := range []string{nobodyName, lockedName} {
				ratios[name] = append(ratios[name], float64(turn[name])/float64(turn[knownName]))
			}
		}
		nobody, locked := median(ratios[nobodyName]), median(ratios[lockedName])
		t.Logf("after %d samplings: a name nobody has takes %.3f of a known one's time, a locked one %.3f", n, nobody, locked)
		if max(nobody, 1/nobody, locked, 1/locked) < 1+apart {
			return
		}
		if n == samplings {
			t.Fatal("the names are told apart by the time they take")
		}
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// timeNames tries each name so many times with a wrong password and answers, turn by turn, how long each took.
func (g *gallery) timeNames(t *testing.T, r *reader, turns int) iter.Seq[map[string]time.Duration] {
	names := []string{nobodyName, knownName, lockedName}
	return func(yield func(map[string]time.Duration) bool) {
		for i := range turns {
			g.clock.at = g.clock.at.Add(account.WrongWindow / (account.WrongAllowed - 1)) // so that the known name is not locked
			if !g.people.of(lockedName).Locked(g.clock.at) {
				g.people.lockOut(lockedName)
			}
			took := map[string]time.Duration{}
			for k := range names {
				name := names[(i+k)%len(names)]
				page := r.token("/sign-in")
				hashes, began := g.people.hasher.Made(), time.Now()
				a := r.do(http.MethodPost, "/sign-in", map[string][]string{"form_token": {page}, "name": {name}, "password": {"wrong password"}, "next": {""}})
				took[name] = time.Since(began)
				if made := g.people.hasher.Made() - hashes; a.StatusCode != http.StatusUnauthorized || made != 1 {
					t.Fatalf("%s: %d after %d hashes", name, a.StatusCode, made)
				}
			}
			if g.people.of(knownName).Locked(g.clock.at) || !g.people.of(lockedName).Locked(g.clock.at) {
				t.Fatal("the wrong name is locked")
			}
			if !yield(took) {
				return
			}
		}
	}
}
