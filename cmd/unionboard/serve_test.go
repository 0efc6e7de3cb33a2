package main

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/assess"
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
		want := func(when string, want lastRun) {
			t.Helper()
			if _, err := a.store.InterruptRuns(t.Context(), first.AddDate(1, 0, 0)); err != nil {
				t.Fatal(err)
			}
			last, err := a.lastRuns(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := last["heping"]; got.again != want.again || !got.slot.Equal(want.slot) {
				t.Errorf("%s: %+v, want %+v", when, got, want)
			}
		}
		want("before the first run", lastRun{})
		slot := begin(0)
		want("interrupted", lastRun{slot: slot, again: true})
		slot = begin(1)
		want("interrupted twice", lastRun{slot: slot})
		begin(2)
		done := assess.Run{ID: uuid.NewString(), Source: "heping", Door: assess.DoorPull, Slot: first.AddDate(0, 0, 3), Started: first.AddDate(0, 0, 3), State: assess.RunDone}
		line := assess.AuditLine{At: first, Actor: "system", Action: "collect.run", Object: done.ID, Result: "ok"}
		if _, err := a.store.Commit(t.Context(), assess.Intake{Run: &done, Audit: []assess.AuditLine{line}}); err != nil {
			t.Fatal(err)
		}
		want("done again", lastRun{slot: done.Slot})
		slot = begin(4)
		want("interrupted after a good one", lastRun{slot: slot, again: true})
	})
}
