package schedule_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/schedule"
)

// Row 68 of the security checklist: a clock that was moved by more than a minute is told of, a day on or back, once for each move; one that
// runs a little fast is not.
func TestAClockThatWasMovedIsToldOf(t *testing.T) {
	noon := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	looks := []schedule.Reading{
		{noon, 0},
		{noon.Add(10 * time.Second), 10 * time.Second},
		{noon.Add(80 * time.Second), 20 * time.Second}, // a minute too far: not more
		{noon.Add(24*time.Hour + 90*time.Second), 30 * time.Second},
		{noon.Add(24*time.Hour + 100*time.Second), 40 * time.Second},
		{noon.Add(-39 * time.Second), 51 * time.Second}, // and back again, a minute and 50 seconds short
	}
	ctx, cancel := context.WithCancel(t.Context())
	i := -1
	read := func() schedule.Reading {
		if i++; i == len(looks)-1 {
			cancel()
		}
		return looks[i]
	}
	tick := make(chan time.Time)
	go func() {
		for range len(looks) - 1 {
			tick <- noon
		}
	}()
	var told []string
	schedule.WatchClock(ctx, read, tick, time.Minute, func(was, is time.Time) {
		told = append(told, was.Format("02 15:04:05")+" → "+is.Format("02 15:04:05"))
	})
	want := []string{"31 12:01:30 → 01 12:01:30", "01 12:01:51 → 31 11:59:21"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTheClocksOfThisMachineRunTogether(t *testing.T) {
	read := schedule.Read()
	first := read()
	if second := read(); first.Jump(second).Abs() > time.Minute || second.Ran < first.Ran {
		t.Errorf("%+v, then %+v", first, second)
	}
}
