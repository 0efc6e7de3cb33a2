package store

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unionboard/unionboard/internal/assess"
)

func running(id string, source assess.Code, slot time.Time) assess.Run {
	return assess.Run{ID: id, Source: source, Door: assess.DoorPull, Slot: slot, Started: slot.Add(time.Second), State: assess.RunRunning}
}

func start(t *testing.T, s *Store, r assess.Run) {
	t.Helper()
	if err := s.StartRun(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

func ids(runs []assess.Run, err error) (names []string, _ error) {
	for _, r := range runs {
		names = append(names, r.ID)
	}
	return names, err
}

func testRuns(t *testing.T, s *Store) {
	ctx := t.Context()
	start(t, s, running("r1", "heping", spring))
	start(t, s, running("r2", "shenhe", spring))
	start(t, s, running("r3", "heping", spring.Add(time.Hour)))
	wantProblem(t, s.StartRun(ctx, running("r4", "heping", spring)), assess.ErrConflict, "problem.run_slot_taken")

	done := running("r1", "heping", spring)
	done.State, done.Finished, done.Taken, done.New, done.Changed, done.Same, done.Refused = assess.RunPartial, spring.Add(time.Minute), 9, 4, 3, 1, 1
	place := assess.Place{File: "a.csv", Line: 7, Column: 3, Field: "value"}
	done.Rejected = []assess.Rejection{
		{Place: place, Unit: "210102", Code: "members", Value: "多", Problem: assess.Invalid("problem.number", `"多" is not a number`, "value", "多").At(place)},
		{Unit: "210103", Problem: assess.Forbidden("problem.foreign_unit", "not yours")},
	}
	if _, err := s.Commit(ctx, assess.Intake{Run: &done, Audit: []assess.AuditLine{line("collect.run")}}); err != nil {
		t.Fatal(err)
	}
	read, err := s.Run(ctx, "r1")
	if diff := cmp.Diff(done, read, sameKind); diff != "" || err != nil {
		t.Errorf("run (-written +read):\n%s%v", diff, err)
	}
	_, err = s.Commit(ctx, assess.Intake{Run: &done, Audit: []assess.AuditLine{line("collect.run")}})
	wantProblem(t, err, assess.ErrConflict, "problem.run_ended")

	whole := running("r5", "import", spring) // recorded whole, never started
	whole.State = assess.RunDone
	if _, err := s.Commit(ctx, assess.Intake{Run: &whole, Audit: []assess.AuditLine{line("import")}}); err != nil {
		t.Fatal(err)
	}
	beside := running("r6", "import", spring.Add(time.Millisecond)) // began in the millisecond of r5
	beside.Started, beside.State = whole.Started, assess.RunDone
	if _, err := s.Commit(ctx, assess.Intake{Run: &beside, Audit: []assess.AuditLine{line("import")}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		ask  func() ([]assess.Run, error)
		want []string
	}{
		{"all, newest first", func() ([]assess.Run, error) { return s.Runs(ctx, "", 10) }, []string{"r3", "r6", "r5", "r2", "r1"}},
		{"of a source", func() ([]assess.Run, error) { return s.Runs(ctx, "heping", 10) }, []string{"r3", "r1"}},
		{"limited", func() ([]assess.Run, error) { return s.Runs(ctx, "heping", 1) }, []string{"r3"}},
		{"last of each", func() ([]assess.Run, error) { return s.LastRuns(ctx) }, []string{"r3", "r6", "r2"}},
	} {
		got, err := ids(c.ask())
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s (-want +got):\n%s%v", c.name, diff, err)
		}
	}
}

// sameKind compares the kinds of problems, which are single values.
var sameKind = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Kind" }, cmp.Comparer(func(a, b error) bool { return a == b }))

func testInterruptedRuns(t *testing.T, s *Store) {
	ctx := t.Context()
	start(t, s, running("r1", "heping", spring))
	start(t, s, running("r2", "shenhe", spring))
	finished := running("r2", "shenhe", spring)
	finished.State = assess.RunDone
	if _, err := s.Commit(ctx, assess.Intake{Run: &finished, Audit: []assess.AuditLine{line("collect.run")}}); err != nil {
		t.Fatal(err)
	}
	at := spring.Add(time.Hour)
	if n, err := s.InterruptRuns(ctx, at); n != 1 || err != nil {
		t.Fatalf("%d interrupted, %v; want 1", n, err)
	}
	r, err := s.Run(ctx, "r1")
	if err != nil || r.State != assess.RunInterrupted || !r.Finished.Equal(at) {
		t.Errorf("run %+v, %v", r, err)
	}
	lines, err := s.AuditLines(ctx, 2, 10)
	want := []assess.AuditLine{{Seq: 2, At: at, Actor: "source:heping", Action: "collect.interrupt", Object: "r1", Result: "failed"}}
	if diff := cmp.Diff(want, lines, cmpopts.IgnoreFields(assess.AuditLine{}, "Prev", "Hash")); diff != "" || err != nil {
		t.Errorf("audit lines (-want +got):\n%s%v", diff, err)
	}
	// The old process's goroutine, if it still lives, writes nothing more.
	late := running("r1", "heping", spring)
	late.State = assess.RunDone
	_, err = s.Commit(ctx, assess.Intake{Run: &late, Observations: []assess.Observation{figure("210102", q1, "members", "1")}, Audit: []assess.AuditLine{line("collect.run")}})
	wantProblem(t, err, assess.ErrConflict, "problem.run_ended")
	if n, err := s.InterruptRuns(ctx, at); n != 0 || err != nil {
		t.Errorf("the second time %d, %v", n, err)
	}
}

func testWaitingSubmissions(t *testing.T, s *Store) {
	ctx := t.Context()
	entry := func(code assess.Code) assess.Entry {
		return assess.Entry{
			Place: assess.Place{File: "a.csv", Line: 2, Column: 1, Field: "value"}, Unit: "210102", PeriodText: "2026q1", Code: code,
			Value: "1,204", State: "reported", Note: "新", Part: "p", Ref: "r",
		}
	}
	sub := func(id string, minutes int) assess.Submission {
		return assess.Submission{
			ID: id, Unit: "210102", Period: q1, Door: assess.DoorDrop, Source: "heping", Run: "r1",
			ReceivedAt: spring.Add(time.Duration(minutes) * time.Minute), EnteredBy: "li.na", Entries: []assess.Entry{entry("b"), entry("a")},
		}
	}
	empty, taken := sub("s0", 1), figure("210102", q1, "b", "1204")
	empty.Entries, taken.Submission = nil, "s1"
	foreign := sub("s4", 0)
	foreign.Unit = "210103"
	in := assess.Intake{
		Submissions: []assess.Submission{sub("s2", 5), sub("s1", 3), sub("s3", 2), empty, foreign}, Observations: []assess.Observation{taken},
		Settled: []string{"s3"}, Audit: []assess.AuditLine{line("import")},
	}
	if _, err := s.Commit(ctx, in); err != nil {
		t.Fatal(err)
	}
	waiting, err := s.Waiting(ctx, "210102", q1)
	if diff := cmp.Diff([]assess.Submission{empty, sub("s2", 5)}, waiting, comparePeriods); diff != "" || err != nil {
		t.Errorf("waiting (-want +got):\n%s%v", diff, err)
	}
	if _, err := s.Commit(ctx, assess.Intake{Settled: []string{"s0", "s2"}, Audit: []assess.AuditLine{line("review.accept")}}); err != nil {
		t.Fatal(err)
	}
	if waiting, err := s.Waiting(ctx, "210102", q1); len(waiting) != 0 || err != nil {
		t.Errorf("still waiting: %v, %v", waiting, err)
	}
	if _, err := s.Commit(ctx, assess.Intake{Settled: []string{"s9"}, Audit: []assess.AuditLine{line("review.accept")}}); err == nil {
		t.Error("a submission nobody made was settled")
	}
}

func testFilings(t *testing.T, s *Store) {
	ctx := t.Context()
	step := func(minutes int, from, to assess.FilingState) assess.FilingChange {
		return assess.FilingChange{Unit: "210102", Period: q1, From: from, To: to, At: spring.Add(time.Duration(minutes) * time.Minute), By: "li.na"}
	}
	steps := []assess.FilingChange{
		step(0, assess.NotStarted, assess.Draft), step(1, assess.Draft, assess.Submitted), step(2, assess.Submitted, assess.Returned),
		step(3, assess.Returned, assess.Submitted), step(4, assess.Submitted, assess.Returned), step(5, assess.Returned, assess.Submitted),
		step(6, assess.Submitted, assess.Accepted),
	}
	steps[1].LateDays, steps[3].LateDays, steps[5].LateDays = 2, 2, 2
	steps[2].Items, steps[2].Reason, steps[2].Note = []assess.Code{"members", "halls"}, "definition", "口径不符"
	steps[4].Items = []assess.Code{"members"}
	for _, at := range [][]assess.FilingChange{steps[:1], steps[1:4], steps[4:]} {
		if _, err := s.Commit(ctx, assess.Intake{Filings: at, Audit: []assess.AuditLine{line("filing")}}); err != nil {
			t.Fatal(err)
		}
	}
	filings, err := s.Filings(ctx, q1, q1.Next())
	want := []assess.Filing{{Unit: "210102", Period: q1, State: assess.Accepted, SubmittedAt: steps[5].At, LateDays: 2, Returns: 3, Rounds: 2, UpdatedAt: steps[6].At}}
	if diff := cmp.Diff(want, filings, comparePeriods); diff != "" || err != nil {
		t.Errorf("filings (-want +got):\n%s%v", diff, err)
	}
	changes, err := s.FilingChanges(ctx, "210102", q1)
	if diff := cmp.Diff(steps, changes, comparePeriods); diff != "" || err != nil {
		t.Errorf("steps (-want +got):\n%s%v", diff, err)
	}
	if other, err := s.Filings(ctx, q1.Next()); len(other) != 0 || err != nil {
		t.Errorf("filings of the next quarter: %v, %v", other, err)
	}
	if h := headOf(t, s); h.Seq != int64(len(steps)) {
		t.Errorf("head %d, want every step to have a number", h.Seq)
	}
}

func testOneOfManyStepsWins(t *testing.T, s *Store) {
	var wg sync.WaitGroup
	var won atomic.Int32
	for range 50 {
		wg.Go(func() {
			_, err := s.Commit(t.Context(), assess.Intake{
				Filings: []assess.FilingChange{{Unit: "210102", Period: q1, To: assess.Draft, At: spring}}, Audit: []assess.AuditLine{line("filing")},
			})
			if err == nil {
				won.Add(1)
				return
			}
			wantProblem(t, err, assess.ErrConflict, "problem.filing_moved")
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d steps were taken, want 1", won.Load())
	}
}

func testCycles(t *testing.T, s *Store) {
	ctx := t.Context()
	put := func(c assess.Cycle) {
		t.Helper()
		if err := s.PutCycle(ctx, c, line("cycle")); err != nil {
			t.Fatal(err)
		}
	}
	lockOf := func() int64 {
		t.Helper()
		all, err := s.Cycles(ctx)
		if err != nil || len(all) != 1 || all[0].Period != q1 {
			t.Fatalf("cycles %v, %v", all, err)
		}
		return all[0].LockSeq
	}
	commit(t, s, figure("210102", q1, "members", "1"), figure("210102", q1, "halls", "1"))
	put(assess.Cycle{Period: q1, State: assess.CycleOpen})
	if got := lockOf(); got != 0 {
		t.Errorf("an open period is locked at %d", got)
	}
	put(assess.Cycle{Period: q1, State: assess.CycleScored})
	commit(t, s, figure("210102", q1, "members", "2"))
	put(assess.Cycle{Period: q1, State: assess.CyclePublished, PublishedAt: spring})
	if got := lockOf(); got != 2 {
		t.Errorf("the published period is locked at %d, want 2, the number when it was closed", got)
	}
	all, _ := s.Cycles(ctx)
	if diff := cmp.Diff([]assess.Cycle{{Period: q1, State: assess.CyclePublished, PublishedAt: spring, LockSeq: 2}}, all, comparePeriods); diff != "" {
		t.Errorf("cycles (-want +got):\n%s", diff)
	}
	put(assess.Cycle{Period: q1, State: assess.CycleOpen})
	put(assess.Cycle{Period: q1, State: assess.CycleScored})
	if got := lockOf(); got != 3 {
		t.Errorf("opened and closed again it is locked at %d, want 3", got)
	}
	editionOf := func() int {
		t.Helper()
		all, err := s.Cycles(ctx)
		if err != nil || len(all) != 1 {
			t.Fatalf("cycles %v, %v", all, err)
		}
		return all[0].Edition
	}
	put(assess.Cycle{Period: q1, State: assess.CycleClosing, Edition: 1})
	if got := editionOf(); got != 0 {
		t.Errorf("an open period has edition %d", got)
	}
	put(assess.Cycle{Period: q1, State: assess.CycleScored, Edition: 2})
	put(assess.Cycle{Period: q1, State: assess.CyclePublished, Edition: 3})
	put(assess.Cycle{Period: q1, State: assess.CycleArchived})
	if got := editionOf(); got != 2 {
		t.Errorf("the archived period has edition %d, want 2, with which it was closed", got)
	}
}

// A source is good when a run took something or had nothing to take, and fresh when figures came, also known ones.
func testStandings(t *testing.T, s *Store) {
	end := func(hour int, state assess.RunState, change func(r *assess.Run)) {
		t.Helper()
		r := running(fmt.Sprintf("h%d", hour), "heping", spring.Add(time.Duration(hour)*time.Hour))
		r.State, r.Finished = state, r.Started.Add(time.Minute)
		change(&r)
		if _, err := s.Commit(t.Context(), assess.Intake{Run: &r, Audit: []assess.AuditLine{line("collect.run")}}); err != nil {
			t.Fatal(err)
		}
	}
	want := func(what string, good, figures int) {
		t.Helper()
		at := func(hour int) time.Time {
			if hour < 0 {
				return time.Time{}
			}
			return spring.Add(time.Duration(hour)*time.Hour + time.Second + time.Minute)
		}
		g, f, err := s.LastGood(t.Context(), "heping")
		if err != nil || !g.Equal(at(good)) || !f.Equal(at(figures)) {
			t.Errorf("%s: good %s, figures %s, %v; want those of the hours %d and %d", what, g, f, err, good, figures)
		}
	}
	want("never asked", -1, -1)
	end(0, assess.RunFailed, func(*assess.Run) {})
	want("failed", -1, -1)
	end(1, assess.RunPartial, func(r *assess.Run) { r.Taken, r.Same, r.Refused = 2, 1, 1 })
	want("one known figure", 1, 1)
	end(2, assess.RunDone, func(*assess.Run) {})
	want("nothing there", 2, 1)
	end(3, assess.RunFailed, func(r *assess.Run) { r.Taken, r.Refused = 2, 2 })
	want("failed again", 2, 1)
	end(4, assess.RunDone, func(r *assess.Run) { r.Door, r.Taken, r.New = assess.DoorReplay, 2, 2 })
	want("what was kept was read again, which is no word of the source", 2, 1)
	answer := assess.Answer{Source: "heping", Unit: "210102", Period: "2026Q1"}
	for hour, made := range []int{9, 11, 10} { // an older one does not set the time back
		in := assess.Intake{Made: []assess.Made{{Answer: answer, At: spring.Add(time.Duration(made) * time.Hour)}}, Audit: []assess.AuditLine{line("collect.run")}}
		if _, err := s.Commit(t.Context(), in); err != nil {
			t.Fatal(hour, err)
		}
	}
	if made, err := s.Made(t.Context(), "heping"); err != nil || len(made) != 1 || !made[answer].Equal(spring.Add(11*time.Hour)) {
		t.Errorf("made %v, %v", made, err)
	}
	if made, err := s.Made(t.Context(), "shenhe"); err != nil || len(made) != 0 {
		t.Errorf("another source has %v, %v", made, err)
	}
	asked, err := s.Asked(t.Context(), "heping", 2)
	if err != nil || len(asked) != 2 || asked[0].ID != "h3" || asked[1].ID != "h2" {
		t.Errorf("asked %+v, %v; want the runs of the hours 3 and 2", asked, err)
	}
}
