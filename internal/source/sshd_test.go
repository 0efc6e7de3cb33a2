package source_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/servers"
	"github.com/unionboard/unionboard/internal/source"
)

// sshd is a real server of OpenSSH on this machine, with its own port, keys and settings in a folder of the test.
type sshd struct {
	port    uint16
	folder  string // that it serves
	user    string
	key     string // path of the private key that it lets in
	hostKey string // its public key
}

// sshKey makes a key pair: the private one as a file, the public one as a line.
func sshKey(t *testing.T, folder, name, password string) (path, public string) {
	t.Helper()
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var block *pem.Block
	if password == "" {
		block, err = ssh.MarshalPrivateKey(key, "")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(password))
	}
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(folder, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	line, err := ssh.NewPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return path, strings.TrimSpace(string(ssh.MarshalAuthorizedKey(line)))
}

// startSSHD starts a server; sftp are the arguments of its file server, such as -R for reading only.
func startSSHD(t *testing.T, sftp string) sshd {
	t.Helper()
	program := "/usr/sbin/sshd"
	if _, err := os.Stat(program); err != nil {
		t.Skip("openssh-server is not installed: make test-packages")
	}
	who, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if who.Uid == "0" { // where the server locks itself in; the package's service makes it otherwise
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	s := sshd{port: servers.FreePort(t), folder: filepath.Join(dir, "drop"), user: who.Username}
	if err := os.Mkdir(s.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	var own, authorized string
	hostKey, public := sshKey(t, dir, "host", "")
	own, s.hostKey = hostKey, public
	s.key, authorized = sshKey(t, dir, "key", "")
	if err := os.WriteFile(filepath.Join(dir, "authorized"), []byte(authorized+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := fmt.Sprintf("Port %d\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\nStrictModes no\nUsePAM no\nPidFile none\n"+
		"PermitRootLogin prohibit-password\nPasswordAuthentication no\nSubsystem sftp internal-sftp %s\n", s.port, own, filepath.Join(dir, "authorized"), sftp)
	file := filepath.Join(dir, "sshd_config")
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	server := exec.Command(program, "-D", "-e", "-f", file)
	server.Stderr = &said
	servers.Start(t, server, s.port, &said)
	return s
}

// source makes a source of the server.
func (s sshd) source(t *testing.T, change func(*source.SFTPConfig)) *source.SFTP {
	t.Helper()
	c := source.SFTPConfig{
		Name: "sujiatun", Host: "127.0.0.1", Port: s.port, Username: s.user, Key: dial.Secret{File: s.key}, HostKey: s.hostKey, Folder: s.folder,
		Settle: 10 * time.Millisecond, Delay: time.Millisecond, AllowLoopback: true,
	}
	if change != nil {
		change(&c)
	}
	made, err := source.NewSFTP(c)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func number(port uint16) string { return strconv.Itoa(int(port)) }

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}
