package servers

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Replicated is a PostgreSQL with a second one that has every commit on its disk before it is answered (synchronous streaming replication).
type Replicated struct {
	first, second string // host:port
	primary       *exec.Cmd
	ended         chan error
}

// NewReplicated starts both, which end with the test. Where PostgreSQL is not installed the test is skipped.
func NewReplicated(t testing.TB) *Replicated {
	t.Helper()
	bin := PostgresPrograms()
	if bin == "" {
		t.Skip("postgresql is not installed: make test-packages")
	}
	as, dir := Account(t, "postgres")
	secret, first, second := filepath.Join(dir, "password"), filepath.Join(dir, "first"), filepath.Join(dir, "second")
	if err := os.WriteFile(secret, []byte(password+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	Prepare(t, as, dir, filepath.Join(bin, "initdb"), "-D", first, "-U", owner, "-A", "password", "--pwfile="+secret, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	var r Replicated
	serve := func(data string) (string, *exec.Cmd, chan error) {
		port := strconv.Itoa(int(FreePort(t)))
		server := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", port, "-h", "127.0.0.1", "-k", dir, "-c", "max_connections=100",
			"-c", "shared_buffers=64MB", "-c", "autovacuum=off", "-c", "log_min_messages=fatal")
		server.Dir, server.SysProcAttr = dir, as
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- server.Wait() }()
		t.Cleanup(func() {
			_ = server.Process.Signal(syscall.SIGQUIT) // at once: nothing of it is read any more
			<-ended
		})
		at := net.JoinHostPort("127.0.0.1", port)
		r.until(t, at, `SELECT true`)
		return at, server, ended
	}
	r.first, r.primary, r.ended = serve(first)
	_, port, _ := net.SplitHostPort(r.first)
	Prepare(t, as, dir, filepath.Join(bin, "pg_basebackup"), "-R", "-X", "stream", "-c", "fast", "-D", second, "-d",
		"host=127.0.0.1 port="+port+" user="+owner+" password="+password+" application_name=second")
	r.second, _, _ = serve(second)
	Run(t, r.at(r.first, "postgres"), `ALTER SYSTEM SET synchronous_standby_names = 'second'`, `SELECT pg_reload_conf()`)
	r.until(t, r.first, `SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'`)
	return &r
}

// Address answers the address of a database on both, of which the one is used that can be written to.
func (r *Replicated) Address(database string) string { return r.at(r.first+","+r.second, database) }

func (r *Replicated) at(hosts, database string) string {
	return (&url.URL{Scheme: "postgres", User: url.UserPassword(owner, password), Host: hosts, Path: "/" + database}).String()
}

// Fail ends the first at once, as when its machine dies, and promotes the second.
func (r *Replicated) Fail(t testing.TB) {
	t.Helper()
	err := r.primary.Process.Signal(syscall.SIGQUIT)
	r.ended <- <-r.ended
	if err != nil {
		t.Fatal(err)
	}
	Run(t, r.at(r.second, "postgres"), `SELECT pg_promote()`)
	r.until(t, r.second, `SELECT NOT pg_is_in_recovery()`)
}

// until waits until a server answers true.
func (r *Replicated) until(t testing.TB, at, question string) {
	t.Helper()
	ask := func() (said bool, err error) {
		ctx, end := context.WithTimeout(context.Background(), 5*time.Second)
		defer end()
		conn, err := pgx.Connect(ctx, r.at(at, "postgres"))
		if err != nil {
			return false, err
		}
		err = conn.QueryRow(ctx, question).Scan(&said)
		return said, errors.Join(err, conn.Close(ctx))
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		said, err := ask()
		if said && err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("postgresql never says true to %s: %v", question, err)
		}
	}
}

// Nginx starts an nginx with a configuration of its sites, which answers at a port and ends with the test; the test is skipped where it is not installed.
func Nginx(t testing.TB, port uint16, sites string) {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			t.Skip("nginx is not installed: make test-packages")
		}
	}
	dir := t.TempDir()
	settings := filepath.Join(dir, "nginx.conf")
	temporary := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temporary += kind + "_temp_path " + filepath.Join(dir, kind) + ";\n"
	}
	user := ""
	if os.Getuid() == 0 {
		user = "user root;\n"
	}
	text := user + "daemon off;\nworker_processes 1;\npid " + filepath.Join(dir, "pid") + ";\nerror_log " + filepath.Join(dir, "error.log") +
		" warn;\nevents {}\nhttp {\naccess_log off;\n" + temporary + sites + "\n}\n"
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	server := exec.Command(program, "-p", dir, "-c", settings)
	server.Stdout, server.Stderr = &said, &said
	Start(t, server, port, &said)
}
