package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// moveTable is there as long as a move into a database, or what else is made in it as a whole, is not at its end.
const moveTable = "unfinished_move"

const (
	makeMove   = `CREATE TABLE ` + moveTable + ` (id BIGINT NOT NULL PRIMARY KEY, source TEXT NOT NULL)`
	insertMove = `INSERT INTO ` + moveTable + ` (id, source) VALUES (1, $1)`
	holdMove   = `SELECT id FROM ` + moveTable + ` FOR UPDATE NOWAIT`
	dropMove   = `DROP TABLE ` + moveTable

	// Where the data were moved to stands as a remark of a table, which is no table of its own to be carried and copied.
	movedTo     = `moved to `
	markMoved   = `COMMENT ON TABLE head IS `
	unmarkMoved = markMoved + `NULL`
	selectMoved = `SELECT COALESCE(OBJ_DESCRIPTION(TO_REGCLASS('head'), 'pg_class'), '')`

	lockHead = `SELECT id FROM head WHERE id = 1 FOR UPDATE`
	// Sessions of the same user, and of unionboard, but for our own.
	pgSessions = `SELECT COALESCE(NULLIF(application_name, ''), 'a program') || COALESCE(' (' || HOST(client_addr) || ')', '') FROM pg_stat_activity
	WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> current_setting('application_name')
	AND (usename = current_user OR SUBSTR(application_name, 1, 10) = 'unionboard') ORDER BY 1`
	pgLeases     = `SELECT holder FROM lease WHERE until > $1 ORDER BY holder`
	pgReferences = `SELECT c.relname, p.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
	JOIN pg_namespace n ON n.oid = k.connamespace WHERE k.contype = 'f' AND n.nspname = current_schema() ORDER BY c.relname, p.relname`
	pgTriggerFunctions = `SELECT CAST(p.oid AS regprocedure) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
	WHERE n.nspname = current_schema() AND p.prorettype = CAST('trigger' AS regtype) AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')`
)

// pgMoveSettings let whoever reads all, or holds off others, take his time.
func pgMoveSettings(readOnly string) map[string]string {
	return map[string]string{"default_transaction_read_only": readOnly, "lock_timeout": "10s", "idle_in_transaction_session_timeout": "0"}
}

// freeze looks whether anybody works in the database, and keeps those from writing that come later. The mark is written by the transaction that holds
// them off: where that was lost, so that somebody may have written, it cannot be.
func (e postgres) freeze(ctx context.Context, via through, now time.Time) (f frozen, err error) {
	e.config = e.config.Copy()
	e.config.RuntimeParams["application_name"] = "unionboard move " + rand.Text()[:8]
	db := sql.OpenDB(via(e.connector(pgMoveSettings("off"))))
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	if err := e.own(ctx, db, false); err != nil {
		return f, err
	}
	if err := e.alone(ctx, db, now); err != nil {
		return f, err
	}
	held, err := db.BeginTx(ctx, nil)
	if err != nil {
		return f, err
	}
	var id int64
	if err := held.QueryRowContext(ctx, lockHead).Scan(&id); err != nil {
		return f, errors.Join(err, held.Rollback())
	}
	f.mark = func(ctx context.Context, to string) error {
		_, err := held.ExecContext(ctx, markMoved+`'`+strings.ReplaceAll(movedTo+to, `'`, `''`)+`'`)
		return err
	}
	f.thaw = func(moved bool) error {
		if moved {
			return errors.Join(e.committed(held.Commit()), db.Close())
		}
		_ = held.Rollback() // it changed nothing, and a line that was lost holds nobody
		return db.Close()
	}
	return f, nil
}

// here says that the data were moved away, as the remark of their head does.
func (e postgres) here(ctx context.Context, db querier) error {
	remarks, err := list(ctx, db, scanName, selectMoved)
	if err != nil || len(remarks) == 0 || !strings.HasPrefix(remarks[0], movedTo) {
		return err
	}
	there := strings.TrimPrefix(remarks[0], movedTo)
	return assess.Conflict("problem.moved_database",
		fmt.Sprintf("the data in %s were moved to %s and stand here only as they were then; serve them there, or, to go on here and give up what was entered there, have its keeper run: %s", e.at, there, unmarkMoved),
		"database", e.at, "to", there, "statement", unmarkMoved)
}

// leaving is how long a session may take to be gone whose program has ended.
const leaving = 3 * time.Second

// alone says who else is in a database.
func (e postgres) alone(ctx context.Context, db *sql.DB, now time.Time) error {
	var who []string
	var err error
	for end := time.Now().Add(leaving); ; time.Sleep(leaving / 30) {
		if who, err = list(ctx, db, scanName, pgSessions); err != nil || len(who) == 0 || time.Now().After(end) {
			break
		}
	}
	if err == nil && len(who) == 0 {
		who, err = list(ctx, db, scanName, pgLeases, millis(now))
	}
	if err != nil || len(who) == 0 {
		return err
	}
	names := strings.Join(slices.Compact(who), ", ")
	return assess.Conflict("problem.move_served",
		fmt.Sprintf("%s is at work in the database %s; stop every unionboard that serves it, and whatever else is signed in there by the same user, and begin again", names, e.at),
		"who", names, "database", e.at)
}

// prepare marks an empty database, so that nobody serves it, and makes the tables in it. What a move has left there that was broken off goes.
func (e postgres) prepare(ctx context.Context, via through, from string) (m making, err error) {
	e.moving = true
	db := sql.OpenDB(via(e.connector(pgMigrationSettings())))
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	err = e.mark(ctx, db, from)
	if sqlState(err) == "3D000" && e.makeDatabase(ctx) == nil {
		err = e.mark(ctx, db, from)
	}
	if err != nil {
		return m, err
	}
	held, err := db.BeginTx(ctx, nil) // whoever holds the mark moves
	if err != nil {
		return m, err
	}
	var id int64
	if err = held.QueryRowContext(ctx, holdMove).Scan(&id); sqlState(err) == "55P03" {
		err = assess.Conflict("problem.move_running", fmt.Sprintf("another move into the database %s, or a demonstration in it, is under way; wait for its end", e.at), "database", e.at)
	}
	if err == nil {
		err = e.clear(ctx, db)
	}
	if err == nil {
		err = e.migrate(ctx, true)
	}
	if err != nil {
		_ = held.Rollback() // it changed nothing
		return m, err
	}
	return making{
		engine: e,
		finish: func(ctx context.Context) error {
			if _, err := db.ExecContext(ctx, `ANALYZE`); err != nil {
				return err
			}
			if _, err := held.ExecContext(ctx, dropMove); err != nil {
				return err
			}
			return e.committed(held.Commit())
		},
		leave: func() error {
			_ = held.Rollback() // after a commit it does nothing
			return db.Close()
		},
	}, nil
}

// mark says that a move into a database has begun, if it is an empty one or the mark is there already.
func (e postgres) mark(ctx context.Context, db *sql.DB, from string) error {
	tables, err := e.tables(ctx, db)
	if err != nil || slices.Contains(tables, moveTable) {
		return err
	}
	if err := e.own(ctx, db, true); err != nil {
		return err
	}
	t, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback() // after a commit it does nothing
	if _, err := t.ExecContext(ctx, makeMove); err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, insertMove, from); err != nil {
		return err
	}
	return t.Commit()
}

// clear takes away what a move has left that was broken off, but for its mark.
func (e postgres) clear(ctx context.Context, db *sql.DB) error {
	tables, err := e.tables(ctx, db)
	if err != nil {
		return err
	}
	t, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback() // after a commit it does nothing
	for _, table := range tables {
		if table == moveTable {
			continue
		}
		if _, err := t.ExecContext(ctx, `DROP TABLE "`+table+`" CASCADE`); err != nil {
			return err
		}
	}
	functions, err := list(ctx, t, scanName, pgTriggerFunctions)
	if err != nil {
		return err
	}
	for _, f := range functions {
		if _, err := t.ExecContext(ctx, `DROP FUNCTION `+f); err != nil {
			return err
		}
	}
	return t.Commit()
}

// finished refuses a database into which a move is not at its end.
func (e postgres) finished(tables []string) error {
	if e.moving || !slices.Contains(tables, moveTable) {
		return nil
	}
	return assess.Conflict("problem.move_unfinished",
		fmt.Sprintf("what was made in the database %s, a move into it or a demonstration, was broken off, so it is not whole; begin the same command again, or name another database", e.at), "database", e.at)
}

func (e postgres) reading() driver.Connector { return e.connector(pgMoveSettings("on")) }

func (e postgres) filling() driver.Connector { return e.connector(pgMigrationSettings()) }

func (postgres) references(ctx context.Context, db querier) ([]reference, error) {
	return list(ctx, db, scanReference, pgReferences)
}

func (postgres) tables(ctx context.Context, db querier) ([]string, error) {
	return list(ctx, db, scanName, pgTables)
}
