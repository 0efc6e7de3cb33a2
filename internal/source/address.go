package source

import (
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
)

// address is the configured address of a source, with {unit} and {period} in its path or query. Its scheme, host and port are all
// that the source may speak to.
type address struct {
	template  string
	origin    string // scheme://host:port
	host      string
	port      uint16
	perUnit   bool
	perPeriod bool
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

func parseAddress(template string) (address, error) {
	a := address{template: template}
	for _, name := range placeholder.FindAllString(template, -1) {
		switch name {
		case "{unit}":
			a.perUnit = true
		case "{period}":
			a.perPeriod = true
		default:
			return a, badAddress("placeholder", "braces stand for {unit} and {period} only")
		}
	}
	u, err := a.at("0", "0")
	if err != nil {
		return a, badAddress("form", "write it as https://host/path?unit={unit}&period={period}")
	}
	if authority, _, _ := strings.Cut(strings.TrimPrefix(template, u.Scheme+"://"), "/"); strings.ContainsAny(authority, "{}") {
		return a, badAddress("host_placeholder", "{unit} and {period} may stand in the path and the query, not in the host")
	}
	switch host := u.Hostname(); {
	case u.Scheme != "http" && u.Scheme != "https":
		return a, badAddress("scheme", "it must begin with http:// or https://")
	case u.User != nil:
		return a, badAddress("user", "a name or password does not belong into it; use token_file or token_env")
	case host == "" || u.Fragment != "" || u.Opaque != "":
		return a, badAddress("form", "write it as https://host/path?unit={unit}&period={period}")
	case !goodPort(u.Port()):
		return a, badAddress("port", "a port is a number from 1 to 65535")
	case dial.OddHost(host):
		return a, badAddress("host", "write the host as a name or as four numbers from 0 to 255")
	}
	if fault := dial.CheckHost(u.Hostname()); fault != nil {
		return a, fault
	}
	a.origin, a.host, a.port = origin(u), u.Hostname(), portOf(u)
	return a, nil
}

func goodPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil && n > 0
}

// badAddress is a fault of the configuration; the address is not repeated, for it may hold a key.
func badAddress(cause, what string) *assess.Problem {
	return assess.Invalid("problem.source_url_"+cause, "the address of the source is not good: "+what).At(assess.Place{Field: "url"})
}

// at answers the address for one unit and period.
func (a address) at(unit, period string) (*url.URL, error) {
	path, query, hasQuery := strings.Cut(a.template, "?")
	path = strings.NewReplacer("{unit}", url.PathEscape(unit), "{period}", url.PathEscape(period)).Replace(path)
	if hasQuery {
		path += "?" + strings.NewReplacer("{unit}", url.QueryEscape(unit), "{period}", url.QueryEscape(period)).Replace(query)
	}
	return url.Parse(path)
}

// origin answers scheme, host and port, the port also where it is the usual one.
func origin(u *url.URL) string {
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), strconv.Itoa(int(portOf(u))))
}

// portOf answers the port of a good address, the usual one where it names none.
func portOf(u *url.URL) uint16 {
	if u.Port() == "" {
		return map[string]uint16{"http": 80, "https": 443}[u.Scheme]
	}
	n, _ := strconv.ParseUint(u.Port(), 10, 16) // 0 where it is none
	return uint16(n)
}

// shown answers an address for messages: without the query, which may hold a key.
func shown(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
