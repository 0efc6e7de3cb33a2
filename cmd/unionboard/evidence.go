package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/schedule"
	"github.com/unionboard/unionboard/internal/store"
)

// scanSchedule is when the virus scanner is asked about files that it has not passed yet.
const scanSchedule = "*/10 * * * *"

// openEvidence opens where uploaded files lie.
func openEvidence(dir string, all config.Config, s *store.Store, log *slog.Logger) (*evidence.Folder, error) {
	c := all.Evidence
	files, err := openDepot(dir, all.Files, evidence.Name)
	if err != nil {
		return nil, err
	}
	o := evidence.Options{Size: c.Size, Kinds: c.Kinds, KeepFree: c.KeepFree, Free: roomFor(all.Files, s.Free), Log: log}
	if len(c.Scanner) > 0 {
		o.Scanner = &evidence.Scanner{Command: c.Scanner, Timeout: c.ScannerTimeout}
	}
	return evidence.In(files, o), nil
}

// careForFiles takes away what interrupted uploads have left, and has the scanner asked about files that wait for it.
func (a *app) careForFiles(ctx context.Context, jobs *schedule.Scheduler) error {
	swept, err := a.forgetDrafts(time.Now())
	if err == nil {
		err = a.alone(ctx, func() error {
			n, err := a.files.Sweep(ctx, a.store, time.Now())
			if swept += n; err != nil {
				return err
			}
			return a.sweepCellar(ctx, time.Now())
		})
	}
	if err != nil && a.config.Files.Apart() && ctx.Err() == nil {
		a.log.Warn("where files lie could not be looked through; everything else is served", "error", err) // what was left is swept at another start
		err = nil
	}
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
	return jobs.Add(schedule.Job{Name: "evidence", Spec: spec, Lead: true, Run: a.scanFiles})
}

// forgetDrafts takes away what was on its way when this server ended. Of servers that are started in turn none is ever alone; what another has
// under way in a folder that they share is younger than a day, and the spool of a store is of this machine.
func (a *app) forgetDrafts(now time.Time) (forgotten int, err error) {
	before := now.Add(-day)
	if a.config.Files.S3 != nil {
		before = now.Add(day) // whatever the clock was
	}
	for _, forget := range []func(time.Time) (int, error){a.files.Forget, a.cellar.Forget, a.takeaway.Forget} {
		n, err := forget(before)
		if forgotten += n; err != nil {
			return forgotten, err
		}
	}
	return forgotten, nil
}

// sweepCellar takes away the bytes of pieces that are forgotten.
func (a *app) sweepCellar(ctx context.Context, now time.Time) error {
	named, err := a.store.HeldHashes(ctx)
	if err != nil {
		return err
	}
	_, err = a.cellar.Sweep(ctx, named, now)
	return err
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

// prove hands in evidence of a demonstration, as its district's people would.
func (a *app) prove(ctx context.Context, p demo.Proof) error {
	taken, err := a.files.Take(ctx, p.Name, bytes.NewReader(p.Body), a.config.Evidence.Quota, p.At)
	if errors.Is(err, assess.ErrUnavailable) {
		return nil // a demonstration on a small disk goes without
	}
	if err != nil {
		return fmt.Errorf("evidence %s: %w", p.Name, err)
	}
	var all []assess.Evidence
	for _, item := range p.Items {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("evidence %s: %w", p.Name, err)
		}
		all = append(all, assess.Evidence{
			ID: id.String(), Unit: p.Unit, From: p.Unit, Period: p.Period, Use: assess.OfFigure, Object: string(item), File: taken.File, Name: taken.Name,
			Privacy: p.Privacy, AddedBy: p.By, AddedAt: p.At,
		})
	}
	line := assess.AuditLine{At: p.At, Actor: p.By, Action: "evidence.add", Result: "ok"}
	_, err = a.store.AddEvidence(ctx, all, assess.EvidenceRoom{Quota: a.config.Evidence.Quota}, line)
	return err
}
