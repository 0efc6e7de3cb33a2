package depot

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Depot keeps whole files under names with slashes. A file is there whole or not at all, and has left this machine's memory when Keep answers: it
// is on a disk, or in the store, where its sum was asked for. It is safe for concurrent use, by several servers too.
type Depot interface {
	// Draft makes a file on its way, on this machine.
	Draft() (*Draft, error)
	// Keep gives a draft its name, in the place of one that has it already. The draft is the depot's from then on.
	Keep(ctx context.Context, d *Draft, name string) error
	// Open opens a file, or a copy of it on this machine, to be read once and closed; fs.ErrNotExist where there is none.
	Open(ctx context.Context, name string) (*os.File, error)
	// Remove takes a file away; one that is not there is no error.
	Remove(ctx context.Context, name string) error
	// Walk shows every file whose name begins with a folder's; "" for all.
	Walk(ctx context.Context, folder string, visit func(Entry) error) error
	// Forget takes away drafts that are older than a time, as interrupted work leaves them.
	Forget(before time.Time) (forgotten int, err error)
	// Shared says whether other servers have drafts in the same place.
	Shared() bool
	// Probe looks whether files can be kept, read, shown and taken away, with one of its own.
	Probe(ctx context.Context) error
	Close() error
}

// Entry is a file that is shown.
type Entry struct {
	Name string
	At   time.Time // when it was kept
}

// Draft is a file on its way: written, read and looked at on this machine before it is kept.
type Draft struct {
	*os.File
	root *os.Root
	name string // in root
}

// Path answers where the draft lies, for programs that look at it.
func (d *Draft) Path() string { return filepath.Join(d.root.Name(), filepath.FromSlash(d.name)) }

// Drop forgets a draft. After Keep it does nothing.
func (d *Draft) Drop() {
	d.Close()
	_ = d.root.Remove(d.name) // gone where it was kept; what is left is forgotten at the next start
}

// Write keeps what is written under a name, whole or not at all.
func Write(ctx context.Context, to Depot, name string, write func(io.Writer) error) error {
	d, err := to.Draft()
	if err != nil {
		return err
	}
	defer d.Drop()
	if err := write(d); err != nil {
		return err
	}
	return to.Keep(ctx, d, name)
}

// forget takes away the drafts in a folder that are older than an age.
func forget(root *os.Root, folder string, before time.Time) (forgotten int, err error) {
	dir, err := root.Open(folder)
	if err != nil {
		return 0, err
	}
	entries, err := dir.ReadDir(-1)
	if err = errors.Join(err, dir.Close()); err != nil {
		return 0, err
	}
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, os.ErrNotExist) {
			continue // another server's, which is kept by now
		}
		if err != nil {
			return forgotten, err
		}
		if e.Type().IsRegular() && info.ModTime().Before(before) {
			if err := root.Remove(folder + "/" + e.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
				return forgotten, err
			}
			forgotten++
		}
	}
	return forgotten, nil
}
