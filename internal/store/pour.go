package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
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
	server := sql.OpenDB(e.connector(pgMoveSettings("on")))
	defer func() { err = errors.Join(err, server.Close()) }()
	moment, err := server.BeginTx(ctx, oneMoment())
	if err != nil {
		return err
	}
	defer moment.Rollback() // it only read
	tables, err := e.tables(ctx, moment)
	if err != nil {
		return err
	}
	if err := e.finished(tables); err != nil {
		return err
	}
	if err := sameStep(ctx, moment, file); err != nil {
		return err
	}
	into, err := file.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer into.Rollback()                                            // after a commit it does nothing
	for _, filled := range []string{"head", "turn", "turn_number"} { // by the steps themselves
		if _, err := into.ExecContext(ctx, `DELETE FROM `+filled); err != nil {
			return err
		}
	}
	for _, table := range slices.DeleteFunc(tables, func(name string) bool { return name == versionTable }) {
		if err := pour(ctx, table, moment, tx{sql: into}, func([]string, []any) error { return nil }); err != nil {
			return fmt.Errorf("copy table %s: %w", table, err)
		}
	}
	return into.Commit()
}

// oneMoment lets everything that is read in a transaction be as it was when that began.
func oneMoment() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// stepper is a pool or a transaction.
type stepper interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// sameStep says whether two databases are at the same step, without which their tables differ.
func sameStep(ctx context.Context, a, b stepper) error {
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
const (
	startTable = "audit_start"
	moveStart  = `UPDATE audit_start SET seq = $1, hash = $2 WHERE id = 1`
)

// pour copies the rows of a table as they are, and shows each.
func pour(ctx context.Context, table string, from querier, into tx, seen func(columns []string, row []any) error) error {
	var target insertion
	waiting := make([][]any, 0, rowsAtOnce)
	put := func() error {
		_, err := into.insert(target, nil, len(waiting), func(args []any, k int) []any { return append(args, waiting[k]...) })
		waiting = waiting[:0]
		return err
	}
	err := rowsOf(ctx, from, table, nil, func(columns []string, row []any) error {
		if err := seen(columns, row); err != nil {
			return err
		}
		if table == startTable {
			_, err := into.exec(moveStart, row[slices.Index(columns, "seq")], row[slices.Index(columns, "hash")])
			return err
		}
		if len(waiting) == 0 && target.own == 0 {
			target = newInsertion(table, nil, columns)
		}
		if waiting = append(waiting, row); len(waiting) == rowsAtOnce {
			return put()
		}
		return nil
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	return put()
}

// rowsOf shows every row of a table, with the columns that are named or else with all. SQLite starts a goroutine for each row of a query that
// can be cancelled, so the context is asked between rows.
func rowsOf(ctx context.Context, from querier, table string, columns []string, visit func(columns []string, row []any) error) error {
	what := "*"
	if len(columns) > 0 {
		what = `"` + strings.Join(columns, `", "`) + `"`
	}
	rows, err := from.QueryContext(context.WithoutCancel(ctx), `SELECT `+what+` FROM "`+table+`"`)
	if err != nil {
		return err
	}
	defer rows.Close()
	if columns, err = rows.Columns(); err != nil {
		return err
	}
	for rows.Next() {
		row, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			places[i] = &row[i]
		}
		if err := errors.Join(ctx.Err(), rows.Scan(places...)); err != nil {
			return err
		}
		if err := visit(columns, row); err != nil {
			return err
		}
	}
	return rows.Err()
}
