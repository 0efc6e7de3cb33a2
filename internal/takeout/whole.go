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

// keepWhole writes the file of a job and answers its size in bytes.
func (d *Desk) keepWhole(ctx context.Context, id string, file *File) (size int64, err error) {
	dir := filepath.Join(d.Folder, id)
	if err := os.RemoveAll(dir); err != nil { // what an earlier try has left
		return 0, fmt.Errorf("write a file: %w", err)
	}
	whole := false
	defer func() {
		if !whole { // also when it panics
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	sum, made := sha256.New(), filepath.Join(dir, "made")
	size, err = d.write(ctx, made, func(ctx context.Context, w io.Writer) error { return file.Write(ctx, io.MultiWriter(w, sum)) })
	if err != nil {
		return 0, err
	}
	if err := os.Rename(made, filepath.Join(dir, hex.EncodeToString(sum.Sum(nil)))); err != nil {
		return 0, fmt.Errorf("write a file: %w", err)
	}
	if err := lasting(dir, d.Folder, filepath.Dir(d.Folder)); err != nil {
		return 0, err
	}
	whole = true
	return size, nil
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
