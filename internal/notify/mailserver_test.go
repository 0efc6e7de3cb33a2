package notify_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// mailServer is a real SMTP server on this machine: it knows one user, refuses addresses it does not know, and answers as told.
type mailServer struct {
	addr   string
	caFile string
	server *smtp.Server
	stop   func() // takes the server away; it may be called again

	mu       sync.Mutex
	received []mailReceived
	data     func() error // what is said after the letter's last byte
	rcpt     error
}

type mailReceived struct{ from, to, user, body string }

func (s *mailServer) NewSession(*smtp.Conn) (smtp.Session, error) {
	return &mailSession{server: s}, nil
}

func (s *mailServer) mails() []mailReceived {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.received
}

type mailSession struct {
	server *mailServer
	mailReceived
}

func (s *mailSession) Reset()                   { s.mailReceived = mailReceived{user: s.user} }
func (s *mailSession) Logout() error            { return nil }
func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "board" || password != "s3cret" {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}), nil
}

func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.user == "" && s.server.server.TLSConfig != nil {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user here"}
	}
	s.to = to
	return s.server.rcpt
}

func (s *mailSession) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.body = string(body)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if s.server.data != nil {
		if err := s.server.data(); err != nil {
			return err
		}
	}
	s.server.received = append(s.server.received, s.mailReceived)
	return nil
}

// newMailServer starts a server: plain, with STARTTLS, or protected from the beginning. addr "" is a free one.
func newMailServer(t *testing.T, protection, addr string) *mailServer {
	t.Helper()
	s := &mailServer{}
	s.server = smtp.NewServer(s)
	s.server.Domain, s.server.ReadTimeout, s.server.WriteTimeout = "mail.test", 10*time.Second, 10*time.Second
	s.server.ErrorLog = quiet{}
	if protection != "none" {
		s.server.TLSConfig, s.caFile = ownCertificate(t)
	}
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	s.addr = listener.Addr().String()
	if protection == "tls" {
		listener = tls.NewListener(listener, s.server.TLSConfig)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.server.Serve(listener); err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	}()
	s.stop = func() {
		listener.Close()
		s.server.Close()
		<-done
	}
	t.Cleanup(s.stop)
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// ownCertificate makes a certificate authority of the test's own and a certificate for localhost signed with it.
func ownCertificate(t *testing.T) (server *tls.Config, caFile string) {
	t.Helper()
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	caKey, ownKey := key(), key()
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	own := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, DNSNames: []string{"localhost"},
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		t.Fatal(err)
	}
	ownDER, err := x509.CreateCertificate(rand.Reader, own, ca, &ownKey.PublicKey, caKey)
	if err != nil {
		t.Fatal(err)
	}
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{ownDER}, PrivateKey: ownKey}}}, caFile
}

// brokenMailServer speaks SMTP until the letter's last byte and then hangs up without a word, having counted it.
func brokenMailServer(t *testing.T) (addr string, taken func() int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	n := 0
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			if swallow(c) {
				mu.Lock()
				n++
				mu.Unlock()
			}
			c.Close()
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	return listener.Addr().String(), func() int { mu.Lock(); defer mu.Unlock(); return n }
}

// swallow takes one letter and says nothing about it.
func swallow(c net.Conn) bool {
	c.SetDeadline(time.Now().Add(10 * time.Second))
	say := func(line string) { io.WriteString(c, line+"\r\n") }
	say("220 mail.test")
	var seen strings.Builder
	buffer := make([]byte, 4096)
	for inData := false; ; {
		n, err := c.Read(buffer)
		if err != nil {
			return false
		}
		seen.Write(buffer[:n])
		text := seen.String()
		switch {
		case inData && strings.HasSuffix(text, "\r\n.\r\n"):
			return true
		case inData || !strings.HasSuffix(text, "\r\n"):
			continue
		case strings.HasPrefix(text, "DATA"):
			inData = true
			say("354 go on")
		default:
			say("250 ok")
		}
		seen.Reset()
	}
}
