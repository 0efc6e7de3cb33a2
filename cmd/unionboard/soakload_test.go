package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// load is work that comes when it is due, whether or not what came before was answered: how long something takes is counted from when it was due.
type load struct {
	mu     sync.Mutex
	took   map[string][]time.Duration // by kind
	pages  map[string][]time.Duration // by path
	faults map[string]int             // what a user would have seen, by kind
	said   []string                   // some of the faults, in words
	all    sync.WaitGroup
}

// mostSaid is how many faults of a kind are kept in words.
const mostSaid = 10

func newLoad() *load {
	return &load{took: map[string][]time.Duration{}, pages: map[string][]time.Duration{}, faults: map[string]int{}}
}

// count notes an answer of a kind; err is why a user would have complained.
func (l *load) count(kind string, due time.Time, err error) {
	took := time.Since(due)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.took[kind] = append(l.took[kind], took)
	if err != nil {
		l.faults[kind]++
		if l.faults[kind] <= mostSaid {
			l.said = append(l.said, kind+": "+err.Error())
		}
	}
}

// every begins something at a rate a second until the end; rate may change with the time since the beginning.
func (l *load) every(ctx context.Context, rate func(since time.Duration) float64, begin func(due time.Time)) {
	l.all.Go(func() {
		began := time.Now()
		for due := began; ctx.Err() == nil; {
			r := rate(due.Sub(began))
			if r <= 0 {
				due = due.Add(time.Second)
				time.Sleep(time.Until(due))
				continue
			}
			due = due.Add(time.Duration(float64(time.Second) / r))
			time.Sleep(time.Until(due))
			if ctx.Err() == nil {
				at := due
				l.all.Go(func() { begin(at) })
			}
		}
	})
}

func steadily(rate float64) func(time.Duration) float64 {
	return func(time.Duration) float64 { return rate }
}

// share answers how long the given share of a kind took at most.
func (l *load) share(kind string, of float64) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	took := slices.Sorted(slices.Values(l.took[kind]))
	if len(took) == 0 {
		return 0
	}
	return took[int(of*float64(len(took)-1))]
}

// table writes what was measured, as it stands in docs/performance.md.
func (l *load) table() string {
	var b strings.Builder
	b.WriteString("| | number | median | 95 % | 99 % | longest | faults |\n|---|---|---|---|---|---|---|\n")
	ms := func(d time.Duration) string {
		return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 1, 64) + " ms"
	}
	for _, kind := range slices.Sorted(maps.Keys(l.took)) {
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %s | %d |\n", kind, len(l.took[kind]), ms(l.share(kind, 0.5)), ms(l.share(kind, 0.95)), ms(l.share(kind, 0.99)), ms(l.share(kind, 1)), l.faults[kind])
	}
	return b.String()
}

// complain says what a user would complain about: an answer that is not the wanted one, or none.
func complain(what string, got reply, err error, want ...int) error {
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", what, err)
	case !slices.Contains(want, got.status):
		return fmt.Errorf("%s answers %d: %.200s", what, got.status, mainOf(got.body))
	}
	return nil
}

// page opens a page in its turn.
func (l *load) page(v *guest, path string, due time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	got, err := v.get(ctx, path, "Accept-Encoding", "gzip")
	l.count("page", due, complain(path+" as "+v.name, got, err, http.StatusOK))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pages[path] = append(l.pages[path], time.Since(due))
}

// slowest says which pages took longest, by what 95 % of their answers took at most.
func (l *load) slowest(n int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	took := map[string]time.Duration{}
	for path, all := range l.pages {
		took[path] = slices.Sorted(slices.Values(all))[int(0.95*float64(len(all)-1))]
	}
	paths := slices.SortedFunc(maps.Keys(took), func(a, b string) int { return cmp.Compare(took[b], took[a]) })
	var b strings.Builder
	for _, path := range paths[:min(n, len(paths))] {
		fmt.Fprintf(&b, "95 %% of %d at %s within %s\n", len(l.pages[path]), path, took[path].Round(time.Millisecond))
	}
	return b.String()
}

// health is how a server stands at a moment.
type health struct {
	at            time.Duration
	resident, wal int64 // bytes
	kept          int64 // bytes the program holds on to: half of what the next collection of its garbage waits for
	files         int   // open descriptors
	goroutines    int
}

// sampled looks at a process every few seconds until the context ends. metrics is where it says how many goroutines it has, "" for nowhere.
func sampled(ctx context.Context, pid int, dir, metrics string, every time.Duration) (all []health) {
	began := time.Now()
	for ctx.Err() == nil {
		h := health{at: time.Since(began)}
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // of a process that has ended nothing is known
		if _, rest, ok := strings.Cut(string(status), "VmRSS:"); ok {
			kilobytes, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			h.resident = kilobytes << 10
		}
		names, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
		h.files = len(names)
		if info, err := os.Stat(filepath.Join(dir, "unionboard.db-wal")); err == nil {
			h.wal = info.Size()
		}
		if metrics != "" {
			v := guest{base: metrics, client: http.DefaultClient}
			if got, err := v.get(ctx, "/metrics"); err == nil {
				number, _ := strconv.ParseFloat(between(got.body, "\ngo_goroutines ", "\n"), 64)
				next, _ := strconv.ParseFloat(between(got.body, "\ngo_memstats_next_gc_bytes ", "\n"), 64)
				h.goroutines, h.kept = int(number), int64(next)/2
			}
		}
		all = append(all, h)
		select {
		case <-ctx.Done():
		case <-time.After(every):
		}
	}
	return all
}

// ofCycles answers one sample for each whole cycle of the load, the mean of its own. The load comes to its peak at the end of each, so a line through
// single samples climbs although every cycle is like the one before.
func ofCycles(samples []health, every time.Duration) (means []health) {
	for len(samples) > 0 {
		cycle := samples[0].at / every
		n := slices.IndexFunc(samples, func(h health) bool { return h.at/every != cycle })
		if n < 0 {
			n = len(samples)
		}
		var sum health
		for _, h := range samples[:n] {
			sum.at, sum.resident, sum.kept, sum.files = sum.at+h.at, sum.resident+h.resident, sum.kept+h.kept, sum.files+h.files
		}
		first, last := samples[0].at%every, samples[n-1].at%every
		if last-first > every*9/10 {
			k := int64(n)
			means = append(means, health{at: sum.at / time.Duration(k), resident: sum.resident / k, kept: sum.kept / k, files: sum.files / n})
		}
		samples = samples[n:]
	}
	return means
}

// slope answers by how much something grows in a minute: the line that lies closest to all samples.
func slope(samples []health, of func(health) float64) float64 {
	var n, x, y, xx, xy float64
	for _, h := range samples {
		at, value := h.at.Minutes(), of(h)
		n, x, y, xx, xy = n+1, x+at, y+value, xx+at*at, xy+at*value
	}
	if d := n*xx - x*x; d > 0 {
		return (n*xy - x*y) / d
	}
	return 0
}

// editor is a reporter with cells that nobody else types into; one save of it is under way at a time.
type editor struct {
	*guest
	quarter string
	cells   []cellOfForm
	base    []int64
	at      int
}

// newEditor takes the i-th of n parts of the open cells of a form, as its pages show them.
func newEditor(t *testing.T, v *guest, quarter string, cells []cellOfForm, i, n int) *editor {
	t.Helper()
	e := &editor{guest: v, quarter: quarter}
	pages := map[string]string{}
	for k, c := range cells {
		if k%n != i {
			continue
		}
		path := "/fill/" + quarter + "/" + string(c.section)
		if pages[path] == "" {
			got, err := v.get(t.Context(), path)
			if err := complain(path, got, err, http.StatusOK); err != nil {
				t.Fatal(err)
			}
			pages[path] = got.body
		}
		if s, ok := fieldOf(pages[path], c.item); ok && strings.Contains(pages[path], `name="v.`+string(c.item)+`"`) {
			e.cells, e.base = append(e.cells, c), append(e.base, s.Revision)
		}
	}
	return e
}

// save types a number into the next cell, as the script of the form does.
func (e *editor) save(ctx context.Context, chance *rand.Rand) error {
	e.at = (e.at + 1) % len(e.cells)
	c := e.cells[e.at]
	value := 1000 + 10*chance.IntN(900) + int(e.base[e.at]%10) // never what is there already, which would add no revision
	form := url.Values{
		"item": {string(c.item)}, "value": {strconv.Itoa(value)}, "note": {""}, "missing": {""},
		"base": {strconv.FormatInt(e.base[e.at], 10)}, "request": {fmt.Sprintf("soak-%s-%d", c.item, e.base[e.at])},
	}
	got, err := e.post(ctx, "/fill/"+e.quarter+"/cell", form)
	if err := complain("save as "+e.name, got, err, http.StatusOK); err != nil {
		return err
	}
	e.base[e.at]++
	return nil
}

// A load whose cycles are alike, each with its peak at the end, grows by nothing; one that keeps a megabyte a minute grows by that.
func TestGrowthIsFromCycleToCycle(t *testing.T) {
	of := func(leak float64) float64 {
		var samples []health
		for at := 10 * time.Minute; at < 30*time.Minute; at += 5 * time.Second {
			h := health{at: at, resident: 300<<20 + int64(leak*at.Minutes()*(1<<20))}
			if at%peakEvery >= peakEvery-peakLength {
				h.resident += 200 << 20
			}
			samples = append(samples, h)
		}
		return slope(ofCycles(samples, peakEvery), func(h health) float64 { return float64(h.resident) / (1 << 20) })
	}
	if flat, leaking := of(0), of(1.5); math.Abs(flat) > 0.01 || math.Abs(leaking-1.5) > 0.01 {
		t.Errorf("what is flat grows by %.2f MB a minute, what grows by 1.5 by %.2f", flat, leaking)
	}
}
