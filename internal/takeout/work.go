package takeout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/depot"
)

// sweepEvery is how often it is looked which files have expired.
const sweepEvery = 10 * time.Minute

// Work makes what is queued, one file after the other, until ctx ends. What was being made when the program last ended begins anew.
func (d *Desk) Work(ctx context.Context) error {
	if err := d.Begin(ctx); err != nil {
		return err
	}
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := d.Clear(ctx); err != nil && ctx.Err() == nil {
			d.Log.ErrorContext(ctx, "export", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-d.woken:
			if err := d.Store.RequeueExports(ctx, d.Now()); err != nil && ctx.Err() == nil {
				d.Log.ErrorContext(ctx, "export", "error", err)
			}
		case <-tick.C:
			if err := d.Begin(ctx); err != nil && ctx.Err() == nil { // a job that could not be settled is made again
				d.Log.ErrorContext(ctx, "export", "error", err)
			}
		}
	}
}

// Begin puts things in order after a start: what was being made is queued again, and what lies in the folder without a job is removed.
func (d *Desk) Begin(ctx context.Context) error {
	if err := d.Store.RequeueExports(ctx, d.Now()); err != nil {
		return err
	}
	d.sweep(ctx)
	return nil
}

// Clear makes everything that is queued.
func (d *Desk) Clear(ctx context.Context) error {
	for ctx.Err() == nil {
		j, ok, err := d.Store.TakeExport(ctx, d.Now())
		if err != nil || !ok {
			return err
		}
		if err := d.make(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// make makes the file of a job and settles it. When ctx ends it leaves the job for the next start.
func (d *Desk) make(ctx context.Context, j assess.ExportJob) error {
	own, end := context.WithCancel(ctx)
	defer end()
	d.mu.Lock()
	d.making, d.endWork = j.ID, end
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		d.making = ""
		d.mu.Unlock()
	}()
	lines, err := d.guarded(own, &j)
	if ctx.Err() != nil {
		return nil
	}
	j.State, j.EndedAt = assess.ExportDone, d.Now()
	if err != nil {
		j.State, j.Size, j.Problem, lines = assess.ExportFailed, 0, d.reason(&j, err), nil
		if j.Plan != "" {
			lines = []assess.AuditLine{d.plannedLine(j, assess.AuditLine{Action: "export", Object: string(j.Plan), After: j.Problem.Message, Result: "failed"})}
		}
	}
	settled, err := d.Store.SettleExport(ctx, j, lines...)
	if err == nil && !settled {
		err = d.removeCancelled(ctx, j.ID)
	}
	return err
}

// removeCancelled removes the file of a job that was cancelled at the last moment. One that another server has taken over is its own.
func (d *Desk) removeCancelled(ctx context.Context, id string) error {
	j, err := d.Store.ExportJob(ctx, id)
	if err == nil && j.State != assess.ExportCancelled || err != nil && !errors.Is(err, assess.ErrNotFound) {
		return err
	}
	return d.remove(ctx, id)
}

// guarded runs a job; a panic is an error of it.
func (d *Desk) guarded(ctx context.Context, j *assess.ExportJob) (lines []assess.AuditLine, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if j.Plan != "" {
		return d.plannedFiles(ctx, j)
	}
	return nil, d.askedFile(ctx, j)
}

// askedFile makes the file that a person asked for, as what the person may have now.
func (d *Desk) askedFile(ctx context.Context, j *assess.ExportJob) error {
	u, err := d.Store.Account(ctx, j.Owner)
	if err != nil {
		return err
	}
	orders, err := kept(j.Order, d.Now())
	if err != nil {
		return err
	}
	file, err := d.File(ctx, u, orders[0])
	if err != nil {
		return err
	}
	j.File, j.Edition = file.Name, file.Edition
	file.Step = d.steps(ctx, j, 0)
	if j.Size, err = d.keepWhole(ctx, j, file); err != nil {
		return err
	}
	j.Expires = d.Now().Add(d.Keep)
	j.Order, err = keep(file.Order) // what the file holds, which is less than was asked for where the person may not have all
	return err
}

// steps answers what notes the progress of a job, a hundred times at most.
func (d *Desk) steps(ctx context.Context, j *assess.ExportJob, before int64) func(int64) {
	every := max(j.Total/100, 1)
	return func(rows int64) {
		j.Done = before + rows
		if j.Done%every == 0 && j.Done < j.Total {
			if err := d.Store.NoteExport(ctx, j.ID, j.Done); err != nil && ctx.Err() == nil {
				d.Log.WarnContext(ctx, "export: progress", "job", j.ID, "error", err)
			}
		}
	}
}

// write writes a file that appears whole or not at all, which only the program can read.
func (d *Desk) write(ctx context.Context, path string, write func(context.Context, io.Writer) error) (size int64, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return 0, fmt.Errorf("make the folder of files: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), halfway+"*") // 0600
	if err != nil {
		return 0, fmt.Errorf("write a file: %w", err)
	}
	whole := false
	defer func() {
		if !whole { // also when it panics
			f.Close()
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	var counted Size
	if err := write(ctx, counted.On(f)); err != nil {
		return 0, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return 0, fmt.Errorf("write a file: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return 0, fmt.Errorf("write a file: %w", err)
	}
	whole = true
	return counted.Bytes, nil
}

// lasting makes the names in some folders last: without it a power cut takes the new name of a file, or its folder, back.
func lasting(folders ...string) error {
	for _, name := range folders {
		folder, err := os.Open(name)
		if err == nil {
			err = errors.Join(folder.Sync(), folder.Close())
		}
		if err != nil && !errors.Is(err, syscall.EINVAL) { // a share of another system may know no such thing
			return fmt.Errorf("write a file: %w", err)
		}
	}
	return nil
}

// halfway begins the names of files that are not whole yet.
const halfway = ".half-"

// reason words why a job failed: the Problem where there is one, else the number of the line of the log that says more.
func (d *Desk) reason(j *assess.ExportJob, err error) *assess.Problem {
	if full(err) {
		d.Log.Error("export: the disk is full", "job", j.ID, "error", err)
		return assess.Unavailable("problem.takeout_disk", "there is no room left on the disk of the server; have room made, then try again").Because(err)
	}
	if p, ok := errors.AsType[*assess.Problem](err); ok {
		return p
	}
	number := strings.ToUpper(uuid.NewString()[:8])
	d.Log.Error("export", "number", number, "job", j.ID, "file", j.File, "error", err)
	return assess.Unavailable("problem.takeout_internal", fmt.Sprintf("the file could not be made; the log of the server says why at the number %s", number), "number", number).Because(err)
}

// full says whether a disk had no room.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// sweep forgets what has expired, and removes files that belong to no job.
func (d *Desk) sweep(ctx context.Context) {
	now := d.Now()
	err := d.Store.DropOldExports(ctx, now, now.Add(-d.Keep))
	if err == nil {
		err = d.removeOthers(ctx, now)
	}
	if err != nil && ctx.Err() == nil {
		d.Log.ErrorContext(ctx, "export: files that have expired", "error", err)
	}
}

// removeOthers removes what belongs to no job. The folder is looked at before the jobs are, so that what others put there meanwhile is left; of
// what is not whole nobody knows whose it is, so where there are others it is left for a day.
func (d *Desk) removeOthers(ctx context.Context, now time.Time) error {
	kept, err := d.kept(ctx)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(d.Folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look at the folder of files: %w", err)
	}
	all, err := d.Store.AllExports(ctx)
	if err != nil {
		return err
	}
	others := false
	if d.Others != nil {
		if others, err = d.Others(ctx); err != nil {
			return err
		}
	}
	owned := map[string]bool{}
	for _, j := range all {
		owned[j.ID] = j.State == assess.ExportDone && j.Expires.After(now) || j.State == assess.ExportMaking || others && j.State == assess.ExportQueued
	}
	for _, e := range kept {
		id, _, _ := strings.Cut(e.Name, "/")
		if _, err := uuid.Parse(id); err != nil || owned[id] || now.Sub(e.At) < time.Hour { // a younger one may be of a job that was begun since
			continue
		}
		if err := d.Files.Remove(ctx, e.Name); err != nil {
			return fmt.Errorf("remove a file: %w", err)
		}
	}
	for _, e := range entries {
		half := strings.HasPrefix(e.Name(), halfway)
		if _, err := uuid.Parse(e.Name()); err != nil && !half || owned[e.Name()] || half && others && young(e, now) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(d.Folder, e.Name())); err != nil {
			return fmt.Errorf("remove a file: %w", err)
		}
	}
	return nil
}

// kept answers what lies where all servers find it.
func (d *Desk) kept(ctx context.Context) (all []depot.Entry, err error) {
	if d.Files == nil {
		return nil, nil
	}
	if err := d.Files.Walk(ctx, "", func(e depot.Entry) error { all = append(all, e); return nil }); err != nil {
		return nil, fmt.Errorf("look at the files of jobs: %w", err)
	}
	return all, nil
}

// young says whether something was changed within a day.
func young(e fs.DirEntry, now time.Time) bool {
	info, err := e.Info()
	return err == nil && now.Sub(info.ModTime()) < 24*time.Hour
}
