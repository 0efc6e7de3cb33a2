package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// keep puts a copy of a file that stays where it is into the archive of this machine, a refused one with its report. The report goes
// back to the yard, too, if we may write there.
func (f *file) keep(ctx context.Context, receipt Receipt) error {
	if err := os.MkdirAll(f.inbox.archive, 0o700); err != nil {
		return fmt.Errorf("make the archive of %s: %w", f.inbox.name, err)
	}
	here, err := openNear(f.inbox.archive)
	if err != nil {
		return fmt.Errorf("open the archive of %s: %w", f.inbox.name, err)
	}
	defer here.Close()
	if err := f.keepWithin(here, receipt); err != nil {
		return err
	}
	f.inbox.mu.Lock()
	f.inbox.done[f.name] = f.look
	f.inbox.mu.Unlock()
	if len(receipt.Refused) == 0 {
		return nil
	}
	there, err := f.inbox.open(ctx)
	if err != nil {
		return err
	}
	defer there.Close()
	if err := f.sayRefused(there, receipt); err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

func (f *file) keepWithin(here near, receipt Receipt) error {
	if len(receipt.Refused) > 0 {
		if err := f.sayRefused(here, receipt); err != nil {
			return err
		}
		if err := put(here, f.refused()+f.ext(), bytes.NewReader(f.data)); err != nil {
			return fmt.Errorf("keep %s: %w", f.name, err)
		}
		if err := f.date(here, f.refused()+f.ext()); err != nil {
			return err
		}
	}
	if len(receipt.Refused) > 0 && receipt.Taken == 0 {
		return nil
	}
	if err := here.MkdirAll(archiveFolder); err != nil {
		return fmt.Errorf("make the archive of %s: %w", f.inbox.name, err)
	}
	if err := put(here, f.archived(), bytes.NewReader(f.data)); err != nil {
		return fmt.Errorf("archive %s: %w", f.name, err)
	}
	return f.date(here, f.archived())
}

// date gives a copy the time of its file.
func (f *file) date(here near, name string) error {
	if err := here.Chtimes(name, f.look.time, f.look.time); err != nil {
		return fmt.Errorf("date %s: %w", name, err)
	}
	return nil
}

// kept says whether the file was put into the archive of this machine before, as after a start of the program, and remembers it. One that
// was put there anew with what it once held says something again: it replaces what has come since.
func (f *file) kept() bool {
	if f.inbox.archive == "" {
		return false
	}
	here, err := openNear(f.inbox.archive)
	if err != nil {
		return false
	}
	defer here.Close()
	for _, name := range []string{f.refused() + f.ext(), f.archived()} {
		if info, err := here.Lstat(name); err == nil && !f.look.time.After(info.ModTime()) {
			f.inbox.mu.Lock()
			defer f.inbox.mu.Unlock()
			f.inbox.done[f.name] = f.look
			return true
		}
	}
	return false
}
