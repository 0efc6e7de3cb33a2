package serving_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/serving"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// roomy are limits that no test meets by chance.
func roomy() serving.Limits {
	return serving.Limits{Header: 10 * time.Second, Body: 20 * time.Second, Answer: 30 * time.Second, Idle: 30 * time.Second, Connections: 1000, PerAddress: 1000}
}

// said is a handler that answers what it is told of the request.
func said(w http.ResponseWriter, r *http.Request) {
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "X-Real-IP"} {
		if r.Header.Get(name) != "" {
			w.Header().Set("Seen", name)
		}
	}
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	_, _ = io.WriteString(w, r.URL.Scheme+" "+r.Host+" "+host)
}

// begin serves until the test ends, and answers the address.
func begin(t *testing.T, c serving.Config) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if c.Handler == nil {
		c.Handler = http.HandlerFunc(said)
	}
	if c.Limits == (serving.Limits{}) {
		c.Limits = roomy()
	}
	c.Log = quiet()
	s := serving.New(c, l)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve() }()
	t.Cleanup(func() {
		_ = s.Shutdown(context.WithoutCancel(t.Context()))
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// pair writes a certificate for a name with its key.
func pair(t *testing.T, dir, name string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(30 * 24 * time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "board.pem"), filepath.Join(dir, "board.key")
	for path, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// Row 49 of the security checklist: TLS 1.2 and 1.3 with modern suites, and nothing older.
func TestHandshakes(t *testing.T) {
	cert, key := pair(t, t.TempDir(), "board.example.org")
	keys, err := serving.OpenKeys(cert, key, time.Now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	addr := begin(t, serving.Config{Keys: keys})
	for _, tt := range []struct {
		name     string
		min, max uint16
		suites   []uint16
		good     bool
	}{
		{"TLS 1.0", tls.VersionTLS10, tls.VersionTLS10, nil, false},
		{"TLS 1.1", tls.VersionTLS11, tls.VersionTLS11, nil, false},
		{"TLS 1.2", tls.VersionTLS12, tls.VersionTLS12, nil, true},
		{"TLS 1.3", tls.VersionTLS13, tls.VersionTLS13, nil, true},
		{"whatever is best", tls.VersionTLS10, tls.VersionTLS13, nil, true},
		{"AES-GCM with forward secrecy", tls.VersionTLS12, tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}, true},
		{"ChaCha20", tls.VersionTLS12, tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256}, true},
		{"RC4", tls.VersionTLS12, tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA}, false},
		{"triple DES", tls.VersionTLS12, tls.VersionTLS12, []uint16{tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}, false},
		{"no forward secrecy", tls.VersionTLS12, tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_CBC_SHA}, false},
		{"CBC with SHA-256", tls.VersionTLS12, tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256}, false},
	} {
		c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, MinVersion: tt.min, MaxVersion: tt.max, CipherSuites: tt.suites})
		if (err == nil) != tt.good {
			t.Errorf("%s: %v, want good %t", tt.name, err, tt.good)
		}
		if err == nil {
			c.Close()
		}
	}
	c := secureClient()
	r, err := c.Get("https://" + addr + "/")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(r.Body)
	r.Body.Close()
	if r.ProtoMajor != 2 || !strings.HasPrefix(string(body), "https ") {
		t.Errorf("HTTP/%d, told %q", r.ProtoMajor, body)
	}
	if r, err := http.Get("http://" + addr + "/"); err == nil {
		r.Body.Close()
		if r.StatusCode != http.StatusBadRequest {
			t.Errorf("plain HTTP at the port of https is answered %d", r.StatusCode)
		}
	}
}

func secureClient() *http.Client {
	return &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
}

// Row 49: a new certificate is shown without a restart; one that is broken, or lies open, does not take the place of the old.
func TestCertificatesAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	cert, key := pair(t, dir, "first.example.org")
	now := time.Now()
	keys, err := serving.OpenKeys(cert, key, func() time.Time { return now }, quiet())
	if err != nil {
		t.Fatal(err)
	}
	addr := begin(t, serving.Config{Keys: keys})
	shows := func() string {
		t.Helper()
		now = now.Add(10 * time.Second)
		c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].DNSNames[0]
	}
	replace := func(change func()) {
		change()
		later := now.Add(time.Hour) // the files of a moment ago have the same time on a coarse clock
		now = later
		for _, path := range []string{cert, key} {
			if err := os.Chtimes(path, later, later); err != nil {
				t.Fatal(err)
			}
		}
	}
	replace(func() { pair(t, dir, "second.example.org") })
	if got := shows(); got != "second.example.org" {
		t.Errorf("after a new pair: %s", got)
	}
	replace(func() { os.WriteFile(cert, []byte("broken"), 0o600) })
	if got := shows(); got != "second.example.org" {
		t.Errorf("after a broken certificate: %s", got)
	}
	replace(func() { pair(t, dir, "third.example.org"); os.Chmod(key, 0o644) })
	if got := shows(); got != "second.example.org" {
		t.Errorf("with an open key: %s", got)
	}
	replace(func() { os.Chmod(key, 0o600) })
	if got := shows(); got != "third.example.org" {
		t.Errorf("when it is put right: %s", got)
	}
}

func TestBadCertificatesAreRefused(t *testing.T) {
	dir := t.TempDir()
	cert, key := pair(t, dir, "board.example.org")
	other := t.TempDir()
	_, foreign := pair(t, other, "board.example.org")
	open := filepath.Join(dir, "open.key")
	text, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(open, text, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ cert, key, want string }{
		{cert, key, ""},
		{cert, foreign, "problem.tls_pair"},
		{key, cert, "problem.tls_pair"},
		{cert, open, "problem.secret_mode"},
		{cert, dir + "/none", "problem.file_absent"},
		{dir + "/none", key, "problem.file_open"},
	} {
		_, err := serving.OpenKeys(tt.cert, tt.key, time.Now, quiet())
		got := ""
		if p, ok := errors.AsType[*assess.Problem](err); ok {
			got = p.Key
		}
		if got != tt.want || strings.Contains(errText(err), "PRIVATE KEY") {
			t.Errorf("%s, %s: %v, want %q", tt.cert, tt.key, err, tt.want)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Row 49: what proxies say is believed of those that are named, as far as the right-most address that is none of theirs; of anybody else
// nothing of it is.
func TestProxiesAreBelieved(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.20.0.0/16"), netip.MustParsePrefix("fd00::/8")}
	type head map[string]string
	addrs := map[bool]string{true: begin(t, serving.Config{Proxies: trusted, Plain: true}), false: begin(t, serving.Config{Plain: true})}
	for _, tt := range []struct {
		trusted bool
		head    head
		want    string
	}{
		{true, head{"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "board.example.org"}, "https board.example.org 203.0.113.9"},
		{true, head{"X-Forwarded-For": "1.2.3.4, 203.0.113.9", "X-Forwarded-Proto": "https"}, "https HOST 203.0.113.9"},
		{true, head{"X-Forwarded-For": "1.2.3.4, 203.0.113.9, 10.20.0.7", "X-Forwarded-Proto": "https"}, "https HOST 203.0.113.9"},
		{true, head{"X-Forwarded-For": "10.20.0.8, 10.20.0.7"}, " HOST 10.20.0.8"},
		{true, head{"X-Forwarded-For": "2001:db8::1"}, " HOST 2001:db8::1"},
		{true, head{"X-Forwarded-For": "[2001:db8::1]:4711"}, " HOST 2001:db8::1"},
		{true, head{"X-Forwarded-For": "203.0.113.9:4711"}, " HOST 203.0.113.9"},
		{true, head{"X-Forwarded-For": "::ffff:203.0.113.9"}, " HOST 203.0.113.9"},
		{true, head{"X-Forwarded-For": "nobody"}, " HOST 127.0.0.1"},
		{true, head{"X-Forwarded-For": "203.0.113.9, nobody"}, " HOST 127.0.0.1"},
		{true, head{"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "a/b"}, " HOST 203.0.113.9"},
		{true, head{"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "javascript"}, " HOST 203.0.113.9"},
		{true, head{"Forwarded": `for=1.2.3.4;proto=http, for="[2001:db8::1]:47";proto=https;host="board.example.org"`}, "https board.example.org 2001:db8::1"},
		{true, head{"Forwarded": `for=203.0.113.9;host="x,y;z";proto=https`}, "https HOST 203.0.113.9"},
		{true, head{"Forwarded": `for=203.0.113.9;proto=https`, "X-Forwarded-For": "1.2.3.4"}, "https HOST 203.0.113.9"},
		{true, head{"Forwarded": "for=_hidden;proto=https"}, " HOST 127.0.0.1"},
		{true, head{"X-Real-IP": "1.2.3.4"}, " HOST 127.0.0.1"},
		{true, nil, " HOST 127.0.0.1"},
		{false, head{"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}, " HOST 127.0.0.1"},
		{false, head{"Forwarded": "for=203.0.113.9;proto=https;host=evil.example"}, " HOST 127.0.0.1"},
	} {
		addr := addrs[tt.trusted]
		req, err := http.NewRequest(http.MethodGet, "http://"+addr+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range tt.head {
			req.Header.Set(name, value)
		}
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if want := strings.Replace(tt.want, "HOST", addr, 1); string(body) != want || r.Header.Get("Seen") != "" {
			t.Errorf("trusted %t, %v: %q, want %q; the handler sees %q", tt.trusted, tt.head, body, want, r.Header.Get("Seen"))
		}
	}
	// A request can name a scheme by itself.
	c, err := net.Dial("tcp", addrs[false])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "GET https://board.example.org/ HTTP/1.1\r\nHost: board.example.org\r\nConnection: close\r\n\r\n")
	answer, _ := io.ReadAll(c)
	if strings.Contains(string(answer), "https board") {
		t.Errorf("a scheme in the request is believed: %s", answer)
	}
}

func FuzzForwarded(f *testing.F) {
	f.Add(`for=1.2.3.4;proto=https, for="[::1]:1"`, "1.2.3.4, 5.6.7.8")
	f.Add(`"`, ",,")
	f.Fuzz(func(t *testing.T, forwarded, older string) {
		from, host := serving.Believe(forwarded, older)
		if _, err := netip.ParseAddrPort(from); err != nil {
			t.Fatalf("%q, %q: from %q", forwarded, older, from)
		}
		if strings.ContainsAny(host, "/\\ \r\n\"<>") {
			t.Fatalf("%q: host %q", forwarded, host)
		}
	})
}
