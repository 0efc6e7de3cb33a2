package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/servers"
)

// While two servers serve and everybody works, the machine of the database dies and its standby is promoted: both servers find it by themselves, nothing
// that was acknowledged is lost, nobody is signed out, and what was asked meanwhile is answered when it is asked again.
func TestAStandbyIsPromoted(t *testing.T) {
	t.Parallel()
	db := servers.NewReplicated(t)
	p := newPair(t, os.Getenv("UNIONBOARD_TEST_PROGRAM"), db.Address("board"))
	seed := uint64(setting(t, "CHAOS_SEED", int(time.Now().UnixNano()%1e6)))
	keep := kept(t)
	var playing sync.WaitGroup
	all := p.everybody(seed, keep, &playing)
	time.Sleep(3 * time.Second)
	before := len(p.promised())
	p.dying.Store(true) // which people are told (503), and told to ask again
	began := time.Now()
	db.Fail(t)
	promoted := time.Since(began)
	for _, s := range p.servers {
		s.untilReady(s.serving())
	}
	took := time.Since(began)
	p.resting.Lock() // what was begun meanwhile is answered
	p.dying.Store(false)
	p.resting.Unlock()
	time.Sleep(3 * time.Second)
	p.rest(all, keep, 0)
	p.ending.Store(true)
	playing.Wait()
	after := len(p.promised())
	if before == 0 || after == before {
		t.Errorf("%d changes were acknowledged before, %d in all", before, after)
	}
	t.Logf("seed %d: promoted after %s, both servers ready after %s; %d requests answered, %d asked again; acknowledged: %s",
		seed, promoted.Round(10*time.Millisecond), took.Round(10*time.Millisecond), p.asked, p.retried, kinds(p.promised()))
	if t.Failed() {
		t.Log(p.servers[0].err.String(), p.servers[1].err.String())
	}
}

// behindNginx puts the proxy that is delivered in front of two servers, over plain HTTP, and answers its address.
func behindNginx(t *testing.T, at [2]string) string {
	t.Helper()
	text, err := os.ReadFile("../../packaging/nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	port := servers.FreePort(t)
	site := strings.NewReplacer("10.0.0.1:8080", at[0], "10.0.0.2:8080", at[1], "listen 443 ssl http2;", fmt.Sprintf("listen 127.0.0.1:%d;", port)).Replace(string(text))
	var lines []string
	for line := range strings.Lines(site) {
		if !strings.Contains(line, "ssl_") {
			lines = append(lines, line)
		}
	}
	servers.Nginx(t, port, strings.Join(lines, ""))
	return "http://127.0.0.1:" + strconv.Itoa(int(port))
}

// While the share or the store of files is away, both servers say so of each file that is asked for. That takes neither out of the proxy's hands: pages go
// on. A page that one server alone cannot answer is asked of the other.
func TestFilesThatAreAwayTakeNoPageAway(t *testing.T) {
	t.Parallel()
	var at [2]string
	var asked atomic.Int64
	for i := range at {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/evidence/") || r.URL.Path == "/away" && asked.Add(1) == 1 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			fmt.Fprint(w, r.URL.Path)
		}))
		t.Cleanup(server.Close)
		at[i] = server.Listener.Addr().String()
	}
	base := behindNginx(t, at)
	wants := func(path string, status int) {
		t.Helper()
		got, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		if body, err := io.ReadAll(got.Body); err != nil || got.StatusCode != status || string(body) != path {
			t.Errorf("%s: %d %q, %v", path, got.StatusCode, body, err)
		}
	}
	for range 5 {
		wants("/evidence/1", http.StatusServiceUnavailable)
		wants("/evidence/1/preview", http.StatusServiceUnavailable)
		wants("/tasks", http.StatusOK)
	}
	wants("/away", http.StatusOK)
}

// While no server answers, the proxy says so in both languages, and promises nothing of what was sent.
func TestTheProxySaysThatNobodyAnswers(t *testing.T) {
	t.Parallel()
	var at [2]string
	for i := range at {
		at[i] = fmt.Sprintf("127.0.0.1:%d", servers.FreePort(t))
	}
	base := behindNginx(t, at)
	for range 2 { // the second time both are passed over
		got, err := http.Post(base+"/fill/2026Q4/cell", "application/x-www-form-urlencoded", strings.NewReader("a=b"))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(got.Body)
		got.Body.Close()
		if err != nil || got.StatusCode != http.StatusBadGateway || got.Header.Get("Retry-After") == "" || !strings.Contains(string(body), "暂时不可用") || !strings.Contains(string(body), "Load the page again") {
			t.Errorf("%d %q, %v", got.StatusCode, body, err)
		}
	}
}

// Two servers behind nginx are ended and started again one after the other, as for an upgrade, while people read pages and save figures without a pause: no page
// and no save fails. A save that is sent at the very moment its server ends may get the proxy's 502, once a server at most, and is then sent again.
func TestAnUpgradeInTurnFailsNoRequest(t *testing.T) {
	t.Parallel()
	p := newPair(t, os.Getenv("UNIONBOARD_TEST_PROGRAM"), cluster.Empty(t))
	var at [2]string
	for i := range at {
		at[i] = *p.front.at[i].Load()
	}
	base := behindNginx(t, at)
	var saved, again, read atomic.Int64
	var ending atomic.Bool
	var people sync.WaitGroup
	for n, unit := range []string{typedUnit, typedToo} {
		v, c := newGuest(t, base, "a"+unit, 40+n), p.cells[0]
		if err := v.signIn(t.Context()); err != nil {
			t.Fatal(err)
		}
		people.Go(func() { p.saveOn(v, c, &ending, &saved, &again) })
		people.Go(func() {
			for !ending.Load() {
				got, err := v.get(t.Context(), p.formPath(c))
				if err := complain("page", got, err, http.StatusOK); err != nil {
					t.Error(err)
				}
				read.Add(1)
			}
		})
	}
	const turns = 2
	for turn := range turns {
		for i := range p.servers {
			time.Sleep(3 * time.Second) // longer than the proxy passes over a server that it could not reach
			p.servers[i].signal(syscall.SIGTERM)
			if r := p.servers[i].wait(); r.code != exitDone {
				t.Errorf("turn %d: the server ended with %d: %s", turn, r.code, r.err)
			}
			p.servers[i] = startAs(t, p.program, "serve", "--data", p.dirs[i], "--addr", at[i])
			p.servers[i].untilReady(p.servers[i].serving())
		}
	}
	ending.Store(true)
	people.Wait()
	if saved.Load() < turns || read.Load() < turns {
		t.Errorf("only %d saves and %d pages: the upgrade met nobody", saved.Load(), read.Load())
	}
	if again.Load() > 2*turns {
		t.Errorf("%d saves had to be sent again in %d upgrades of a server", again.Load(), 2*turns)
	}
	t.Logf("%d upgrades of a server: %d saves, %d of them sent twice, and %d pages", 2*turns, saved.Load(), again.Load(), read.Load())
	db, err := p.opened()
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	kept := 0
	for _, unit := range []assess.UnitCode{typedUnit, typedToo} {
		revisions, err := db.Revisions(t.Context(), unit, p.quarter, p.cells[0].item)
		if err != nil {
			t.Fatal(err)
		}
		kept += len(revisions)
	}
	if kept < int(saved.Load()) {
		t.Errorf("%d of %d acknowledged saves are there", kept, saved.Load())
	}
}

// saveOn saves one cell again and again, each time on what it saved before; whatever is answered but that it is saved is a fault.
func (p *pair) saveOn(v *guest, c cellOfForm, ending *atomic.Bool, saved, again *atomic.Int64) {
	page, err := v.get(p.t.Context(), p.formPath(c))
	held, ok := fieldOf(page.body, c.item)
	if err != nil || !ok {
		p.t.Errorf("the cell is not there: %v", err)
		return
	}
	for revision := held.Revision; !ending.Load(); revision++ {
		form := url.Values{
			"item": {string(c.item)}, "value": {p.value()}, "note": {"按台账"}, "missing": {""}, "base": {strconv.FormatInt(revision, 10)},
			"request": {fmt.Sprintf("turn-%d", revision)},
		}
		got, err := v.post(p.t.Context(), "/fill/"+p.quarter.String()+"/cell", form)
		if err == nil && got.status == http.StatusBadGateway { // the script of the form sends it again by itself, under the same name
			again.Add(1)
			got, err = v.post(p.t.Context(), "/fill/"+p.quarter.String()+"/cell", form)
		}
		if err := complain("save", got, err, http.StatusOK); err != nil {
			p.t.Error(err)
			return
		}
		saved.Add(1)
	}
}
