package evidence

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/depot"
)

// Book is what is written about files.
type Book interface {
	// EvidenceFiles answers files in the order of their hashes, the first limit behind one; those in some states of scanning, all for
	// none.
	EvidenceFiles(ctx context.Context, behind string, limit int, scans ...assess.Scan) ([]assess.EvidenceFile, error)
	// SetScan notes what a scanner said of a file.
	SetScan(ctx context.Context, hash string, scan assess.Scan, at time.Time, line assess.AuditLine) error
}

// pageOfFiles is how many files are asked for at once.
const pageOfFiles = 500

// eachFile hands the files of a book to visit, one by one.
func eachFile(ctx context.Context, b Book, visit func(assess.EvidenceFile) error, scans ...assess.Scan) error {
	for behind := ""; ; {
		page, err := b.EvidenceFiles(ctx, behind, pageOfFiles, scans...)
		if err != nil {
			return err
		}
		for _, file := range page {
			if err := visit(file); err != nil {
				return err
			}
			behind = file.Hash
		}
		if len(page) < pageOfFiles {
			return nil
		}
	}
}

// Check reads every file of the book through and hands what is wrong with one to report, with its reason as Verify gives it.
func (f *Folder) Check(ctx context.Context, b Book, report func(assess.EvidenceFile, error)) (checked int, err error) {
	err = eachFile(ctx, b, func(file assess.EvidenceFile) error {
		checked++
		if err := f.Verify(ctx, file); err != nil {
			report(file, err)
		}
		return ctx.Err()
	})
	if err != nil {
		return checked, fmt.Errorf("check evidence: %w", err)
	}
	return checked, nil
}

// ScanWaiting asks the scanner about the files it has not passed yet, and notes what it says. A file it says nothing about waits on.
func (f *Folder) ScanWaiting(ctx context.Context, b Book, now func() time.Time) (passed, infected int, err error) {
	if f.Scanner == nil {
		return 0, 0, nil
	}
	err = eachFile(ctx, b, func(file assess.EvidenceFile) error {
		said, err := f.askOf(ctx, file.Hash)
		if err != nil {
			f.Log.LogAttrs(ctx, slog.LevelError, "evidence waits on for the scanner", slog.String("hash", file.Hash), slog.String("error", err.Error()))
			return ctx.Err()
		}
		line := assess.AuditLine{At: now(), Actor: "system", Action: "evidence.scan", Object: "sha256:" + file.Hash, After: string(said), Result: "ok"}
		if said == assess.Infected {
			infected++
			line.Result = "refused"
		} else {
			passed++
		}
		return b.SetScan(ctx, file.Hash, said, line.At, line)
	}, assess.Unscanned)
	if err != nil {
		return passed, infected, fmt.Errorf("scan evidence: %w", err)
	}
	return passed, infected, nil
}

// askOf lets the scanner look at a copy of a kept file, which may lie on another machine.
func (f *Folder) askOf(ctx context.Context, hash string) (assess.Scan, error) {
	kept, err := f.files.Open(ctx, placeOf(hash))
	if err != nil {
		return assess.Unscanned, err
	}
	defer kept.Close()
	d, err := f.files.Draft()
	if err != nil {
		return assess.Unscanned, err
	}
	defer d.Drop()
	if _, err := io.Copy(d, kept); err != nil {
		return assess.Unscanned, err
	}
	return f.ask(ctx, d.Path())
}

// orphanAge is how old a file that no row names must be to be swept away: younger ones may belong to a database that has only been
// put back from yesterday's backup.
const (
	day       = 24 * time.Hour
	orphanAge = 30 * day
)

// Forget takes away what was on its way before a time and never came to its end.
func (f *Folder) Forget(before time.Time) (forgotten int, err error) {
	if forgotten, err = f.files.Forget(before); err != nil {
		return forgotten, fmt.Errorf("forget what was on its way: %w", err)
	}
	return forgotten, nil
}

// Sweep takes away what interrupted uploads have left: everything on its way, and old files that the book does not name. It is called
// at the start, when nothing is on its way.
func (f *Folder) Sweep(ctx context.Context, b Book, now time.Time) (swept int, err error) {
	named := map[string]bool{}
	err = eachFile(ctx, b, func(file assess.EvidenceFile) error {
		named[file.Hash] = true
		return nil
	})
	if err == nil {
		before := now.Add(day) // whatever the clock was
		if f.files.Shared() {
			before = now.Add(-day) // others have theirs there
		}
		swept, err = f.files.Forget(before)
	}
	if err == nil {
		err = f.files.Walk(ctx, "", func(e depot.Entry) error {
			if !left(e, now, named) {
				return nil
			}
			swept++
			return f.files.Remove(ctx, e.Name)
		})
	}
	if err != nil {
		return swept, fmt.Errorf("sweep the folder of evidence: %w", err)
	}
	return swept, nil
}

// left says whether a file was left behind. What the program did not put there is not its to take away.
func left(e depot.Entry, now time.Time, named map[string]bool) bool {
	hash := strings.TrimSuffix(path.Base(e.Name), previewEnd)
	if !validHash(hash) || e.Name != placeOf(hash) && e.Name != previewOf(hash) || named[hash] {
		return false
	}
	return now.Sub(e.At) >= orphanAge
}
