package source_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/servers"
	"github.com/unionboard/unionboard/internal/source"
)

// brought answers the parcels of one look.
func brought(t *testing.T, s *source.SFTP) []source.Parcel {
	t.Helper()
	parcels, err := s.Fetch(t.Context(), source.Request{})
	if err != nil {
		t.Fatal(err)
	}
	return parcels
}

func refusal(text string) []assess.Rejection {
	return []assess.Rejection{{Place: assess.Place{Line: 2}, Value: text, Problem: assess.Invalid("problem.x", "what is wrong")}}
}

// The files of a real server are taken as those of a drop folder are: archived under their hash, or returned with a report.
func TestSFTPTakesFiles(t *testing.T) {
	server := startSSHD(t, "")
	put(t, server.folder, "good.csv", tidy, dropped)
	put(t, server.folder, "bad.csv", "unit;code\n", dropped.Add(time.Second))
	put(t, server.folder, "part.csv", tidy+"x\r\n", dropped.Add(2*time.Second))
	put(t, server.folder, "README.txt", "x", dropped)
	if err := os.Symlink("/etc/passwd", filepath.Join(server.folder, "link.csv")); err != nil {
		t.Fatal(err)
	}
	s := server.source(t, nil)
	parcels := brought(t, s)
	if len(parcels) != 3 || len(parcels[0].Entries) != 2 || parcels[1].Damage == nil || len(parcels[2].Refused) != 1 || parcels[0].Door != assess.DoorPull {
		t.Fatalf("%+v", parcels)
	}
	for i, receipt := range []source.Receipt{{Taken: 2}, {Refused: refusal("=1+1")}, {Taken: 2, Refused: refusal("x")}} {
		if err := parcels[i].Settle(t.Context(), receipt); err != nil {
			t.Fatal(err)
		}
	}
	bad, part := hash("unit;code\n"), hash(tidy+"x\r\n")
	want := []string{
		"README.txt", "archive/" + part + ".csv", "archive/" + hash(tidy) + ".csv", "link.csv",
		"refused/bad." + bad[:8] + ".csv", "refused/bad." + bad[:8] + ".report.csv", "refused/part." + part[:8] + ".csv", "refused/part." + part[:8] + ".report.csv",
	}
	got := files(t, server.folder)
	if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	report, err := os.ReadFile(filepath.Join(server.folder, "refused", "bad."+bad[:8]+".report.csv"))
	if err != nil || !strings.Contains(string(report), "'=1+1") || !strings.Contains(string(report), "what is wrong") {
		t.Errorf("report %q, %v", report, err)
	}
	if again := brought(t, s); len(again) != 0 {
		t.Errorf("again: %+v", again)
	}
	put(t, server.folder, "again.csv", tidy, dropped) // the same content under another name goes over the archived one
	again := brought(t, s)
	if len(again) != 1 {
		t.Fatalf("%+v", again)
	}
	if err := again[0].Settle(t.Context(), source.Receipt{Taken: 2}); err != nil {
		t.Error(err)
	}
}

// A file that grows is left alone until it has stopped; one that is replaced after it was read stays.
func TestSFTPWaitsForAFileToBeWhole(t *testing.T) {
	server := startSSHD(t, "")
	path := filepath.Join(server.folder, "a.csv")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	writing, stop := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		_, _ = io.WriteString(out, strings.TrimSuffix(tidy, "\r\n"))
		for writing.Err() == nil {
			_, _ = io.WriteString(out, " ")
			time.Sleep(5 * time.Millisecond)
		}
		_, _ = io.WriteString(out, "\r\n")
	}()
	s := server.source(t, func(c *source.SFTPConfig) { c.Settle = 300 * time.Millisecond })
	if got := brought(t, s); len(got) != 0 {
		t.Errorf("taken while it grew: %+v", got)
	}
	stop()
	<-stopped
	got := brought(t, s)
	if len(got) != 1 || len(got[0].Entries) != 2 {
		t.Fatalf("not taken when it had stopped: %+v", got)
	}
	put(t, server.folder, "a.csv", "unit,period,code,value\r\n", dropped)
	if err := got[0].Settle(t.Context(), source.Receipt{Taken: 2}); err != nil {
		t.Fatal(err)
	}
	if left := files(t, server.folder); len(left) != 1 || left[0] != "a.csv" {
		t.Errorf("what was put there meanwhile is gone: %v", left)
	}
}

// An account that may only read has its files kept on this machine, each once, also after a start of the program.
func TestSFTPKeepsWhatItMayNotMove(t *testing.T) {
	server := startSSHD(t, "-R")
	put(t, server.folder, "good.csv", tidy, dropped)
	put(t, server.folder, "bad.csv", "unit;code\n", dropped.Add(time.Second))
	archive := filepath.Join(t.TempDir(), "kept")
	make := func() *source.SFTP {
		return server.source(t, func(c *source.SFTPConfig) { c.Archive = archive })
	}
	s := make()
	parcels := brought(t, s)
	if len(parcels) != 2 {
		t.Fatalf("%+v", parcels)
	}
	for i, receipt := range []source.Receipt{{Taken: 2}, {Refused: refusal("x")}} {
		if err := parcels[i].Settle(t.Context(), receipt); err != nil {
			t.Fatal(err)
		}
	}
	bad := hash("unit;code\n")
	want := []string{"archive/" + hash(tidy) + ".csv", "refused/bad." + bad[:8] + ".csv", "refused/bad." + bad[:8] + ".report.csv"}
	if diff := cmp.Diff(want, sorted(files(t, archive))); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"bad.csv", "good.csv"}, sorted(files(t, server.folder))); diff != "" {
		t.Errorf("on the server (-want +got):\n%s", diff)
	}
	for name, again := range map[string]*source.SFTP{"the same": s, "after a start": make()} {
		if got := brought(t, again); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	put(t, server.folder, "good.csv", tidy+"210104,2026Q1,union_members,7,\r\n", dropped.Add(time.Minute))
	if got := brought(t, s); len(got) != 1 {
		t.Errorf("the changed file was not taken: %+v", got)
	}
	// What it held before, put there anew, is taken again, and once.
	if err := brought(t, s)[0].Settle(t.Context(), source.Receipt{Taken: 3}); err != nil {
		t.Fatal(err)
	}
	put(t, server.folder, "good.csv", tidy, dropped.Add(time.Hour))
	got := brought(t, s)
	if len(got) != 1 || len(got[0].Entries) != 2 {
		t.Fatalf("the file that is as it was: %+v", got)
	}
	if err := got[0].Settle(t.Context(), source.Receipt{Taken: 2}); err != nil {
		t.Fatal(err)
	}
	if got := brought(t, make()); len(got) != 0 {
		t.Errorf("after a start: %+v", got)
	}
	// Without a folder of this machine what was taken stays and comes again, which is said.
	parcels = brought(t, server.source(t, nil))
	if err := parcels[0].Settle(t.Context(), source.Receipt{Taken: 2}); !errors.Is(err, os.ErrPermission) {
		t.Errorf("%v, want that we may not write", err)
	}
}

// Who the server is and who we are is certain before anything is taken.
func TestSFTPKeys(t *testing.T) {
	server := startSSHD(t, "")
	put(t, server.folder, "good.csv", tidy, dropped)
	dir := t.TempDir()
	strangeKey, strangePublic := sshKey(t, dir, "strange", "")
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	at := net.JoinHostPort("127.0.0.1", number(server.port))
	known := func(key string) string { return "[127.0.0.1]:" + number(server.port) + " " + key + "\n" }
	for name, tt := range map[string]struct {
		change func(*source.SFTPConfig)
		key    string
	}{
		"pinned":           {nil, ""},
		"known":            {func(c *source.SFTPConfig) { c.HostKey, c.KnownHosts = "", write("known", known(server.hostKey)) }, ""},
		"pinned another":   {func(c *source.SFTPConfig) { c.HostKey = strangePublic }, "problem.sftp_host_key"},
		"known another":    {func(c *source.SFTPConfig) { c.HostKey, c.KnownHosts = "", write("other", known(strangePublic)) }, "problem.sftp_host_key"},
		"not known":        {func(c *source.SFTPConfig) { c.HostKey, c.KnownHosts = "", write("none", "") }, "problem.sftp_host_key"},
		"no such file":     {func(c *source.SFTPConfig) { c.HostKey, c.KnownHosts = "", filepath.Join(dir, "nowhere") }, "problem.sftp_known_hosts"},
		"a stranger's key": {func(c *source.SFTPConfig) { c.Key.File = strangeKey }, "problem.sftp_denied"},
		"no key":           {func(c *source.SFTPConfig) { c.Key.File = write("text", "hunter2") }, "problem.sftp_key"},
		"no password here": {func(c *source.SFTPConfig) { c.Key = dial.Secret{} }, "problem.sftp_denied"},
		"no such folder":   {func(c *source.SFTPConfig) { c.Folder = "/nowhere" }, "problem.drop_folder"},
		"no permission":    {func(c *source.SFTPConfig) { c.AllowLoopback = false }, "problem.address_loopback"},
		"own listener":     {func(c *source.SFTPConfig) { c.Wall.Own = []string{at} }, "problem.address_own"},
		"nobody there":     {func(c *source.SFTPConfig) { c.Port = servers.FreePort(t) }, "problem.source_unreachable"},
	} {
		parcels, err := server.source(t, tt.change).Fetch(t.Context(), source.Request{})
		var p *assess.Problem
		if errors.As(err, &p); tt.key == "" && (err != nil || len(parcels) != 1) || tt.key != "" && (p == nil || p.Key != tt.key) {
			t.Errorf("%s: %v, %v; want %q", name, parcels, err, tt.key)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v shows a secret", name, err)
		}
	}
	for key, change := range map[string]func(*source.SFTPConfig){
		"problem.sftp_host_key_lacks": func(c *source.SFTPConfig) { c.HostKey = "" },
		"problem.sftp_host_key_form":  func(c *source.SFTPConfig) { c.HostKey = "AAAA" },
		"problem.address_odd":         func(c *source.SFTPConfig) { c.Host = "127.1" },
	} {
		c := source.SFTPConfig{Name: "a", Host: "127.0.0.1", HostKey: server.hostKey}
		change(&c)
		_, err := source.NewSFTP(c)
		var p *assess.Problem
		if errors.As(err, &p); p == nil || p.Key != key {
			t.Errorf("%v, want %s", err, key)
		}
	}
}

// faultySSH is a server of our own, for what a real one does not do: it takes passwords and answers as a test tells it.
func faultySSH(t *testing.T, serve func(ssh.Channel)) (port uint16, hostKey string) {
	t.Helper()
	keyFile, public := sshKey(t, t.TempDir(), "host", "")
	text, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.ParsePrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{PasswordCallback: func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
		if string(password) != "hunter2" {
			return nil, errors.New("no")
		}
		return nil, nil
	}}
	config.AddHostKey(signer)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				if serve == nil { // says nothing at all
					_, _ = io.Copy(io.Discard, c)
					return
				}
				_, channels, requests, err := ssh.NewServerConn(c, config)
				if err != nil {
					return
				}
				go ssh.DiscardRequests(requests)
				for wanted := range channels {
					channel, asked, err := wanted.Accept()
					if err != nil {
						return
					}
					go func() {
						for r := range asked {
							_ = r.Reply(true, nil)
						}
					}()
					serve(channel)
					c.Close()
				}
			}()
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port), public
}

// endless lists files without an end.
type endless struct{ sftp.Handlers }

func (endless) Filelist(*sftp.Request) (sftp.ListerAt, error) { return endlessList{}, nil }

type endlessList struct{}

func (endlessList) ListAt(infos []os.FileInfo, _ int64) (int, error) {
	self, err := os.Stat(".")
	for i := range infos {
		infos[i] = self
	}
	return len(infos), err
}

// Whatever a server does, the look ends, in time and with bounded memory, and nothing of a broken file is taken.
func TestSFTPFaults(t *testing.T) {
	folder := t.TempDir()
	put(t, folder, "a.csv", strings.Repeat(tidy, 1000), dropped)
	good := func(c ssh.Channel) {
		server, err := sftp.NewServer(c)
		if err == nil {
			_ = server.Serve()
		}
	}
	var sent atomic.Int64
	for name, tt := range map[string]struct {
		serve    func(ssh.Channel)
		password string
		key      string
		damage   bool
	}{
		"good with a password": {good, "hunter2", "", false},
		"wrong password":       {good, "hunter3", "problem.sftp_denied", false},
		"says nothing":         {nil, "hunter2", "problem.source_slow", false},
		"no files":             {func(c ssh.Channel) { c.Close() }, "hunter2", "problem.source_unreachable", false},
		"hangs":                {func(c ssh.Channel) { _, _ = io.Copy(io.Discard, c) }, "hunter2", "problem.source_slow", false},
		"a list without an end": {func(c ssh.Channel) {
			e := endless{sftp.InMemHandler()}
			_ = sftp.NewRequestServer(c, sftp.Handlers{FileGet: e.FileGet, FilePut: e.FilePut, FileCmd: e.FileCmd, FileList: e}).Serve()
		}, "hunter2", "problem.sftp_endless", false},
		"breaks off in a file": {func(c ssh.Channel) {
			sent.Store(0)
			server, err := sftp.NewServer(breaking{c, &sent})
			if err == nil {
				_ = server.Serve()
			}
		}, "hunter2", "problem.source_unreachable", true},
	} {
		t.Run(name, func(t *testing.T) {
			port, hostKey := faultySSH(t, tt.serve)
			t.Setenv("SFTP_PASSWORD", tt.password)
			whole := time.Minute
			if tt.key == "problem.source_slow" {
				whole = 500 * time.Millisecond
			}
			s, err := source.NewSFTP(source.SFTPConfig{
				Name: "a", Host: "127.0.0.1", Port: port, Username: "board", Password: dial.Secret{Env: "SFTP_PASSWORD"}, HostKey: hostKey, Folder: folder,
				Settle: time.Millisecond, Whole: whole, Delay: time.Millisecond, AllowLoopback: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			parcels, err := s.Fetch(t.Context(), source.Request{})
			var p *assess.Problem
			errors.As(err, &p)
			if tt.damage && len(parcels) == 1 {
				p = parcels[0].Damage
			}
			if tt.key == "" && (err != nil || len(parcels) != 1 || parcels[0].Damage != nil) || tt.key != "" && (p == nil || p.Key != tt.key) {
				t.Errorf("%+v, %v; want %q", parcels, err, tt.key)
			}
			if p != nil && strings.Contains(p.Error(), "hunter") {
				t.Errorf("%v shows the password", p)
			}
		})
	}
}

// breaking ends after 20,000 bytes.
type breaking struct {
	ssh.Channel
	sent *atomic.Int64
}

func (b breaking) Write(p []byte) (int, error) {
	if b.sent.Add(int64(len(p))) > 20_000 {
		b.Close()
		return 0, io.ErrClosedPipe
	}
	return b.Channel.Write(p)
}
