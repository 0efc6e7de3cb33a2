package doctor

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/config"
)

// expiring is how long before its end a certificate is spoken of.
const expiring = 30 * 24 * time.Hour

// settings looks at the configuration, and at the certificates that it names.
func (in Installation) settings(now time.Time) (found []Finding) {
	if in.ConfigErr != nil {
		return []Finding{{State: Wrong, Key: "config.bad", Cause: in.ConfigErr}}
	}
	found = append(found, Finding{State: Good, Key: "config.good", Args: map[string]string{"sources": strconv.Itoa(len(in.Config.Sources))}})
	switch {
	case in.Demo: // it is served over plain HTTP on purpose
	case in.Config.PlainHTTP:
		found = append(found, Finding{State: Look, Key: "https.plain"})
	case in.Config.TLS.CertFile == "" && len(in.Config.TrustedProxies) == 0:
		found = append(found, Finding{State: Look, Key: "https.nobody"})
	default:
		found = append(found, Finding{State: Good, Key: "https.only"})
	}
	found = append(found, Finding{State: Good, Key: "profile." + in.Config.Security})
	files := certificates(in.Config)
	for _, file := range files {
		if f := certificate(file, now, in.Zone); f.State != Good {
			found = append(found, f)
		}
	}
	return found
}

// certificates answers the files of certificates that a configuration names.
func certificates(c config.Config) (files []string) {
	add := func(path string) {
		if path != "" {
			files = append(files, path)
		}
	}
	add(c.TLS.CertFile)
	if c.Mail != nil {
		add(c.Mail.CAFile)
	}
	for _, s := range c.Sources {
		add(s.CAFile)
		add(s.CertFile)
	}
	return files
}

// certificate looks whether every certificate of a file is in force, now and for a while.
func certificate(path string, now time.Time, zone *time.Location) Finding {
	body, err := os.ReadFile(path)
	if err != nil {
		return Finding{State: Wrong, Key: "certificate.unread", Args: map[string]string{"file": path}, Cause: err}
	}
	first, err := firstEnd(body)
	if err != nil {
		return Finding{State: Wrong, Key: "certificate.unread", Args: map[string]string{"file": path}, Cause: err}
	}
	if zone == nil {
		zone = time.UTC
	}
	f := Finding{State: Good, Key: "certificate.good", Args: map[string]string{"file": path, "day": first.In(zone).Format(time.DateOnly)}}
	switch {
	case !now.Before(first):
		f.State, f.Key = Wrong, "certificate.over"
	case first.Sub(now) < expiring:
		f.State, f.Key = Look, "certificate.ends"
	}
	return f
}

// firstEnd answers when the first of the certificates in a file ends.
func firstEnd(body []byte) (first time.Time, err error) {
	for {
		var block *pem.Block
		if block, body = pem.Decode(body); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return first, err
		}
		if first.IsZero() || c.NotAfter.Before(first) {
			first = c.NotAfter
		}
	}
	if first.IsZero() {
		return first, errors.New("it holds no certificate")
	}
	return first, nil
}

// served looks who holds the folder, and whether something answers where the configuration says. Where nothing does, that may be for the better:
// another address was given with the command, or another command is at work.
func (in Installation) served(ctx context.Context) []Finding {
	if in.Holder == nil {
		return nil
	}
	process, held, err := in.Holder()
	if err != nil {
		return []Finding{{State: Skipped, Key: "served.unknown", Cause: err}}
	}
	if !held {
		return []Finding{{State: Look, Key: "served.not"}}
	}
	args := map[string]string{"process": process}
	if in.Ready == nil {
		return []Finding{{State: Good, Key: "served.held", Args: args}}
	}
	if err := in.Ready(ctx); err != nil {
		return []Finding{{State: Look, Key: "served.unready", Args: args, Cause: err}}
	}
	return []Finding{{State: Good, Key: "served.ready", Args: args}}
}
