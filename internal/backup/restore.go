package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/unionboard/unionboard/internal/assess"
)

// restoringName is the folder in which an archive is unpacked and looked through, in the one it is for.
const restoringName = ".restoring"

// Target is where an archive is unpacked.
type Target struct {
	Dir string // an empty folder, which the caller holds
	// Free answers the room on its disk, in bytes.
	Free func() (int64, error)
	// Check looks through what was unpacked, as a data folder: an error throws it away.
	Check func(ctx context.Context, folder string, m Manifest, whole string) error
}

// Restore makes a data folder of an archive: it stands there whole, with everything checked, or not at all. Problems are ErrInvalid for the
// archive, ErrConflict for a folder that holds something, ErrUnavailable for a disk without room.
func Restore(ctx context.Context, r io.Reader, keys Identities, t Target) (m Manifest, whole string, err error) {
	if err := t.empty(); err != nil {
		return m, "", err
	}
	folder := filepath.Join(t.Dir, restoringName)
	if err := os.RemoveAll(folder); err != nil { // of one that was broken off
		return m, "", Explain(t.Dir, err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return m, "", Explain(t.Dir, err)
	}
	defer os.RemoveAll(folder)
	a, err := Read(ctx, r, keys)
	if err != nil {
		return m, "", err
	}
	defer a.Close()
	m = a.Manifest
	if whole, err = t.unpack(ctx, a, folder); err != nil {
		return m, whole, Explain(t.Dir, err)
	}
	if err := t.Check(ctx, folder, m, whole); err != nil {
		return m, whole, Explain(t.Dir, err)
	}
	return m, whole, Explain(t.Dir, t.move(folder))
}

// empty says no to a folder that holds anything but what a disk, or a restore that was broken off, leaves there.
func (t Target) empty() error {
	entries, err := os.ReadDir(t.Dir)
	if err != nil {
		return Explain(t.Dir, err)
	}
	for _, entry := range entries {
		switch entry.Name() {
		case restoringName, lockName, "lost+found":
		default:
			return assess.Conflict("problem.restore_used",
				fmt.Sprintf("%s is not empty (%s lies in it), and a backup is restored into an empty folder alone; name another with --data, or move away what is there", t.Dir, entry.Name()),
				"folder", t.Dir, "name", entry.Name())
		}
	}
	return nil
}

// lockName is the file by which a process holds a data folder.
const lockName = "unionboard.lock"

func (t Target) unpack(ctx context.Context, a *Reader, folder string) (string, error) {
	if t.Free != nil {
		free, err := t.Free()
		if err != nil {
			return "", err
		}
		if err := enough(t.Dir, a.Manifest.Size(), free); err != nil {
			return "", err
		}
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return "", err
	}
	defer root.Close()
	return a.Unpack(ctx, root)
}

// move moves what is in the folder to its place, the database last: without it the folder is none.
func (t Target) move(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, last := range []bool{false, true} {
		for _, entry := range entries {
			name := entry.Name()
			if name == lockName || (name == DatabaseName) != last {
				continue
			}
			if err := os.Rename(filepath.Join(folder, name), filepath.Join(t.Dir, name)); err != nil {
				return err
			}
		}
		if err := syncFolder(t.Dir); err != nil {
			return err
		}
	}
	return nil
}

// Verify reads an archive to its end and holds every byte against its sums, without keeping anything. What the database in it holds is not asked.
func Verify(ctx context.Context, r io.Reader, keys Identities) (m Manifest, whole string, err error) {
	a, err := Read(ctx, r, keys)
	if err != nil {
		return m, "", err
	}
	defer a.Close()
	whole, err = a.Unpack(ctx, nil)
	return a.Manifest, whole, err
}

// sink is where a member goes: into a folder, or nowhere.
func sink(into *os.Root, name string) (io.Writer, func() error, error) {
	if into == nil {
		return io.Discard, func() error { return nil }, nil
	}
	if err := into.MkdirAll(filepath.Dir(filepath.FromSlash(name)), 0o700); err != nil {
		return nil, nil, err
	}
	f, err := into.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, nil, err
	}
	return f, func() error { return errors.Join(f.Sync(), f.Close()) }, nil
}
