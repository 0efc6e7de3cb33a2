package servers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Cluster is one PostgreSQL for all tests of a program, each of which has a database of its own in it. The zero value is ready; the first test
// that asks starts the server, which ends with the program, however that ends.
type Cluster struct {
	// Fill makes of an empty database the one that each test gets a copy of; nil leaves it empty.
	Fill func(address string) error
	// Standby makes it one that can only be read from, with the database "postgres" alone.
	Standby bool

	once    sync.Once
	address string // of the database "postgres"
	err     error
	serve   func() error
	server  *exec.Cmd
	line    io.WriteCloser // closes when we end
	count   atomic.Int64
	making  sync.Mutex // one copy at a time: the template may have no visitors
}

const (
	// The owner of everything in the cluster.
	owner, password = "owner", "hunter2"
	template        = "filled"
)

// Empty answers the address of an empty database, which goes with the test.
func (c *Cluster) Empty(t testing.TB) string {
	t.Helper()
	return c.database(t, "template0")
}

// Filled answers the address of a database as Fill makes it, which goes with the test.
func (c *Cluster) Filled(t testing.TB) string {
	t.Helper()
	return c.database(t, template)
}

// Address answers the address of the database "postgres". Where PostgreSQL is not installed the test is skipped.
func (c *Cluster) Address(t testing.TB) string {
	t.Helper()
	if PostgresPrograms() == "" {
		t.Skip("postgresql is not installed: make test-packages")
	}
	c.once.Do(func() { c.err = c.start() })
	if c.err != nil {
		t.Fatal(c.err)
	}
	return c.address
}

func (c *Cluster) database(t testing.TB, from string) string {
	t.Helper()
	address := c.Address(t)
	name := fmt.Sprintf("test_%d", c.count.Add(1))
	c.making.Lock()
	err := run(address, `CREATE DATABASE `+name+` TEMPLATE `+from)
	c.making.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := run(address, `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
	})
	return Named(address, name)
}

// Stop ends the server as its keeper does who goes on at once; Restart starts it anew.
func (c *Cluster) Stop(t testing.TB) {
	t.Helper()
	_, err := io.WriteString(c.line, "keep\n")
	if err = errors.Join(err, c.line.Close()); err != nil {
		t.Fatal(err)
	}
	_ = c.server.Wait() // ended by a signal
}

// Restart starts a server that was stopped, with all it held.
func (c *Cluster) Restart(t testing.TB) {
	t.Helper()
	if err := c.serve(); err != nil {
		t.Fatal(err)
	}
}

// Run runs statements in a database.
func Run(t testing.TB, address string, statements ...string) {
	t.Helper()
	if err := run(address, statements...); err != nil {
		t.Fatal(err)
	}
}

// Named answers the address of another database of the same server.
func Named(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Path = "/" + name
	return u.String()
}

func run(address string, statements ...string) (err error) {
	ctx, end := context.WithTimeout(context.Background(), time.Minute)
	defer end()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// A shell between us and the server ends it as soon as its input does, which the system sees to when this program is gone.
const watch = `"$@" & server=$!; read -r end; kill -INT $server; wait $server; [ -n "$end" ] || { rm -rf data password; cd /; rmdir "$OLDPWD"; }`

func (c *Cluster) start() error {
	dir, err := os.MkdirTemp("", "unionboard-postgres-")
	if err != nil {
		return err
	}
	as, err := own(dir, "postgres")
	if err != nil {
		return err
	}
	bin, data, secret := PostgresPrograms(), filepath.Join(dir, "data"), filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(password+"\n"), 0o644); err != nil {
		return err
	}
	// The password goes over the line as it is: proving it takes ten milliseconds of each connection.
	prepare := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", owner, "-A", "password", "--pwfile="+secret, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	prepare.Dir, prepare.SysProcAttr = dir, as
	if out, err := prepare.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if c.Standby {
		if err := os.WriteFile(filepath.Join(data, "standby.signal"), nil, 0o644); err != nil {
			return err
		}
	}
	free, err := freePort()
	if err != nil {
		return err
	}
	port := strconv.Itoa(int(free))
	c.address = (&url.URL{Scheme: "postgres", User: url.UserPassword(owner, password), Host: net.JoinHostPort("127.0.0.1", port), Path: "/postgres"}).String()
	c.serve = func() error {
		server := exec.Command("/bin/sh", "-c", watch, "sh", filepath.Join(bin, "postgres"), "-D", data, "-p", port, "-h", "127.0.0.1", "-k", dir,
			"-c", "fsync=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB", "-c", "autovacuum=off", "-c", "log_min_messages=fatal")
		server.Dir, server.SysProcAttr = dir, as
		var err error
		if c.line, err = server.StdinPipe(); err != nil {
			return err
		}
		if err := server.Start(); err != nil {
			return err
		}
		c.server = server
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
			if err = run(c.address); err == nil {
				return nil
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("postgresql does not answer: %w", err)
			}
		}
	}
	if err := c.serve(); err != nil {
		return err
	}
	if c.Standby {
		return nil
	}
	if err := run(c.address, `CREATE DATABASE `+template); err != nil || c.Fill == nil {
		return err
	}
	return c.Fill(Named(c.address, template))
}
