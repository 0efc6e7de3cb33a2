package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// The files of a data folder.
const (
	databaseFile = "unionboard.db"
	lockFile     = "unionboard.lock"
	reserveFile  = "unionboard.reserve"
)

// Store is an open data folder. It is safe for concurrent use; one process at a time can hold a folder.
type Store struct {
	dir     string
	lock    *lock
	reserve *reserve
	reader  *sql.DB
	writer  *writer
	trouble trouble
	through func(driver.Connector) driver.Connector

	heads    recall[struct{}, assess.Head]
	accounts recall[string, account.User]
	sessions recall[string, openSession]
}

// Option changes how a folder is opened.
type Option func(*options)

type options struct {
	reserve int64
	through func(driver.Connector) driver.Connector
}

// WithReserve sets the size of the reserve file in bytes: room on the disk that is given up when the disk is full, so that the
// work of the moment can still be written. The default is 64 MB, 0 is none.
func WithReserve(bytes int64) Option { return func(o *options) { o.reserve = bytes } }

// Through lets every connection be opened through another connector, as tests of faults do.
func Through(wrap func(driver.Connector) driver.Connector) Option {
	return func(o *options) { o.through = wrap }
}

// Create makes a new data folder with an empty database, open for its owner only. A folder that holds a database already is
// ErrConflict.
func Create(ctx context.Context, dir string, opts ...Option) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, folderProblem(dir, err)
	}
	path := filepath.Join(dir, databaseFile)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // SQLite gives its other files the same mode
	if errors.Is(err, os.ErrExist) {
		return nil, assess.Conflict("problem.data_folder_used",
			fmt.Sprintf("%s holds a unionboard database already; choose another folder with --data", dir), "folder", dir)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, folderProblem(dir, err)
	}
	s, err := open(ctx, dir, opts)
	if info, statErr := os.Stat(path); err != nil && statErr == nil && info.Size() == 0 {
		os.Remove(path) // nothing was made: the folder is as it was
	}
	return s, err
}

// Open opens a data folder made by Create, brings its tables up to date and checks it. Problems: ErrNotFound for a folder that
// does not exist or holds no database, ErrConflict when another process holds it, ErrUnavailable when it cannot be read, is
// damaged, lies on a network file system or was made by a newer program.
func Open(ctx context.Context, dir string, opts ...Option) (*Store, error) {
	if err := present(dir); err != nil {
		return nil, err
	}
	return open(ctx, dir, opts)
}

// present says what is wrong with a folder that should hold a database.
func present(dir string) error {
	if err := checkFolder(dir); err != nil {
		return err
	}
	switch info, err := os.Stat(filepath.Join(dir, databaseFile)); {
	case errors.Is(err, os.ErrNotExist):
		return noDatabase(dir)
	case err != nil:
		return folderProblem(dir, err)
	case info.Size() == 0: // SQLite would make a new database of it without a word
		return emptyDatabase(dir)
	}
	return nil
}

func open(ctx context.Context, dir string, opts []Option) (*Store, error) {
	o := options{reserve: 64 << 20, through: func(c driver.Connector) driver.Connector { return c }}
	for _, set := range opts {
		set(&o)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, folderProblem(dir, err)
	}
	if err := refuseNetwork(dir); err != nil {
		return nil, err
	}
	s := &Store{dir: dir, through: o.through}
	if s.lock, err = takeLock(dir); err != nil {
		return nil, err
	}
	s.reserve = keepReserve(filepath.Join(dir, reserveFile), o.reserve)
	err = s.connect(ctx)
	if isFull(err) && s.reserve.giveUp() {
		err = s.connect(ctx)
	}
	if err != nil {
		s.lock.release() // what failed is said by err
		return nil, s.explain("open "+dir, err)
	}
	s.writer.start()
	return s, nil
}

// connect migrates and opens the two pools: one connection that writes, and those that read.
func (s *Store) connect(ctx context.Context) (err error) {
	if err := s.migrate(ctx); err != nil {
		return err
	}
	path := filepath.Join(s.dir, databaseFile)
	writing := sql.OpenDB(s.through(connector{writerDSN(path), writerSettings()}))
	writing.SetMaxOpenConns(1)
	s.reader = sql.OpenDB(s.through(connector{readerDSN(path), readerSettings()}))
	readers := max(4, runtime.NumCPU())
	s.reader.SetMaxOpenConns(readers)
	s.reader.SetMaxIdleConns(readers)
	s.writer = newWriter(writing, s.reserve, &s.trouble)
	s.heads.writes, s.accounts.writes, s.sessions.writes = &s.writer.writes, &s.writer.writes, &s.writer.writes
	if err := errors.Join(writing.PingContext(ctx), quickCheck(ctx, s.reader)); err != nil {
		return errors.Join(err, s.reader.Close(), writing.Close())
	}
	return nil
}

// Close finishes what was asked for, folds the write-ahead log into the database and gives the folder free. It may be called
// again; requests that come later are ErrUnavailable.
func (s *Store) Close() error {
	if !s.writer.stop() {
		return nil
	}
	if err := errors.Join(s.reader.Close(), s.writer.close(), s.lock.release()); err != nil {
		return s.explain("close "+s.dir, err)
	}
	return nil
}

// Folder answers the data folder, as an absolute path.
func (s *Store) Folder() string { return s.dir }

// Free answers the bytes that the disk of the data folder has left for the program.
func (s *Store) Free() (int64, error) {
	free, err := freeBytes(s.dir)
	if err != nil {
		return 0, folderProblem(s.dir, err)
	}
	return free, nil
}

// Reserved says whether the reserve file is in place. Without it the disk has been full since the folder was opened, or has too
// little room to make it.
func (s *Store) Reserved() bool { return s.reserve.kept() }
