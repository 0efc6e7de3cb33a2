package collect

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestHealth(t *testing.T) {
	now := time.Date(2026, 4, 3, 6, 30, 0, 0, time.UTC)
	// runs writes a history, the newest first: d done, p partial, f failed, i interrupted, r running; an hour between them.
	runs := func(history string) (all []assess.Run) {
		states := map[rune]assess.RunState{
			'd': assess.RunDone, 'p': assess.RunPartial, 'f': assess.RunFailed, 'i': assess.RunInterrupted, 'r': assess.RunRunning,
		}
		for i, c := range history {
			r := assess.Run{State: states[c], Finished: now.Add(-time.Duration(i) * time.Hour)}
			if c == 'r' {
				r.Finished = time.Time{}
			}
			all = append(all, r)
		}
		return all
	}
	tests := []struct {
		name, history   string
		failures        int
		sick            bool
		shortest, whole time.Duration // the pause until it is asked again; -1: it goes by its schedule
	}{
		{"never asked", "", 0, false, -1, -1},
		{"good", "dff", 0, false, -1, -1},
		{"good in part", "pfffff", 0, false, -1, -1},
		{"one failure", "fd", 1, false, 4 * time.Minute, 5 * time.Minute},
		{"two", "ffd", 2, false, 8 * time.Minute, 10 * time.Minute},
		{"four", "ffff", 4, false, 32 * time.Minute, 40 * time.Minute},
		{"five are sick", "fffffd", 5, true, 64 * time.Minute, 80 * time.Minute},
		{"a day at most", "ffffffffffffffffffffffffffffffff", 32, true, 1152 * time.Minute, 24 * time.Hour},
		{"under way", "rffd", 2, false, 7 * time.Minute, 10 * time.Minute},
		{"first run under way", "r", 0, false, -1, -1},
		{"interrupted is made good at once", "id", 0, false, 0, 0},
		{"not again and again", "iid", 0, false, 8 * time.Minute, 10 * time.Minute},
		{"interrupted while failing", "iffffd", 4, false, 64 * time.Minute, 80 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			all := runs(tt.history)
			got := Health("heping", all)
			if got.Failures != tt.failures || got.Sick != tt.sick {
				t.Errorf("%+v, want %d failures, sick %v", got, tt.failures, tt.sick)
			}
			if tt.whole < 0 {
				if !got.Retry.IsZero() {
					t.Errorf("asked again at %s, want by schedule", got.Retry)
				}
				return
			}
			last := now
			if tt.history[0] == 'r' {
				last = now.Add(-time.Hour)
			}
			if wait := got.Retry.Sub(last); wait < tt.shortest || wait > tt.whole {
				t.Errorf("asked again after %s, want %s to %s", wait, tt.shortest, tt.whole)
			}
			if diff := cmp.Diff(got, Health("heping", all)); diff != "" {
				t.Errorf("the same runs said something else:\n%s", diff)
			}
		})
	}
}

// What fails together does not come back together, and the pauses grow.
func TestPausesAreJittered(t *testing.T) {
	seen := map[time.Duration]bool{}
	for _, name := range []assess.Code{"heping", "shenhe", "dadong", "huanggu", "tiexi"} {
		seen[pause(name, 6)] = true
		for n := 1; n < 8; n++ {
			if pause(name, n+1) <= pause(name, n) {
				t.Errorf("%s: pause %d is not longer than pause %d", name, n+1, n)
			}
		}
	}
	if len(seen) < 4 {
		t.Errorf("five sources come back at %d times", len(seen))
	}
}
