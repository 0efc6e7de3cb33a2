package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

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
	// One that is started before its database waits for it.
	own.Stop(t)
	p = start(t, "UNIONBOARD_ADDR=127.0.0.1:0", "serve", "--data", dir)
	for deadline := time.Now().Add(patience); !strings.Contains(p.err.String(), "waiting         the PostgreSQL at"); time.Sleep(20 * time.Millisecond) {
		select {
		case <-p.ended:
			t.Fatalf("it does not wait: %s", p.err.String())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("it does not say that it waits: %s", p.err.String())
		}
	}
	own.Restart(t)
	p.untilReady(p.serving())
	if r := p.stop(); r.code != exitDone || strings.Contains(r.err+r.out, "hunter2") {
		t.Errorf("the server that waited ended with %d: %s", r.code, r.err)
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

// A demonstration that is killed while it is made leaves half of a made-up city in the database: no command takes that for an installation, and begun
// again it comes to its end.
func TestHalfADemonstrationIsNotServed(t *testing.T) {
	t.Parallel()
	address := cluster.Empty(t)
	other, dir := onPostgres(t, address), filepath.Join(t.TempDir(), "demo")
	db, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background())
	words := []string{"UNIONBOARD_DATABASE=" + address, "demo", "--build-only", "--quarters", "1", "--data", dir}
	p := start(t, words...)
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		var some int
		if err := db.QueryRow(t.Context(), `SELECT COUNT(*) FROM run`).Scan(&some); err == nil && some > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the demonstration never collects")
		}
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	for _, command := range []string{"init", "serve"} {
		call(t, command, "--data", other).oneSentence(t, exitFailed, "was broken off")
	}
	good(t, words...)
	if said := good(t, "user", "list", "--data", other); !strings.Contains(said, "city_analyst") {
		t.Error(said)
	}
	call(t, slices.Replace(slices.Clone(words), len(words)-1, len(words), dir+"2")...).oneSentence(t, exitFailed, "holds a unionboard already")
}

// A server with other keys than those at work does not start, and is told which of the two files is to be copied: never an older one over a newer. After
// a key was added on one machine and the file copied to the server at work, both serve.
func TestServersWithOtherKeys(t *testing.T) {
	t.Parallel()
	address := cluster.Empty(t)
	first, second := onPostgres(t, address), onPostgres(t, address)
	good(t, "init", "--data", first)
	serve := func(dir string) []string {
		return []string{"UNIONBOARD_ADDR=127.0.0.1:0", "serve", "--data", dir}
	}
	carry := func(from, to string) {
		t.Helper()
		body, err := os.ReadFile(keysPath(from))
		if err = errors.Join(err, os.MkdirAll(filepath.Dir(keysPath(to)), 0o700), os.WriteFile(keysPath(to), body, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	p := start(t, serve(first)...)
	p.untilReady(p.serving())
	call(t, serve(second)...).oneSentence(t, exitFailed, "copy the file from there")
	carry(first, second)
	good(t, "keys", "rotate", "--data", second)
	call(t, serve(second)...).oneSentence(t, exitFailed, "copy this file to it")
	carry(second, first)
	time.Sleep(presence + time.Second) // within which the server at work has said which keys it has
	q := start(t, serve(second)...)
	q.untilReady(q.serving())
	for _, one := range []*program{p, q} {
		if r := one.stop(); r.code != exitDone {
			t.Errorf("a server ended with %d: %s", r.code, r.err)
		}
	}
}
