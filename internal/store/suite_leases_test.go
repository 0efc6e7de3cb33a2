package store

import (
	"testing"
	"time"
)

func testLeases(t *testing.T, s *Store) {
	take := func(holder string, after time.Duration, wantFence int64, want bool) {
		t.Helper()
		now := spring.Add(after)
		fence, held, err := s.TakeLease(t.Context(), "collect", holder, now, now.Add(15*time.Second))
		if err != nil || held != want || fence != wantFence {
			t.Errorf("%s after %s: fence %d, held %v, %v; want %d, %v", holder, after, fence, held, err, wantFence, want)
		}
	}
	take("a", 0, 1, true)
	take("b", time.Second, 1, false)
	take("a", 10*time.Second, 1, true) // renewed until 25
	take("b", 24*time.Second, 1, false)
	take("b", 25*time.Second, 2, true)
	take("a", 26*time.Second, 2, false)
	take("b", time.Hour, 3, true) // it was over meanwhile, and may have been another's
	if err := s.DropLease(t.Context(), "collect", "a"); err != nil {
		t.Fatal(err)
	}
	take("a", time.Hour+time.Second, 3, false)
	if err := s.DropLease(t.Context(), "collect", "b"); err != nil {
		t.Fatal(err)
	}
	take("a", time.Hour+2*time.Second, 4, true)
	if err := s.EndLeases(t.Context()); err != nil {
		t.Fatal(err)
	}
	take("b", time.Hour+3*time.Second, 5, true)
}
