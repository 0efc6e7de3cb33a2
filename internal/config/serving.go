package config

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/unionboard/unionboard/internal/assess"
)

// TLS is a certificate with its key, in PEM form; zero: none.
type TLS struct{ CertFile, KeyFile string }

// Limits bound what those who ask may take of the server.
type Limits struct {
	// How long a request's header, its body and the files of an upload may take to come, its answer to leave, and a connection to be idle.
	HeaderTime, BodyTime, UploadTime, AnswerTime, IdleTime time.Duration
	// Connections is how many there may be at once, PerAddress how many of one address.
	Connections, PerAddress int
	// How often one person may search, take files and upload within a minute.
	SearchesPerMinute, ExportsPerMinute, UploadsPerMinute int
}

func usualLimits() Limits {
	return Limits{
		HeaderTime: 5 * time.Second, BodyTime: 30 * time.Second, UploadTime: 2 * time.Minute, AnswerTime: time.Minute, IdleTime: time.Minute,
		Connections: 1000, PerAddress: 50,
		SearchesPerMinute: 120, ExportsPerMinute: 60, UploadsPerMinute: 60,
	}
}

func (r *reader) tls(to *TLS) setter {
	return func(n ast.Node, path string) {
		r.object(n, path, map[string]setter{"cert_file": r.text(&to.CertFile), "key_file": r.text(&to.KeyFile)})
	}
}

func (r *reader) limits(to *Limits) setter {
	return func(n ast.Node, path string) {
		r.object(n, path, map[string]setter{
			"header_time":         r.duration(&to.HeaderTime),
			"body_time":           r.duration(&to.BodyTime),
			"upload_time":         r.duration(&to.UploadTime),
			"answer_time":         r.duration(&to.AnswerTime),
			"idle_time":           r.duration(&to.IdleTime),
			"connections":         r.whole(&to.Connections),
			"per_address":         r.whole(&to.PerAddress),
			"searches_per_minute": r.whole(&to.SearchesPerMinute),
			"exports_per_minute":  r.whole(&to.ExportsPerMinute),
			"uploads_per_minute":  r.whole(&to.UploadsPerMinute),
		})
	}
}

// The bounds of limits: below the least nobody could work, above the most they would be none.
const (
	leastTime, mostTime               = time.Second, 30 * time.Minute
	leastConnections, mostConnections = 10, 100_000
)

// leastBits is how long the prefix of a network of proxies is at least: 10.0.0.0/8 and fd00::/8 are the largest private ones.
const leastBits = 8

// checkServing looks at how the pages are served: by which certificate, behind whom, to whom and within which limits.
func (c Config) checkServing() (problems assess.Problems) {
	add := func(path string, p *assess.Problem) {
		if p != nil {
			problems = append(problems, p.At(c.At(path)))
		}
	}
	switch {
	case (c.TLS.CertFile == "") != (c.TLS.KeyFile == ""):
		add("tls", invalid("problem.config_tls_pair", "a certificate goes with its key; write both cert_file and key_file, or neither"))
	case c.TLS.CertFile != "" && c.PlainHTTP:
		add("plain_http", invalid("problem.config_tls_plain", "with a certificate the pages are served over https alone; leave plain_http out, or tls"))
	}
	for key, networks := range map[string][]string{"trusted_proxies": c.TrustedProxies, "admin_from": c.AdminFrom} {
		for i, text := range networks {
			network, err := Network(text)
			if err == nil && key == "trusted_proxies" && network.Bits() < leastBits {
				add(c.entry(key, i), invalid("problem.config_proxies",
					fmt.Sprintf("%q trusts half the internet to say whom a request comes from; name the addresses of the proxies", text), "value", text))
			}
			if err != nil {
				add(c.entry(key, i), invalid("problem.config_network",
					fmt.Sprintf("%q is neither an address nor a network; write it as 10.20.0.5 or 10.20.0.0/16", text), "value", text))
			}
		}
	}
	add("log_format", oneOf("log_format", c.LogFormat, "text", "json"))
	if c.DebugAddr != "" && !loopback(c.DebugAddr) {
		add("debug_addr", invalid("problem.config_debug",
			fmt.Sprintf("profiles show what the program holds in memory, so they are served to this machine alone; write %q as 127.0.0.1:6060", c.DebugAddr), "value", c.DebugAddr))
	}
	return append(problems, c.checkLimits()...)
}

func (c Config) checkLimits() (problems assess.Problems) {
	l := c.Limits
	for key, d := range map[string]time.Duration{
		"header_time": l.HeaderTime, "body_time": l.BodyTime, "upload_time": l.UploadTime, "answer_time": l.AnswerTime, "idle_time": l.IdleTime,
	} {
		if d < leastTime || d > mostTime {
			problems = append(problems, invalid("problem.config_limit_time",
				fmt.Sprintf("limits.%s cannot be %s; it is a span of time from %s to %s", key, d, leastTime, mostTime),
				"key", "limits."+key, "value", d.String()).At(c.At("limits."+key)))
		}
	}
	for _, one := range []struct {
		key         string
		n           int
		least, most int
	}{
		{"connections", l.Connections, leastConnections, mostConnections},
		{"per_address", l.PerAddress, leastConnections, mostConnections},
		{"searches_per_minute", l.SearchesPerMinute, 1, mostRequests},
		{"exports_per_minute", l.ExportsPerMinute, 1, mostRequests},
		{"uploads_per_minute", l.UploadsPerMinute, 1, mostRequests},
	} {
		if p := between("limits."+one.key, one.n, one.least, one.most); p != nil {
			problems = append(problems, p.At(c.At("limits."+one.key)))
		}
	}
	return problems
}

// entry answers the path of an entry of a list of texts, or of the list where that came from the environment.
func (c Config) entry(list string, i int) string {
	if path := list + "[" + strconv.Itoa(i) + "]"; c.places[path] != (assess.Place{}) {
		return path
	}
	return list
}

// Network reads an address or a network: 10.20.0.5, fd00::/8. An address is a network of its own.
func Network(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, fmt.Errorf("%q is no address", text)
		}
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, err
	}
	return p.Masked(), nil
}

// loopback says whether host and port are of this machine alone.
func loopback(addr string) bool {
	host, port, err := net.SplitHostPort(addr)
	n, portErr := strconv.ParseUint(port, 10, 16)
	if err != nil || portErr != nil || n == 0 && port != "0" {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
