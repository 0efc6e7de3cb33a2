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
	"path/filepath"

	"github.com/unionboard/unionboard/internal/assess"
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
	if err := os.Rename(made, filepath.Join(half, hex.EncodeToString(sum.Sum(nil)))); err != nil {
		return 0, fmt.Errorf("write a file: %w", err)
	}
	if err := d.ours(ctx, j); err != nil {
		return 0, err
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

// openWhole opens the file of a job after it was read through: one that is not as it was made is handed to nobody (ErrUnavailable).
func (d *Desk) openWhole(j assess.ExportJob) (*os.File, error) {
	path, want := filepath.Join(d.Folder, j.ID), ""
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) != 1 {
		return nil, gone()
	}
	if err == nil { // a file that was made by an earlier program lies there itself, and is known by its size alone
		want = entries[0].Name()
		path = filepath.Join(path, want)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open a file: %w", err)
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
