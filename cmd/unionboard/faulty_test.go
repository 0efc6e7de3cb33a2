package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/config"
)

// faulty is a district's system that does what a test tells it.
type faulty struct {
	mu   sync.Mutex
	next http.HandlerFunc
}

func (f *faulty) does(next http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next = next
}

func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	next := f.next
	f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	next(w, r)
}

// pageOf is an answer with one figure of unit 210103, made at a minute of an hour.
func pageOf(value string, minute int, next string) string {
	return fmt.Sprintf(`{"schema":"unionboard/values/1","unit":"210103","period":%q,"generated_at":"2026-04-02T09:%02d:00+08:00","values":[{"code":"union_members","value":%q}],"next":%s}`,
		oldQuarter(), minute, value, next)
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// raw answers these bytes and ends the connection.
func raw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = io.WriteString(c, text)
			c.Close()
		}
	}
}

func with(key, value string, then http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(key, value)
		then(w, r)
	}
}

func endless(w http.ResponseWriter, _ *http.Request) {
	buffer := bytes.Repeat([]byte(" "), 64<<10)
	for range 1 << 14 { // a gigabyte
		if _, err := w.Write(buffer); err != nil {
			return
		}
	}
}

// Rows 45 and 46: whatever a source does, its run says what came of it, nothing of a broken answer counts, memory is bounded, the other
// sources are on time, and the figures end as the source's truth. 666 is in every answer that must not count.
func TestEveryFaultOfASourceIsSurvived(t *testing.T) {
	bad := pageOf("666", 30, "null")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(bytes.Repeat([]byte(" "), 16<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	system := &faulty{}
	server := httptest.NewServer(system)
	t.Cleanup(server.Close)
	healthy := httptest.NewServer(says(strings.Replace(pageOf("7", 1, "null"), "210103", "210102", 1)))
	t.Cleanup(healthy.Close)
	healthy.Config.Handler = with("Content-Type", "application/json", healthy.Config.Handler.ServeHTTP)
	dir := installation(t, "sources:",
		fmt.Sprintf("  - {name: faulty, kind: http, url: '%s/?p={period}', units: ['210103'], allow_loopback: true, authority: accept, timeout: 400ms}", server.URL),
		fmt.Sprintf("  - {name: healthy, kind: http, url: '%s/', units: ['210102'], allow_loopback: true, authority: accept}", healthy.URL))
	const failed, done, partial = assess.RunFailed, assess.RunDone, assess.RunPartial
	steps := []faultyAnswer{
		{"first", says(pageOf("5", 1, "null")), done, "1 0 0 0", "5"},
		{"delivered twice", says(pageOf("5", 1, "null")), done, "0 0 1 0", "5"},
		{"server's error", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, bad, http.StatusServiceUnavailable) }, failed, "0 0 0 1", "5"},
		{"not found", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, bad, http.StatusNotFound) }, failed, "0 0 0 1", "5"},
		{"reset", raw(""), failed, "0 0 0 1", "5"},
		{"hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, failed, "0 0 0 1", "5"},
		{"drips", func(w http.ResponseWriter, r *http.Request) {
			for _, b := range []byte(bad) {
				select {
				case <-r.Context().Done():
					return
				case <-time.After(50 * time.Millisecond):
				}
				_, _ = w.Write([]byte{b})
				_ = http.NewResponseController(w).Flush()
			}
		}, failed, "0 0 0 1", "5"},
		{"cut", with("Content-Length", "5000", says(bad)), failed, "0 0 0 1", "5"},
		{"cut between chunks", raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + fmt.Sprintf("%x\r\n%s\r\n", len(bad), bad)), failed, "0 0 0 1", "5"},
		{"cut before its end", says(bad[:len(bad)-1]), failed, "0 0 0 1", "5"},
		{"without an end", endless, failed, "0 0 0 1", "5"},
		{"a gigabyte", with("Content-Length", "1073741824", endless), failed, "0 0 0 1", "5"},
		{"a bomb", with("Content-Encoding", "gzip", says(strings.Repeat(packed.String(), 64))), failed, "0 0 0 1", "5"},
		{"another kind", with("Content-Type", "text/html", says(bad)), failed, "0 0 0 1", "5"},
		{"another charset", says(strings.Replace(bad, `"666"`, `"666","note":"`+"\xc1\xfa"+`"`, 1)), failed, "0 0 0 1", "5"},
		{"redirects for ever", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/?again", http.StatusFound) }, failed, "0 0 0 1", "5"},
		{"pages in a circle", says(pageOf("666", 30, `"/?p=again"`)), failed, "0 0 0 1", "5"},
		{"second page broken", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "two" {
				http.Error(w, "", http.StatusInternalServerError)
				return
			}
			_, _ = io.WriteString(w, pageOf("666", 30, `"/?two"`))
		}, failed, "0 0 0 1", "5"},
		{"another unit", says(strings.Replace(bad, "210103", "210102", 1)), failed, "0 0 0 1", "5"},
		{"another period", says(strings.Replace(bad, oldQuarter().String(), "2019Q1", 1)), failed, "0 0 0 1", "5"},
		{"one figure twice", says(strings.Replace(bad, `"values":[`, `"values":[{"code":"union_members","value":"667"},`, 1)), failed, "0 0 0 2", "5"},
		{"good and bad rows", says(strings.Replace(pageOf("8", 31, "null"), `"values":[`, `"values":[{"code":"no_such","value":"666"},`, 1)), partial, "0 1 0 1", "8"},
		{"overtaken on its way", says(pageOf("666", 2, "null")), failed, "0 0 0 1", "8"},
		{"a version", with("ETag", `"v"`, says(pageOf("9", 40, "null"))), done, "0 1 0 0", "9"},
		{"unchanged", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified) }, done, "0 0 1 0", "9"},
		{"other figures under the same version", with("ETag", `"v"`, says(pageOf("10", 41, "null"))), done, "0 1 0 0", "10"},
		{"unasked unchanged", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified) }, failed, "0 0 0 1", "10"},
		{"a clock an hour ahead", with("Last-Modified", "Thu, 31 Dec 2099 23:59:59 GMT", with("Date", "Thu, 31 Dec 2099 23:59:59 GMT", says(pageOf("11", 42, "null")))), done, "0 1 0 0", "11"},
		{"the truth in the end", says(pageOf("12", 43, "null")), done, "0 1 0 0", "12"},
	}
	inside(t, dir, func(a *app) {
		var sources []collect.Source
		for _, s := range a.config.Sources {
			made, err := a.configured(s, time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			sources = append(sources, made)
		}
		begin := time.Now()
		defer debug.SetGCPercent(debug.SetGCPercent(100)) // whatever GOGC says to tests
		for i, step := range steps {
			system.does(step.does)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			now := begin.Add(time.Duration(i) * time.Minute)
			results := a.gate.All(t.Context(), sources, collect.Ask{Slot: now, Period: oldQuarter()}, now)
			runtime.ReadMemStats(&after)
			if grown := (int64(after.HeapSys) - int64(before.HeapSys)) >> 20; grown >= 64 {
				t.Errorf("%s: memory has grown by %d MiB", step.name, grown)
			}
			step.survived(t, a, results)
		}
	})
}

// faultyAnswer is an answer of the faulty server, and what is to become of it.
type faultyAnswer struct {
	name   string
	does   http.HandlerFunc
	state  assess.RunState
	counts string // new, changed, unchanged, refused
	truth  string // that holds afterwards
}

// survived holds a run of both sources to what was to become of it: what the report says and the store has recorded, that the other
// source is unharmed, and that no figure of the bad answer holds.
func (step faultyAnswer) survived(t *testing.T, a *app, results []collect.Result) {
	t.Helper()
	r := results[0].Report
	if got := fmt.Sprintf("%d %d %d %d", r.New, r.Changed, r.Same, r.Refused); results[0].Err != nil || r.State != step.state || got != step.counts {
		t.Errorf("%s: %s, %s, %v %q; want %s, %s", step.name, r.State, got, results[0].Err, r.Problem, step.state, step.counts)
	}
	if (r.State == assess.RunFailed) != (r.Problem != "") || strings.Contains(r.Problem, "666") {
		t.Errorf("%s: it says %q", step.name, r.Problem)
	}
	if other := results[1]; other.Err != nil || other.Report.State != assess.RunDone || other.Report.New+other.Report.Same != 1 {
		t.Errorf("%s: the other source: %+v, %v", step.name, other.Report, other.Err)
	}
	runs, err := a.store.Runs(t.Context(), "faulty", 1)
	if err != nil || len(runs) != 1 || runs[0].State != step.state || runs[0].Problem != r.Problem {
		t.Errorf("%s: recorded %+v, %v", step.name, runs, err)
	}
	held, err := a.store.Current(t.Context(), assess.CellQuery{Periods: []assess.Period{oldQuarter()}})
	if err != nil || len(held) == 0 || len(held) > 2 {
		t.Fatalf("%s: %+v, %v", step.name, held, err)
	}
	for _, o := range held {
		if o.Unit == "210103" && o.Value != step.truth || o.Unit == "210102" && o.Value != "7" {
			t.Errorf("%s: %s has %s, want %s", step.name, o.Unit, o.Value, step.truth)
		}
	}
}

// Every source that the comments of the configuration show can be made, and where it stands is said when it cannot.
func TestTheSourcesOfTheDefaultFileCanBeMade(t *testing.T) {
	var file bytes.Buffer
	if err := config.Default(&file); err != nil {
		t.Fatal(err)
	}
	_, sources, _ := strings.Cut(file.String(), "# sources:\n")
	lines := []string{"sources:"}
	for line := range strings.Lines(sources) {
		if regexp.MustCompile(`^# +(- )?[a-z_]+:`).MatchString(line) {
			lines = append(lines, strings.TrimSuffix(strings.TrimPrefix(line, "# "), "\n"))
		}
	}
	dir := installation(t, lines...)
	inside(t, dir, func(a *app) {
		made, err := a.sources()
		if err != nil || len(made) != len(a.config.Sources) || len(made) < 6 {
			t.Errorf("%d of %d: %v", len(made), len(a.config.Sources), err)
		}
	})
	text := strings.Join(append(lines, "sources_allowed: [heping.example.org, '10.1.2.3/16']"), "\n")
	if err := os.WriteFile(filepath.Join(dir, config.FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, "collect", "--data", dir).oneSentence(t, exitRefused, config.FileName+":", "10.1.2.3/16", "10.1.0.0/16")
	text = strings.Replace(text, "10.1.2.3/16", "10.1.0.0/16", 1)
	if err := os.WriteFile(filepath.Join(dir, config.FileName), []byte(strings.ReplaceAll(text, "10.1.0.0/16", "tiexi.example.org:8443")), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, "collect", "--data", dir).oneSentence(t, exitRefused, config.FileName+":", "tiexi.example.org:443", "sources_allowed")
}

// The program never asks itself, by whichever address.
func TestTheProgramNeverAsksItself(t *testing.T) {
	hits := 0
	self := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits++ }))
	t.Cleanup(self.Close)
	at := strings.TrimPrefix(self.URL, "http://")
	dir := installation(t, "addr: "+at, "sources:",
		fmt.Sprintf("  - {name: itself, kind: http, url: '%s/', allow_loopback: true}", self.URL),
		fmt.Sprintf("  - {name: by_name, kind: http, url: '%s/', allow_loopback: true}", strings.Replace(self.URL, "127.0.0.1", "localhost", 1)))
	r := call(t, "collect", "--data", dir)
	if r.code != exitPart && r.code != exitFailed || hits > 0 || strings.Count(r.err, "this program itself is served there") != 2 {
		text, _ := json.Marshal(r.err)
		t.Errorf("code %d, asked %d times: %s", r.code, hits, text)
	}
}
