package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/processor"
	"github.com/unionboard/unionboard/internal/servers"
	"github.com/unionboard/unionboard/internal/takeout"
	"github.com/unionboard/unionboard/internal/web"
)

// made are the folders that several tests share; TestMain takes them away.
var made folders

type folders struct {
	mu   sync.Mutex
	dirs []string
	init onceFolder
	demo onceFolder
	// sealed is a demonstration of two quarters.
	sealed onceFolder

	read   sync.Once
	tables map[string]string // of the demonstration, by table and period
}

func (f *folders) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dirs
}

// onceFolder is a folder that the first who needs it makes.
type onceFolder struct {
	once sync.Once
	dir  string
}

// folder answers a folder that the program makes once for all tests. They read it only, or change a copy.
func (o *onceFolder) folder(t testing.TB, command ...string) string {
	t.Helper()
	o.once.Do(func() {
		parent, err := os.MkdirTemp("", "unionboard-test-")
		if err != nil {
			t.Fatal(err)
		}
		made.mu.Lock()
		made.dirs = append(made.dirs, parent)
		made.mu.Unlock()
		dir := filepath.Join(parent, "data")
		if shared := os.Getenv("UNIONBOARD_TEST_MADE"); shared == "" || servers.Given() != "" {
			good(t, append(command, "--data", dir)...)
		} else {
			madeBy(t, filepath.Join(shared, strings.ReplaceAll(strings.Join(command, ""), "-", "_")), dir, command)
		}
		o.dir = dir
	})
	if o.dir == "" {
		t.Fatal("the folder could not be made")
	}
	return o.dir
}

// madeBy copies what a command makes from a folder that several processes of tests share: the first of them makes it, the others wait. Nobody works in it.
func madeBy(t testing.TB, shared, dir string, command []string) {
	t.Helper()
	lock, err := os.OpenFile(shared+".lock", os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(shared); os.IsNotExist(err) {
		good(t, append(command, "--data", dir)...)
		if out, err := exec.Command("cp", "-a", dir, shared).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	} else if out, err := exec.Command("cp", "-a", shared, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// installation answers a new data folder made by `init`, with more lines in its configuration.
func installation(t *testing.T, settings ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	copyInstallation(t, made.init.folder(t, "init"), dir)
	configure(t, dir, settings...)
	return dir
}

// demonstration answers the data folder of the demonstration, made once. It must not be changed.
func demonstration(t testing.TB) string {
	t.Helper()
	alone(t)
	return made.demo.folder(t, "demo", "--build-only")
}

// copyInstallation copies a data folder that no program holds. The reserve is a file that is only long: these tests do not need
// the room.
func copyInstallation(t testing.TB, from, to string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"unionboard.db", "unionboard.db-wal", config.FileName, markFile, "secrets/register.keys"} {
		body, err := os.ReadFile(filepath.Join(from, name))
		if os.IsNotExist(err) {
			continue
		}
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), body, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if servers.Given() != "" {
		copyDatabaseOf(t, from, to)
	}
	reserve := filepath.Join(to, "unionboard.reserve")
	if err := os.WriteFile(reserve, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(reserve, 64<<20); err != nil {
		t.Fatal(err)
	}
}

// ofAFile skips a test of the database that stands in a data folder, or of what was restored into one, where every data folder has its database on a
// PostgreSQL. What there is to that on a PostgreSQL, TestAnInstallationOnPostgres and the moves say.
func ofAFile(t *testing.T) {
	t.Helper()
	if servers.Given() != "" {
		t.Skip("it is about a database in the data folder: there is none here")
	}
}

// behind opens the database of a data folder behind the program's back, on one connection that no key and no trigger of some tables holds back.
func behind(t *testing.T, dir string, tables ...string) *sql.DB {
	t.Helper()
	engine, at := "sqlite3", "file:"+filepath.Join(dir, "unionboard.db")
	free := []string{`PRAGMA ignore_check_constraints = ON`, `PRAGMA foreign_keys = OFF`}
	fence, drop := `SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = $1`, `DROP TRIGGER %[2]s`
	if servers.Given() != "" {
		c, err := config.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		engine, at, free = "pgx", c.Database, []string{`SET session_replication_role = replica`}
		fence, drop = `SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = CAST($1 AS regclass)`, `ALTER TABLE %s DROP CONSTRAINT %s`
	}
	db, err := sql.Open(engine, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	for _, table := range tables {
		rows, err := db.QueryContext(t.Context(), fence, table)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			free = append(free, fmt.Sprintf(drop, table, name))
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range free {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// copyDatabaseOf copies the database of a data folder on the PostgreSQL that is given.
func copyDatabaseOf(t testing.TB, from, to string) {
	t.Helper()
	name := func(dir string) string {
		c, err := config.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		return c.Database[strings.LastIndex(c.Database, "/")+1:]
	}
	if err := servers.CopyAs(name(to), name(from)); err != nil {
		t.Fatal(err)
	}
	servers.Drop(t, name(to))
}

func configure(t *testing.T, dir string, settings ...string) {
	t.Helper()
	if len(settings) > 0 {
		write(t, filepath.Join(dir, config.FileName), strings.Join(settings, "\n")+"\n")
	}
}

// write writes a file of lines, and the folders on the way.
func write(t *testing.T, path string, lines ...string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}

// released waits until programs that are just being started are: until then each holds all that was open here when its start began, the
// lock of a folder that has been closed since, too.
func released() {
	syscall.ForkLock.Lock()
	defer syscall.ForkLock.Unlock()
}

// inside opens a data folder as a command does.
func inside(t testing.TB, dir string, do func(a *app)) {
	t.Helper()
	defer released()
	err := withApp(t.Context(), dir, func(a *app) error {
		do(a)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// head answers how far the log of a data folder has come, and whether its database and audit log are whole.
func head(t *testing.T, dir string) (h assess.Head) {
	t.Helper()
	_, s, err := openStore(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer released()
	defer s.Close()
	if h, err = s.Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.IntegrityCheck(t.Context()); err != nil {
		t.Error(err)
	}
	if lines, err := s.VerifyAudit(t.Context()); err != nil || lines != h.Audit {
		t.Errorf("%d of %d lines of the audit log are good: %v", lines, h.Audit, err)
	}
	return h
}

// oldQuarter is a quarter that is defined in every new installation and that no calendar moves any more, whatever the day is.
func oldQuarter() assess.Period {
	now := time.Now()
	return assess.NewQuarter(now.Year(), (int(now.Month())+2)/3).Add(-3)
}

// written answers a table of a data folder as `export` writes it.
func (a *app) written(t *testing.T, table string, p assess.Period) string {
	t.Helper()
	room, err := a.takeout()
	if err != nil {
		t.Fatal(err)
	}
	file, err := room.File(t.Context(), takeout.Order{
		Order: export.Order{Table: table, Periods: []assess.Period{p}, Lang: i18n.Chinese, Now: time.Now()}, Format: takeout.CSV,
	})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := file.Write(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// alone skips what makes a whole city and does one thing after the other with it: under the race detector that takes minutes and says
// nothing that it does not say without it.
func alone(t testing.TB) {
	t.Helper()
	if processor.Raced {
		t.Skip("it reads a whole city, one thing after the other: see the run without the race detector")
	}
}

// demoSite answers the pages of a demonstration, to be served over plain HTTP.
func demoSite(t testing.TB, a *app) http.Handler {
	t.Helper()
	a.config.PlainHTTP = true
	city, err := a.demoCity()
	if err != nil {
		t.Fatal(err)
	}
	site, err := a.handler(city, web.Setup{})
	if err != nil {
		t.Fatal(err)
	}
	return site
}
