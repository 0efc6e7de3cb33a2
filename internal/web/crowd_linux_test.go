package web_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/processor"
	"github.com/unionboard/unionboard/internal/web"
)

// The crowd of TestACrowdSigningInKeepsToItsMemory. Most come from addresses of their own, the others from one, which may try only
// so often.
const (
	crowd     = 200
	fromOne   = 50
	hashPlace = 4        // hashes at once, as the program has it
	goal      = 64 << 20 // bytes beside the hashes themselves
)

// Row 6 of the security checklist: two hundred people sign in at the same moment, at the real cost of a hash. Everybody is answered,
// each as if alone, and the memory of the process grows by that of the hashes made at once and 64 MiB, not by that of two hundred
// hashes (3.8 GB). What the process had at most is counted by the system, so that no peak is missed.
func TestACrowdSigningInKeepsToItsMemory(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // whatever GOGC says to tests
	g := newGallery(t)
	cost := account.Present()
	if processor.Raced { // the race detector is no judge of memory
		cost = cheap()
	}
	g.people.hasher = account.NewHasherAt(hashPlace, cost)
	hash, err := g.people.hasher.Hash(t.Context(), goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"analyst", "heping", "leader"} {
		if err := g.people.SetPassword(t.Context(), g.people.of(name).ID, hash, false, time.Time{}, g.people.line("user.password")); err != nil {
			t.Fatal(err)
		}
	}
	g.people.lockOut("leader")
	site := g.handler(t, func(o *web.Options) { o.Hasher = g.people.hasher })
	comers := gather(t, site)
	before := resident(t)
	codes := map[string]map[int]int{}
	var all sync.WaitGroup
	var mu sync.Mutex
	for _, c := range comers {
		all.Go(func() {
			w := httptest.NewRecorder()
			site.ServeHTTP(w, c.request)
			mu.Lock()
			defer mu.Unlock()
			if codes[c.kind] == nil {
				codes[c.kind] = map[int]int{}
			}
			codes[c.kind][w.Code]++
		})
	}
	all.Wait()
	limit := int64(hashPlace)*int64(account.Present().Memory)<<10 + goal
	grew := peak(t) - before
	t.Logf("grew by %d MiB of %d", grew>>20, limit>>20)
	if grew > limit && !processor.Raced {
		t.Errorf("%d sign-ins took %d MiB, at most %d are allowed", crowd, grew>>20, limit>>20)
	}
	most := account.SignInLimit().Most
	each := (crowd - fromOne) / 3
	want := map[string]map[int]int{
		"right":  {http.StatusSeeOther: each},
		"nobody": {http.StatusUnauthorized: each},
		"locked": {http.StatusUnauthorized: each},
		"one":    {http.StatusSeeOther: most, http.StatusTooManyRequests: fromOne - most},
	}
	if fmt.Sprint(codes) != fmt.Sprint(want) {
		t.Errorf("answers %v, want %v", codes, want)
	}
	if made := g.people.hasher.Made(); made != int64(1+3*each+most) {
		t.Errorf("%d hashes were made", made)
	}
}

// comer is somebody who is about to send the sign-in form.
type comer struct {
	kind    string
	request *http.Request
}

// gather opens the sign-in page for everybody of the crowd.
func gather(t *testing.T, site http.Handler) (all []comer) {
	t.Helper()
	for i := range crowd {
		kind := []string{"right", "nobody", "locked"}[i%3]
		name := map[string]string{"right": "analyst", "nobody": fmt.Sprint("nobody", i), "locked": "leader"}[kind]
		address := fmt.Sprintf("10.0.%d.%d:4000", i/200, i%200+1)
		if i >= crowd-fromOne {
			kind, name, address = "one", "heping", "10.1.0.1:4000"
		}
		page := httptest.NewRecorder()
		site.ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/sign-in", nil))
		token := tokenForm.FindStringSubmatch(page.Body.String())
		if token == nil {
			t.Fatalf("the sign-in page has no form: %d", page.Code)
		}
		form := url.Values{"form_token": {token[1]}, "name": {name}, "password": {goodPassword}, "next": {""}}
		r := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = address
		for _, c := range page.Result().Cookies() {
			r.AddCookie(c)
		}
		all = append(all, comer{kind, r})
	}
	return all
}

// resident gives back what the process no longer needs and answers the memory it then has, in bytes. From here on peak counts.
func resident(t *testing.T) int64 {
	t.Helper()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200); err != nil {
		t.Skipf("the system counts no peak of memory here: %v", err)
	}
	return ofStatus(t, "VmRSS:")
}

// peak answers the most memory the process had since resident, in bytes.
func peak(t *testing.T) int64 { t.Helper(); return ofStatus(t, "VmHWM:") }

func ofStatus(t *testing.T, name string) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		var kib int64
		if rest, ok := strings.CutPrefix(lines.Text(), name); ok {
			if _, err := fmt.Sscan(rest, &kib); err != nil {
				t.Fatal(err)
			}
			return kib << 10
		}
	}
	t.Fatalf("no %s in the status of the process", name)
	return 0
}
