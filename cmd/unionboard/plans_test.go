package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/schedule"
)

const weekly = `exports:
  - name: weekly
    at: "0 7 * * 1"
    tables: [rules]
    formats: [csv]
    to: {folder: weekly}
`

// TestScheduledExportsAreChecked: `check` and `serve` refuse an entry that cannot be, with its place and what would be right.
func TestScheduledExportsAreChecked(t *testing.T) {
	t.Parallel()
	dir := installation(t, weekly)
	if r := call(t, "check", dir); r.code != exitDone || !strings.Contains(r.out, "unionboard.yaml: 0 sources, 1 scheduled exports") {
		t.Errorf("a good one: %d %s %s", r.code, r.out, r.err)
	}
	for old, c := range map[string]struct{ new, place, says string }{
		`"0 7 * * 1"`: {`"7 Mondays"`, ":3:9: ", "is not a schedule"},
		"[rules]":     {"[rule]", ":4:13: ", "choose one of entry, summary"},
		"[csv]":       {"[csv, pdf]", ":5:14: ", "none of the tables is written as pdf"},
		"to: {folder": {"period: soon\n    to: {folder", ":6:13: ", "write a month 2026-03, a quarter 2026Q1 or a year 2026"},
	} {
		text := strings.Replace(weekly, old, c.new, 1)
		if err := os.WriteFile(filepath.Join(dir, config.FileName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range [][]string{{"check", dir}, {"serve", "--data", dir, "--addr", "127.0.0.1:0"}} {
			r := call(t, command...)
			if r.code != exitRefused || !strings.Contains(r.err, c.place) || !strings.Contains(r.err, c.says) {
				t.Errorf("%s with %s: %d %s", command[0], c.new, r.code, r.err)
			}
		}
	}
}

// TestAMissedExportIsCaughtUpOnce: after three weeks in which the program was off its weekly files are made once, for the newest Monday.
func TestAMissedExportIsCaughtUpOnce(t *testing.T) {
	t.Parallel()
	inside(t, installation(t, weekly), func(a *app) {
		old := assess.ExportJob{
			ID: uuid.NewString(), Plan: "weekly", Slot: time.Now().Add(-22 * 24 * time.Hour), Order: "[]", File: "weekly", State: assess.ExportQueued, AskedAt: time.Now(),
		}
		if err := a.store.AddExport(t.Context(), old, 0, atConsole("export.ask", "weekly")); err != nil {
			t.Fatal(err)
		}
		taken, _, err := a.store.TakeExport(t.Context(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		taken.State, taken.EndedAt = assess.ExportDone, time.Now()
		if _, err := a.store.SettleExport(t.Context(), taken); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second start finds nothing missed
			jobs := schedule.New(schedule.Config{Log: a.log})
			if err := a.planExports(jobs); err != nil {
				t.Fatal(err)
			}
			jobs.Start()
			jobs.Stop(t.Context())
			if err := a.takeaway.Clear(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		all, err := a.store.PlannedExports(t.Context())
		if err != nil || len(all) != 2 || all[0].State != assess.ExportDone || time.Since(all[0].Slot) > 7*24*time.Hour || all[0].Slot.In(a.zone).Weekday() != time.Monday {
			t.Fatalf("made %+v, %v", all, err)
		}
		lies, err := filepath.Glob(filepath.Join(a.dir, "weekly", "*.csv"))
		if err != nil || len(lies) != 1 {
			t.Errorf("in the folder lies %v, %v", lies, err)
		}
	})
}
