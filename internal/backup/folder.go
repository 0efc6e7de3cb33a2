package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	namePrefix = "unionboard-"
	nameTime   = "20060102T150405Z"
	plainEnd   = ".tar.zst"
	sealedEnd  = plainEnd + ".age"
	makingEnd  = ".making"
	// failedName is a file that says when a scheduled backup failed, and why; it goes with the next good one.
	failedName = "last-failure.txt"
)

// NameAt answers what an archive of a time is called.
func NameAt(at time.Time, sealed bool) string {
	if sealed {
		return namePrefix + at.UTC().Format(nameTime) + sealedEnd
	}
	return namePrefix + at.UTC().Format(nameTime) + plainEnd
}

// timeOf reads the time from a name back; ok is false for what is no archive.
func timeOf(name string) (at time.Time, ok bool) {
	text, ok := strings.CutPrefix(name, namePrefix)
	if !ok {
		return at, false
	}
	for _, end := range []string{sealedEnd, plainEnd} {
		if stamp, found := strings.CutSuffix(text, end); found {
			at, err := time.Parse(nameTime, stamp)
			return at, err == nil
		}
	}
	return at, false
}

// Put makes a file whole or not at all: do writes it under another name; it is on the disk when it gets its own. A file that is there already
// is ErrConflict. It is open for its owner alone.
func Put(to string, do func(io.Writer) error) (err error) {
	if _, err := os.Lstat(to); err == nil {
		return assess.Conflict("problem.backup_there", fmt.Sprintf("%s is there already and is not overwritten; name another file", to), "file", to)
	}
	dir := filepath.Dir(to)
	f, err := os.CreateTemp(dir, filepath.Base(to)+".*"+makingEnd) // 0600
	if err != nil {
		return Explain(dir, unplaced(dir, err))
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := do(f); err != nil {
		return Explain(dir, err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return Explain(dir, err)
	}
	if err := os.Link(f.Name(), to); err != nil { // a rename would overwrite what came there meanwhile
		if errors.Is(err, os.ErrExist) {
			return assess.Conflict("problem.backup_there", fmt.Sprintf("%s is there already and is not overwritten; name another file", to), "file", to)
		}
		if err := os.Rename(f.Name(), to); err != nil { // a disk without links
			return Explain(dir, err)
		}
		return syncFolder(dir)
	}
	if err := os.Remove(f.Name()); err != nil {
		return Explain(dir, err)
	}
	return syncFolder(dir)
}

func unplaced(dir string, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return assess.Unavailable("problem.backup_folder", fmt.Sprintf("there is no folder %s for the backup; make it, or name another", dir), "folder", dir)
	}
	return err
}

func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// Second copies an archive into another folder, on another disk say, and reads the copy back: it answers only when its bytes are the same.
func Second(ctx context.Context, file, folder, sum string) error {
	to := filepath.Join(folder, filepath.Base(file))
	err := Put(to, func(w io.Writer) error {
		from, err := os.Open(file)
		if err != nil {
			return err
		}
		defer from.Close()
		_, err = io.Copy(w, patient{ctx, from})
		return err
	})
	if err != nil {
		return err
	}
	return Same(ctx, to, sum)
}

// Same reads a file back; one that is not what was written is taken away, and said.
func Same(ctx context.Context, path, sum string) error {
	got, err := sumFile(ctx, path)
	if err == nil && got != sum {
		err = errors.Join(changed(filepath.Base(path)), os.Remove(path))
	}
	return Explain(filepath.Dir(path), err)
}

func sumFile(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, patient{ctx, f})
	return hex.EncodeToString(sum.Sum(nil)), err
}

// Newest is the newest archive of a folder.
type Newest struct {
	At   time.Time // when it was made; zero: there is none
	Name string
	Size int64 // bytes
	// OK says that no scheduled backup has failed since. Failure says when and why one has.
	OK      bool
	Failure string
}

// Last answers the newest archive of a folder of backups; none where there is no such folder. One of a time to come was made by a wrong clock, or
// named by hand, and says nothing of how old the newest is: an hour of doubt is left to clocks.
func Last(folder string, now time.Time) (n Newest, err error) {
	all, err := archives(folder)
	if err != nil {
		return n, err
	}
	for _, one := range all {
		if one.at.After(n.At) && !one.at.After(now.Add(doubt)) {
			n = Newest{At: one.at, Name: one.name, Size: one.size}
		}
	}
	failure, err := os.ReadFile(filepath.Join(folder, failedName))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return n, fmt.Errorf("backups: %w", err)
	}
	n.Failure = strings.TrimSpace(string(failure))
	n.OK = !n.At.IsZero() && n.Failure == ""
	return n, nil
}

// Note remembers in a folder that a scheduled backup has failed, or with nil that none has.
func Note(folder string, now time.Time, failure error) error {
	path := filepath.Join(folder, failedName)
	if failure == nil {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("backups: %w", err)
		}
		return nil
	}
	if err := os.WriteFile(path, []byte(now.UTC().Format(time.RFC3339)+" "+failure.Error()+"\n"), 0o600); err != nil {
		return fmt.Errorf("backups: %w", err)
	}
	return nil
}

// archived is an archive of a folder.
type archived struct {
	name string
	at   time.Time
	size int64
}

// archives answers the archives of a folder, newest first. Other files are passed over.
func archives(folder string) (all []archived, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("backups: %w", err)
	}
	for _, entry := range entries {
		at, ok := timeOf(entry.Name())
		if !ok || !entry.Type().IsRegular() {
			continue
		}
		info, err := entry.Info()
		if err != nil {
			continue // it is just being taken away
		}
		all = append(all, archived{entry.Name(), at, info.Size()})
	}
	slices.SortFunc(all, func(a, b archived) int { return b.at.Compare(a.at) })
	return all, nil
}
