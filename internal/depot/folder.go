package depot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"
	"time"
)

// incoming is where drafts lie in a folder. Everything else in it has its name for good.
const incoming = "incoming"

// Folder is a depot in a folder: that of an installation, or one that several servers share.
type Folder struct {
	root   *os.Root
	shared bool
}

// OpenFolder opens a folder, and makes it where there is none. A shared one holds drafts of other servers too.
func OpenFolder(dir string, shared bool) (*Folder, error) {
	err := os.MkdirAll(filepath.Join(dir, incoming), 0o700)
	var root *os.Root
	if err == nil {
		root, err = os.OpenRoot(dir)
	}
	switch {
	case err != nil && shared:
		return nil, unfit(dir, err)
	case err != nil:
		return nil, fmt.Errorf("folder of files: %w", err)
	}
	return &Folder{root, shared}, nil
}

// Close lets the folder go.
func (f *Folder) Close() error { return f.root.Close() }

// Shared implements Depot.
func (f *Folder) Shared() bool { return f.shared }

// Draft makes a file on its way in the same folder, so that it is kept by being named.
func (f *Folder) Draft() (*Draft, error) { return draftIn(f.root, incoming) }

func draftIn(root *os.Root, folder string) (*Draft, error) {
	name := path.Join(folder, rand.Text())
	file, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &Draft{file, root, name}, nil
}

// Keep puts the bytes on the disk and then the name.
func (f *Folder) Keep(_ context.Context, d *Draft, name string) error {
	if err := d.Sync(); err != nil {
		return err
	}
	if err := f.place(d.name, name); err != nil {
		return err
	}
	// The new names are on the disk when the folders that hold them are.
	for folder := path.Dir(name); ; folder = path.Dir(folder) {
		if err := f.sync(folder); err != nil || folder == "." {
			return err
		}
	}
}

// placeTries is how often a file is given its name: in between another server may take its folder away, which was empty still. MkdirAll then says
// that it is not there, or, where it went between its two looks, that it is there already.
const placeTries = 10

func (f *Folder) place(draft, name string) (err error) {
	for range placeTries {
		if err = f.root.MkdirAll(path.Dir(name), 0o700); err == nil {
			err = f.root.Rename(draft, name)
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return err
}

func (f *Folder) sync(folder string) error {
	d, err := f.root.Open(folder)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) {
		err = nil // a share of another system may know no such thing
	}
	return errors.Join(err, d.Close())
}

// Open opens a file.
func (f *Folder) Open(_ context.Context, name string) (*os.File, error) { return f.root.Open(name) }

// Remove takes a file away, and the folder it was the last in.
func (f *Folder) Remove(_ context.Context, name string) error {
	err := f.root.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if folder := path.Dir(name); err == nil && folder != "." {
		_ = f.root.Remove(folder) // it stays where it holds more
	}
	return err
}

// Walk shows the files.
func (f *Folder) Walk(ctx context.Context, folder string, visit func(Entry) error) error {
	if folder == "" {
		folder = "."
	}
	return fs.WalkDir(f.root.FS(), folder, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // taken away meanwhile
			return ctx.Err()
		case err != nil:
			return err
		case name == incoming:
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return ctx.Err()
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		return visit(Entry{name, info.ModTime()})
	})
}

// Forget takes away drafts that were left.
func (f *Folder) Forget(before time.Time) (int, error) { return forget(f.root, incoming, before) }

// Probe keeps a file, reads it and takes it away.
func (f *Folder) Probe(ctx context.Context) error {
	if err := probe(ctx, f); err != nil {
		return unfit(f.root.Name(), err)
	}
	return nil
}
