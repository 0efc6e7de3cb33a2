package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"

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
	dir      string
	engine   engine
	lock     *lock
	reserve  *reserve
	reader   *sql.DB
	writer   *writer
	holding  *sql.DB                  // on which turns are held; nil where nobody else has the store
	holder   atomic.Pointer[string]   // the server that this process is; nil for none
	presence atomic.Pointer[presence] // nil: it is none
	trouble  trouble
	through  func(driver.Connector) driver.Connector

	heads    recall[struct{}, assess.Head]
	accounts recall[string, account.User]
	sessions recall[string, openSession]
}

// Option changes how a folder is opened.
type Option func(*options)

type options struct {
	reserve  int64
	through  func(driver.Connector) driver.Connector
	database string // the address of PostgreSQL; "" for SQLite in the folder
	password string
	engine   engine
}

// On puts the data into the PostgreSQL at an address (postgres://user@host:5432/database), with the password where the address has none; "" is
// SQLite in the data folder. Several processes with a data folder each may share one such database.
func On(address, password string) Option {
	return func(o *options) { o.database, o.password = address, password }
}

// optionsOf answers the options with what they leave open, and the folder as an absolute path.
func optionsOf(dir string, opts []Option) (string, options, error) {
	o := options{reserve: -1, through: func(c driver.Connector) driver.Connector { return c }}
	for _, set := range opts {
		set(&o)
	}
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", o, folderProblem(dir, err)
	}
	if o.engine = (sqlite{path}); o.database != "" {
		o.engine, err = newPostgres(o.database, o.password)
	}
	if o.reserve < 0 && o.database == "" {
		o.reserve = usualReserve
	}
	return path, o, err
}

// usualReserve is the size of the reserve in bytes: 64 MB.
const usualReserve = 64 << 20

// WithReserve sets the size of the reserve file in bytes: room on the disk that is given up when the disk is full, so that the
// work of the moment can still be written. The default is 64 MB, 0 is none; the disk of a PostgreSQL is another one, so there the default is none.
func WithReserve(bytes int64) Option { return func(o *options) { o.reserve = bytes } }

// Through lets every connection be opened through another connector, as tests of faults do.
func Through(wrap func(driver.Connector) driver.Connector) Option {
	return func(o *options) { o.through = wrap }
}

// Create makes a new data folder, open for its owner only, with an empty database. A folder, or a PostgreSQL, that holds one already is
// ErrConflict.
func Create(ctx context.Context, dir string, opts ...Option) (*Store, error) {
	dir, o, err := optionsOf(dir, opts)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, folderProblem(dir, err)
	}
	giveBack, err := o.engine.claim()
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, dir, o, true)
	if err != nil {
		giveBack()
		return nil, err
	}
	_ = os.Chmod(dir, 0o700) // one that was made by hand may be open to all; who may not change that is told by the check-up
	return s, nil
}

// CreateUnfinished is Create for what counts only when all of it is there: until settle is told that it is done, a PostgreSQL is refused as unfinished,
// and can be begun with anew. A folder that is not finished is named otherwise by whoever makes it; there settle does nothing. It is called once, after
// the store was closed.
func CreateUnfinished(ctx context.Context, dir string, opts ...Option) (s *Store, settle func(ctx context.Context, done bool) error, err error) {
	dir, o, err := optionsOf(dir, opts)
	if err != nil {
		return nil, nil, err
	}
	if !o.engine.shared() {
		s, err = Create(ctx, dir, opts...)
		return s, func(context.Context, bool) error { return nil }, err
	}
	of := o.engine
	explain := func(err error) error { return explainedBy(of, "make a database", err) }
	place, err := o.engine.prepare(ctx, o.through, "nothing")
	if err != nil {
		return nil, nil, explain(err)
	}
	o.engine = place.engine
	if s, err = open(ctx, dir, o, false); err != nil {
		return nil, nil, errors.Join(err, place.leave())
	}
	return s, func(ctx context.Context, done bool) (err error) {
		if done {
			err = place.finish(ctx)
		}
		return explain(errors.Join(err, place.leave()))
	}, nil
}

// Open opens a data folder made by Create, brings its tables up to date and checks it. Problems: ErrNotFound for a folder that
// does not exist or a database that is not there, ErrConflict when another process holds it, ErrUnavailable when it cannot be reached or read,
// is damaged, lies on a network file system or was made by a newer program.
func Open(ctx context.Context, dir string, opts ...Option) (*Store, error) {
	if err := CheckFolder(dir); err != nil {
		return nil, err
	}
	dir, o, err := optionsOf(dir, opts)
	if err != nil {
		return nil, err
	}
	if err := o.engine.present(); err != nil {
		return nil, err
	}
	return open(ctx, dir, o, false)
}

func open(ctx context.Context, dir string, o options, isNew bool) (s *Store, err error) {
	if !o.engine.shared() {
		if err := refuseNetwork(dir); err != nil {
			return nil, err
		}
	}
	s = &Store{dir: dir, engine: o.engine, through: o.through}
	if s.lock, err = takeLock(dir); err != nil {
		return nil, err
	}
	s.reserve = keepReserve(filepath.Join(dir, reserveFile), o.reserve)
	err = s.connect(ctx, isNew)
	if isFull(err) && s.reserve.giveUp() {
		err = s.connect(ctx, isNew)
	}
	if err != nil {
		s.lock.release() // what failed is said by err
		return nil, s.explain("open "+s.engine.place(), err)
	}
	s.writer.start()
	return s, nil
}

// connect migrates and opens the two pools: one connection that writes, and those that read.
func (s *Store) connect(ctx context.Context, isNew bool) (err error) {
	if err := s.engine.migrate(ctx, isNew); err != nil {
		return err
	}
	writing, reading := s.engine.pools(s.through)
	s.reader, s.holding = reading, s.engine.turns(s.through)
	s.writer = newWriter(writing, s.engine, s.reserve, &s.trouble)
	s.remember()
	if err := errors.Join(writing.PingContext(ctx), s.engine.quickCheck(ctx, s.reader)); err != nil {
		return errors.Join(err, s.reader.Close(), writing.Close(), s.closeTurns())
	}
	return nil
}

// remember lets what is read be remembered where nobody else writes.
func (s *Store) remember() {
	if !s.engine.shared() {
		s.heads.writes, s.accounts.writes, s.sessions.writes = &s.writer.writes, &s.writer.writes, &s.writer.writes
	}
}

// Close finishes what was asked for, folds the write-ahead log into the database and gives the folder free. It may be called
// again; requests that come later are ErrUnavailable.
func (s *Store) Close() error {
	if !s.writer.stop() {
		return nil
	}
	if err := errors.Join(s.reader.Close(), s.closeTurns(), s.engine.close(s.writer.db), s.lock.release()); err != nil {
		return s.explain("close "+s.engine.place(), err)
	}
	return nil
}

// closeTurns ends the connections on which turns are held.
func (s *Store) closeTurns() error {
	if s.holding == nil {
		return nil
	}
	return s.holding.Close()
}

// Database names the PostgreSQL that the data stand in, without its password; "" for SQLite in the data folder.
func (s *Store) Database() string {
	if !s.engine.shared() {
		return ""
	}
	return s.engine.place()
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
