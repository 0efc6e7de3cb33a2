package store

import (
	"context"
	"database/sql"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mattn/go-sqlite3"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	runSuite(t, fresh)
}

// fresh answers a store in a new folder without reserve.
func fresh(t *testing.T) *Store {
	t.Helper()
	s, err := Create(t.Context(), t.TempDir(), WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestBothLogsAreOnlyAddedTo(t *testing.T) {
	s := fresh(t)
	commit(t, s, figure("210102", q1, "members", "1"))
	for _, statement := range []string{
		`UPDATE observation SET value = '2'`, `DELETE FROM observation`, `INSERT OR REPLACE INTO observation SELECT * FROM observation`,
		`UPDATE audit SET actor = 'x'`, `DELETE FROM audit`, `INSERT OR REPLACE INTO audit SELECT * FROM audit`,
	} {
		if _, err := s.writer.db.Exec(statement); err == nil || !strings.Contains(err.Error(), "never") {
			t.Errorf("%s: %v", statement, err)
		}
		if _, err := s.reader.Exec(statement); err == nil {
			t.Errorf("a reader could %s", statement)
		}
	}
	if got := current(t, s, assess.CellQuery{}); len(got) != 1 || got[0].Value != "1" {
		t.Errorf("afterwards %v", short(got))
	}
}

// A connection with a weaker setting, or one the driver did not understand, is refused when it is opened.
func TestConnectionsWithWeakerSettingsAreRefused(t *testing.T) {
	s := fresh(t)
	path := filepath.Join(s.Folder(), databaseFile)
	for _, c := range []struct{ dsn, want string }{
		{strings.Replace(writerDSN(path), "_synchronous=FULL", "_pragma=synchronous(FULL)", 1), "synchronous"},
		{strings.Replace(writerDSN(path), "_foreign_keys=1&", "", 1), "foreign_keys"},
		{strings.Replace(writerDSN(path), "_secure_delete=1", "_secure_delete=FAST", 1), "secure_delete"},
		{strings.Replace(writerDSN(path), "_busy_timeout=10000", "_busy_timeout=0", 1), "busy_timeout"},
		{strings.Replace(writerDSN(filepath.Join(t.TempDir(), "x.db")), "_journal_mode=WAL&", "", 1), "journal_mode"},
	} {
		db := sql.OpenDB(connector{c.dsn, writerSettings()})
		if err := db.Ping(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: opened with %v", c.dsn, err)
		}
		db.Close()
	}
	db := sql.OpenDB(connector{strings.Replace(readerDSN(path), "_query_only=1&", "", 1), readerSettings()})
	defer db.Close()
	if err := db.Ping(); err == nil {
		t.Error("a reader that can write was opened")
	}
}

// A transaction that reads first and asks for the lock only when it writes fails at once where others write too.
func TestWritersTakeTheLockWhenTheyBegin(t *testing.T) {
	s := fresh(t)
	mine, err := s.writer.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Rollback()
	impatient := strings.Replace(writerDSN(filepath.Join(s.Folder(), databaseFile)), "_busy_timeout=10000", "_busy_timeout=0", 1)
	other := sql.OpenDB(connector{dsn: impatient})
	defer other.Close()
	if theirs, err := other.Begin(); !isCode(err, sqlite3.ErrBusy) {
		t.Errorf("a second writer could begin: %v", err)
		theirs.Rollback()
	}
}

func TestTheWriteAheadLogIsLimited(t *testing.T) {
	s := fresh(t)
	var limit int64
	if err := s.writer.db.QueryRow(`PRAGMA journal_size_limit`).Scan(&limit); err != nil || limit != 64<<20 {
		t.Errorf("limit %d, %v", limit, err)
	}
}

func TestADatabaseOfANewerProgramIsRefusedUntouched(t *testing.T) {
	s := fresh(t)
	commit(t, s, figure("210102", q1, "members", "1"))
	if _, err := s.writer.db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`); err != nil {
		t.Fatal(err)
	}
	s.Close()
	_, err := Open(t.Context(), s.Folder(), WithReserve(0))
	wantProblem(t, err, assess.ErrUnavailable, "problem.schema_newer")
	if err != nil && !strings.Contains(err.Error(), "step 99") {
		t.Errorf("%q does not say how new", err)
	}
}

// migrated runs further steps on a database as this program makes it, with one observation and a run that refused a row.
func migrated(t *testing.T, steps map[string]string) (db *sql.DB, err error) {
	s := fresh(t)
	commit(t, s, figure("210102", q1, "members", "1"))
	if _, err := s.Commit(t.Context(), refusing()); err != nil {
		t.Fatal(err)
	}
	s.Close()
	all := fstest.MapFS{}
	known, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(known, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := fs.ReadFile(known, name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = &fstest.MapFile{Data: b}
	}
	for name, text := range steps {
		all[name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	}
	db = sql.OpenDB(connector{migrationDSN(filepath.Join(s.Folder(), databaseFile)), migrationSettings()})
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	return db, migrateTo(context.Background(), db, all, s.Folder())
}

// refusing is a run of which a row was refused, so that two tables refer to each other.
func refusing() assess.Intake {
	r := running("r1", "heping", spring)
	r.State, r.Refused = assess.RunFailed, 1
	r.Rejected = []assess.Rejection{{Problem: assess.Invalid("problem.x", "x")}}
	return assess.Intake{Run: &r, Audit: []assess.AuditLine{line("x")}}
}

func count(t *testing.T, db *sql.DB, query string) (n int) {
	t.Helper()
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAStepThatFailsLeavesTheTablesAsTheyWere(t *testing.T) {
	db, err := migrated(t, map[string]string{"99001_bad.sql": "CREATE TABLE extra (id BIGINT);\nUPDATE head SET seq = 9;\nSELECT nonsense FROM nowhere;"})
	if err == nil {
		t.Fatal("a step with an unknown table was taken")
	}
	if n := count(t, db, `SELECT COUNT(*) FROM sqlite_master WHERE name = 'extra'`) + count(t, db, `SELECT seq FROM head`) - 1; n != 0 {
		t.Error("half of the step stayed")
	}
}

func TestAStepThatBreaksAReferenceIsTakenBack(t *testing.T) {
	db, err := migrated(t, map[string]string{"99001_bad.sql": "DELETE FROM run;"})
	if err == nil || !strings.Contains(err.Error(), "table rejection") {
		t.Errorf("answered %v, want the broken reference", err)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM run`); n != 1 {
		t.Errorf("%d runs are left", n)
	}
}

// With foreign keys on, dropping a table that is made anew would silently delete every row that refers to it.
func TestATableCanBeMadeAnewWithoutLosingItsChildren(t *testing.T) {
	db, err := migrated(t, map[string]string{"99001_anew.sql": `CREATE TABLE run_new AS SELECT * FROM run;
		DROP TABLE run;
		CREATE TABLE run (id TEXT NOT NULL PRIMARY KEY, source TEXT NOT NULL);
		INSERT INTO run SELECT id, source FROM run_new;
		DROP TABLE run_new;`})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM rejection`); n != 1 {
		t.Errorf("%d refused rows are left, want 1", n)
	}
}

// The runs of a source, asked for by every page about it, and the newest of each are found without reading the table of years.
func TestRunsAreFoundByTheirIndex(t *testing.T) {
	s := fresh(t)
	for statement, args := range map[string][]any{
		selectRunsOf: {"heping", 20}, selectAsked: {"heping", 20}, selectLastRuns: nil, selectLastGood: {"heping"}, selectLastFigures: {"heping"},
	} {
		plan, err := list(t.Context(), s.reader, func(row scanner) (step string, err error) {
			var id, parent, unused int
			return step, row.Scan(&id, &parent, &unused, &step)
		}, "EXPLAIN QUERY PLAN "+statement, args...)
		if err != nil || len(plan) == 0 {
			t.Fatal(plan, err)
		}
		for _, step := range plan {
			if strings.Contains(step, "SCAN run") && !strings.Contains(step, "COVERING INDEX") {
				t.Errorf("%s reads all runs: %s", statement, step)
			}
		}
	}
}

// What was answered is on the disk: the connection that writes waits for it with every commit, and none of the others would weaken that.
func TestTheWriterWaitsForTheDisk(t *testing.T) {
	s := fresh(t)
	for name, db := range map[string]*sql.DB{"writer": s.writer.db, "reader": s.reader} {
		if synchronous := count(t, db, `PRAGMA synchronous`); synchronous != 2 {
			t.Errorf("the %s has synchronous %d, want 2: less loses what was acknowledged when the power fails", name, synchronous)
		}
		var journal string
		if err := db.QueryRow(`PRAGMA journal_mode`).Scan(&journal); err != nil || journal != "wal" {
			t.Errorf("the %s has the journal %q, %v", name, journal, err)
		}
	}
}
