package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3/database"

	"github.com/unionboard/unionboard/internal/assess"
)

// sqlite is a database in a file of the data folder, which one process at a time holds.
type sqlite struct{ dir string }

func (e sqlite) path() string { return filepath.Join(e.dir, databaseFile) }

func (e sqlite) place() string { return e.dir }

func (e sqlite) claim() (giveBack func(), err error) {
	path := e.path()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // SQLite gives its other files the same mode
	if errors.Is(err, os.ErrExist) {
		return nil, e.used()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, folderProblem(e.dir, err)
	}
	if err := e.unmark(); err != nil {
		return nil, err
	}
	return func() {
		if info, err := os.Stat(path); err == nil && info.Size() == 0 {
			os.Remove(path)
		}
	}, nil
}

func (e sqlite) used() error {
	return assess.Conflict("problem.data_folder_used",
		fmt.Sprintf("%s holds a unionboard database already; choose another folder with --data", e.dir), "folder", e.dir)
}

func (e sqlite) present() error {
	switch info, err := os.Stat(e.path()); {
	case errors.Is(err, os.ErrNotExist):
		return noDatabase(e.dir)
	case err != nil:
		return folderProblem(e.dir, err)
	case info.Size() == 0: // SQLite would make a new database of it without a word
		return emptyDatabase(e.dir)
	}
	return nil
}

// migrate brings the tables up to date under the lock of the folder, unless the data were moved away. Before an older database is changed a copy of it is made; without one it is
// not.
func (e sqlite) migrate(ctx context.Context, _ bool) error {
	if err := e.here(ctx, nil); err != nil {
		return err
	}
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	db := sql.OpenDB(connector{migrationDSN(e.path()), migrationSettings()})
	defer db.Close()
	db.SetMaxOpenConns(1)
	return migrateTo(ctx, db, steps, e.dir)
}

func migrateTo(ctx context.Context, db *sql.DB, steps fs.FS, dir string) error {
	versions, err := database.NewStore(database.DialectSQLite3, versionTable)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return bringUp(ctx, db, engineSteps{FS: steps, others: "_postgres.sql"}, checkedSteps{versions}, dir, func(has int64) error { return keepOlder(ctx, db, dir, has) })
}

func (e sqlite) pools(through func(driver.Connector) driver.Connector) (writing, reading *sql.DB) {
	writing = sql.OpenDB(through(connector{writerDSN(e.path()), writerSettings()}))
	writing.SetMaxOpenConns(1)
	reading = sql.OpenDB(through(connector{readerDSN(e.path()), readerSettings()}))
	readers := max(4, runtime.NumCPU())
	reading.SetMaxOpenConns(readers)
	reading.SetMaxIdleConns(readers)
	return writing, reading
}

func (sqlite) turns(func(driver.Connector) driver.Connector) *sql.DB { return nil }

func (sqlite) history() int64 { return 0 }

func (sqlite) shared() bool { return false }

func (sqlite) opening() string { return "" } // its transactions are immediate

func (sqlite) fatal(err error) bool {
	return isCode(err, sqlite3.ErrFull, sqlite3.ErrIoErr, sqlite3.ErrNomem, sqlite3.ErrCorrupt, sqlite3.ErrInterrupt)
}

func (sqlite) again(error) bool          { return false }
func (sqlite) committed(err error) error { return err }
func (sqlite) everybody(error) bool      { return false }

// quickCheck looks at everything but whether the indexes agree with their tables. It takes about a second for 600 MB.
func (sqlite) quickCheck(ctx context.Context, db querier) error {
	return check(ctx, db, `PRAGMA quick_check(10)`)
}

func (sqlite) deepCheck(ctx context.Context, db querier) error {
	if err := check(ctx, db, `PRAGMA integrity_check(10)`); err != nil {
		return err
	}
	if err := checkReferences(ctx, db); err != nil {
		return err
	}
	return checkDefinitions(ctx, db)
}

func (sqlite) definitions(ctx context.Context, db querier) error { return checkDefinitions(ctx, db) }

func (sqlite) beneath(context.Context, querier) (weak []string, clock time.Time, err error) {
	return nil, clock, nil
}

func (e sqlite) problem(err error) error {
	switch {
	case isFull(err):
		return diskFull(e.dir, err)
	case errors.Is(err, errDamaged), isCode(err, sqlite3.ErrCorrupt, sqlite3.ErrNotADB):
		return damaged(e.dir, err)
	case hasErrno(err, syscall.EROFS), isCode(err, sqlite3.ErrReadonly):
		return readOnly(e.dir, err)
	case hasErrno(err, syscall.EMFILE), hasErrno(err, syscall.ENFILE):
		return tooManyFiles(err)
	case isCode(err, sqlite3.ErrBusy, sqlite3.ErrLocked):
		return busy(e.dir, err)
	case isCode(err, sqlite3.ErrIoErr):
		return diskFaulty(e.dir, err)
	case isCode(err, sqlite3.ErrCantOpen, sqlite3.ErrPerm):
		return folderProblem(e.dir, err)
	}
	return nil
}

func (sqlite) fold(ctx context.Context, writing *sql.DB) error {
	var busy, pages, folded int
	err := writing.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &folded)
	if err == nil && busy != 0 {
		err = assess.Unavailable("problem.fold_busy", "what was erased still stands in the write-ahead log of the database, because something reads it; try again, it is cut at the next end of the program too")
	}
	return err
}

// close folds the write-ahead log into the database and closes the connection.
func (sqlite) close(writing *sql.DB) error {
	// A reader elsewhere, a copying backup say, may hold the log back; it is then folded in at the next start.
	_, err := writing.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
	if isCode(err, sqlite3.ErrBusy, sqlite3.ErrLocked) || isFull(err) {
		err = nil
	}
	return errors.Join(err, writing.Close())
}

func (e sqlite) copyInto(ctx context.Context, path string) error {
	// A connection that may only ask (query_only) may not copy either; this one cannot write because of how it opens the file.
	db := sql.OpenDB(connector{dsn(e.path(), "mode=ro", "_synchronous=FULL"), commonSettings()})
	defer db.Close()
	db.SetMaxOpenConns(1)
	return vacuumInto(ctx, db, path)
}

func (e sqlite) sizes(context.Context, *sql.DB) (database, log int64, err error) {
	return sizeOf(e.path()), sizeOf(e.path() + "-wal"), nil
}
