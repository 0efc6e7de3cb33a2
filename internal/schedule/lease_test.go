package schedule_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/schedule"
)

// leases is a store of one lease that can be unplugged from a holder.
type leases struct {
	mu     sync.Mutex
	holder string
	fence  int64
	until  time.Time
	cut    string
}

func (l *leases) TakeLease(_ context.Context, _, holder string, now, until time.Time) (int64, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case holder == l.cut:
		return 0, false, errors.New("the store cannot be reached")
	case l.holder != holder && now.Before(l.until):
		return 0, false, nil
	case l.holder != holder || !now.Before(l.until):
		l.fence++
	}
	l.holder, l.until = holder, until
	return l.fence, true, nil
}

func (l *leases) DropLease(_ context.Context, _, holder string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holder == holder {
		l.until = time.Time{}
	}
	return nil
}

func (l *leases) unplug(holder string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = holder
}

// Two processes on one store: one collects. When it cannot reach the store any more, it is told to end, and the other goes on.
func TestOneOfTwoLeads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, store := newClock(at(t, "2026-01-01 06:00", time.UTC)), &leases{}
		cleared := 0
		job := schedule.Job{Spec: parse(t, "*/10 * * * *", time.UTC), Lead: true}
		a := play(t, c, &schedule.Lease{Name: "collect", Holder: "a", Leases: store}, job)
		b := play(t, c, &schedule.Lease{Name: "collect", Holder: "b", Leases: store, Taken: func(context.Context, time.Time) error {
			cleared++
			return nil
		}}, job)
		c.walk(15*time.Minute, time.Second)
		a.mu.Lock()
		a.hold = make(chan struct{})
		a.mu.Unlock()
		c.walk(6*time.Minute, time.Second) // 06:20 hangs at a
		if diff := cmp.Diff([]string{"01 06:10 at 06:10", "01 06:20 at 06:20"}, a.slots()); diff != "" {
			t.Errorf("a (-want +got):\n%s", diff)
		}
		if len(b.slots()) > 0 {
			t.Errorf("b ran %v beside a", b.slots())
		}
		store.unplug("a")
		c.walk(20*time.Second, time.Second)
		if diff := cmp.Diff([]string{"01 06:10 at 06:10", "01 06:20 at 06:20", "told to end"}, a.slots()); diff != "" {
			t.Errorf("a without its store (-want +got):\n%s", diff)
		}
		if n := strings.Count(a.log.String(), "this process leads no longer"); n != 1 {
			t.Errorf("a said %d times that it leads no longer, want once", n)
		}
		if strings.Contains(b.log.String(), "no longer") {
			t.Errorf("b says that it leads no longer:\n%s", &b.log)
		}
		c.walk(10*time.Minute, time.Second)
		// b has no rows here, so that it knows nothing of what a did: it runs the newest slot since it was started.
		if diff := cmp.Diff([]string{"01 06:20 at 06:21", "01 06:30 at 06:30"}, b.slots()); diff != "" {
			t.Errorf("b after it took over (-want +got):\n%s", diff)
		}
		if cleared != 1 {
			t.Errorf("what a left behind was cleared %d times, want once", cleared)
		}
		store.unplug("")
		b.Stop(t.Context())
		a.Stop(t.Context())
	})
}

// Who stops gives the lease back, after the last run: the other need not wait.
func TestTheLeaseIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, store := newClock(at(t, "2026-01-01 06:00", time.UTC)), &leases{}
		lease := &schedule.Lease{Name: "collect", Holder: "a", Leases: store}
		a := play(t, c, lease, schedule.Job{Spec: parse(t, "@daily", time.UTC), Lead: true})
		c.walk(time.Minute, time.Second)
		if !lease.Held(c.Now()) {
			t.Error("who is alone does not lead")
		}
		a.Stop(t.Context())
		if lease.Held(c.Now()) {
			t.Error("who has stopped says that it leads")
		}
		if _, held, err := store.TakeLease(t.Context(), "collect", "b", c.Now(), c.Now().Add(time.Second)); err != nil || !held {
			t.Errorf("the lease is still held: %v, %v", held, err)
		}
	})
}
