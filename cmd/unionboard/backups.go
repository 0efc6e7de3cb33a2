package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/backup"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/schedule"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/web"
)

// planBackups schedules the backups of a served installation. A demonstration has none: it can be made anew.
func (a *app) planBackups(jobs *schedule.Scheduler, demonstration bool) error {
	b := a.config.Backup
	if b.At == config.Never || demonstration {
		return nil
	}
	spec, err := schedule.Parse(b.At, a.zone)
	if err != nil {
		return err
	}
	if _, err := a.backupRecipients(); err != nil {
		return err
	}
	last, err := backup.Last(b.Folder, time.Now())
	if err != nil {
		return err
	}
	a.backupFailed.Store(failureNoted(last.Failure))
	return jobs.Add(schedule.Job{Name: "backup", Spec: spec, Lead: true, Run: a.backUp, Record: func(context.Context) (schedule.Record, error) {
		last, err := backup.Last(b.Folder, time.Now())
		return schedule.Record{Last: last.At}, err
	}})
}

// backupRecipients answers whom backups are encrypted for, as the configuration says.
func (a *app) backupRecipients() (backup.Recipients, error) {
	var all backup.Recipients
	for i, text := range a.config.Backup.Recipients {
		one, err := backup.ParseRecipients([]string{text})
		if err != nil {
			var problem *assess.Problem
			if errors.As(err, &problem) {
				return nil, problem.At(a.config.At("backup.recipients[" + strconv.Itoa(i) + "]"))
			}
			return nil, err
		}
		all = append(all, one...)
	}
	return all, nil
}

// backUp makes the backup of a slot, copies it to the second place, and takes away those whose time is over. What became of it stands in the
// audit log, and where the newest backup is looked for.
func (a *app) backUp(ctx context.Context, _ time.Time) {
	now := time.Now()
	name, line, err := a.makeBackup(ctx, now)
	if ctx.Err() != nil {
		return // the program ends: it is made after the next start
	}
	if a.backupFailed.Store(nil); err != nil {
		a.backupFailed.Store(&web.Failure{At: now, Err: err})
	}
	if noteErr := backup.Note(a.config.Backup.Folder, now, shortly(err)); noteErr != nil {
		a.log.Error("backup", "error", noteErr)
	}
	if recordErr := a.store.Record(ctx, line); recordErr != nil {
		a.log.Error("backup", "error", recordErr)
	}
	switch {
	case err == nil:
		a.log.Info("backup made", "file", name, "what", line.After)
		a.clearBackups(now, a.config.Backup.Folder, a.config.Backup.Second)
	case errors.As(err, new(uncopied)):
		a.log.Error("backup", "error", err)
		a.clearBackups(now, a.config.Backup.Folder) // those of the second place may be the only ones soon
	default:
		a.log.Error("backup", "error", err)
	}
}

// uncopied says that a backup is good, but not its copy in the second place.
type uncopied struct{ error }

func (u uncopied) Unwrap() error { return u.error }

// failedBackup answers that the last backup by the clock failed.
func (a *app) failedBackup() (web.Failure, bool) {
	if f := a.backupFailed.Load(); f != nil {
		return *f, true
	}
	return web.Failure{}, false
}

// failureNoted reads what was noted of a failed backup before the program was started: a time and a sentence.
func failureNoted(text string) *web.Failure {
	when, why, ok := strings.Cut(text, " ")
	at, err := time.Parse(time.RFC3339, when)
	if !ok || err != nil {
		return nil
	}
	return &web.Failure{At: at, Err: errors.New(why)}
}

// shortly answers an error as people may read it, nil for none.
func shortly(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(explain(err))
}

// makeBackup makes one backup, reads it back and copies it. The line is for the audit log, whatever became of it.
func (a *app) makeBackup(ctx context.Context, now time.Time) (name string, line assess.AuditLine, err error) {
	b := a.config.Backup
	line = assess.AuditLine{At: now, Actor: "system", Action: "backup", Result: "ok"}
	recipients, err := a.backupRecipients()
	if err != nil {
		return "", backupLine(line, backup.Manifest{}, backup.Sums{}, nil, err), err
	}
	name = backup.NameAt(now, len(recipients) > 0)
	line.Object = name
	made, sums, err := a.putBackup(ctx, now, filepath.Join(b.Folder, name), recipients)
	if err == nil && b.Second != "" {
		if err = backup.Second(ctx, filepath.Join(b.Folder, name), b.Second, sums.File); err != nil {
			why := strings.TrimSuffix(explain(err), ".")
			err = uncopied{assess.Unavailable("problem.backup_uncopied", fmt.Sprintf("the backup is good, but not its copy in %s: %s", b.Second, why), "folder", b.Second).Because(err)}
		}
	}
	return name, backupLine(line, made, sums, recipients, err), err
}

func (a *app) putBackup(ctx context.Context, now time.Time, path string, to backup.Recipients) (m backup.Manifest, s backup.Sums, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return m, s, fmt.Errorf("backup: %w", err)
	}
	order, err := backupOrder(ctx, a.dir, a.config, now, to, a.config.Backup.WithKeys)
	if err != nil {
		return m, s, err
	}
	err = backup.Put(path, func(w io.Writer) (err error) {
		m, s, err = backup.Write(ctx, order, w)
		return err
	})
	if err == nil {
		err = backup.Same(ctx, path, s.File)
	}
	return m, s, err
}

// clearBackups takes away the backups whose time is over in folders; "" is none.
func (a *app) clearBackups(now time.Time, folders ...string) {
	b := a.config.Backup
	// Copies from before an upgrade lie in the data folder, wherever archives do.
	if err := backup.ClearOthers(filepath.Join(a.dir, store.BackupsFolder), now); err != nil {
		a.log.Error("backup", "error", err)
	}
	keep := backup.Keep{Daily: b.Daily, Weekly: b.Weekly, Monthly: b.Monthly}
	for _, folder := range folders {
		if folder == "" {
			continue
		}
		gone, err := backup.Clear(folder, keep, now, a.zone)
		if err != nil {
			a.log.Error("backup", "error", err)
		}
		for _, name := range gone {
			a.log.Info("backup taken away: its time is over", "file", name, "kept", keep)
		}
	}
}
