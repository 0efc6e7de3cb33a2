package serving

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
)

// lookEvery is how often the files are looked at for a change.
const lookEvery = 5 * time.Second

// Keys is a certificate with its key, read again when their files change. A pair that is no good does not take the place of one that is.
type Keys struct {
	certFile, keyFile string
	now               func() time.Time
	log               *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	seen   [2]state // of the files when they were last read, good or not
	looked time.Time
}

// state is by what a changed file is known.
type state struct {
	at   time.Time
	size int64
}

// OpenKeys reads a certificate and its key, in PEM form. Errors are Problems: a key that others can read is refused, and so is a pair that
// does not belong together.
func OpenKeys(certFile, keyFile string, now func() time.Time, log *slog.Logger) (*Keys, error) {
	k := &Keys{certFile: certFile, keyFile: keyFile, now: now, log: log, looked: now()}
	k.seen = k.states()
	return k, k.read()
}

func (k *Keys) states() (s [2]state) {
	for i, path := range []string{k.certFile, k.keyFile} {
		if info, err := os.Stat(path); err == nil {
			s[i] = state{info.ModTime(), info.Size()}
		}
	}
	return s
}

func (k *Keys) read() error {
	key, err := dial.Secret{File: k.keyFile}.Whole()
	if err != nil {
		return err
	}
	cert, err := os.ReadFile(k.certFile)
	if err != nil {
		return assess.Invalid("problem.file_open", fmt.Sprintf("the file cannot be read (%v); check its name and who may read it", err), "reason", err.Error()).
			At(assess.Place{File: k.certFile})
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return assess.Invalid("problem.tls_pair",
			fmt.Sprintf("certificate and key do not make a pair (%v); put the certificate first in its file, those that lead to its authority after it, and the key that it was made for into %s", err, k.keyFile),
			"reason", err.Error(), "file", k.keyFile).At(assess.Place{File: k.certFile})
	}
	if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
		return assess.Invalid("problem.tls_pair", fmt.Sprintf("the certificate cannot be read (%v)", err), "reason", err.Error(), "file", k.keyFile).At(assess.Place{File: k.certFile})
	}
	k.pair = &pair
	level, left := slog.LevelInfo, pair.Leaf.NotAfter.Sub(k.now())
	if left < warnBefore {
		level = slog.LevelWarn
	}
	k.log.Log(context.Background(), level, "certificate read", "file", k.certFile, "names", pair.Leaf.DNSNames, "ends", pair.Leaf.NotAfter.UTC().Format(time.DateOnly))
	return nil
}

// warnBefore is how long before a certificate ends reading it is a warning.
const warnBefore = 14 * 24 * time.Hour

// certificate answers the pair for a handshake, after a look at the files.
func (k *Keys) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now := k.now(); now.Sub(k.looked) >= lookEvery || now.Before(k.looked) {
		k.looked = now
		k.look()
	}
	return k.pair, nil
}

// look reads the files if they have changed. What cannot be read is said once, and the old pair stays.
func (k *Keys) look() {
	states := k.states()
	if states == k.seen {
		return
	}
	k.seen = states
	if err := k.read(); err != nil {
		k.log.Error("the new certificate is not used; the old one stays", "error", err)
	}
}

// Ends answers when the certificate that is shown is no longer good.
func (k *Keys) Ends() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pair.Leaf.NotAfter
}
