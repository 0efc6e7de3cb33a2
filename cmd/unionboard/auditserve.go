package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/schedule"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/web"
)

const (
	// clockLook is how often the clock is looked at, and clockJump by how much it may have moved without a line.
	clockLook = 10 * time.Second
	clockJump = time.Minute
)

// beginAudit writes down that the server starts, what of its settings is not as at the last start, and whether the clock stands before what was
// written last; and watches the clock from now on. end writes down that it ends, and the head of the log.
func (a *app) beginAudit(ctx context.Context, now time.Time, pages *web.Site) (end func(), err error) {
	line := atConsole("server.start", a.served)
	line.At, line.After = now, version
	if err := errors.Join(a.tellLateClock(ctx, now), a.store.Record(ctx, line), a.tellSettings(ctx, now)); err != nil {
		return nil, err
	}
	a.pagesTold.Store(true)
	watching, cancel := context.WithCancel(ctx)
	ticker := time.NewTicker(clockLook)
	go settle(watching, pages)
	go schedule.WatchClock(watching, schedule.Read(), ticker.C, clockJump, func(was, is time.Time) { a.tellJump(watching, was, is) })
	return func() {
		cancel()
		ticker.Stop()
		line := atConsole("server.stop", a.served)
		ctx := context.WithoutCancel(ctx)
		pages.Settle(ctx, true)
		if err := a.store.Record(ctx, line); err != nil {
			a.log.Error("record the end", "error", err)
		}
		if _, err := a.noteHead(ctx, time.Now()); err != nil {
			a.log.Error("write down the head of the audit log", "error", err)
		}
	}, nil
}

// settle writes down what was counted of refusals when their minute is over.
func settle(ctx context.Context, pages *web.Site) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			pages.Settle(ctx, false)
		}
	}
}

// tellLateClock leaves a line where the clock stands before the newest line of the log.
func (a *app) tellLateClock(ctx context.Context, now time.Time) error {
	span, err := a.store.AuditSpan(ctx)
	if err != nil || span.Head.Seq == 0 {
		return err
	}
	lines, err := a.store.AuditLines(ctx, span.Head.Seq, 1)
	if err != nil || len(lines) == 0 || !now.Before(lines[0].At.Add(-clockJump)) {
		return err
	}
	return a.recordJump(ctx, lines[0].At, now)
}

func (a *app) tellJump(ctx context.Context, was, is time.Time) {
	a.log.Warn("the clock was moved", "was", was.UTC(), "is", is.UTC())
	if err := a.recordJump(context.WithoutCancel(ctx), was, is); err != nil {
		a.log.Error("record a moved clock", "error", err)
	}
}

func (a *app) recordJump(ctx context.Context, was, is time.Time) error {
	return a.store.Record(ctx, assess.AuditLine{
		At: is, Actor: "system", Action: "clock.jump", Object: "clock", Before: was.UTC().Format(time.RFC3339), After: is.UTC().Format(time.RFC3339), Result: "ok",
	})
}

// tellSettings leaves a line of every setting, and every file of pages, that is not as it was at the last start.
func (a *app) tellSettings(ctx context.Context, now time.Time) error {
	settings := a.config.Settings()
	pages, err := digests(os.DirFS(a.dir), "dashboards")
	if err != nil {
		return err
	}
	maps.Copy(settings, pages)
	line := assess.AuditLine{At: now, Actor: "system", Action: "setting.change", Result: "ok"}
	first := line
	first.Action, first.Object = "setting.first", "settings"
	_, err = a.store.SwapSettings(ctx, settings, first, func(c store.SettingChange) assess.AuditLine {
		line.Object, line.Before, line.After = c.Name, c.Before, c.After
		return line
	})
	return err
}

// digests answers the files of a folder of definitions with the SHA-256 of each; none where the folder is not there.
func digests(dir fs.FS, folder string) (map[string]string, error) {
	all := map[string]string{}
	err := fs.WalkDir(dir, folder, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		text, err := fs.ReadFile(dir, path)
		sum := sha256.Sum256(text)
		all[path] = "sha256:" + hex.EncodeToString(sum[:])
		return err
	})
	return all, err
}

// recordPage leaves a line of a file of pages that was read while the server runs: it was put there, or changed.
func (a *app) recordPage(f dashboard.File) {
	if !a.pagesTold.Load() {
		return
	}
	line := assess.AuditLine{At: time.Now(), Actor: "system", Action: "page.change", Object: filepath.ToSlash(filepath.Join("dashboards", f.Name)), Result: "ok"}
	if len(f.Faults) > 0 {
		line.Result = "failed"
	}
	if err := a.store.Record(context.Background(), line); err != nil {
		a.log.Error("record a changed page", "error", err)
	}
}
