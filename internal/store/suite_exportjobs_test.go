package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// wish makes a file that an account waits for.
func wish(id, owner string) assess.ExportJob {
	return assess.ExportJob{ID: id, Owner: owner, Order: `[{"table":"scores"}]`, File: "scores.csv", State: assess.ExportQueued, Total: 100, AskedAt: moment(millis(spring))}
}

func ask(t *testing.T, s *Store, j assess.ExportJob) {
	t.Helper()
	if err := s.AddExport(t.Context(), j, 3, line("export.ask")); err != nil {
		t.Fatal(err)
	}
}

// A file is made in the order in which files were asked for, by one, goes on after a restart, and ends as it was settled.
func testExportJobs(t *testing.T, s *Store) {
	ctx := t.Context()
	if _, ok, err := s.TakeExport(ctx, spring); ok || err != nil {
		t.Errorf("taken from nothing: %v", err)
	}
	first, second := wish("j1", "a1"), wish("j2", "a1")
	before := headOf(t, s)
	ask(t, s, first)
	ask(t, s, second)
	if after := headOf(t, s); after.Audit != before.Audit+2 || after.Version != before.Version {
		t.Errorf("audit %d → %d, version %d → %d", before.Audit, after.Audit, before.Version, after.Version)
	}
	got, ok, err := s.TakeExport(ctx, spring)
	first.State, first.StartedAt = assess.ExportMaking, moment(millis(spring))
	if diff := cmp.Diff(first, got); !ok || err != nil || diff != "" {
		t.Fatalf("taken %v %v (-asked +taken):\n%s", ok, err, diff)
	}
	if err := s.NoteExport(ctx, "j1", 40); err != nil {
		t.Fatal(err)
	}
	if got, err := s.ExportJob(ctx, "j1"); err != nil || got.Done != 40 {
		t.Errorf("noted %+v, %v", got, err)
	}
	if err := s.RequeueExports(ctx, spring); err != nil { // the program ended here
		t.Fatal(err)
	}
	if got, ok, _ := s.TakeExport(ctx, spring); !ok || got.ID != "j1" || got.Done != 0 {
		t.Errorf("after a restart %+v", got)
	}
	first.State, first.Done, first.Size, first.Edition, first.EndedAt, first.Expires = assess.ExportDone, 100, 4711, "published 1", moment(millis(spring)), moment(millis(spring.Add(time.Hour)))
	if settled, err := s.SettleExport(ctx, first); !settled || err != nil {
		t.Fatal(settled, err)
	}
	got, err = s.ExportJob(ctx, "j1")
	if diff := cmp.Diff(first, got); err != nil || diff != "" {
		t.Errorf("settled: %v (-given +read):\n%s", err, diff)
	}
	if settled, err := s.SettleExport(ctx, first); settled || err != nil {
		t.Errorf("settled twice: %v, %v", settled, err)
	}
	for name, err := range map[string]error{
		"cancel what is done": s.CancelExport(ctx, "j1", spring, line("export.cancel")),
		"retry what is done":  s.RetryExport(ctx, first, 3, line("export.retry")),
		"drop what waits":     s.DropExport(ctx, "j2", line("export.drop")),
	} {
		if !errors.Is(err, assess.ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := s.Exports(ctx, "a1"); err != nil || len(all) != 2 || all[0].ID != "j2" {
		t.Errorf("of the account: %+v, %v", all, err)
	}
	if all, err := s.Exports(ctx, "a2"); err != nil || len(all) != 0 {
		t.Errorf("of another: %+v, %v", all, err)
	}
}

// What is cancelled stays cancelled, whoever still works at it, and can be tried again; what fails says why.
func testExportJobsEnd(t *testing.T, s *Store) {
	ctx := t.Context()
	ask(t, s, wish("j1", "a1"))
	taken, _, _ := s.TakeExport(ctx, spring)
	if err := s.CancelExport(ctx, "j1", spring, line("export.cancel")); err != nil {
		t.Fatal(err)
	}
	taken.State = assess.ExportDone
	if settled, err := s.SettleExport(ctx, taken); settled || err != nil {
		t.Errorf("settled after it was cancelled: %v, %v", settled, err)
	}
	if err := s.RetryExport(ctx, taken, 3, line("export.retry")); err != nil {
		t.Fatal(err)
	}
	taken, _, _ = s.TakeExport(ctx, spring)
	taken.State, taken.EndedAt = assess.ExportFailed, moment(millis(spring))
	taken.Problem = assess.Unavailable("problem.takeout_disk", "no room", "size", "12")
	if _, err := s.SettleExport(ctx, taken); err != nil {
		t.Fatal(err)
	}
	if got, err := s.ExportJob(ctx, "j1"); err != nil || taken.Problem.Key != got.Problem.Key || taken.Problem.Message != got.Problem.Message || got.Problem.Args["size"] != "12" || !errors.Is(got.Problem, assess.ErrUnavailable) {
		t.Errorf("failed as %+v, %v", got.Problem, err)
	}
	if err := s.DropExport(ctx, "j1", line("export.drop")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ExportJob(ctx, "j1"); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("dropped: %v", err)
	}
}

// Nobody waits for more files than the limit, however many ask at once; others are not hurt by it, nor is the clock.
func testExportJobsAreBounded(t *testing.T, s *Store) {
	var wg sync.WaitGroup
	refused := make(chan error, 20)
	for i := range 20 {
		wg.Go(func() {
			if err := s.AddExport(t.Context(), wish(fmt.Sprint("j", i), "a1"), 3, line("export.ask")); err != nil {
				refused <- err
			}
		})
	}
	wg.Wait()
	close(refused)
	n := 0
	for err := range refused {
		if n++; !errors.Is(err, assess.ErrUnavailable) {
			t.Errorf("refused with %v", err)
		}
	}
	if n != 17 {
		t.Errorf("%d of 20 were refused, 17 are too many", n)
	}
	ask(t, s, wish("other", "a2"))
	clock := wish("clock", "")
	clock.Plan, clock.Slot = "weekly", moment(millis(spring))
	ask(t, s, clock)
	if all, err := s.PlannedExports(t.Context()); err != nil || len(all) != 1 || all[0].Plan != "weekly" || !all[0].Slot.Equal(clock.Slot) {
		t.Errorf("planned: %+v, %v", all, err)
	}
}

// What has expired is forgotten, but for the last job of a plan, by which it is known what was run.
func testExportJobsExpire(t *testing.T, s *Store) {
	for i, id := range []string{"old plan", "new plan", "done", "kept", "failed"} {
		j := wish(id, "a1")
		if i < 2 {
			j.Owner, j.Plan, j.Slot = "", "weekly", moment(millis(spring))
		}
		ask(t, s, j)
		taken, _, err := s.TakeExport(t.Context(), spring)
		if err != nil || taken.ID != id {
			t.Fatal(taken.ID, err)
		}
		taken.State, taken.EndedAt, taken.Expires = assess.ExportDone, spring, spring.Add(time.Hour)
		switch id {
		case "kept":
			taken.Expires = spring.Add(48 * time.Hour)
		case "failed":
			taken.State, taken.Expires = assess.ExportFailed, time.Time{}
		}
		if _, err := s.SettleExport(t.Context(), taken); err != nil {
			t.Fatal(err)
		}
	}
	now := spring.Add(24 * time.Hour)
	if err := s.DropOldExports(t.Context(), now, now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	all, err := s.AllExports(t.Context())
	var left []string
	for _, j := range all {
		left = append(left, j.ID)
	}
	if diff := cmp.Diff([]string{"new plan", "kept"}, left); err != nil || diff != "" {
		t.Errorf("%v (-want +left):\n%s", err, diff)
	}
}
