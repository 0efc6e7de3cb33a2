package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3/database"

	"github.com/unionboard/unionboard/internal/assess"
)

func (e postgres) place() string { return e.at }

func (postgres) claim() (giveBack func(), err error) { return func() {}, nil }

func (postgres) present() error { return nil }

func (e postgres) history() int64 { return e.line.Load() }

func (postgres) shared() bool { return true }

const (
	pgTables    = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`
	pgServers   = `SELECT id FROM server WHERE until > $1 AND until < $2 ORDER BY id`
	holdVersion = `SELECT version_id FROM ` + versionTable + ` WHERE version_id = 0 FOR UPDATE`
)

// migrate brings the tables up to date. Of several servers that start together one does it and the others wait: who holds the row of
// step 0 does, and lets it go whatever becomes of him. A database that holds tables of another program is refused untouched.
func (e postgres) migrate(ctx context.Context, isNew bool) error {
	all, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	db := sql.OpenDB(e.connector(pgMigrationSettings()))
	defer db.Close()
	db.SetMaxOpenConns(2) // one holds the row, the other migrates
	err = e.own(ctx, db, isNew)
	if isNew && sqlState(err) == "3D000" && e.makeDatabase(ctx) == nil {
		err = e.own(ctx, db, isNew)
	}
	if err != nil {
		return err
	}
	versions, err := database.NewStore(database.DialectPostgres, versionTable)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := makeVersions(ctx, db, pgSteps{versions}); err != nil {
		return err
	}
	held, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer held.Rollback() // it changed nothing
	var zero int64
	if err := held.QueryRowContext(ctx, holdVersion).Scan(&zero); err != nil {
		return err
	}
	if err := e.own(ctx, db, isNew); err != nil { // what another has made meanwhile
		return err
	}
	return bringUp(ctx, db, engineSteps{FS: all, others: "_sqlite.sql", rewrite: byBytes}, pgSteps{versions}, e.at, func(int64) error { return e.unserved(ctx, db, time.Now()) })
}

// unserved refuses to change the tables of a database in which a server is at work, which knows them as they are.
func (e postgres) unserved(ctx context.Context, db querier, now time.Time) error {
	tables, err := e.tables(ctx, db)
	if err != nil || !slices.Contains(tables, "server") {
		return err
	}
	who, err := list(ctx, db, scanName, pgServers, millis(now), millis(now.Add(longestTime)))
	if err != nil || len(who) == 0 {
		return err
	}
	names := strings.Join(who, ", ")
	return assess.Conflict("problem.upgrade_served",
		fmt.Sprintf("this version changes the tables of the database %s, in which %s is at work; end every unionboard there, then start this one", e.at, names), "database", e.at, "who", names)
}

// makeDatabase makes the database of a new installation where there is none, if its user may.
func (e postgres) makeDatabase(ctx context.Context) error {
	beside := e
	beside.config = e.config.Copy()
	beside.config.Database = "postgres" // there is one on every server
	db := sql.OpenDB(beside.connector(pgMigrationSettings()))
	defer db.Close()
	_, err := db.ExecContext(ctx, `CREATE DATABASE `+pgx.Identifier{e.config.Database}.Sanitize()+` ENCODING 'UTF8' TEMPLATE template0`)
	return err
}

// own says what is wrong with the tables that are there: a new database has none, another has ours.
func (e postgres) own(ctx context.Context, db querier, isNew bool) error {
	tables, err := e.tables(ctx, db)
	if err != nil {
		return err
	}
	if err := e.finished(tables); err != nil {
		return err
	}
	tables = slices.DeleteFunc(tables, func(name string) bool { return name == versionTable || name == moveTable })
	ours := slices.Contains(tables, "head") && slices.Contains(tables, "observation")
	switch {
	case len(tables) > 0 && !ours:
		return assess.Conflict("problem.database_foreign",
			fmt.Sprintf("the database %s holds tables that are not of unionboard (%s); make one for unionboard alone", e.at, tables[0]), "database", e.at, "table", tables[0])
	case isNew && ours:
		return assess.Conflict("problem.database_used", fmt.Sprintf("the database %s holds a unionboard already; make another one, or, for a further server of that one, copy the configuration and the secrets of its first", e.at), "database", e.at)
	case !isNew && !ours:
		return assess.NotFound("problem.database_unfilled", fmt.Sprintf("the database %s holds no unionboard; fill it with \"unionboard init\", or name another one", e.at), "database", e.at)
	case ours:
		return e.here(ctx, db)
	}
	return nil
}

// pgSteps are the steps that were done, as goose notes them, but asked for once.
type pgSteps struct{ database.Store }

// TableExists spares goose its own way of asking, which repeats every error three times with pauses.
func (s pgSteps) TableExists(ctx context.Context, db database.DBTxConn) (bool, error) {
	var n int
	err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1`, s.Tablename()).Scan(&n)
	return n > 0, err
}

// makeVersions makes the table of the steps with its row 0. Another server may do the same at the same moment: then one of them fails, and
// finds it made.
func makeVersions(ctx context.Context, db *sql.DB, versions pgSteps) error {
	made := func() (bool, error) { return versions.TableExists(ctx, db) }
	if there, err := made(); err != nil || there {
		return err
	}
	t, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback() // after a commit it does nothing
	err = versions.CreateVersionTable(ctx, t)
	if err == nil {
		err = versions.Insert(ctx, t, database.InsertRequest{Version: 0})
	}
	if err == nil {
		err = t.Commit()
	}
	if err != nil {
		t.Rollback()
		if there, lookErr := made(); lookErr == nil && there {
			return nil
		}
	}
	return err
}

// opening holds the row under which numbers are given, so that the transactions of all servers come one after the other, as SQLite's do: what
// one reads before it writes stays true until it ends.
func (postgres) opening() string { return `UPDATE head SET id = id WHERE id = 1` }

// fatal: what has no code of the server's may be the request's own, a file that ends too soon or its time that is over. The next statement tells
// which: a connection that is gone takes none.
func (e postgres) fatal(err error) bool {
	if sqlState(err) == "" {
		return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone)
	}
	return e.again(err) || isLost(err)
}

// isLost says whether the connection is gone, or the server about to go.
func isLost(err error) bool {
	if said, ok := errors.AsType[*pgconn.PgError](err); ok {
		return strings.HasPrefix(said.Code, "08") || strings.HasPrefix(said.Code, "57P") || said.Code == "25P03" || said.SeverityUnlocalized == "FATAL" || said.SeverityUnlocalized == "PANIC"
	}
	_, dial := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[net.Error](err)
	return dial || network || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, sql.ErrConnDone) || pgconn.SafeToRetry(err)
}

// errUnsure says that the connection was lost between COMMIT and its answer.
var errUnsure = errors.New("whether it was committed is not known")

// again: the server met another transaction (40001, 40P01), or the connection was lost before COMMIT was sent.
func (postgres) again(err error) bool {
	if errors.Is(err, errUnsure) || isRefusedSignIn(err) {
		return false
	}
	code := sqlState(err)
	return code == "40001" || code == "40P01" || isLost(err)
}

// committed: what the server refuses was not kept, and what never left this machine neither. Of all else nobody knows; with replication a
// server that is being ended says 57P01 of what it has kept itself.
func (postgres) committed(err error) error {
	said, refused := errors.AsType[*pgconn.PgError](err)
	switch {
	case err == nil, errors.Is(err, pgx.ErrTxCommitRollback), refused && said.SeverityUnlocalized == "ERROR":
		return err
	case pgconn.SafeToRetry(err):
		return err
	}
	return fmt.Errorf("%w: %w", errUnsure, err)
}

func (e postgres) everybody(err error) bool {
	return errors.Is(err, errUnsure) || isLost(err) || strings.HasPrefix(sqlState(err), "53") || sqlState(err) == "55P03" || sqlState(err) == "25006" || asProblem(err) != nil
}

// pgGuards are the triggers that keep the logs as they are; O and A: they are at work.
const (
	pgGuards = `SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = current_schema() AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') ORDER BY t.tgname`
	pgBadIndexes = `SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = current_schema() AND (NOT i.indisvalid OR NOT i.indisready) ORDER BY c.relname`
)

// guards answers the triggers that must be there.
func guards() []string {
	return []string{
		"audit_no_delete", "audit_no_truncate", "audit_no_update", "audit_start_no_delete", "audit_start_no_return", "audit_start_no_truncate",
		"observation_no_delete", "observation_no_truncate", "observation_no_update",
	}
}

// quickCheck looks whether the guards of the logs are at work and no index was left half made; the pages are the server's own to check.
func (e postgres) quickCheck(ctx context.Context, db querier) error {
	name := func(row scanner) (name string, err error) { return name, row.Scan(&name) }
	there, err := list(ctx, db, name, pgGuards)
	if err != nil {
		return err
	}
	for _, guard := range guards() {
		if !slices.Contains(there, guard) {
			return fmt.Errorf("%w: the guard %s is not at work", errDamaged, guard)
		}
	}
	bad, err := list(ctx, db, name, pgBadIndexes)
	if err == nil && len(bad) > 0 {
		err = fmt.Errorf("%w: index %s is not whole", errDamaged, bad[0])
	}
	return err
}

// definitions looks for triggers beside the guards, too; tables are those of whoever may make them.
func (e postgres) definitions(ctx context.Context, db querier) error {
	if err := e.quickCheck(ctx, db); err != nil {
		return err
	}
	there, err := list(ctx, db, func(row scanner) (name string, err error) { return name, row.Scan(&name) }, pgGuards)
	for _, name := range there {
		if !slices.Contains(guards(), name) {
			return fmt.Errorf("%w: the trigger %s is none of unionboard", errDamaged, name)
		}
	}
	return err
}

// deepCheck reads every value of every table.
func (e postgres) deepCheck(ctx context.Context, db querier) error {
	if err := e.definitions(ctx, db); err != nil {
		return err
	}
	tables, err := list(ctx, db, func(row scanner) (name string, err error) { return name, row.Scan(&name) }, pgTables)
	for _, table := range tables {
		if err == nil {
			_, err = list(ctx, db, func(row scanner) (n int64, err error) { return n, row.Scan(&n) }, `SELECT COALESCE(SUM(LENGTH(CAST(t.* AS TEXT))), 0) FROM "`+table+`" t`)
		}
	}
	return err
}

// fold clears the tables that are erased from of rows that are no more. What the server's own log and its backups hold is its keeper's.
func (postgres) fold(ctx context.Context, writing *sql.DB) error {
	for _, table := range []string{"record", "record_version", "record_word", "refund_case", "refund_transfer"} {
		if _, err := writing.ExecContext(ctx, `VACUUM `+table); err != nil {
			return err
		}
	}
	return nil
}

func (postgres) close(writing *sql.DB) error { return writing.Close() }

func (postgres) sizes(ctx context.Context, reading *sql.DB) (database, log int64, err error) {
	err = reading.QueryRowContext(ctx, `SELECT pg_database_size(current_database())`).Scan(&database)
	return database, 0, err
}

const (
	pgWeak  = `SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name`
	pgClock = `SELECT CAST(EXTRACT(EPOCH FROM CLOCK_TIMESTAMP()) * 1000 AS BIGINT)`
)

// beneath: what else would lose something, synchronous_commit, is put right on every connection.
func (postgres) beneath(ctx context.Context, db querier) (weak []string, clock time.Time, err error) {
	if weak, err = list(ctx, db, scanName, pgWeak); err != nil {
		return nil, clock, err
	}
	said, err := list(ctx, db, func(row scanner) (ms int64, err error) { return ms, row.Scan(&ms) }, pgClock)
	if err != nil || len(said) == 0 {
		return weak, clock, err
	}
	return weak, moment(said[0]), nil
}
