package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/store"
)

const (
	// takenOver is within what time another server goes on with what one of several does.
	takenOver = 20 * time.Second
	// frozenFor is longer than a server is believed to be at work that says nothing.
	frozenFor = presenceTime + 3*time.Second
	// minuteSources are asked each minute, at different seconds.
	minuteSources = 6
)

// balancer sends each request to one of two servers, as a proxy in front of them does: to the other one where the first cannot be reached, or says
// that it was away. What was sent to a server that then says nothing is answered by nobody, for it may have been done.
type balancer struct {
	at    [2]atomic.Pointer[string] // host:port
	away  [2]atomic.Int64
	calls http.Client
}

// mostWait is how long a request may take before its server counts as gone, restTime how long that server gets no other.
const (
	mostWait = 5 * time.Second
	restTime = 2 * time.Second
)

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	first := rand.IntN(2)
	if now := time.Now().UnixNano(); b.away[first].Load() > now && b.away[1-first].Load() <= now {
		first = 1 - first
	}
	for _, i := range []int{first, 1 - first} {
		answer, text, err := b.ask(r, body, *b.at[i].Load())
		if err == nil && answer.StatusCode >= http.StatusBadRequest && bytes.Contains(text, []byte("停顿")) {
			continue // it says that it was away, and did nothing
		}
		if err == nil {
			for name, values := range answer.Header {
				w.Header()[name] = values
			}
			w.WriteHeader(answer.StatusCode)
			_, _ = w.Write(text) // who is gone asks again
			return
		}
		b.away[i].Store(time.Now().Add(restTime).UnixNano())
		dial, unsent := errors.AsType[*net.OpError](err)
		if r.Method != http.MethodGet && !(unsent && dial.Op == "dial") {
			break
		}
	}
	panic(http.ErrAbortHandler)
}

func (b *balancer) ask(r *http.Request, body []byte, at string) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeout(r.Context(), mostWait)
	defer cancel()
	out, err := http.NewRequestWithContext(ctx, r.Method, "http://"+at+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	out.Header, out.Host = r.Header.Clone(), r.Host
	out.Header.Del("Accept-Encoding") // what is said is read here, too
	from, _, _ := net.SplitHostPort(r.RemoteAddr)
	out.Header.Set("X-Forwarded-For", from)
	answer, err := b.calls.Do(out)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer, text, err
}

// pair is a world that two servers serve, on one PostgreSQL.
type pair struct {
	*world
	address string // of the database
	dirs    [2]string
	servers [2]*program
	front   *balancer

	mu   sync.Mutex
	told map[string]int // how often each source was asked
}

// newPair makes the city on a PostgreSQL, and two data folders that share what must be shared.
func newPair(t *testing.T, program, address string) *pair {
	t.Helper()
	dir := onPostgres(t, address)
	p := &pair{world: emptyWorld(t, dir, program), address: address, told: map[string]int{}}
	p.byTime = true
	feed := httptest.NewServer(http.HandlerFunc(p.minutely))
	t.Cleanup(feed.Close)
	settings, err := os.ReadFile(filepath.Join(dir, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{strings.TrimSpace(string(settings)), "plain_http: true", "trusted_proxies: [127.0.0.1]", "spread: 50s", "api: {per_minute: 60000, at_once: 10000}", "sources:"}
	for i := range minuteSources {
		lines = append(lines, fmt.Sprintf("  - {name: minute_%d, kind: http, url: '%s/%d', format: json, units: ['%s'], allow_loopback: true, authority: accept, schedule: '* * * * *'}", i, feed.URL, i, pulledUnit))
	}
	configure(t, dir, lines...)
	if err := os.Chmod(filepath.Join(dir, config.FileName), 0o600); err != nil {
		t.Fatal(err)
	}
	good(t, "init", "--data", dir)
	p.settle()
	p.share()
	p.front = &balancer{calls: http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	listener, err := net.Listen("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	door := &http.Server{Handler: p.front, ReadHeaderTimeout: patience}
	go door.Serve(listener)
	t.Cleanup(func() { door.Close() })
	good(t, "collect", "--data", dir) // from now on each is due each minute, whoever leads; and there are keys
	p.begin(0)
	p.copied("secrets/register.keys", p.dirs[1])
	p.begin(1)
	return p
}

// copied copies a file of the first data folder into another one.
func (p *pair) copied(name, dir string) {
	p.t.Helper()
	body, err := os.ReadFile(filepath.Join(p.dirs[0], name))
	if err = errors.Join(err, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700), os.WriteFile(filepath.Join(dir, name), body, 0o600)); err != nil {
		p.t.Fatal(err)
	}
}

// minutely answers a value of its own each time.
func (p *pair) minutely(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.told[strings.Trim(r.URL.Path, "/")]++
	p.mu.Unlock()
	time.Sleep(time.Duration(rand.IntN(1500)) * time.Millisecond) // so that some are asked just when their server ends
	body, _ := json.Marshal(map[string]any{                       // of plain values
		"schema": "unionboard/values/1", "unit": pulledUnit, "period": p.past.String(), "next": nil,
		"values": []map[string]string{{"code": string(p.figure), "value": p.value()}},
	})
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// share makes the folders of two servers, and a third one to look from: configuration and keys are copies, files lie in one place.
func (p *pair) share() {
	t := p.t
	t.Helper()
	common := filepath.Join(t.TempDir(), "common")
	third := filepath.Join(t.TempDir(), "third")
	p.dirs = [2]string{p.dir, filepath.Join(t.TempDir(), "second")}
	for _, dir := range []string{p.dirs[1], third} {
		for _, name := range []string{config.FileName, "database.password"} {
			p.copied(name, dir)
		}
	}
	for _, name := range []string{"evidence", "exports", "quarantine"} {
		if err := os.MkdirAll(filepath.Join(common, name), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{p.dirs[0], p.dirs[1], third} {
			if err := errors.Join(os.RemoveAll(filepath.Join(dir, name)), os.Symlink(filepath.Join(common, name), filepath.Join(dir, name))); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.opened = func() (*store.Store, error) {
		_, s, err := openStore(t.Context(), third)
		return s, err
	}
}

// begin starts a server and waits until it is ready.
func (p *pair) begin(i int) {
	p.t.Helper()
	p.servers[i] = startAs(p.t, p.program, "serve", "--data", p.dirs[i], "--addr", "127.0.0.1:0")
	at := p.servers[i].serving()
	host := strings.TrimPrefix(at, "http://")
	p.front.at[i].Store(&host)
	p.servers[i].untilReady(at)
	p.front.away[i].Store(0)
}

// leader answers which server collects, -1 for none of the two.
func (p *pair) leader(db *pgx.Conn) int {
	var holder string
	var until int64
	err := db.QueryRow(p.t.Context(), `SELECT holder, until FROM lease WHERE name = 'collect'`).Scan(&holder, &until)
	if err != nil {
		p.t.Fatal(err)
	}
	for i, s := range p.servers {
		if strings.Contains(holder, fmt.Sprintf("/%d/", s.cmd.Process.Pid)) && until > time.Now().UnixMilli() {
			return i
		}
	}
	return -1
}

// TestTwoServersAreOne lets two servers on one PostgreSQL serve a city behind a proxy, and kills and freezes one of them in turn while everybody
// works, as in TestChaos: each slot of each source is run once, the other server leads within twenty seconds, no acknowledged change is lost and
// none is there twice, no history of a figure has a lost or a stale read whichever server is asked, nobody is signed out, and the audit log is
// whole. ROUNDS says how often; `make two-servers` does it fifty times.
func TestTwoServersAreOne(t *testing.T) {
	t.Parallel()
	n, seed := setting(t, "ROUNDS", 3), setting(t, "CHAOS_SEED", int(time.Now().UnixNano()%1e6))
	p := newPair(t, os.Getenv("UNIONBOARD_TEST_PROGRAM"), cluster.Empty(t))
	db, err := pgx.Connect(t.Context(), p.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close(context.Background()) })
	keep := kept(t)
	chance := rand.New(rand.NewPCG(uint64(seed), 2))
	var playing sync.WaitGroup
	all := p.everybody(uint64(seed), keep, &playing)
	var took []time.Duration
	acts := 0
	for round := range n {
		time.Sleep(time.Duration(500+chance.IntN(2500)) * time.Millisecond)
		took = append(took, p.disturb(db, chance, round)...)
		acts += p.rest(all, filepath.Join(keep, fmt.Sprintf("round-%03d", round)), round)
		if t.Failed() {
			t.Logf("round %d of seed %d failed: %s%s", round, seed, p.servers[0].err.String(), p.servers[1].err.String())
			break
		}
	}
	p.ending.Store(true)
	playing.Wait()
	runs := p.slots(db)
	slices.Sort(took)
	t.Logf("%d rounds of seed %d; %d requests answered, %d asked again; %d acts in histories; %d runs; acknowledged: %s", n, seed, p.asked, p.retried, acts, runs, kinds(p.promised()))
	if len(took) > 0 {
		t.Logf("%d times another server led after %s (median), %s (longest)", len(took), took[len(took)/2].Round(10*time.Millisecond), took[len(took)-1].Round(10*time.Millisecond))
		if longest := took[len(took)-1]; longest > takenOver {
			t.Errorf("another server led only after %s, want %s", longest, takenOver)
		}
	}
}

// disturb kills or freezes a server, more often the one that leads, and answers how long it took until the other one led, if it did not yet.
func (p *pair) disturb(db *pgx.Conn, chance *rand.Rand, round int) (took []time.Duration) {
	p.t.Helper()
	victim := p.leader(db)
	led := victim >= 0 && chance.IntN(4) > 0
	if !led {
		victim = chance.IntN(2)
		led = victim == p.leader(db)
	}
	freeze := round%2 == 1
	began := time.Now()
	if freeze {
		p.servers[victim].signal(syscall.SIGSTOP)
	} else {
		p.servers[victim].kill()
		p.servers[victim].wait()
	}
	if led {
		for p.leader(db) != 1-victim {
			if time.Since(began) > patience {
				p.t.Fatal("the other server never led")
			}
			time.Sleep(20 * time.Millisecond)
		}
		took = append(took, time.Since(began))
	}
	if !freeze {
		time.Sleep(time.Duration(chance.IntN(1000)) * time.Millisecond)
		p.begin(victim)
		return took
	}
	time.Sleep(time.Until(began.Add(frozenFor)))
	p.servers[victim].signal(syscall.SIGCONT)
	time.Sleep(3 * time.Second) // it wakes up among those who work
	return took
}

// rest lets everybody stop and looks whether all is as it was promised.
func (p *pair) rest(all []client, keep string, round int) (acts int) {
	p.t.Helper()
	p.resting.Lock()
	defer p.resting.Unlock()
	for _, c := range all {
		c.look()
	}
	acts = p.judge(p.t, keep)
	for _, fault := range p.takeFaults() {
		p.t.Errorf("round %d: %s", round, fault)
	}
	if l := p.holds(p.dirs[0], p.promised()); l.any() {
		p.t.Errorf("round %d: %+v", round, l)
	}
	return acts
}

// slots looks whether each slot of each source was run once: after a good run the next one is that of the next minute, or the newest while nobody
// led; a source is asked once for each run. It answers how many runs there were.
func (p *pair) slots(db *pgx.Conn) (n int) {
	t := p.t
	t.Helper()
	type run struct {
		slot  time.Time
		state assess.RunState
	}
	runs := map[string][]run{}
	rows, err := db.Query(t.Context(), `SELECT source, slot, state FROM run WHERE door = 'http' AND state <> 'running' ORDER BY source, slot`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var source, state string
		var slot int64
		if err := rows.Scan(&source, &slot, &state); err != nil {
			t.Fatal(err)
		}
		runs[source] = append(runs[source], run{time.UnixMilli(slot), assess.RunState(state)})
		n++
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for source, all := range runs {
		good := 0
		for i, r := range all {
			switch r.state {
			case assess.RunDone, assess.RunPartial:
				good++
			case assess.RunFailed:
				t.Errorf("%s failed at %s", source, r.slot)
			}
			if i == 0 || all[i-1].state != assess.RunDone {
				continue
			}
			if next := all[i-1].slot.Truncate(time.Minute).Add(time.Minute); !r.slot.Equal(next) {
				t.Errorf("%s was run for %s after %s", source, r.slot.Format("15:04:05.000"), all[i-1].slot.Format("15:04:05.000"))
			}
		}
		if asked := p.told[strings.TrimPrefix(source, "minute_")]; asked < good || asked > len(all)+1 { // one may be under way
			t.Errorf("%s was asked %d times in %d runs, %d of them good", source, asked, len(all), good)
		}
	}
	return n
}
