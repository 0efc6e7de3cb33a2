package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// nobody is an account that owns nothing.
const nobody = 65534

func TestWrongDataFoldersAreSaid(t *testing.T) {
	ofAFile(t)
	t.Parallel()
	commands := map[string][]string{
		"serve":   {"serve", "--addr", "127.0.0.1:0"},
		"collect": {"collect"},
		"import":  {"import", "figures.csv"},
		"export":  {"export", "--period", "2026Q1"},
		"score":   {"score", "--period", "2026Q1"},
		"user":    {"user", "list"},
		"edition": {"edition", "list"},
	}
	for name, command := range commands {
		t.Run(name, func(t *testing.T) {
			in := func(dir string, settings ...string) result {
				return call(t, append(append(settings, command...), "--data", dir)...)
			}
			dir := t.TempDir()
			file, missing := filepath.Join(dir, "file"), filepath.Join(dir, "missing")
			write(t, file, "no folder")
			in(file).oneSentence(t, exitRefused, file+" is a file", "--data")
			in(missing).oneSentence(t, exitFailed, "no data folder "+missing, "unionboard init --data "+missing)
			in(dir).oneSentence(t, exitFailed, dir+" holds no unionboard database", "unionboard init --data "+dir)
			if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
				t.Errorf("the folders were touched: %v, %v", left, err)
			}
			in(newerFolder(t)).oneSentence(t, exitFailed, "made by a newer unionboard", "99999999", "install that version")
			closed, settings := closedFolder(t)
			in(closed, settings...).oneSentence(t, exitFailed, closed, "permission denied", "give it to the account that runs unionboard")
		})
	}
	call(t, "init", "--data", installation(t)).oneSentence(t, exitFailed, "holds a unionboard database already", "--data")
}

// newerFolder answers a data folder with a table step that this program does not know.
func newerFolder(t *testing.T) string {
	t.Helper()
	dir := installation(t)
	db, err := sql.Open("sqlite3", filepath.Join(dir, "unionboard.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999999, 1)`); err != nil {
		t.Fatal(err)
	}
	return dir
}

// closedFolder answers a data folder that the program may not read. Where the tests run as root, which may read everything, the
// program runs as nobody.
func closedFolder(t *testing.T) (dir string, settings []string) {
	t.Helper()
	dir = installation(t)
	if os.Geteuid() == 0 {
		settings = []string{asAccount + "=" + strconv.Itoa(nobody)}
		for _, above := range []string{filepath.Dir(dir), filepath.Dir(filepath.Dir(dir))} {
			if err := os.Chmod(above, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return dir, settings
	}
	if err := os.Chmod(dir, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o700) })
	return dir, nil
}

// TestAFileAppearsWholeOrNotAtAll: an export that fails leaves what was there, and a device stays a device.
func TestAFileAppearsWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	data, dir := copyDemonstration(t), t.TempDir()
	out := filepath.Join(dir, "scores.csv")
	want := good(t, "export", "--data", data, "--period", "2026Q1")
	if r := call(t, "export", "--data", data, "--period", "2026Q1", "--out", out); r.code != exitDone || r.err != "wrote "+out+"\n" {
		t.Fatalf("ended with %d and says %q", r.code, r.err)
	}
	call(t, "export", "--data", data, "--period", "2031Q1", "--out", out).oneSentence(t, exitFailed, "2031Q1")
	if body, err := os.ReadFile(out); err != nil || string(body) != want {
		t.Errorf("the file holds %d bytes instead of %d: %v", len(body), len(want), err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("beside the file lie %v, %v", left, err)
	}
	call(t, "export", "--data", data, "--period", "2026Q1", "--out", filepath.Join(dir, "nowhere", "x.csv")).
		oneSentence(t, exitFailed, filepath.Join(dir, "nowhere", "x.csv"), "no such file or directory")
	call(t, "export", "--data", data, "--period", "2026Q1", "--out", dir).oneSentence(t, exitFailed, dir, "is a directory")

	device := filepath.Join(dir, "device")
	if err := os.Symlink(os.DevNull, device); err != nil {
		t.Fatal(err)
	}
	good(t, "export", "--data", data, "--period", "2026Q1", "--out", device)
	if info, err := os.Lstat(device); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the way to the device was replaced by a file: %v, %v", info, err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode()&os.ModeDevice == 0 {
		t.Errorf("the device was replaced by a file: %v, %v", info, err)
	}
}
