package collect_test

import (
	"context"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/source"
)

// Row 36 of the security checklist: what was made before something that was taken is refused whole, whatever door it comes in by and
// however often the program was started since. What says the same time, or none, is taken; what was refused has set no time.
func TestAnOlderAnswerIsRefused(t *testing.T) {
	f := newFixture(t)
	at := func(hour int) time.Time {
		if hour == 0 {
			return time.Time{}
		}
		return time.Date(2026, 4, 2, hour, 0, 0, 0, time.UTC)
	}
	for i, tt := range []struct {
		hour                        int
		value                       string
		push                        bool
		state                       assess.RunState
		taken, changed, same, fresh int
	}{
		{hour: 9, value: "5", state: assess.RunDone, taken: 1, fresh: 1},
		{hour: 11, value: "x", state: assess.RunFailed, taken: 1},
		{hour: 10, value: "6", state: assess.RunDone, taken: 1, changed: 1},
		{hour: 9, value: "5", state: assess.RunFailed},
		{hour: 9, value: "5", push: true, state: assess.RunFailed},
		{hour: 10, value: "6", push: true, state: assess.RunDone, taken: 1, same: 1},
		{hour: 0, value: "7", state: assess.RunDone, taken: 1, changed: 1},
		{hour: 11, value: "8", push: true, state: assess.RunDone, taken: 1, changed: 1},
		{hour: 10, value: "6", state: assess.RunFailed},
	} {
		g := collect.New(collect.Config{Store: f.log, Editions: year{city()}, Cellar: f.log, Log: nothing}) // a program that was just started
		now := inTime.Add(time.Duration(i) * time.Minute)
		piece := source.Piece{Name: "v.csv", Data: []byte("unit,period,code,value\n210102,2026Q1,members," + tt.value + "\n")}
		read, err := piece.Read(nil, source.MostRows)
		if err != nil {
			t.Fatal(err)
		}
		delivery := assess.Delivery{Door: assess.DoorPull, Source: "heping", Entries: read.Entries, Refused: read.Refused, Made: at(tt.hour)}
		held := len(f.log.held)
		var r collect.Report
		if tt.push {
			delivery.Door = assess.DoorPush
			r, err = g.Import(t.Context(), delivery, collect.Options{By: "token:1", Pieces: []source.Piece{piece}}, now)
		} else {
			src := district("heping", unitA, fetcher(func(context.Context, source.Request) ([]source.Parcel, error) {
				return []source.Parcel{{Delivery: delivery, Pieces: []source.Piece{piece}}}, nil
			}))
			src.Authority = collect.Adopt
			r, err = g.Run(t.Context(), src, collect.Ask{Slot: now}, now)
		}
		if err != nil || r.State != tt.state || r.Taken != tt.taken || r.New != tt.fresh || r.Changed != tt.changed || r.Same != tt.same {
			t.Errorf("%d, made at %d: %s %s, %v %v", i, tt.hour, r.State, counts(r), r.Rejected, err)
		}
		if old := tt.taken == 0; old && (len(r.Rejected) == 0 || r.Rejected[0].Problem.Key != "problem.source_older" || len(f.log.held) != held) {
			t.Errorf("%d: refused with %v, %d pieces are kept", i, r.Rejected, len(f.log.held)-held)
		}
	}
}

// A time that is still to come is passed over and said, for remembered it would shut out all that comes after; some hours are a clock that
// is wrong.
func TestATimeToComeShutsNothingOut(t *testing.T) {
	f := newFixture(t)
	run := func(value, period string, made, now time.Time) collect.Report {
		entry := assess.Entry{Place: assess.Place{File: "v.json", Line: 1}, Unit: unitA, PeriodText: period, Code: "members", Value: value}
		r, err := f.Run(t.Context(), district("heping", unitA, fetcher(func(context.Context, source.Request) ([]source.Parcel, error) {
			return []source.Parcel{{Delivery: assess.Delivery{Door: assess.DoorPull, Source: "heping", Entries: []assess.Entry{entry}, Made: made}}}, nil
		})), collect.Ask{Slot: now}, now)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	at := func(hours int) time.Time { return inTime.Add(time.Duration(hours) * time.Hour) }
	r := run("5", "2026Q1", inTime.AddDate(70, 0, 0), at(0))
	if r.New != 1 || len(r.Notes) != 1 || r.Notes[0].Key != "problem.source_ahead" {
		t.Errorf("made in seventy years: %s, %v", counts(r), r.Notes)
	}
	if r := run("6", "2026Q1", at(3), at(1)); r.Changed != 1 || len(r.Notes) != 0 {
		t.Errorf("after it, two hours ahead: %s, %v", counts(r), r.Notes)
	}
	if r := run("7", "2026q1", at(2), at(2)); r.State != assess.RunFailed {
		t.Errorf("an older one that writes the period otherwise: %s", counts(r))
	}
}

// An answer of which nothing was taken sets no time, also where another of the same run was taken.
func TestARefusedAnswerBesideATakenOneSetsNoTime(t *testing.T) {
	f := newFixture(t)
	answer := func(unit assess.UnitCode, value string, made time.Time) source.Parcel {
		entry := assess.Entry{Place: assess.Place{File: string(unit), Line: 1}, Unit: unit, PeriodText: "2026Q1", Code: "members", Value: value}
		return source.Parcel{Delivery: assess.Delivery{Door: assess.DoorPull, Source: "two", Entries: []assess.Entry{entry}, Made: made}}
	}
	run := func(now time.Time, parcels ...source.Parcel) collect.Report {
		src := district("two", unitA, fetcher(func(context.Context, source.Request) ([]source.Parcel, error) { return parcels, nil }))
		src.Units = []assess.UnitCode{unitA, unitB}
		r, err := f.Run(t.Context(), src, collect.Ask{Slot: now}, now)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	newer, older := inTime.Add(-time.Hour), inTime.Add(-2*time.Hour)
	if r := run(inTime, answer(unitA, "x", newer), answer(unitB, "5", newer)); r.New != 1 || r.Refused != 1 {
		t.Fatal(counts(r))
	}
	if r := run(inTime.Add(time.Minute), answer(unitA, "6", older)); r.New != 1 {
		t.Errorf("a good answer that was made before a refused one: %s, %v", counts(r), r.Rejected)
	}
}
