// Package servers takes the database servers that are installed on this machine and makes ones of a test's own, in folders of their own, as the
// accounts of their packages where the test is root. Only tests import it.
package servers

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Account answers whom a server runs as, which refuses to be run by root: the account of its package, else ourselves; and a folder of
// its own.
func Account(t testing.TB, name string) (*syscall.SysProcAttr, string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "unionboard-"+name+"-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	as, err := own(dir, name)
	if _, unknown := errors.AsType[user.UnknownUserError](err); unknown {
		t.Skipf("there is no account %s: make test-packages", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return as, dir
}

// own gives a folder to an account, where we are root, and answers how a program is run as it.
func own(dir, name string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	who, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(who.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(who.Gid)
	if err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(dir, uid, gid)
}

// Prepare runs a program that a server needs before it starts.
func Prepare(t testing.TB, as *syscall.SysProcAttr, dir, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.SysProcAttr = dir, as
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// FreePort answers a port of this machine that nobody listens at.
func FreePort(t testing.TB) uint16 {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// Where ports are looked for: below those that systems hand out by themselves (Linux from 32768), so that nothing else is given one before its server
// is there, or while it is down; and below 20000, from where on a server of the program that is killed has its own.
const (
	portsFrom = 10000
	portsTo   = 20000
)

func freePort() (uint16, error) {
	for {
		port := portsFrom + rand.IntN(portsTo-portsFrom)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if errors.Is(err, syscall.EADDRINUSE) {
			continue
		}
		if err != nil {
			return 0, err
		}
		return uint16(port), l.Close()
	}
}

// Start starts a server, waits until it listens, and ends it with the test. said is what it writes.
func Start(t testing.TB, server *exec.Cmd, port uint16, said *bytes.Buffer) {
	t.Helper()
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = server.Process.Kill()
			<-ended
		}
	})
	at := net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port)))
	for deadline := time.Now().Add(30 * time.Second); ; {
		c, err := net.DialTimeout("tcp", at, time.Second)
		if err == nil {
			c.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", server.Path, err, said)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen\n%s", server.Path, said)
		}
	}
}

// PostgresPrograms answers the folder of the programs of PostgreSQL, "" where it is not installed.
func PostgresPrograms() string {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}
