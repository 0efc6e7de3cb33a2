package backup

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
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// scratchPrefix begins the names of folders that a backup works in, in the data folder: what lies there plainly lies plainly there anyway.
const scratchPrefix = ".backup-"

// Named is a file that the database names by its content and that nobody changes.
type Named struct {
	Name string // from the data folder, with slashes
	Sum  string // SHA-256, hex; "": it is not known, and the file may lack
	Size int64  // bytes
}

// Order is what an archive is made of.
type Order struct {
	Data    string // the data folder
	Program string // the version that makes it
	Now     time.Time
	// Loose are files and folders of the data folder that may change meanwhile; those that are not there are left out. They are copied before
	// the database: a sheet that is taken in between is in the copy as one that waits, which is taken once more and changes nothing.
	Loose []string
	// Keys are those that are secret; they go into encrypted archives alone.
	Keys []string
	// Database writes a copy of the database, and answers what it holds and which files it names.
	Database func(ctx context.Context, to string) (assess.Holdings, []Named, error)
	To       Recipients
	// Open opens a file that the database names, by its name as from the data folder; nil: they lie there. Where it cannot say whether there is one, there
	// is no backup.
	Open func(ctx context.Context, name string) (*os.File, error)
	// Free answers the room on the disk of the data folder, in bytes; Needed what the copy of the database takes at most, beside what is left to others.
	Free   func() (int64, error)
	Needed int64
}

// margin is what a backup leaves free on the disk of the data folder, in bytes: a server at work goes before.
const margin = 64 << 20

// Write makes an archive of a data folder. Nothing is held up by it. Problems: ErrInvalid where keys would stand in it openly, ErrUnavailable
// where the disk has no room.
func Write(ctx context.Context, o Order, w io.Writer) (m Manifest, s Sums, err error) {
	if len(o.Keys) > 0 && len(o.To) == 0 {
		return m, s, assess.Invalid("problem.backup_keys", "keys go into an encrypted backup alone; name whom it is encrypted for with --recipient")
	}
	if err := o.room(); err != nil {
		return m, s, err
	}
	scratch, err := os.MkdirTemp(o.Data, scratchPrefix+"*")
	if err != nil {
		return m, s, Explain(o.Data, err)
	}
	defer os.RemoveAll(scratch)
	g := gathering{order: o, scratch: scratch, from: map[string]string{}, guard: &guard{order: o, left: lookEvery}}
	out := &place{to: w}
	if m, err = g.gather(ctx); err == nil {
		s, err = write(ctx, guarded{out, g.guard}, m, o.To, func(one Member) (*os.File, error) { return g.open(ctx, one.Name) })
	}
	switch {
	case err == nil:
		return m, s, nil
	case out.err != nil: // whoever named the place knows its disk
		return m, s, fmt.Errorf("write the archive: %w", err)
	}
	return m, s, Explain(o.Data, err)
}

// place is where the archive goes; it remembers that it failed, to tell its disk from that of the data folder.
type place struct {
	to  io.Writer
	err error
}

// Write writes on.
func (p *place) Write(b []byte) (int, error) {
	n, err := p.to.Write(b)
	if err != nil {
		p.err = err
	}
	return n, err
}

// lookEvery is after how many bytes that were written the room on the disk is looked at again.
const lookEvery = 4 << 20

// guard ends a backup before the disk of the data folder, which the archive itself may lie on, has less than the margin left.
type guard struct {
	order Order
	left  int // bytes until the next look
}

func (g *guard) take(n int) error {
	if g.left -= n; g.left >= 0 || g.order.Free == nil {
		return nil
	}
	g.left = lookEvery
	free, err := g.order.Free()
	if err != nil {
		return err
	}
	return enough(g.order.Data, margin, free)
}

// guarded writes under a guard.
type guarded struct {
	to    io.Writer
	guard *guard
}

// Write writes on.
func (g guarded) Write(b []byte) (int, error) {
	if err := g.guard.take(len(b)); err != nil {
		return 0, err
	}
	return g.to.Write(b)
}

// Explain says a full disk in words; the folder is one that lies on it.
func Explain(dir string, err error) error {
	var problem *assess.Problem
	if err == nil || errors.As(err, &problem) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return assess.Unavailable("problem.backup_disk_full", fmt.Sprintf("the disk that holds %s is full, so nothing was kept there; make room on it and try again", dir), "folder", dir)
	}
	return fmt.Errorf("backup: %w", err)
}

func (o Order) room() error {
	if o.Free == nil {
		return nil
	}
	free, err := o.Free()
	if err != nil {
		return err
	}
	return enough(o.Data, o.Needed+margin, free)
}

func enough(dir string, needed, free int64) error {
	if free >= needed {
		return nil
	}
	mb := func(bytes int64) string { return fmt.Sprint((bytes + 1<<20 - 1) >> 20) }
	return assess.Unavailable("problem.backup_room",
		fmt.Sprintf("the disk that holds %s has %s MB left, %s MB are needed; make room on it and try again", dir, mb(free), mb(needed)),
		"folder", dir, "free", mb(free), "needed", mb(needed))
}

// gathering finds what goes into an archive.
type gathering struct {
	order   Order
	scratch string
	members []Member
	from    map[string]string // where the bytes of a member lie
	guard   *guard
}

func (g *gathering) gather(ctx context.Context) (m Manifest, err error) {
	m = Manifest{Format: format, Program: g.order.Program, Made: g.order.Now.UTC().Truncate(time.Second), Keys: len(g.order.Keys) > 0, Lacking: []string{}}
	for _, name := range slices.Concat(g.order.Loose, g.order.Keys) {
		if err := g.loose(ctx, path.Clean(filepath.ToSlash(name))); err != nil {
			return m, err
		}
	}
	database := filepath.Join(g.scratch, DatabaseName)
	holds, named, err := g.order.Database(ctx, database)
	if err != nil {
		return m, err
	}
	m.Holds = holds
	loose := g.members
	g.members = nil
	if err := g.add(ctx, DatabaseName, database); err != nil {
		return m, err
	}
	g.members = append(g.members, loose...)
	for _, one := range named {
		if err := g.named(ctx, one, &m); err != nil {
			return m, err
		}
	}
	m.Members = g.members
	return m, nil
}

// named adds a file that the database names. One that is damaged or gone does not keep the rest from being saved: it is told.
func (g *gathering) named(ctx context.Context, one Named, m *Manifest) error {
	from := filepath.Join(g.order.Data, filepath.FromSlash(one.Name))
	if g.order.Open != nil {
		from = ""
	}
	err := g.add(ctx, one.Name, from)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if from == "" && err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err != nil {
		if one.Sum != "" {
			m.Lacking = append(m.Lacking, one.Name)
		}
		return nil
	}
	last := len(g.members) - 1
	if got := g.members[last]; one.Sum != "" && (got.Sum != one.Sum || got.Size != one.Size) {
		g.members = g.members[:last]
		m.Lacking = append(m.Lacking, one.Name)
	}
	return nil
}

// loose copies a file, or what is in a folder, so that it cannot change any more. What is neither, such as a link, belongs to nobody here.
func (g *gathering) loose(ctx context.Context, name string) error {
	if !mayLie(name) {
		return nil // outside of the data folder, or ours
	}
	root, err := os.OpenRoot(g.order.Data)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), name, func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was moved meanwhile, or never there
		}
		if err != nil {
			return err
		}
		if !entry.Type().IsRegular() || strings.HasPrefix(path.Base(name), ".") || !mayLie(name) || g.from[name] != "" {
			return ctx.Err()
		}
		to := filepath.Join(g.scratch, "loose", filepath.FromSlash(name))
		if err := g.copyFile(ctx, root, name, to); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		return g.add(ctx, name, to)
	})
}

func (g *gathering) copyFile(ctx context.Context, root *os.Root, name, to string) error {
	from, err := root.Open(name)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("copy %s: %w", name, err)
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(guarded{f, g.guard}, patient{ctx, from})
	return errors.Join(err, f.Close())
}

// open opens what goes into the archive under a name: where it lies, or through the order.
func (g *gathering) open(ctx context.Context, name string) (*os.File, error) {
	if from := g.from[name]; from != "" {
		return os.Open(from)
	}
	return g.order.Open(ctx, name)
}

// add sums a file and adds it; from is where it lies, "" for what the order opens.
func (g *gathering) add(ctx context.Context, name, from string) error {
	g.from[name] = from
	f, err := g.open(ctx, name)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, patient{ctx, f})
	if err != nil {
		return err
	}
	g.members = append(g.members, Member{Name: name, Size: n, Sum: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// Sweep takes away what backups that were broken off more than a day ago have left in a data folder.
func Sweep(data string, now time.Time) error {
	left, err := filepath.Glob(filepath.Join(data, scratchPrefix+"*"))
	for _, folder := range left {
		if info, statErr := os.Lstat(folder); statErr == nil && info.IsDir() && now.Sub(info.ModTime()) > 24*time.Hour {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}
	if err != nil {
		return fmt.Errorf("sweep backups: %w", err)
	}
	return nil
}
