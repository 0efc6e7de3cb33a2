package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/schedule"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/web"
)

// movedCity is a city whose server goes by a clock that somebody moves.
type movedCity struct {
	*world
	app  *app
	log  lockedText
	tick chan time.Time
	told chan struct{} // after each jump that was told

	mu sync.Mutex
	at time.Time
}

// lockedText is a log that is read while it is written.
type lockedText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lockedText) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (c *movedCity) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// move sets the clock, which a watch notices as that of `serve` does, and lets the collections move on.
func (c *movedCity) move(to time.Time) {
	c.t.Helper()
	c.mu.Lock()
	c.at = to
	c.mu.Unlock()
	c.tick <- to
	<-c.told
	c.app.moveOn(c.t.Context(), c.now())
}

// newMovedCity serves the city of the chaos, whose forms are filled in, at a time.
func newMovedCity(t *testing.T, at func(a *app, w *world) time.Time, options ...store.Option) *movedCity {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	c := &movedCity{world: newWorld(t, dir, ""), tick: make(chan time.Time), told: make(chan struct{})}
	settings, s, err := openStore(t.Context(), dir, options...)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newApp(dir, settings, s, newLog(&c.log, settings.LogLevel, settings.LogFormat), c.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.close)
	c.app, c.at = a, at(a, c.world)
	site, err := a.handler(nil, web.Setup{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	c.addr = strings.TrimPrefix(server.URL, "http://")
	read := func() schedule.Reading { return schedule.Reading{Wall: c.now()} } // the clock that only runs on stands still
	go schedule.WatchClock(t.Context(), read, c.tick, clockJump, func(was, is time.Time) { a.tellJump(t.Context(), was, is); c.told <- struct{}{} })
	return c
}

// report signs a district's report, which is filled in.
func (c *movedCity) report(unit string) {
	c.t.Helper()
	ctx, home := c.t.Context(), "/fill/"+c.quarter.String()
	if got, err := c.guest("a"+unit, 1).post(ctx, home+"/forward", url.Values{}); err != nil || got.status != http.StatusSeeOther {
		c.t.Fatalf("forward %s: %d %v %s", unit, got.status, err, mainOf(got.body))
	}
	chair := c.guest("chair"+unit, 2)
	page, err := chair.get(ctx, home+"/cover")
	if err != nil {
		c.t.Fatal(err)
	}
	got, err := chair.post(ctx, home+"/sign", url.Values{"digest": {between(page.body, `name="digest" value="`, `"`)}, "current": {guestPassword}})
	if err != nil || got.status != http.StatusSeeOther {
		c.t.Fatalf("sign %s: %d %v %s", unit, got.status, err, mainOf(got.body))
	}
}

// typed types a value into the cell of a district and answers the status.
func (c *movedCity) typed(unit, value string) int {
	c.t.Helper()
	v := c.guest("a"+unit, 3)
	page, err := v.get(c.t.Context(), c.formPath(c.cell))
	if err != nil {
		c.t.Fatal(err)
	}
	held, _ := fieldOf(page.body, c.cell.item)
	form := url.Values{"item": {string(c.cell.item)}, "value": {value}, "note": {"按台账"}, "missing": {""}, "base": {strconv.FormatInt(held.Revision, 10)}, "request": {"clock-" + value}}
	got, err := v.post(c.t.Context(), "/fill/"+c.quarter.String()+"/cell", form)
	if err != nil {
		c.t.Fatal(err)
	}
	return got.status
}

// stands answers the states of the collection and of the reports of some districts.
func (c *movedCity) stands(units ...string) (said []string) {
	c.t.Helper()
	cycles, err := c.app.store.Cycles(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	for _, one := range cycles {
		if one.Period == c.quarter {
			said = append(said, string(one.State))
		}
	}
	filings, err := c.app.store.Filings(c.t.Context(), c.quarter)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, unit := range units {
		state := "not_started"
		for _, f := range filings {
			if string(f.Unit) == unit {
				state = string(f.State) + " " + strconv.Itoa(f.LateDays)
			}
		}
		said = append(said, state)
	}
	return said
}

// Row 68 of the security checklist: the clock of a whole server is moved on by a day over the deadline, to the review, back, over the cut-off and back. What is late
// or closed is told by that clock; what has closed does not open again; what was typed last holds, whatever its time says; numbers go on; each
// jump stands in the log of the program and in the audit log.
func TestDeadlinesUnderAMovedClock(t *testing.T) {
	t.Parallel()
	alone(t)
	var deadline, reviewing, cutOff time.Time
	c := newMovedCity(t, func(a *app, w *world) time.Time {
		plan, err := a.gate.Plan(t.Context(), w.quarter)
		if err != nil {
			t.Fatal(err)
		}
		deadline, cutOff = plan.Deadline(""), plan.CutOff()
		for _, step := range plan.Steps() {
			if step.State == assess.CycleReviewing && reviewing.IsZero() {
				reviewing = step.At
			}
		}
		return deadline.Add(-2 * time.Hour)
	})
	const early, late, again, missing = "210104", "210112", "210113", "210114"
	want := func(when string, all ...string) {
		t.Helper()
		if got := c.stands(early, late, again, missing); !slices.Equal(got, all) {
			t.Errorf("%s: %q, want %q", when, got, all)
		}
	}
	can := func(when, unit, value string, status int) {
		t.Helper()
		if got := c.typed(unit, value); got != status {
			t.Errorf("%s: typing %s for %s answers %d, want %d", when, value, unit, got, status)
		}
	}
	before, on := c.now(), c.now().AddDate(0, 0, 1)
	c.app.moveOn(t.Context(), before)
	c.report(early)
	want("before the deadline", "open", "submitted 0", "draft 0", "draft 0", "draft 0")
	can("before the deadline", early, "100001", http.StatusConflict)

	c.move(on)
	want("a day on", "open", "submitted 0", "draft 0", "draft 0", "draft 0")
	can("a day on", again, "200002", http.StatusOK)
	c.report(late)
	c.move(reviewing.Add(time.Hour))
	want("at the review", "reviewing", "submitted 0", "submitted 1", "draft 0", "draft 0")

	c.move(before)
	want("a day back", "reviewing", "submitted 0", "submitted 1", "draft 0", "draft 0")
	can("a day back", late, "300003", http.StatusConflict) // what is signed does not open
	can("a day back", again, "300003", http.StatusOK)
	c.report(again) // in time by the clock of the server
	if page, err := c.guest("a"+again, 4).get(t.Context(), c.formPath(c.cell)); err != nil {
		t.Error(err)
	} else if held, _ := fieldOf(page.body, c.cell.item); held.Value != "300003" {
		t.Errorf("what was typed last is %s, want 300003", held.Value)
	}

	c.move(cutOff.Add(12 * time.Hour))
	want("after the cut-off", "closing", "submitted 0", "submitted 1", "submitted 0", "missing 0")
	can("after the cut-off", missing, "400004", http.StatusConflict)
	c.move(before)
	want("back before the deadline", "closing", "submitted 0", "submitted 1", "submitted 0", "missing 0")
	can("back before the deadline", missing, "400004", http.StatusConflict)
	c.inOrder(5)
}

// inOrder wants the numbers of the audit log without a gap though its times go back, and so many jumps in both logs.
func (c *movedCity) inOrder(jumps int) {
	t := c.t
	t.Helper()
	good, err := c.app.store.VerifyAudit(t.Context())
	if err != nil {
		t.Error(err)
	}
	lines, err := c.app.store.AuditLines(t.Context(), 1, int(good)+1)
	if err != nil {
		t.Fatal(err)
	}
	back := 0
	for i, l := range lines {
		if l.Seq != int64(i+1) {
			t.Fatalf("line %d of the audit log has the number %d", i+1, l.Seq)
		}
		if i > 0 && l.At.Before(lines[i-1].At.Add(-time.Hour)) {
			back++
		}
	}
	told, err := c.app.store.FindAudit(t.Context(), audit.Query{Actions: []string{"clock.jump"}}, 10)
	if err != nil || len(told) != jumps || back == 0 {
		t.Errorf("%d jumps stand in the audit log, and its times go back %d times: %v", len(told), back, err)
	}
	if n := strings.Count(c.log.String(), "the clock was moved"); n != jumps {
		t.Errorf("the log tells of %d jumps: %s", n, c.log.String())
	}
	var seq int64
	observations, err := c.app.store.Current(t.Context(), assess.CellQuery{Periods: []assess.Period{c.past}})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range observations {
		seq = max(seq, o.Seq)
	}
	if head, err := c.app.store.Head(t.Context()); err != nil || head.Seq < seq {
		t.Errorf("the log of figures has reached %d, and a figure has %d: %v", head.Seq, seq, err)
	}
}
