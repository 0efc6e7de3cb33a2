package source_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/servers"
)

// tlsFiles puts a certificate for 127.0.0.1 and its key where a server's account reads them, and answers the authority's file.
func tlsFiles(t *testing.T, dir string, as *syscall.SysProcAttr) (ca string) {
	t.Helper()
	a := newAuthority(t)
	certificate, key := a.sign("127.0.0.1", time.Now().Add(time.Hour))
	for name, data := range map[string][]byte{"server.pem": certificate, "server.key": key} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if as != nil {
			if err := os.Chown(path, int(as.Credential.Uid), int(as.Credential.Gid)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return secretly(t, "ca.pem", a.pem())
}

// startPostgres starts PostgreSQL on this machine, owned by "owner" with the password hunter2.
func startPostgres(t *testing.T, protected bool) (port uint16, ca string) {
	t.Helper()
	bin := servers.PostgresPrograms()
	if bin == "" {
		t.Skip("postgresql is not installed: make test-packages")
	}
	as, dir := servers.Account(t, "postgres")
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("hunter2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	servers.Prepare(t, as, dir, filepath.Join(bin, "initdb"), "-D", data, "-U", "owner", "-A", "scram-sha-256", "--pwfile="+password, "-E", "UTF8", "--locale=C", "--no-sync")
	port = servers.FreePort(t)
	args := []string{"-D", data, "-p", number(port), "-h", "127.0.0.1", "-k", dir, "-c", "fsync=off"}
	if protected {
		ca = tlsFiles(t, dir, as)
		args = append(args, "-c", "ssl=on", "-c", "ssl_cert_file="+filepath.Join(dir, "server.pem"), "-c", "ssl_key_file="+filepath.Join(dir, "server.key"))
	}
	var said bytes.Buffer
	server := exec.Command(filepath.Join(bin, "postgres"), args...)
	server.Dir, server.SysProcAttr, server.Stderr = dir, as, &said
	servers.Start(t, server, port, &said)
	return port, ca
}

// startMariaDB starts MariaDB on this machine, whose database district it fills with some statements before it listens. Its account
// "board" has the password hunter2 and may do everything.
func startMariaDB(t *testing.T, statements string) (port uint16, ca string) {
	t.Helper()
	if _, err := os.Stat("/usr/sbin/mariadbd"); err != nil {
		t.Skip("mariadb-server is not installed: make test-packages")
	}
	as, dir := servers.Account(t, "mysql")
	data := filepath.Join(dir, "data")
	servers.Prepare(t, as, dir, "mariadb-install-db", "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db")
	first := filepath.Join(dir, "first.sql")
	if err := os.WriteFile(first, []byte("SET NAMES utf8mb4;\nCREATE DATABASE district CHARACTER SET utf8mb4;\nCREATE USER 'board'@'%' IDENTIFIED BY 'hunter2';\n"+
		"GRANT ALL ON district.* TO 'board'@'%';\nUSE district;\n"+statements), 0o644); err != nil {
		t.Fatal(err)
	}
	ca = tlsFiles(t, dir, as)
	port = servers.FreePort(t)
	var said bytes.Buffer
	server := exec.Command("/usr/sbin/mariadbd", "--no-defaults", "--datadir="+data, "--port="+number(port), "--bind-address=127.0.0.1",
		"--socket="+filepath.Join(dir, "socket"), "--pid-file="+filepath.Join(dir, "pid"), "--init-file="+first, "--skip-name-resolve",
		"--ssl-cert="+filepath.Join(dir, "server.pem"), "--ssl-key="+filepath.Join(dir, "server.key"))
	server.Dir, server.SysProcAttr, server.Stderr = dir, as, &said
	servers.Start(t, server, port, &said)
	return port, ca
}
