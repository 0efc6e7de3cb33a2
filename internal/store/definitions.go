package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
)

// definition is a table, index, trigger or view, with the statement that made it.
type definition struct{ kind, name, made string }

// What SQLite itself and Litestream add for themselves are tables and indexes; a trigger of such a name is nobody's.
const selectDefinitions = `SELECT type, name, COALESCE(sql, '') FROM sqlite_master
	WHERE type NOT IN ('table', 'index') OR substr(name, 1, 7) <> 'sqlite_' AND substr(name, 1, 11) <> '_litestream' ORDER BY type, name`

func definitionsIn(ctx context.Context, db querier) ([]definition, error) {
	return list(ctx, db, func(row scanner) (d definition, err error) { return d, row.Scan(&d.kind, &d.name, &d.made) }, selectDefinitions)
}

// definitionsMade answers those of a database that this program makes anew.
func definitionsMade(ctx context.Context) ([]definition, error) {
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector{dsn: "file::memory:"})
	defer db.Close()
	db.SetMaxOpenConns(1) // each connection has a memory of its own
	if err := migrateTo(ctx, db, steps, "memory"); err != nil {
		return nil, err
	}
	return definitionsIn(ctx, db)
}

// checkDefinitions answers an error that names the first table, index, trigger or view that is not there, is another than this program makes, or
// is none of its own: a guard that was dropped lets the log be changed, a trigger that was added changes what nobody sees.
func checkDefinitions(ctx context.Context, db querier) error {
	made, err := definitionsMade(ctx)
	if err != nil {
		return err
	}
	there, err := definitionsIn(ctx, db)
	if err != nil {
		return err
	}
	left := map[definition]bool{}
	for _, d := range there {
		left[d] = true
	}
	for _, d := range made {
		if !left[d] {
			return fmt.Errorf("%w: the %s %s is not there, or not as unionboard makes it", errDamaged, d.kind, d.name)
		}
		delete(left, d)
	}
	for _, d := range there {
		if left[d] {
			return fmt.Errorf("%w: the %s %s is none of unionboard", errDamaged, d.kind, d.name)
		}
	}
	return nil
}
