package main

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/servers"
)

// cluster is the PostgreSQL of these tests.
var cluster servers.Cluster

// onPostgres answers the path of a data folder that is not filled yet, whose configuration names a database, with the password in a file.
func onPostgres(t *testing.T, address string) (dir string) {
	t.Helper()
	if servers.Given() != "" {
		t.Skip("the environment says already where the data stand")
	}
	dir = filepath.Join(t.TempDir(), "data")
	address = strings.Replace(address, ":hunter2@", "@", 1)
	write(t, filepath.Join(dir, config.FileName), "database: "+address, "database_password_file: database.password", "")
	if err := os.WriteFile(filepath.Join(dir, "database.password"), []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(dir, 0o700), os.Chmod(filepath.Join(dir, config.FileName), 0o600)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// An installation on PostgreSQL is made, served, looked over, verified, backed up and restored like any other.
func TestAnInstallationOnPostgres(t *testing.T) {
	t.Parallel()
	dir := onPostgres(t, cluster.Empty(t))
	r := call(t, "init", "--data", dir)
	if r.code != exitDone || !strings.Contains(r.err, "database        postgres://owner@127.0.0.1:") || strings.Contains(r.err, "reserve") {
		t.Fatal(r.code, r.err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "unionboard.db*")); err != nil || len(left) > 0 {
		t.Errorf("the folder holds %v", left)
	}
	r = call(t, "init", "--data", dir)
	r.oneSentence(t, exitFailed, "holds a unionboard already")
	good(t, "user", "add", "li.hua", "--role", "city_analyst", "--data", dir)
	if said := good(t, "user", "list", "--data", dir); !strings.Contains(said, "li.hua") || !strings.Contains(said, "admin") {
		t.Error(said)
	}
	p := start(t, "UNIONBOARD_ADDR=127.0.0.1:0", "serve", "--data", dir)
	at := p.serving()
	p.untilReady(at)
	if found, r := findings(t, "UNIONBOARD_ADDR="+strings.TrimPrefix(at, "http://"), "doctor", "--deep", "--data", dir); r.code != exitDone {
		t.Errorf("the doctor ends with %d and finds %q: %s", r.code, found, r.err)
	} else if want := []string{"look https.nobody", "look database.weak", "look accounts.single", "look accounts.waiting", "look backup.none"}; !slices.Equal(found, want) {
		t.Errorf("the doctor finds %q, want %q", found, want)
	}
	archive := filepath.Join(t.TempDir(), "backup.tar.zst")
	good(t, "backup", "--out", archive, "--data", dir)
	if r := p.stop(); r.code != exitDone || !strings.Contains(r.err, "may lose") || !strings.Contains(r.err, "fsync") {
		t.Errorf("the server ended with %d: %s", r.code, r.err)
	}
	verified := good(t, "audit", "verify", "--data", dir)
	good(t, "verify", "--data", dir)
	restored := filepath.Join(t.TempDir(), "restored")
	r = call(t, "restore", archive, "--data", restored)
	if r.code != exitDone || !strings.Contains(r.err, "take out database:") {
		t.Fatal(r.code, r.err)
	}
	write(t, filepath.Join(restored, config.FileName), "")
	if said := good(t, "user", "list", "--data", restored); !strings.Contains(said, "li.hua") {
		t.Error(said)
	}
	if said := good(t, "audit", "verify", "--data", restored); !strings.Contains(verified, "lines hold") || !strings.Contains(said, "lines hold") {
		t.Errorf("%s\n%s", verified, said)
	}
}

// A server whose database goes away says so where machines ask, goes on by itself when it is back, and never shows the password.
func TestAServerOutlivesItsDatabase(t *testing.T) {
	t.Parallel()
	var own servers.Cluster
	dir := onPostgres(t, own.Empty(t))
	good(t, "init", "--data", dir)
	p := start(t, "UNIONBOARD_ADDR=127.0.0.1:0", "serve", "--data", dir)
	at := p.serving()
	p.untilReady(at)
	own.Stop(t)
	want(t, at+"/healthz", http.StatusOK)
	want(t, at+"/readyz", http.StatusServiceUnavailable)
	own.Restart(t)
	want(t, at+"/readyz", http.StatusOK)
	if r := p.stop(); r.code != exitDone || strings.Contains(r.err+r.out, "hunter2") {
		t.Errorf("the server ended with %d: %s", r.code, r.err)
	}
}

// want asks until an address answers with a status, as it must soon.
func want(t *testing.T, address string, status int) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		r, err := http.Get(address)
		if err == nil {
			r.Body.Close()
			if r.StatusCode == status {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s answers %v, %v, want %d", address, r, err, status)
		}
	}
}

// What keeps a command from its database is one sentence, without the password.
func TestADatabaseThatCannotBeHadIsOneSentence(t *testing.T) {
	t.Parallel()
	filled := cluster.Empty(t)
	dir := onPostgres(t, filled)
	good(t, "init", "--data", dir)
	for _, c := range []struct {
		address, secret string
		code            int
		words           string
	}{
		{"postgres://owner@127.0.0.1:1/board", "hunter2", exitFailed, "cannot be reached"},
		{strings.Replace(filled, ":hunter2@", "@", 1), "hunter3", exitFailed, "refuses the user or the password"},
		{servers.Named(filled, "nowhere"), "hunter2", exitFailed, "there is no database"},
		{cluster.Empty(t), "hunter2", exitFailed, "holds no unionboard"},
	} {
		dir := onPostgres(t, c.address)
		if err := os.WriteFile(filepath.Join(dir, "database.password"), []byte(c.secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		r := call(t, "user", "list", "--data", dir)
		r.oneSentence(t, c.code, c.words)
		if strings.Contains(r.err, "hunter") {
			t.Errorf("%s shows the password", r.err)
		}
	}
	if said := good(t, "config", "show", "--data", dir); strings.Contains(said, "hunter") || !strings.Contains(said, "postgres://owner@") {
		t.Error(said)
	}
	// The database is made with the installation where its user may.
	made := onPostgres(t, servers.Named(filled, "made_by_init"))
	good(t, "init", "--data", made)
	good(t, "audit", "verify", "--data", made)
}
