package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	_ "github.com/mattn/go-sqlite3" // the engine of the store
	"github.com/pressly/goose/v3"

	"github.com/unionboard/unionboard/internal/config"
)

// olderInstallation answers a data folder as an earlier program left it: its tables at a step, with one account in them.
func olderInstallation(t *testing.T, step int64) string {
	t.Helper()
	ofAFile(t)
	dir, from := t.TempDir(), installation(t)
	text, err := os.ReadFile(filepath.Join(from, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, config.FileName), string(text))
	steps := fstest.MapFS{}
	files, err := filepath.Glob("../../internal/store/migrations/*.sql")
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_postgres.sql") {
			steps[filepath.Base(file)] = &fstest.MapFile{Data: text}
		}
	}
	db := database(t, dir)
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectSQLite3, db, steps, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), step); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO account (id, name, display_name, role, unit, password_hash, must_change, password_expires, disabled_at, locked_until, failures, created_at, last_sign_in)
		VALUES ('a1', 'zhao.min', '赵敏', 'auditor', '', '', 0, 0, 0, 0, '', 1767225600000, 0)`); err != nil {
		t.Fatal(err)
	}
	return dir
}

func database(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(dir, "unionboard.db")+"?_journal_mode=WAL")
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// A backup that an earlier program made – with tables of the first step, the released ones, and of some between – is restored and brought up to
// date, with all that it held; one of a later program is refused with a sentence, and leaves nothing.
func TestABackupOfAnEarlierProgramIsRestored(t *testing.T) {
	t.Parallel()
	for _, step := range []int64{1, 5, 18, 27} {
		dir, out := olderInstallation(t, step), t.TempDir()
		file, restored := filepath.Join(out, "older.tar.zst"), filepath.Join(out, "restored")
		good(t, "backup", "--data", dir, "--out", file)
		if said := good(t, "backup", "verify", file); !strings.Contains(said, fmt.Sprintf("step %d,", step)) {
			t.Errorf("the backup of step %d says %s", step, said)
		}
		good(t, "restore", file, "--data", restored)
		if list := good(t, "user", "list", "--data", restored); !strings.HasPrefix(list, "zhao.min\tauditor\t\t赵敏\t") {
			t.Errorf("restored from step %d: %s", step, list)
		}
		head(t, restored)
		if log := good(t, "audit", "export", "--data", restored); !strings.Contains(log, ",restore,") {
			t.Errorf("the audit log of what was restored from step %d: %s", step, log)
		}
	}
}

func TestABackupOfALaterProgramIsRefused(t *testing.T) {
	t.Parallel()
	ofAFile(t)
	dir, out := installation(t), t.TempDir()
	db := database(t, dir)
	if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file, restored := filepath.Join(out, "later.tar.zst"), filepath.Join(out, "restored")
	good(t, "backup", "--data", dir, "--out", file)
	for _, words := range [][]string{{"restore", file, "--data", restored}, {"backup", "verify", file}} {
		r := call(t, words...)
		r.oneSentence(t, r.code, "newer unionboard", "step 999", "install that version or a newer one")
		if r.code == exitDone {
			t.Errorf("%v ends well", words)
		}
	}
	if left, err := os.ReadDir(out); err != nil || len(left) != 1 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// Whoever starts a newer program is told that it changed the tables, and where the copy of before lies; the next start has nothing to say of that.
func TestAServerSaysThatItUpgraded(t *testing.T) {
	t.Parallel()
	dir := olderInstallation(t, 27)
	for _, first := range []bool{true, false} {
		p := start(t, "serve", "--data", dir, "--addr", "127.0.0.1:0")
		p.serving()
		r := p.stop()
		older := filepath.Join(dir, "backups", "before-upgrade-00027.db")
		if said := strings.Contains(r.err, "from step 27 to ") && strings.Contains(r.err, older); said != first {
			t.Errorf("the first start: %v; it says %s", first, r.err)
		}
		if _, err := os.Stat(older); err != nil {
			t.Error(err)
		}
	}
}

// Keys are asked for after a restore where something is sealed, and nowhere else.
func TestRestoreAsksForKeysThatThereAre(t *testing.T) {
	t.Parallel()
	dir, out := installation(t), t.TempDir()
	file := filepath.Join(out, "b.tar.zst")
	for _, sealed := range []bool{false, true} {
		if sealed {
			db := behind(t, dir)
			if _, err := db.ExecContext(t.Context(), `UPDATE account SET code_secret = 'k1:text'`); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(db.Close(), os.Remove(file)); err != nil {
				t.Fatal(err)
			}
		}
		good(t, "backup", "--data", dir, "--out", file)
		r := call(t, "restore", file, "--data", filepath.Join(out, fmt.Sprint(sealed)))
		if asks := strings.Contains(r.err, "register.keys"); asks != sealed || r.code != exitDone {
			t.Errorf("sealed: %v; exit code %d, restore says %s", sealed, r.code, r.err)
		}
	}
}

// The first backup by hand goes into the folder of backups, and is not a file in its place.
func TestTheFirstBackupMakesItsFolder(t *testing.T) {
	t.Parallel()
	dir := installation(t)
	good(t, "backup", "--data", dir, "--out", filepath.Join(dir, "backups"))
	if made, err := filepath.Glob(filepath.Join(dir, "backups", "unionboard-*.tar.zst")); err != nil || len(made) != 1 {
		t.Fatalf("made were %v, %v", made, err)
	}
	if said := good(t, "doctor", "--data", dir, "--format", "json"); strings.Contains(said, "backup.none") {
		t.Error("the check-up does not see it")
	}
}
