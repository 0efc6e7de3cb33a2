package main

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/schedule"
	"github.com/unionboard/unionboard/internal/source"
)

// A slot whose run was interrupted is tried once more at the next start. Twice in a row is enough: what ends the program each time
// must not do so for ever.
func TestAnInterruptedSlotIsTriedOnceMore(t *testing.T) {
	inside(t, installation(t), func(a *app) {
		first := time.Date(2026, 4, 3, 6, 30, 0, 0, time.UTC)
		begin := func(day int) (slot time.Time) {
			slot = first.AddDate(0, 0, day)
			run := assess.Run{ID: uuid.NewString(), Source: "heping", Door: assess.DoorPull, Slot: slot, Started: slot, State: assess.RunRunning}
			if err := a.store.StartRun(t.Context(), run); err != nil {
				t.Fatal(err)
			}
			return slot
		}
		want := func(when string, slot time.Time, started time.Time, retry bool) {
			t.Helper()
			if err := a.interrupt(t.Context(), started); err != nil {
				t.Fatal(err)
			}
			history, err := a.store.Runs(t.Context(), "heping", collect.HistoryRead)
			if err != nil {
				t.Fatal(err)
			}
			got := a.collecting.record("heping", history)
			if !got.Last.Equal(slot) || retry != got.Retry.Equal(started) {
				t.Errorf("%s: %+v, want the slot %s and a try at once %v", when, got, slot, retry)
			}
		}
		start := first.Add(time.Hour)
		want("before the first run", time.Time{}, start, false)
		slot := begin(0)
		want("interrupted", slot, start, true)
		slot = begin(1)
		want("interrupted twice", slot, start.AddDate(0, 0, 1), false)
		begin(2)
		done := assess.Run{ID: uuid.NewString(), Source: "heping", Door: assess.DoorPull, Slot: first.AddDate(0, 0, 3), Started: first.AddDate(0, 0, 3), State: assess.RunDone}
		line := assess.AuditLine{At: first, Actor: "system", Action: "collect.run", Object: done.ID, Result: "ok"}
		if _, err := a.store.Commit(t.Context(), assess.Intake{Run: &done, Audit: []assess.AuditLine{line}}); err != nil {
			t.Fatal(err)
		}
		want("done again", done.Slot, start.AddDate(0, 0, 3), false)
		slot = begin(4)
		want("interrupted after a good one", slot, start.AddDate(0, 0, 4), true)
	})
}

// asked is a source that notes when it was asked; broken lets it fail, hold lets it hang until it is told to end.
type asked struct {
	mu     sync.Mutex
	times  []string
	broken error
	hold   bool
}

func (a *asked) set(broken error, hold bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.broken, a.hold = broken, hold
}

func (a *asked) Fetch(ctx context.Context, _ source.Request) ([]source.Parcel, error) {
	a.mu.Lock()
	a.times = append(a.times, time.Now().UTC().Format("15:04:05"))
	broken, hold := a.broken, a.hold
	a.mu.Unlock()
	if hold {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return nil, broken
}

func (a *asked) said() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string{}, a.times...)
}

// severed is the leases of a store that cannot be reached any more.
type severed struct {
	schedule.Leases
	mu  sync.Mutex
	cut bool
}

func (s *severed) TakeLease(ctx context.Context, name, holder string, now, until time.Time) (int64, bool, error) {
	s.mu.Lock()
	cut := s.cut
	s.mu.Unlock()
	if cut {
		return 0, false, errors.New("the store cannot be reached")
	}
	return s.Leases.TakeLease(ctx, name, holder, now, until)
}

// process starts what would collect in a process of its own on the store of an app.
func process(t *testing.T, a *app, from collect.Fetcher) (*schedule.Scheduler, *severed) {
	t.Helper()
	lease := a.lease()
	lease.Holder = newServer(time.Now()).ID
	line := &severed{Leases: lease.Leases}
	lease.Leases = line
	other := *a
	other.gate = collect.New(collect.Config{Store: a.store, Clock: time.Now, Log: a.log})
	other.collecting = newCollecting(&other)
	other.collecting.sources = []planned{{Source: collect.Source{Name: "heping", Door: assess.DoorPull, Fetcher: from}, schedule: "*/10 * * * *"}}
	if err := other.plan(other.collecting.sources); err != nil {
		t.Fatal(err)
	}
	jobs := schedule.New(schedule.Config{Lease: lease, Log: a.log})
	if err := other.collecting.schedule(jobs); err != nil {
		t.Fatal(err)
	}
	jobs.Start()
	return jobs, line
}

// Two processes on one store: one collects, and no slot is collected twice. When it loses the store while it hangs, the other ends its
// run and goes on after the lease is over, first of all with that slot.
func TestOneOfTwoProcessesCollects(t *testing.T) {
	dir := installation(t, "spread: 0s")
	synctest.Test(t, func(t *testing.T) { // on 1 January 2000, 00:00 UTC
		inside(t, dir, func(a *app) {
			one, two := &asked{}, &asked{}
			first, line := process(t, a, one)
			synctest.Wait()
			second, _ := process(t, a, two)
			time.Sleep(25*time.Minute + time.Second)
			if diff := cmp.Diff([]string{"00:10:00", "00:20:00"}, one.said()); diff != "" {
				t.Errorf("the first (-want +got):\n%s", diff)
			}
			one.set(nil, true)
			time.Sleep(5*time.Minute + 30*time.Second) // it hangs since 00:30
			line.mu.Lock()
			line.cut = true
			line.mu.Unlock()
			if got := two.said(); len(got) > 0 {
				t.Errorf("the second collected beside the first: %v", got)
			}
			time.Sleep(15 * time.Minute)
			if diff := cmp.Diff([]string{"00:10:00", "00:20:00", "00:30:00"}, one.said()); diff != "" {
				t.Errorf("the first without the store (-want +got):\n%s", diff)
			}
			got := two.said()
			if len(got) != 2 || got[0] < "00:30:31" || got[0] > "00:30:51" || got[1] != "00:40:00" {
				t.Errorf("the second collected at %v, want within twenty seconds of 00:30:31, and at 00:40", got)
			}
			runs, err := a.store.Runs(t.Context(), "heping", 10)
			if err != nil {
				t.Fatal(err)
			}
			var states []string
			for _, r := range runs {
				states = append(states, r.Slot.UTC().Format("15:04 ")+string(r.State))
			}
			if diff := cmp.Diff([]string{"00:40 done", "00:30 done", "00:30 interrupted", "00:20 done", "00:10 done"}, states); diff != "" {
				t.Errorf("runs (-want +got):\n%s", diff)
			}
			line.mu.Lock()
			line.cut = false
			line.mu.Unlock()
			first.Stop(t.Context())
			second.Stop(t.Context())
		})
	})
}

// A source that fails is asked again after growing pauses, until it answers; then it goes by its schedule.
func TestAFailingSourceIsAskedLessAndLess(t *testing.T) {
	dir := installation(t, "spread: 0s")
	synctest.Test(t, func(t *testing.T) {
		inside(t, dir, func(a *app) {
			from := &asked{broken: errors.New("no connection")}
			jobs, _ := process(t, a, from)
			time.Sleep(7 * time.Hour)
			failed := from.said() // 00:10, then after about 5, 10, 20, 40, 80 and 160 minutes
			if len(failed) != 7 {
				t.Errorf("a failing source was asked at %v, want seven times in seven hours", failed)
			}
			from.set(nil, false)
			time.Sleep(7 * time.Hour)
			if good := from.said()[len(failed):]; len(good) < 20 {
				t.Errorf("once it answered it was asked at %v, want every ten minutes again", good)
			}
			jobs.Stop(t.Context())
		})
	})
}

// Before the server is ready the collections stand where the calendar has them, and what every page says of them is known: the first
// reader waits for neither.
func TestTheServerIsReadyWhenCollectionsStand(t *testing.T) {
	inside(t, installation(t), func(a *app) {
		a.prepared = make(chan struct{})
		if a.ready(t.Context()) == nil {
			t.Error("the server is ready before it has begun")
		}
		a.begin(t.Context(), true)
		if err := a.ready(t.Context()); err != nil {
			t.Errorf("the server has begun and is not ready: %v", err)
		}
		cycles, err := a.store.Cycles(t.Context())
		if err != nil || len(cycles) == 0 {
			t.Errorf("no collection was moved on: %v, %v", cycles, err)
		}
		if c := a.reminders.Collections.(*collections); len(c.known) == 0 {
			t.Error("where the reports stand is not known")
		}
	})
}
