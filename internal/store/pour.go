package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// copyInto makes the tables in a file of SQLite and pours every row of one moment into them.
func (e postgres) copyInto(ctx context.Context, path string) (err error) {
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	// Nobody relies on the file before it was synced and looked through. References are looked at then.
	file := sql.OpenDB(connector{dsn: dsn(path, "_journal_mode=DELETE", "_synchronous=OFF", "_foreign_keys=0", "_txlock=immediate")})
	defer func() { err = errors.Join(err, file.Close()) }()
	file.SetMaxOpenConns(1)
	if err := migrateTo(ctx, file, steps, path); err != nil {
		return err
	}
	server := sql.OpenDB(e.connector(pgReaderSettings()))
	defer func() { err = errors.Join(err, server.Close()) }()
	moment, err := server.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer moment.Rollback() // it only read
	if err := sameStep(ctx, moment, file); err != nil {
		return err
	}
	tables, err := list(ctx, moment, func(row scanner) (name string, err error) { return name, row.Scan(&name) }, pgTables)
	if err != nil {
		return err
	}
	into, err := file.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer into.Rollback() // after a commit it does nothing
	if _, err := into.ExecContext(ctx, `DELETE FROM head`); err != nil {
		return err
	}
	for _, table := range slices.DeleteFunc(tables, func(name string) bool { return name == versionTable }) {
		if err := pour(ctx, table, moment, tx{sql: into}); err != nil {
			return fmt.Errorf("copy table %s: %w", table, err)
		}
	}
	return into.Commit()
}

// sameStep says whether two databases are at the same step, without which their tables differ.
func sameStep(ctx context.Context, a, b interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
},
) error {
	var has, wants int64
	if err := errors.Join(a.QueryRowContext(ctx, selectStep).Scan(&has), b.QueryRowContext(ctx, selectStep).Scan(&wants)); err != nil {
		return err
	}
	if has != wants {
		return fmt.Errorf("the tables are at step %d, and this program makes those of step %d", has, wants)
	}
	return nil
}

// The beginning of the audit log is there from the first step on, and never deleted: it moves on.
const moveStart = `UPDATE audit_start SET seq = $1, hash = $2 WHERE id = 1`

// pour copies the rows of a table as they are.
func pour(ctx context.Context, table string, from querier, into tx) error {
	if table == "audit_start" {
		starts, err := list(ctx, from, func(row scanner) (start [2]any, err error) { return start, row.Scan(&start[0], &start[1]) }, `SELECT seq, hash FROM audit_start`)
		if err != nil || len(starts) != 1 {
			return errors.Join(err, fmt.Errorf("%d beginnings", len(starts)))
		}
		_, err = into.exec(moveStart, starts[0][:]...)
		return err
	}
	rows, err := from.QueryContext(ctx, `SELECT * FROM "`+table+`"`)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	target := newInsertion(table, nil, columns)
	waiting := make([][]any, 0, rowsAtOnce)
	put := func() error {
		_, err := into.insert(target, nil, len(waiting), func(args []any, k int) []any { return append(args, waiting[k]...) })
		waiting = waiting[:0]
		return err
	}
	for rows.Next() {
		row, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			places[i] = &row[i]
		}
		if err := rows.Scan(places...); err != nil {
			return err
		}
		if waiting = append(waiting, row); len(waiting) == rowsAtOnce {
			if err := put(); err != nil {
				return err
			}
		}
	}
	return errors.Join(rows.Err(), put())
}
