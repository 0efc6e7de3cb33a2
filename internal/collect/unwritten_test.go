package collect_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/source"
)

// A run that ends, or should begin, while the store is away is written down as one that took nothing when it is back. Else it would be under way for
// as long as the program runs, which keeps other servers from asking the source, and what was due would not be tried before it is due again.
func TestRunsWhoseEndCouldNotBeWritten(t *testing.T) {
	away := assess.Unavailable("problem.database_away", "the database cannot be reached")
	for name, falls := range map[string]func(f *fixture, lost *error){
		"at its end":            nil, // when the source has answered
		"for its turn":          func(_ *fixture, lost *error) { *lost = away },
		"before it began":       func(f *fixture, _ *error) { f.log.away = away },
		"while it began":        func(f *fixture, _ *error) { f.log.away, f.log.lostStart = away, true },
		"at its end, by others": nil,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			var lost error
			gate := collect.New(collect.Config{Store: f.log, Editions: year{city()}, Log: nothing, Turn: func(ctx context.Context) (context.Context, func(), error) {
				return ctx, func() {}, lost
			}})
			src := district("heping", unitA, fetcher(func(ctx context.Context, r source.Request) ([]source.Parcel, error) {
				if falls == nil {
					f.log.away = away
				}
				return brings(t, "210102,2026Q1,members,5,,,,\n").Fetch(ctx, r)
			}))
			if falls != nil {
				falls(f, &lost)
			}
			if _, err := gate.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime); !errors.Is(err, away) {
				t.Fatalf("while the store is away: %v", err)
			}
			gate.WriteDown(t.Context()) // it is away still
			f.log.away, lost = nil, nil
			if name == "at its end, by others" {
				for id, run := range f.log.runs {
					run.State, run.Finished = assess.RunInterrupted, inTime
					f.log.runs[id] = run
				}
			}
			gate.WriteDown(t.Context())
			if len(f.log.runs) != 1 {
				t.Fatalf("%d runs: %+v", len(f.log.runs), f.log.runs)
			}
			for _, run := range f.log.runs {
				want := assess.RunFailed
				if name == "at its end, by others" {
					want = assess.RunInterrupted
				}
				if run.State != want || run.New != 0 || !run.Slot.Equal(inTime) {
					t.Errorf("the run is %+v, want %s", run, want)
				}
				if retry := collect.Health("heping", []assess.Run{run}).Retry; retry.IsZero() || retry.After(inTime.Add(time.Hour)) {
					t.Errorf("it is tried again at %s", retry)
				}
			}
			lines := len(f.log.audit)
			gate.WriteDown(t.Context()) // nothing is left
			if len(f.log.audit) != lines || len(f.log.observations)+len(f.log.submissions) != 0 {
				t.Errorf("%d lines instead of %d, %d observations", len(f.log.audit), lines, len(f.log.observations))
			}
			falls = func(*fixture, *error) {}
			if r, err := gate.Run(t.Context(), src, collect.Ask{Slot: inTime.Add(5 * time.Minute)}, inTime); err != nil || r.New != 1 {
				t.Errorf("afterwards: %s, %v", counts(r), err)
			}
		})
	}
}

// What another server has run meanwhile stays as it ran.
func TestASlotThatOthersRanStaysTheirs(t *testing.T) {
	f := newFixture(t)
	f.log.away = assess.Unavailable("problem.database_away", "the database cannot be reached")
	src := district("heping", unitA, brings(t, "210102,2026Q1,members,5,,,,\n"))
	if _, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime); err == nil {
		t.Fatal("it ran")
	}
	f.log.away = nil
	other := collect.New(collect.Config{Store: f.log, Editions: year{city()}, Log: nothing})
	if _, err := other.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime); err != nil {
		t.Fatal(err)
	}
	f.WriteDown(t.Context())
	for _, run := range f.log.runs {
		if len(f.log.runs) != 1 || run.State != assess.RunDone {
			t.Errorf("%+v", f.log.runs)
		}
	}
}
