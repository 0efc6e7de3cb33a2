package source_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/source"
)

// authority signs certificates of a test.
type authority struct {
	t           *testing.T
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test's authority"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

// sign answers a certificate and its key, PEM, for a host, good until a time.
func (a *authority) sign(host string, until time.Time) (certificate, key []byte) {
	a.t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, NotBefore: until.Add(-2 * time.Hour), NotAfter: until,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &own.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	text, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		a.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text})
}

func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// secretly writes a file that only its owner can read, and answers its path.
func secretly(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// serveTLS answers an https server with a certificate that asks its clients for one of the authority where clients is set.
func (a *authority) serveTLS(host string, until time.Time, clients bool) *httptest.Server {
	a.t.Helper()
	certificate, key := a.sign(host, until)
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		a.t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sendJSON(w, pageOf("210102", "2026Q1", "5", "null"))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	if clients {
		pool := x509.NewCertPool()
		pool.AddCert(a.certificate)
		server.TLS.ClientCAs, server.TLS.ClientAuth = pool, tls.RequireAndVerifyClientCert
	}
	server.StartTLS()
	a.t.Cleanup(server.Close)
	return server
}

// Row 44: a certificate is checked, always; one's own authority can be added and a client's certificate shown.
func TestCertificates(t *testing.T) {
	own, foreign := newAuthority(t), newAuthority(t)
	ca := secretly(t, "ca.pem", own.pem())
	certificate, key := own.sign("board", time.Now().Add(time.Hour))
	cert, secret := secretly(t, "board.pem", certificate), secretly(t, "board.key", key)
	strangeCertificate, strangeKey := foreign.sign("board", time.Now().Add(time.Hour))
	good := time.Now().Add(time.Hour)
	for name, tt := range map[string]struct {
		server *httptest.Server
		trust  dial.Trust
		key    string
	}{
		"own authority":        {own.serveTLS("127.0.0.1", good, false), dial.Trust{CAFile: ca}, ""},
		"authority not added":  {own.serveTLS("127.0.0.1", good, false), dial.Trust{}, "problem.source_certificate"},
		"expired":              {own.serveTLS("127.0.0.1", time.Now().Add(-time.Minute), false), dial.Trust{CAFile: ca}, "problem.source_certificate"},
		"not yet good":         {own.serveTLS("127.0.0.1", time.Now().Add(3*time.Hour), false), dial.Trust{CAFile: ca}, "problem.source_certificate"},
		"of another host":      {own.serveTLS("other.example.org", good, false), dial.Trust{CAFile: ca}, "problem.source_certificate"},
		"of another authority": {foreign.serveTLS("127.0.0.1", good, false), dial.Trust{CAFile: ca}, "problem.source_certificate"},
		"client shown":         {own.serveTLS("127.0.0.1", good, true), dial.Trust{CAFile: ca, CertFile: cert, KeyFile: secret}, ""},
		"client not shown":     {own.serveTLS("127.0.0.1", good, true), dial.Trust{CAFile: ca}, "problem.source_unreachable"},
		"client of another authority": {
			own.serveTLS("127.0.0.1", good, true),
			dial.Trust{CAFile: ca, CertFile: secretly(t, "s.pem", strangeCertificate), KeyFile: secretly(t, "s.key", strangeKey)},
			"problem.source_unreachable",
		},
	} {
		parcels, err := ask(t, tt.server, func(c *source.HTTPConfig) { c.Trust, c.Tries = tt.trust, 1 })
		if err != nil || len(parcels) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		if p := parcels[0].Damage; tt.key == "" && p != nil || tt.key != "" && (p == nil || p.Key != tt.key) {
			t.Errorf("%s: %v, want %q", name, p, tt.key)
		}
	}
	// What is wrong with our own files is said of the source as a whole.
	for name, tt := range map[string]struct {
		trust dial.Trust
		word  string
	}{
		"no such authority": {dial.Trust{CAFile: "/none"}, "no such file"},
		"no certificate":    {dial.Trust{CAFile: secret}, "no certificate"},
		"not of one pair":   {dial.Trust{CertFile: cert, KeyFile: secretly(t, "s.key", strangeKey)}, "belong together"},
	} {
		_, err := ask(t, own.serveTLS("127.0.0.1", good, false), func(c *source.HTTPConfig) { c.Trust = tt.trust })
		if err == nil || !strings.Contains(err.Error(), tt.word) || strings.Contains(err.Error(), "PRIVATE") {
			t.Errorf("%s: %v, want %q", name, err, tt.word)
		}
	}
}

// Basic credentials go to the source, and nowhere into what is said of it.
func TestBasicCredentials(t *testing.T) {
	t.Setenv("TIEXI_PASSWORD", "hunter2")
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if name, password, ok := r.BasicAuth(); !ok || name != "board" || password != "hunter2" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		sendJSON(w, pageOf("210102", "2026Q1", "5", "null"))
	})
	for name, key := range map[string]string{"board": "", "other": "problem.source_denied"} {
		parcels, err := ask(t, server, func(c *source.HTTPConfig) { c.Username, c.Password = name, dial.Secret{Env: "TIEXI_PASSWORD"} })
		if err != nil {
			t.Fatal(err)
		}
		switch p := parcels[0].Damage; {
		case key == "" && p != nil, key != "" && (p == nil || p.Key != key):
			t.Errorf("%s: %v, want %q", name, p, key)
		case p != nil && strings.Contains(p.Error(), "hunter2"):
			t.Errorf("%v shows the password", p)
		}
	}
	if _, err := ask(t, server, func(c *source.HTTPConfig) { c.Username, c.Password = "board", dial.Secret{Env: "UNSET_PASSWORD"} }); err == nil {
		t.Error("it was asked without its password")
	}
}
