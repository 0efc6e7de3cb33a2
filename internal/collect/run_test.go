package collect_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/source"
)

// A source whose figures are accepted unseen: observations at once, and the report is accepted when all that the district owes is there.
// Repeated it changes nothing.
func TestAcceptedSource(t *testing.T) {
	f := newFixture(t)
	src := district("heping", unitA, brings(t, "210102,2026Q1,members,5,,checked,,\n210102,2026Q1,unions,,,,,\n"))
	src.Authority = collect.Adopt
	r, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := counts(r), "taken 2: new 1, changed 0, same 0, refused 0, missing 1, done"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	want := assess.Observation{
		Seq: 1, CellKey: assess.CellKey{Unit: unitA, Period: q1, Item: "members"}, State: assess.Reported, Value: "5", Note: "checked",
		Submission: "id002", Run: "id001", EnteredBy: "source:heping", AcceptedBy: "source:heping", RecordedAt: inTime,
	}
	if diff := gocmp.Diff([]assess.Observation{want}, f.log.observations, gocmp.AllowUnexported(assess.Period{})); diff != "" {
		t.Errorf("observations (-want +got):\n%s", diff)
	}
	if got := f.log.filing(unitA, q1); got.State != assess.Submitted || got.LateDays != 0 || !got.SubmittedAt.Equal(inTime) {
		t.Errorf("filing %+v", got)
	}
	if len(f.log.waiting) != 0 {
		t.Errorf("something waits: %+v", f.log.waiting)
	}
	if lines := actions(f.log.audit); !slices.Equal(lines, []string{"collect.run", "filing.submitted"}) {
		t.Errorf("audit %v", lines)
	}

	again, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime.Add(time.Hour)}, inTime.Add(time.Hour))
	if err != nil || again.Same != 1 || len(f.log.observations) != 1 || len(f.log.submissions) != 1 {
		t.Errorf("repeated: %s, %v; %d observations", counts(again), err, len(f.log.observations))
	}
	if lines := actions(f.log.audit); len(lines) != 3 || lines[2] != "collect.run" {
		t.Errorf("audit %v, want the run alone", lines)
	}
	if run := f.log.runs[again.ID]; run.State != assess.RunDone || run.Same != 1 {
		t.Errorf("recorded run %+v", run)
	}

	rest := district("heping", unitA, brings(t, "210102,2026Q1,unions,2,,,,\n210102,2026Q1,fund,7,,,,\n210102,2026Q1,office,1,,,,\n"))
	rest.Authority = collect.Adopt
	if _, err := f.Run(t.Context(), rest, collect.Ask{Slot: inTime.Add(2 * time.Hour)}, inTime.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := f.log.filing(unitA, q1); got.State != assess.Accepted || len(f.log.observations) != 4 {
		t.Errorf("with the rest the report is %s of %d figures", got.State, len(f.log.observations))
	}
}

func actions(lines []assess.AuditLine) (all []string) {
	for _, l := range lines {
		all = append(all, l.Action)
	}
	return all
}

func TestSubmittingSourceWaits(t *testing.T) {
	f := newFixture(t)
	rest := "210102,2026Q1,unions,2,,,,\n210102,2026Q1,fund,7,,,,\n210102,2026Q1,office,1,,,,\n"
	rows := "210102,2026Q1,members,5,,,,\n" + rest
	run := func(rows string, at time.Time) collect.Report {
		r, err := f.Run(t.Context(), district("heping", unitA, brings(t, rows)), collect.Ask{Slot: at}, at)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	// The deadline of 2026Q1 is the seventh working day after Tuesday 31 March: Thursday 9 April, 17:00, without holidays.
	late := time.Date(2026, 4, 13, 9, 0, 0, 0, time.UTC) // Monday: Friday and Monday began
	run("210102,2026Q1,unions,2,,,,\n", late.AddDate(0, 0, -6))
	if got := f.log.filing(unitA, q1); got.State != assess.Submitted || got.LateDays != 0 {
		t.Errorf("with one of four figures %+v", got)
	}
	if r := run(rows, late); r.New != 3 {
		t.Errorf("first: %s", counts(r))
	}
	if r := run(rows, late.Add(time.Hour)); r.Same != 4 || len(f.log.waiting) != 2 {
		t.Errorf("again: %s; %d wait, want 2: it waits already", counts(r), len(f.log.waiting))
	}
	if r := run("210102,2026Q1,members,6,,,,\n", late.AddDate(0, 0, 1)); r.Changed != 1 || r.Decisions[0].Before.Value != "5" {
		t.Errorf("changed: %s", counts(r))
	}
	if len(f.log.observations) != 0 {
		t.Errorf("unreviewed figures became observations: %v", f.log.cells())
	}
	if got := f.log.filing(unitA, q1); got.State != assess.Submitted || got.LateDays != 2 || !got.SubmittedAt.Equal(late) {
		t.Errorf("filing %+v, want submitted, 2 days late by when it came whole", got)
	}
}

// The city's figures do not make a district's report, and annual figures ride with a quarter.
func TestWhatMovesAReport(t *testing.T) {
	f := newFixture(t)
	f.take("210102,2026Q1,rate,90,,,,\n210102,2026Q1,unions,N/A,,,,\n210102,2026,staff,7,,,,\n", collect.Options{Authority: collect.Submit, By: "li.na"}, inTime)
	if len(f.log.filings) != 0 || len(f.log.waiting) != 2 {
		t.Errorf("filings %+v, %d wait", f.log.filings, len(f.log.waiting))
	}
	f.take("210102,2026Q1,members,9,,,,\n", collect.Options{Authority: collect.Submit}, inTime)
	if got := f.log.filing(unitA, q1); got.State != assess.Submitted {
		t.Errorf("filing %+v", got)
	}
}

// After the period is closed a source changes nothing silently; a correction does, with its reason and its lines.
func TestClosedPeriods(t *testing.T) {
	f := newFixture(t)
	f.take("210102,2026Q1,members,5,,,,\n", collect.Options{}, inTime)
	f.log.cycles = []assess.Cycle{{Period: q1, State: assess.CycleScored}}
	later := inTime.AddDate(0, 1, 0)
	r := f.take("210102,2026Q1,members,6,,,,\n210102,2026Q1,unions,1,,,,\n210102,2026Q1,fund,,,,,\n", collect.Options{}, later)
	if diff := gocmp.Diff(map[string]string{"v.csv:2:4": "problem.period_closed", "v.csv:3:4": "problem.period_closed"}, refusals(r)); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if r := f.take("210102,2026Q1,members,5,,other words,,\n", collect.Options{}, later); r.Same != 1 {
		t.Errorf("what stands already: %s", counts(r))
	}
	if _, err := f.Import(t.Context(), sheet(t, "210102,2026Q1,members,6,,,,\n"), collect.Options{Correction: &collect.Correction{Reason: "x"}}, later); err == nil {
		t.Error("a correction by nobody was taken")
	}
	o := collect.Options{By: "li.na", Correction: &collect.Correction{Reason: "重复计入一家"}}
	r = f.take("210102,2026Q1,members,6,,my note,,\n", o, later)
	last := f.log.observations[len(f.log.observations)-1]
	if r.Changed != 1 || last.Value != "6" || last.Note != "重复计入一家" || last.EnteredBy != "li.na" {
		t.Errorf("%s; %+v", counts(r), last)
	}
	line := f.log.audit[len(f.log.audit)-1]
	if line.Action != "correct" || line.Before != "5" || line.After != "6: 重复计入一家" || line.Object != "2026Q1 members" || line.Unit != unitA || line.Actor != "li.na" {
		t.Errorf("audit line %+v", line)
	}
	// A correction counts at once, whatever the authority of its source is otherwise.
	o.Authority = collect.Submit
	if f.take("210102,2026Q1,unions,3,,,,\n", o, later); len(f.log.waiting) != 0 || f.log.cells()["210102 2026Q1 unions"] != "3" {
		t.Errorf("a correction waits: %v", f.log.cells())
	}
	// The source that repeats the corrected figure, with a note or without, changes nothing.
	if r := f.take("210102,2026Q1,members,6,,my note,,\n", collect.Options{}, later.Add(time.Hour)); r.Same != 1 {
		t.Errorf("after the correction: %s", counts(r))
	}
}

func TestAYearClosesWithItsFourthQuarter(t *testing.T) {
	f := newFixture(t)
	f.log.cycles = []assess.Cycle{{Period: assess.NewQuarter(2026, 4), State: assess.CyclePublished}}
	r := f.take("210102,2026,staff,5,,,,\n210102,2025,staff,5,,,,\n", collect.Options{}, inTime)
	if diff := gocmp.Diff(map[string]string{"v.csv:2:4": "problem.period_closed"}, refusals(r)); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
}

func TestLockedAndMissingReportsAreClosed(t *testing.T) {
	for _, state := range []assess.FilingState{assess.Locked, assess.FilingMissing} {
		f := newFixture(t)
		f.log.set(assess.Filing{Unit: unitA, Period: q1, State: state})
		// Line 3 is of another unit, and what lines 4 and 5 say is the city's to say.
		r := f.take("210102,2026Q1,members,5,,,,\n210103,2026Q1,members,5,,,,\n210102,2026Q1,rate,5,,,,\n210102,2026Q1,unions,N/A,,,,\n", collect.Options{}, inTime)
		if diff := gocmp.Diff(map[string]string{"v.csv:2:4": "problem.period_closed"}, refusals(r)); diff != "" {
			t.Errorf("%s: refused (-want +got):\n%s", state, diff)
		}
	}
}

// TestFailingSources: what goes wrong in a source is a recorded run, and takes nothing.
func TestFailingSources(t *testing.T) {
	dead := assess.Unavailable("problem.source_status", "the source fails").At(assess.Place{File: "http://a/"})
	tests := []struct {
		name  string
		fetch fetcher
		state assess.RunState
		key   string
	}{
		{"dead", func(context.Context, source.Request) ([]source.Parcel, error) { return nil, dead }, assess.RunFailed, "problem.source_status"},
		{"panics", func(context.Context, source.Request) ([]source.Parcel, error) { panic("nil map") }, assess.RunFailed, "problem.source_failed"},
		{"odd error", func(context.Context, source.Request) ([]source.Parcel, error) {
			return nil, errors.New("secret detail")
		}, assess.RunFailed, "problem.source_failed"},
		{"all damaged", func(context.Context, source.Request) ([]source.Parcel, error) {
			return []source.Parcel{{Damage: dead}}, nil
		}, assess.RunFailed, "problem.source_status"},
		{"one of two damaged", func(context.Context, source.Request) ([]source.Parcel, error) {
			return []source.Parcel{{Damage: dead}, {Delivery: sheet(t, "210102,2026Q1,members,5,,,,\n")}}, nil
		}, assess.RunPartial, "problem.source_status"},
	}
	for _, tt := range tests {
		f := newFixture(t)
		r, err := f.Run(t.Context(), district("heping", unitA, tt.fetch), collect.Ask{Slot: inTime}, inTime)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		run := f.log.runs[r.ID]
		if run.State != tt.state || len(run.Rejected) != 1 || run.Rejected[0].Problem.Key != tt.key || run.Refused != 1 || run.Problem == "" ||
			strings.Contains(run.Problem, "secret") || run.Finished.IsZero() {
			t.Errorf("%s: recorded %+v", tt.name, run)
		}
		if taken := len(f.log.submissions); (taken > 0) != (tt.state == assess.RunPartial) {
			t.Errorf("%s: %d submissions", tt.name, taken)
		}
	}
}

func TestARunEndedFromOutsideIsInterrupted(t *testing.T) {
	f := newFixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := f.Run(ctx, district("heping", unitA, fetcher(func(ctx context.Context, _ source.Request) ([]source.Parcel, error) {
		cancel()
		return nil, ctx.Err()
	})), collect.Ask{Slot: inTime}, inTime)
	if err != nil || f.log.runs[r.ID].State != assess.RunInterrupted {
		t.Errorf("%+v, %v", f.log.runs[r.ID], err)
	}
	// The same when the source had answered already, and nothing could be written any more.
	ctx, cancel = context.WithCancel(t.Context())
	r, err = f.Run(ctx, district("heping", unitA, fetcher(func(ctx context.Context, _ source.Request) ([]source.Parcel, error) {
		cancel()
		return []source.Parcel{{Delivery: sheet(t, "210102,2026Q1,members,5,,,,\n")}}, nil
	})), collect.Ask{Slot: inTime.Add(time.Hour)}, inTime)
	if run := f.log.runs[r.ID]; !errors.Is(err, context.Canceled) || run.State != assess.RunInterrupted || run.New != 0 || len(f.log.submissions) != 0 {
		t.Errorf("%+v, %v", run, err)
	}
}

// A slot is run once, and a source is asked once at a time.
func TestSlotsAndSourcesAreNotRunTwice(t *testing.T) {
	f := newFixture(t)
	src := district("heping", unitA, brings(t, "210102,2026Q1,members,5,,,,\n"))
	if _, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime.Add(time.Hour)); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("the slot was run twice: %v", err)
	}
	var inner error
	outer := src
	outer.Fetcher = fetcher(func(ctx context.Context, _ source.Request) ([]source.Parcel, error) {
		_, inner = f.Run(ctx, src, collect.Ask{Slot: inTime.Add(2 * time.Hour)}, inTime)
		return nil, nil
	})
	if _, err := f.Run(t.Context(), outer, collect.Ask{Slot: inTime.Add(time.Hour)}, inTime); err != nil || !errors.Is(inner, assess.ErrConflict) {
		t.Errorf("the source was asked twice at once: %v, %v", err, inner)
	}
	if _, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime.Add(3 * time.Hour)}, inTime); err != nil {
		t.Errorf("the source was not released: %v", err)
	}
}

// When nothing can be written, nothing is taken, the error is told and the next run brings all of it.
func TestAFullDiskLosesNothing(t *testing.T) {
	f := newFixture(t)
	settled := false
	src := district("heping", unitA, fetcher(func(context.Context, source.Request) ([]source.Parcel, error) {
		return []source.Parcel{{
			Delivery: sheet(t, "210102,2026Q1,members,5,,,,\n"),
			Settle:   func(context.Context, source.Receipt) error { settled = true; return nil },
		}}, nil
	}))
	f.log.failing = assess.Unavailable("problem.disk_full", "the disk is full")
	r, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime)
	if !errors.Is(err, assess.ErrUnavailable) || len(f.log.submissions) != 0 || settled {
		t.Fatalf("%v; %d submissions, settled %v", err, len(f.log.submissions), settled)
	}
	if run := f.log.runs[r.ID]; run.State != assess.RunFailed || run.New != 0 {
		t.Errorf("recorded %+v", run)
	}
	if r.New != 0 || len(r.Decisions) != 0 {
		t.Errorf("the report says that something was taken: %s", counts(r))
	}
	if r, err = f.Run(t.Context(), src, collect.Ask{Slot: inTime.Add(time.Hour)}, inTime); err != nil || r.New != 1 || !settled {
		t.Errorf("afterwards: %s, %v, settled %v", counts(r), err, settled)
	}
}

// Parcels are settled after they are written, each with its own receipt; one that cannot be put away harms nothing.
func TestParcelsAreSettledAfterTheCommit(t *testing.T) {
	f := newFixture(t)
	var receipts []source.Receipt
	settle := func(err error) func(context.Context, source.Receipt) error {
		return func(_ context.Context, r source.Receipt) error {
			if f.log.commits != 1 {
				t.Error("settled before the commit")
			}
			receipts = append(receipts, r)
			if err != nil {
				panic(err)
			}
			return nil
		}
	}
	src := district("drop", unitA, fetcher(func(context.Context, source.Request) ([]source.Parcel, error) {
		return []source.Parcel{
			{Delivery: sheet(t, "210102,2026Q1,members,5,,,,\n210102,2026Q1,x,5,,,,\n"), Settle: settle(errors.New("read-only"))},
			{Delivery: sheet(t, "210102,2026Q1,members,6,,,,\n"), Settle: settle(nil)},
		}, nil
	}))
	r, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime)
	if err != nil || r.New != 1 || r.Changed != 1 || len(f.log.submissions) != 2 {
		t.Fatalf("%s, %v: the later file must win over the earlier", counts(r), err)
	}
	if len(receipts) != 2 || receipts[0].Taken != 1 || len(receipts[0].Refused) != 1 || receipts[1].Taken != 1 || len(receipts[1].Refused) != 0 {
		t.Errorf("receipts %+v", receipts)
	}
	if len(r.Notes) != 1 || r.Notes[0].Key != "problem.parcel_left" {
		t.Errorf("notes %v", r.Notes)
	}
}

func TestDryRunsWriteNothing(t *testing.T) {
	f := newFixture(t)
	src := district("heping", unitA, fetcher(func(context.Context, source.Request) ([]source.Parcel, error) {
		return []source.Parcel{{
			Delivery: sheet(t, "210102,2026Q1,members,5,,,,\n"),
			Settle:   func(context.Context, source.Receipt) error { t.Error("settled"); return nil },
		}}, nil
	}))
	r, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime, DryRun: true}, inTime)
	if err != nil || r.New != 1 {
		t.Errorf("%s, %v", counts(r), err)
	}
	if r, err = f.Preview(t.Context(), sheet(t, "210102,2026Q1,members,5,,,,\n"), collect.Options{}, inTime); err != nil || r.New != 1 || r.Decisions[0].Outcome != collect.OutcomeNew {
		t.Errorf("%s, %v", counts(r), err)
	}
	if f.log.commits > 0 || len(f.log.runs) > 0 {
		t.Errorf("%d commits, %d runs", f.log.commits, len(f.log.runs))
	}
}

func TestWhatASourceIsAskedFor(t *testing.T) {
	f := newFixture(t)
	var asked [][]assess.Period
	src := district("heping", unitA, fetcher(func(_ context.Context, r source.Request) ([]source.Parcel, error) {
		asked = append(asked, r.Periods)
		return nil, nil
	}))
	january := time.Date(2026, 1, 9, 9, 0, 0, 0, time.UTC)
	for _, ask := range []collect.Ask{{Slot: inTime}, {Slot: january}, {Slot: inTime.Add(time.Hour), Period: y2026}} {
		if _, err := f.Run(t.Context(), src, ask, ask.Slot); err != nil {
			t.Fatal(err)
		}
	}
	want := [][]assess.Period{{q1}, {assess.NewQuarter(2025, 4), assess.NewYear(2025)}, {y2026}}
	if diff := gocmp.Diff(want, asked, gocmp.AllowUnexported(assess.Period{})); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
}

// Two imports within one millisecond are two runs.
func TestImportsAtTheSameTime(t *testing.T) {
	f := newFixture(t)
	f.take("210102,2026Q1,members,5,,,,\n", collect.Options{}, inTime)
	f.take("210102,2026Q1,members,6,,,,\n", collect.Options{}, inTime)
	if len(f.log.runs) != 2 {
		t.Errorf("%d runs, want 2", len(f.log.runs))
	}
}

// One dead source among twenty, one that panics and one that hangs until it is given up stop none of the others, and at most
// eight are asked at once.
func TestOneDeadSourceStopsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		var running, most atomic.Int32
		var sources []collect.Source
		for i := range 20 {
			rows := fmt.Sprintf("210102,2026,awards,1,,,city,S%d\n", i)
			sources = append(sources, collect.Source{
				Name: assess.Code("s" + strconv.Itoa(i)), Supplies: []assess.Origin{assess.FromCity}, Authority: collect.Adopt,
				Fetcher: fetcher(func(ctx context.Context, r source.Request) ([]source.Parcel, error) {
					most.Store(max(most.Load(), running.Add(1)))
					defer running.Add(-1)
					time.Sleep(time.Second)
					switch i {
					case 3:
						return nil, errors.New("dead")
					case 4:
						panic("broken")
					case 5:
						time.Sleep(time.Minute)
						return nil, context.DeadlineExceeded
					}
					return brings(t, rows)(ctx, r)
				}),
			})
		}
		failed := 0
		for i, r := range f.All(t.Context(), sources, collect.Ask{Slot: inTime}, inTime) {
			if r.Err != nil || r.Source != sources[i].Name {
				t.Errorf("%s: %v", r.Source, r.Err)
			}
			if r.Report.State == assess.RunFailed {
				failed++
			}
		}
		if failed != 3 || len(f.log.observations) != 17 {
			t.Errorf("%d failed, %d observations; want 3 and 17", failed, len(f.log.observations))
		}
		if most.Load() != 8 {
			t.Errorf("%d at once, want 8", most.Load())
		}
	})
}

// A hundred copies of a delivery at once give one version.
func TestParallelCopiesGiveOneVersion(t *testing.T) {
	f := newFixture(t)
	var sources []collect.Source
	for i := range 100 {
		src := district(assess.Code("s"+strconv.Itoa(i)), unitA, brings(t, "210102,2026Q1,members,5,,,,\n"))
		src.Authority = collect.Adopt
		sources = append(sources, src)
	}
	f.All(t.Context(), sources, collect.Ask{Slot: inTime}, inTime)
	if len(f.log.observations) != 1 {
		t.Errorf("%d observations, want 1", len(f.log.observations))
	}
}

// Whatever is delivered, the second time changes nothing: no observation, no submission, no step of a report.
func TestAnyDeliveryTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFixture(t)
		word := func(name string, words ...string) string { return rapid.SampledFrom(words).Draw(rt, name) }
		deliver := func(label string) string {
			var rows strings.Builder
			for i := range rapid.IntRange(0, 12).Draw(rt, label) {
				n := label + strconv.Itoa(i)
				fmt.Fprintf(&rows, "%s,%s,%s,%s,%s,%s,%s,%s\n",
					word(n+"unit", "210102", "210103", "210199", "1", ""),
					word(n+"period", "2026Q1", "2026Q2", "2026", "2025Q4", "x"),
					word(n+"code", "members", "unions", "fund", "office", "staff", "rate", "awards", "branch_grade", "sum", "y"),
					word(n+"value", "0", "1", "2", "3.5", "", "N/A", "good", "是", "1万"),
					word(n+"state", "", "", "", "reported", "zero_report", "not_applicable", "missing", "z"),
					word(n+"note", "", "a", "b"), word(n+"part", "", "", "city"), word(n+"ref", "", "", "A"))
			}
			return rows.String()
		}
		o := collect.Options{Authority: collect.Authority(word("authority", "submit", "accept"))}
		f.take(deliver("first"), collect.Options{Authority: collect.Adopt}, inTime) // something is there before
		rows := deliver("rows")
		once := f.take(rows, o, inTime.Add(time.Hour))
		observations, submissions, filings := len(f.log.observations), len(f.log.submissions), fmt.Sprint(f.log.filings)
		twice := f.take(rows, o, inTime.Add(2*time.Hour))
		if twice.New+twice.Changed > 0 || twice.Same != once.New+once.Changed+once.Same || twice.Refused != once.Refused {
			rt.Fatalf("once %s, twice %s\n%s", counts(once), counts(twice), rows)
		}
		if len(f.log.observations) != observations || len(f.log.submissions) != submissions || fmt.Sprint(f.log.filings) != filings {
			rt.Fatalf("the second time changed something\n%s", rows)
		}
		if once.Taken != once.New+once.Changed+once.Same+once.Refused+once.Missing {
			rt.Fatalf("rows got lost: %s\n%s", counts(once), rows)
		}
	})
}
