package store

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
)

// Look opens a data folder to be read, as it is: without its lock, so that another process may be serving it, without bringing its tables up to
// date, and with nothing looked through. Where the tables are at another step than this program knows, as Steps says, readings may fail.
// Everything that would write is ErrUnavailable, data that were moved away are ErrConflict. What was read may be remembered though another process has changed it since: look anew for later.
func Look(ctx context.Context, dir string, opts ...Option) (*Store, error) {
	if err := CheckFolder(dir); err != nil {
		return nil, err
	}
	dir, o, err := optionsOf(dir, opts)
	if err != nil {
		return nil, err
	}
	s, err := lookInto(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	if err := s.explain("look into "+dir, s.engine.here(ctx, s.reader)); err != nil {
		return nil, errors.Join(err, s.Leave())
	}
	return s, nil
}

func lookInto(ctx context.Context, dir string, o options) (*Store, error) {
	if err := o.engine.present(); err != nil {
		return nil, err
	}
	writing, reader := o.engine.pools(o.through)
	reader.SetMaxOpenConns(2)
	s := &Store{dir: dir, engine: o.engine, reader: reader, reserve: &reserve{path: filepath.Join(dir, reserveFile), held: true}, writer: newWriter(nil, o.engine, nil, nil)}
	s.writer.closing = true
	s.remember()
	if err := writing.Close(); err != nil { // it was never connected
		return nil, s.explain("look into "+dir, err)
	}
	if err := reader.PingContext(ctx); err != nil {
		return nil, errors.Join(s.explain("look into "+dir, err), reader.Close())
	}
	return s, nil
}

// Leave lets go of a folder that was opened by Look.
func (s *Store) Leave() error { return s.reader.Close() }

// Steps answers the step that the tables are at, and the newest one that this program knows.
func (s *Store) Steps(ctx context.Context) (has, knows int64, err error) {
	if err := s.reader.QueryRowContext(ctx, selectStep).Scan(&has); err != nil {
		return 0, 0, s.explain("read the step of the tables", err)
	}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, 0, s.explain("list the steps", err)
	}
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, 0, s.explain("list the steps", err)
		}
		knows = max(knows, n)
	}
	return has, knows, nil
}

// QuickCheck reads the pages of the database without comparing its indexes with their tables. The Problem says what is damaged.
func (s *Store) QuickCheck(ctx context.Context) error {
	return s.explain("check the database", s.engine.quickCheck(ctx, s.reader))
}

// Holder answers the number of the process that holds a data folder, as it wrote it down ("?" where it did not); held is false where none does.
func Holder(dir string) (process string, held bool, err error) {
	f, err := os.Open(filepath.Join(dir, lockFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, folderProblem(dir, err)
	}
	defer f.Close()
	if held, err = isHeld(f); err != nil {
		return "", false, folderProblem(dir, err)
	}
	if held {
		process = cmp.Or(holder(f), "?")
	}
	return process, held, nil
}
