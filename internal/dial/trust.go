package dial

import (
	"crypto/tls"
	"crypto/x509"
	"os"

	"github.com/unionboard/unionboard/internal/assess"
)

// Trust says whom a protected connection believes, and how we show who we are. There is no way to believe everybody.
type Trust struct {
	CAFile   string // certificates, PEM, that are believed beside those of the machine
	CertFile string // certificate, PEM, that we show; "": none
	KeyFile  string // its key, PEM, in a file only its owner can read
}

// Config answers the settings of TLS for a server's name. The files are read at each use, so that they can be replaced. Errors are
// Problems.
func (t Trust) Config(server string) (*tls.Config, error) {
	c := &tls.Config{ServerName: server, MinVersion: tls.VersionTLS12}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, unopened(t.CAFile, err)
		}
		if c.RootCAs, err = x509.SystemCertPool(); err != nil {
			c.RootCAs = x509.NewCertPool()
		}
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, assess.Invalid("problem.ca_form", "the file holds no certificate; put one in PEM form into it").At(assess.Place{File: t.CAFile})
		}
	}
	if t.CertFile == "" {
		return c, nil
	}
	certificate, err := os.ReadFile(t.CertFile)
	if err != nil {
		return nil, unopened(t.CertFile, err)
	}
	key, err := Secret{File: t.KeyFile}.Whole()
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, assess.Invalid("problem.client_certificate",
			"the client certificate and its key are not in PEM form, or do not belong together; put the right ones there").
			At(assess.Place{File: t.CertFile}).Because(err)
	}
	c.Certificates = []tls.Certificate{pair}
	return c, nil
}
