package schedule_test

import (
	"context"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/unionboard/unionboard/internal/testkit"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/schedule"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// start makes a scheduler with one job in a bubble of fake time, which begins on 1 January 2000, 00:00 UTC.
func start(t *testing.T, spec string, last time.Time, run func(ctx context.Context, slot time.Time)) *schedule.Scheduler {
	t.Helper()
	s := schedule.New(schedule.Config{Log: quiet()})
	parsed, err := schedule.Parse(spec, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(schedule.Job{Name: "job", Spec: parsed, Last: last, Run: run}); err != nil {
		t.Fatal(err)
	}
	s.Start()
	return s
}

func TestAQuarterlyJob(t *testing.T) {
	testkit.Sequential(t)
	synctest.Test(t, func(t *testing.T) {
		var slots []string
		s := start(t, "30 6 1 1,4,7,10 *", time.Time{}, func(_ context.Context, slot time.Time) {
			slots = append(slots, slot.Format("2006-01-02 15:04"))
		})
		time.Sleep(100 * 24 * time.Hour)
		s.Stop(t.Context())
		want := []string{"2000-01-01 06:30", "2000-04-01 06:30"}
		if diff := cmp.Diff(want, slots); diff != "" {
			t.Errorf("slots (-want +got):\n%s", diff)
		}
	})
}

// A job that takes longer than its interval runs one at a time, and its next run is for the newest slot.
func TestNeverTwoAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int32
		var slots []string
		s := start(t, "*/5 * * * *", time.Time{}, func(_ context.Context, slot time.Time) {
			most.Store(max(most.Load(), running.Add(1)))
			slots = append(slots, slot.Format("15:04"))
			time.Sleep(12*time.Minute + 30*time.Second)
			running.Add(-1)
		})
		time.Sleep(29 * time.Minute)
		s.Stop(t.Context())
		if most.Load() != 1 {
			t.Errorf("%d runs at once, want 1", most.Load())
		}
		// 00:05 runs until 00:17:30, then 00:15 until 00:30; the stop at 00:29 lets nothing more begin.
		if diff := cmp.Diff([]string{"00:05", "00:15"}, slots); diff != "" {
			t.Errorf("slots (-want +got):\n%s", diff)
		}
	})
}

func TestAPanicEndsOneRunOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := 0
		s := start(t, "* * * * *", time.Time{}, func(context.Context, time.Time) {
			runs++
			panic("broken")
		})
		time.Sleep(10*time.Minute + time.Second)
		s.Stop(t.Context())
		if runs != 10 {
			t.Errorf("%d runs in ten minutes, want 10", runs)
		}
	})
}

func TestTheNewestMissedSlotRunsAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var slots []string
		last := time.Now().AddDate(0, 0, -3) // down for three days: 30, 31 December and 1 January 00:00 were due
		s := start(t, "0 0 * * *", last, func(_ context.Context, slot time.Time) {
			slots = append(slots, slot.Format(time.DateOnly))
		})
		s.Stop(t.Context()) // also one that is stopped at once has begun what it missed
		if diff := cmp.Diff([]string{"2000-01-01"}, slots); diff != "" {
			t.Errorf("slots (-want +got):\n%s", diff)
		}
	})
}

func TestStopWaitsForTheRunningJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := false
		s := start(t, "* * * * *", time.Time{}, func(context.Context, time.Time) {
			time.Sleep(20 * time.Second)
			done = true
		})
		time.Sleep(61 * time.Second)
		s.Stop(t.Context())
		if !done {
			t.Error("Stop came back before the job was done")
		}
	})
}

func TestStopTellsAJobThatTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := false
		s := start(t, "* * * * *", time.Time{}, func(ctx context.Context, _ time.Time) {
			<-ctx.Done()
			told = true
		})
		time.Sleep(61 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		s.Stop(ctx)
		if !told {
			t.Error("the job was not told to end")
		}
	})
}

func TestTwoJobsOfOneNameAreRefused(t *testing.T) {
	s := schedule.New(schedule.Config{Log: quiet()})
	spec, err := schedule.Parse("@daily", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	job := schedule.Job{Name: "heping", Spec: spec, Run: func(context.Context, time.Time) {}}
	if err := s.Add(job); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(job); err == nil {
		t.Error("the second job named heping was accepted")
	}
}
