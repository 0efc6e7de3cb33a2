package takeout

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/depot"
)

// A file that is made in the background lies in a folder that is named by its job, and is itself named by its SHA-256: Folder/ID/abcd….

// keepWhole writes the file of a job and answers its size in bytes. It is made under a name of this try and takes its place when it is whole, if
// the job is still this server's.
func (d *Desk) keepWhole(ctx context.Context, j *assess.ExportJob, file *File) (size int64, err error) {
	half, err := d.halfway()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(half)) }() // nothing is there when it has its place
	sum, made := sha256.New(), filepath.Join(half, "made")
	size, err = d.write(ctx, made, func(ctx context.Context, w io.Writer) error { return file.Write(ctx, io.MultiWriter(w, sum)) })
	if err != nil {
		return 0, err
	}
	name := hex.EncodeToString(sum.Sum(nil))
	if err := os.Rename(made, filepath.Join(half, name)); err != nil {
		return 0, fmt.Errorf("write a file: %w", err)
	}
	if err := d.ours(ctx, j); err != nil {
		return 0, err
	}
	if d.Files != nil {
		if err := d.remove(ctx, j.ID); err != nil { // what an earlier try has left
			return 0, err
		}
		return size, d.carry(ctx, filepath.Join(half, name), j.ID+"/"+name)
	}
	dir := filepath.Join(d.Folder, j.ID)
	if err := errors.Join(os.RemoveAll(dir), os.Rename(half, dir)); err != nil { // an earlier try may have left one
		return 0, fmt.Errorf("write a file: %w", err)
	}
	return size, lasting(dir, d.Folder, filepath.Dir(d.Folder))
}

// halfway makes a folder for what is not whole yet.
func (d *Desk) halfway() (string, error) {
	err := os.MkdirAll(d.Folder, 0o700)
	var dir string
	if err == nil {
		dir, err = os.MkdirTemp(d.Folder, halfway+"*") // 0700
	}
	if err != nil {
		return "", fmt.Errorf("write a file: %w", err)
	}
	return dir, nil
}

// ours says that a job is no longer this server's to make: it was cancelled, or taken over while this server stood still.
func (d *Desk) ours(ctx context.Context, j *assess.ExportJob) error {
	makes, err := d.Store.MakesExport(ctx, *j)
	if err == nil && !makes {
		err = assess.Conflict("problem.takeout_moved", "the file has moved on meanwhile; look at the list again")
	}
	return err
}

// carry puts a file that was made here where all servers find it.
func (d *Desk) carry(ctx context.Context, made, name string) error {
	f, err := os.Open(made)
	if err != nil {
		return fmt.Errorf("write a file: %w", err)
	}
	err = depot.Write(ctx, d.Files, name, func(w io.Writer) error { _, err := io.Copy(w, f); return err })
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write a file: %w", err)
	}
	return nil
}

// openKept opens the file of a job where all servers find it, and answers the sum it has by its name. Where a server that stood still has put a
// second one there, it is the one of the size that was written down.
func (d *Desk) openKept(ctx context.Context, j assess.ExportJob) (f *os.File, sum string, err error) {
	var names []string
	if err := d.Files.Walk(ctx, j.ID, func(e depot.Entry) error { names = append(names, e.Name); return nil }); err != nil {
		return nil, "", fmt.Errorf("open a file: %w", err)
	}
	for i, name := range names {
		f, err := d.Files.Open(ctx, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, "", fmt.Errorf("open a file: %w", err)
		}
		info, err := f.Stat()
		if err == nil && (info.Size() == j.Size || i == len(names)-1) {
			return f, path.Base(name), nil
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, "", fmt.Errorf("open a file: %w", err)
		}
	}
	return nil, "", gone()
}

// openHere is openKept of a file in the folder. One that was made by an earlier program lies there itself, and is known by its size alone.
func (d *Desk) openHere(j assess.ExportJob) (f *os.File, sum string, err error) {
	at := filepath.Join(d.Folder, j.ID)
	entries, err := os.ReadDir(at)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) != 1 {
		return nil, "", gone()
	}
	if err == nil {
		sum = entries[0].Name()
		at = filepath.Join(at, sum)
	}
	if f, err = os.Open(at); err != nil {
		return nil, "", fmt.Errorf("open a file: %w", err)
	}
	return f, sum, nil
}

// openWhole opens the file of a job after it was read through: one that is not as it was made is handed to nobody (ErrUnavailable).
func (d *Desk) openWhole(ctx context.Context, j assess.ExportJob) (f *os.File, err error) {
	var want string
	if d.Files != nil {
		f, want, err = d.openKept(ctx, j)
	} else {
		f, want, err = d.openHere(j)
	}
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read a file: %w", err), f.Close())
	}
	if size != j.Size || want != "" && want != hex.EncodeToString(sum.Sum(nil)) {
		return nil, errors.Join(assess.Unavailable("problem.takeout_changed",
			"the file on the server's disk is not the one that was made; it is not handed out: ask for it again, and tell the administrator"), f.Close())
	}
	return f, nil
}

// Forget takes away what was on its way to where all servers find it before a time and never came to its end.
func (d *Desk) Forget(before time.Time) (forgotten int, err error) {
	if d.Files == nil {
		return 0, nil
	}
	if forgotten, err = d.Files.Forget(before); err != nil {
		return forgotten, fmt.Errorf("forget what was on its way: %w", err)
	}
	return forgotten, nil
}
