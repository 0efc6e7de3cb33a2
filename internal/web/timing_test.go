package web_test

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
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

// Row 2 of the security checklist: a name that nobody has, a wrong password and a locked account take the same work and, over two
// hundred samples, the same time. The work is counted exactly; the clock of a busy machine is only asked for the order of magnitude.
func TestNamesAreNotBetrayedByTime(t *testing.T) {
	g := newGallery(t)
	g.people.hasher = account.NewHasherAt(4, account.Cost{Memory: 256, Passes: 1, Threads: 1})
	hash, err := g.people.hasher.Hash(t.Context(), goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"analyst", "leader"} {
		if err := g.people.SetPassword(t.Context(), g.people.of(name).ID, hash, false, time.Time{}, g.people.line("user.password")); err != nil {
			t.Fatal(err)
		}
	}
	g.people.lockOut("leader")
	r := newReader(t, g.handler(t, func(o *web.Options) { o.Hasher = g.people.hasher }))
	took := map[string][]time.Duration{}
	for range 67 {
		for _, name := range []string{"nobody-here", "analyst", "leader"} {
			page := r.token("/sign-in")
			hashes, began := g.people.hasher.Made(), time.Now()
			a := r.do(http.MethodPost, "/sign-in", map[string][]string{"form_token": {page}, "name": {name}, "password": {"wrong password"}, "next": {""}})
			took[name] = append(took[name], time.Since(began))
			if made := g.people.hasher.Made() - hashes; a.StatusCode != http.StatusUnauthorized || made != 1 {
				t.Fatalf("%s: %d after %d hashes", name, a.StatusCode, made)
			}
			g.clock.at = g.clock.at.Add(4 * time.Second) // an address may try only so often
		}
	}
	median := func(name string) time.Duration {
		slices.Sort(took[name])
		return took[name][len(took[name])/2]
	}
	known := median("analyst")
	for _, name := range []string{"nobody-here", "leader"} {
		if other := median(name); other > 2*known || known > 2*other {
			t.Errorf("%s takes %v, a known name %v", name, other, known)
		}
	}
}
