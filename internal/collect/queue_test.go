package collect

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Ten sources of one slow host and ten of others, all due at once: two of the slow host are asked at a time, eight in all, and the others
// do not wait for it.
func TestASlowHostHurtsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		begun := time.Now()
		running, slow, most, mostSlow := 0, 0, 0, 0 // held by q.mu
		var fastDone, slowDone time.Duration
		var all sync.WaitGroup
		for i := range 20 {
			host, takes, count := fmt.Sprintf("host_%d", i), time.Minute, 0
			if i < 10 {
				host, takes, count = "slow", 10*time.Minute, 1
			}
			time.Sleep(time.Millisecond)
			all.Go(func() {
				done, err := q.turn(t.Context(), host)
				if err != nil {
					t.Error(err)
					return
				}
				q.mu.Lock()
				running, slow = running+1, slow+count
				most, mostSlow = max(most, running), max(mostSlow, slow)
				q.mu.Unlock()
				time.Sleep(takes)
				q.mu.Lock()
				running, slow = running-1, slow-count
				if count > 0 {
					slowDone = time.Since(begun)
				} else {
					fastDone = time.Since(begun)
				}
				q.mu.Unlock()
				done()
			})
		}
		all.Wait()
		got := []any{most, mostSlow, fastDone.Truncate(time.Minute).String(), slowDone.Truncate(time.Minute).String(), q.long}
		// Six places for the others: ten of them in two rounds of a minute. Two for the slow host: five rounds of ten minutes.
		if diff := cmp.Diff([]any{8, 2, "2m0s", "50m0s", 0}, got); diff != "" {
			t.Errorf("at once, of the slow host, others done, slow host done, still waiting (-want +got):\n%s", diff)
		}
	})
}

// Who does not want to wait any more leaves the queue, and no place is lost.
func TestWaitingCanEnd(t *testing.T) {
	q := newQueue()
	var ends []func()
	for range hostAtOnce {
		done, err := q.turn(t.Context(), "host")
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, done)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := q.turn(over, "host"); err == nil {
		t.Error("a third source of the host got its turn")
	}
	for _, done := range ends {
		done()
	}
	for range hostAtOnce {
		if _, err := q.turn(t.Context(), "host"); err != nil {
			t.Error(err)
		}
	}
}
