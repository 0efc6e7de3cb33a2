package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path"
	"path/filepath"
	"syscall"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/depot"
)

// The names of the files: the folder in a data folder, and the end of a preview. All else is named by content: ab/cd/abcd….
const (
	folderName = "evidence"
	previewEnd = ".preview.jpg"
)

// Options is how files are taken.
type Options struct {
	Size  int64    // bytes of one file, at most
	Kinds []string // codes of the kinds that are taken; see Known
	// KeepFree is how many bytes of the disk must stay free, and Free answers how many are.
	KeepFree int64
	Free     func() (int64, error)
	Scanner  *Scanner // nil: none is set up
	Log      *slog.Logger
}

// Folder is the files of an installation. It is safe for concurrent use.
type Folder struct {
	Options
	files depot.Depot
	// decoding lets one picture at a time be taken apart, which bounds the memory that takes.
	decoding chan struct{}
}

// Open opens the folder of files inside a data folder and makes it where there is none.
func Open(data string, o Options) (*Folder, error) {
	files, err := depot.OpenFolder(filepath.Join(data, folderName), false)
	if err != nil {
		return nil, fmt.Errorf("folder of evidence: %w", err)
	}
	return In(files, o), nil
}

// In takes files into a depot and out of it.
func In(files depot.Depot, o Options) *Folder {
	return &Folder{Options: o, files: files, decoding: make(chan struct{}, 1)}
}

// Close lets the files go.
func (f *Folder) Close() error { return f.files.Close() }

// Taken is a file that was kept, and the name people may see.
type Taken struct {
	File assess.EvidenceFile
	Name string
}

// Take keeps what content yields, sent under a name. It is on the disk, whole and under its hash, when Take answers; a row that
// names it comes after, so that there is never a row without its file. A file that is not taken leaves nothing behind and is an
// assess.Problem that says why: its kind, its size, damage, macros, a virus (ErrInvalid), more than the quota bytes that its unit has
// left (ErrConflict), no room on the disk (ErrUnavailable).
func (f *Folder) Take(ctx context.Context, sent string, content io.Reader, quota int64, now time.Time) (Taken, error) {
	kind, ok := kindNamed(sent, f.Kinds)
	if !ok {
		return Taken{}, errEnding(sent, f.Kinds)
	}
	if err := f.Room(); err != nil {
		return Taken{}, err
	}
	temporary, err := f.files.Draft()
	if err != nil {
		return Taken{}, full(err)
	}
	defer temporary.Drop()
	file, err := f.receive(temporary, content)
	if err != nil {
		return Taken{}, err
	}
	if file.Size > quota {
		return Taken{}, errQuota()
	}
	file.Kind, file.AddedAt = kind.Code, now
	if err := f.examine(ctx, sent, temporary, &file); err != nil {
		return Taken{}, err
	}
	if file.Scan != assess.Unscanned {
		file.ScannedAt = now
	}
	if err := f.files.Keep(ctx, temporary, placeOf(file.Hash)); err != nil {
		return Taken{}, full(err)
	}
	return Taken{File: file, Name: CleanName(sent, kind)}, nil
}

// Room says no when the disk has too little left for another file.
func (f *Folder) Room() error {
	free, err := f.Free()
	if err != nil {
		return fmt.Errorf("room for evidence: %w", err)
	}
	if free-f.Size < f.KeepFree {
		return errRoom()
	}
	return nil
}

// receive writes content to w and answers its size and hash.
func (f *Folder) receive(w io.Writer, content io.Reader) (file assess.EvidenceFile, err error) {
	sum := sha256.New()
	disk := &writing{w: w}
	file.Size, err = io.Copy(io.MultiWriter(disk, sum), io.LimitReader(content, f.Size+1))
	switch {
	case disk.err != nil:
		return file, full(disk.err)
	case err != nil:
		return file, err // what was sent did not arrive
	case file.Size > f.Size:
		return file, errLarge(f.Size)
	case file.Size == 0:
		return file, errEmpty()
	}
	file.Hash, file.Scan = hex.EncodeToString(sum.Sum(nil)), assess.Unscanned
	return file, nil
}

// writing remembers the fault of the disk, which is not that of the sender.
type writing struct {
	w   io.Writer
	err error
}

// Write writes on.
func (w *writing) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	w.err = errors.Join(w.err, err)
	return n, err
}

// examine looks at what has arrived, lets it be scanned and makes its preview.
func (f *Folder) examine(ctx context.Context, sent string, temporary *depot.Draft, file *assess.EvidenceFile) (err error) {
	kind, _ := KindOf(file.Kind)
	select {
	case f.decoding <- struct{}{}:
		defer func() { <-f.decoding }()
	case <-ctx.Done():
		return ctx.Err()
	}
	b := &body{ReaderAt: temporary, size: file.Size, kind: kind, allowed: f.Kinds}
	if err := b.check(); err != nil {
		return err
	}
	if file.Scan, err = f.ask(ctx, temporary.Path()); err != nil {
		f.Log.LogAttrs(ctx, slog.LevelError, "evidence is kept back until it is scanned", slog.String("hash", file.Hash), slog.String("error", err.Error()))
	}
	if file.Scan == assess.Infected {
		return errInfected(sent)
	}
	if b.seen == nil {
		return nil
	}
	file.Preview = true
	return full(depot.Write(ctx, f.files, previewOf(file.Hash), func(w io.Writer) error { return reduce(w, b.seen, b.orientation()) }))
}

// ask lets the scanner look at a file of this machine; Unscanned where none is set up.
func (f *Folder) ask(ctx context.Context, at string) (assess.Scan, error) {
	if f.Scanner == nil {
		return assess.Unscanned, nil
	}
	return f.Scanner.scan(ctx, at)
}

// placeOf answers where a file lies: two levels of folders keep each of them small.
func placeOf(hash string) string { return path.Join(hash[:2], hash[2:4], hash) }

func previewOf(hash string) string { return placeOf(hash) + previewEnd }

// full says in words that the disk had no room; other faults stay what they are.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		var p *assess.Problem
		if errors.As(errRoom(), &p) {
			return p.Because(err)
		}
	}
	if err != nil {
		return fmt.Errorf("keep evidence: %w", err)
	}
	return nil
}

// Name is the folder of uploaded files in a data folder.
const Name = folderName

// Places answers where a file, or a piece that was refused, lies in its folder, and its preview beside it, with slashes; "" for what is no hash.
func Places(hash string) (file, preview string) {
	if !validHash(hash) {
		return "", ""
	}
	return placeOf(hash), previewOf(hash)
}
