package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/schedule"
	"github.com/unionboard/unionboard/internal/store"
)

// scanSchedule is when the virus scanner is asked about files that it has not passed yet.
const scanSchedule = "*/10 * * * *"

// openEvidence opens the folder of uploaded files.
func openEvidence(dir string, c config.Evidence, s *store.Store, log *slog.Logger) (*evidence.Folder, error) {
	o := evidence.Options{Size: c.Size, Kinds: c.Kinds, KeepFree: c.KeepFree, Free: s.Free, Log: log}
	if len(c.Scanner) > 0 {
		o.Scanner = &evidence.Scanner{Command: c.Scanner, Timeout: c.ScannerTimeout}
	}
	return evidence.Open(dir, o)
}

// careForFiles takes away what interrupted uploads have left, and has the scanner asked about files that wait for it.
func (a *app) careForFiles(ctx context.Context, jobs *schedule.Scheduler) error {
	swept, err := a.files.Sweep(ctx, a.store, time.Now())
	if err != nil {
		return err
	}
	if swept > 0 {
		a.log.Info("files that interrupted uploads left were taken away", "files", swept)
	}
	if a.files.Scanner == nil {
		return nil
	}
	spec, err := schedule.Parse(scanSchedule, a.zone)
	if err != nil {
		return err
	}
	return jobs.Add(schedule.Job{Name: "evidence", Spec: spec, Run: a.scanFiles})
}

func (a *app) scanFiles(ctx context.Context, _ time.Time) {
	passed, infected, err := a.files.ScanWaiting(ctx, a.store, time.Now)
	if err != nil {
		a.log.Error("virus scanner", "error", err)
	}
	if infected > 0 {
		a.log.Warn("the virus scanner found something; the files are not handed out", "infected", infected)
	}
	if passed > 0 {
		a.log.Info("the virus scanner passed files that waited", "files", passed)
	}
}
