package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"github.com/unionboard/unionboard/internal/assess"
)

// migrations are added to and never changed. A file whose statements differ between engines ends in the engine's name.
//
//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is where goose notes the steps that were done.
const versionTable = goose.DefaultTablename

// bringUp brings the tables up to date, each step in one transaction. A step that fails leaves the tables as they were. A database with steps
// this program does not know is refused untouched. before is called before an older one is changed; with its error it is not.
func bringUp(ctx context.Context, db *sql.DB, steps fs.FS, versions database.Store, place string, before func(has int64) error) error {
	p, err := goose.NewProvider(goose.DialectCustom, db, steps, goose.WithStore(versions), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	has, knows, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if has > knows {
		return newerSteps(place, has, knows)
	}
	if 0 < has && has < knows {
		if err := before(has); err != nil {
			return err
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func newerSteps(place string, has, knows int64) error {
	return assess.Unavailable("problem.schema_newer",
		fmt.Sprintf("the data in %s were made by a newer unionboard (its tables are at step %d, this program knows %d); install that version or a newer one", place, has, knows),
		"folder", place, "has", strconv.FormatInt(has, 10), "knows", strconv.FormatInt(knows, 10))
}

// BackupsFolder is where copies lie in a data folder.
const BackupsFolder = "backups"

// OlderName answers what the copy of a database is called that stood at a step before a newer program changed it.
func OlderName(step int64) string { return fmt.Sprintf("before-upgrade-%05d.db", step) }

// keepOlder copies a database that is at a step, before further ones change it.
func keepOlder(ctx context.Context, db *sql.DB, dir string, step int64) error {
	database, log, err := sqlite{dir}.sizes(ctx, nil)
	if err != nil {
		return err
	}
	size := database + log
	free, err := freeBytes(dir)
	if err != nil {
		return folderProblem(dir, err)
	}
	if free < size {
		return noRoomToUpgrade(dir, size, free)
	}
	folder := filepath.Join(dir, BackupsFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return folderProblem(dir, err)
	}
	err = copyOf(ctx, func(making string) error { return vacuumInto(ctx, db, making) }, filepath.Join(folder, OlderName(step)))
	var problem *assess.Problem
	if errors.As(err, &problem) && problem.Key == "problem.disk_full" {
		return noRoomToUpgrade(dir, size, free)
	}
	return err
}

func noRoomToUpgrade(dir string, size, free int64) error {
	mb := func(bytes int64) string { return strconv.FormatInt((bytes+1<<20-1)>>20, 10) }
	return assess.Unavailable("problem.upgrade_room",
		fmt.Sprintf("%s is of an older unionboard, and before its tables are brought up to date they are copied, for which its disk lacks the room: %s MB are needed, %s MB are free. Nothing was changed; make room and start again",
			dir, mb(size), mb(free)), "folder", dir, "needed", mb(size), "free", mb(free))
}

// checkedSteps records a step as done only when no reference between the tables is broken. That is asked inside the step's own
// transaction, which takes the whole step back otherwise.
type checkedSteps struct{ database.Store }

// Insert records a step, the last statement of its transaction.
func (c checkedSteps) Insert(ctx context.Context, db database.DBTxConn, req database.InsertRequest) error {
	if err := checkReferences(ctx, db); err != nil {
		return fmt.Errorf("step %d: %w", req.Version, err)
	}
	return c.Store.Insert(ctx, db, req)
}

// TableExists spares goose its own way of asking, which repeats every error three times with pauses.
func (c checkedSteps) TableExists(ctx context.Context, db database.DBTxConn) (bool, error) {
	var n int
	err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1`, c.Tablename()).Scan(&n)
	return n > 0, err
}

// querier is a pool, a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// checkReferences answers an error that names the first row whose reference leads nowhere.
func checkReferences(ctx context.Context, db querier) error {
	rows, err := db.QueryContext(ctx, `PRAGMA foreign_key_check`)
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		var table, parent string
		var row, key sql.NullInt64
		return errors.Join(rows.Scan(&table, &row, &parent, &key),
			fmt.Errorf("%w: row %d of table %s refers to a row of %s that is not there", errDamaged, row.Int64, table, parent))
	}
	return rows.Err()
}
