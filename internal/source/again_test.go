package source_test

import (
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/source"
)

// stutters answers the port of a server that ends its first connections at once and passes later ones on, and how many came.
func stutters(t *testing.T, to uint16, first int32) (port uint16, came *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	came = &atomic.Int32{}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if came.Add(1) <= first {
				c.Close()
				continue
			}
			go func() {
				defer c.Close()
				server, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", number(to)))
				if err != nil {
					return
				}
				defer server.Close()
				go func() { _, _ = io.Copy(server, c) }()
				_, _ = io.Copy(c, server)
			}()
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port), came
}

// A server of files that cannot be reached is tried three times in one run, as one over HTTP is; one that denies us once.
func TestSFTPIsTriedAgain(t *testing.T) {
	folder := t.TempDir()
	put(t, folder, "a.csv", tidy, dropped)
	port, hostKey := faultySSH(t, func(c ssh.Channel) {
		if server, err := sftp.NewServer(c); err == nil {
			_ = server.Serve()
		}
	})
	for name, tt := range map[string]struct {
		first    int32
		password string
		came     int32
		good     bool
	}{
		"at the third try": {2, "hunter2", 3, true},
		"not in time":      {3, "hunter2", 3, false},
		"denied":           {0, "hunter3", 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			through, came := stutters(t, port, tt.first)
			t.Setenv("SFTP_PASSWORD", tt.password)
			s, err := source.NewSFTP(source.SFTPConfig{
				Name: "a", Host: "127.0.0.1", Port: through, Username: "board", Password: dial.Secret{Env: "SFTP_PASSWORD"}, HostKey: hostKey, Folder: folder,
				Settle: time.Millisecond, Delay: time.Millisecond, AllowLoopback: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			parcels, err := s.Fetch(t.Context(), source.Request{})
			if good := err == nil && len(parcels) == 1 && parcels[0].Damage == nil; good != tt.good || came.Load() != tt.came {
				t.Errorf("%+v, %v after %d connections, want %v after %d", parcels, err, came.Load(), tt.good, tt.came)
			}
		})
	}
}
