package source

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/unionboard/unionboard/internal/assess"
)

// address is the configured address of a source, with {unit} and {period} in its path or query. Its scheme, host and port are all
// that the source may speak to.
type address struct {
	template  string
	origin    string // scheme://host:port
	perUnit   bool
	perPeriod bool
}

var (
	placeholder = regexp.MustCompile(`\{[^}]*\}`)
	// oddNumber is a host that some resolvers read as an IPv4 address in decimal, octal or hexadecimal.
	oddNumber = regexp.MustCompile(`^(0[xX][0-9a-fA-F]*|[0-9]+)(\.(0[xX][0-9a-fA-F]*|[0-9]+))*$`)
)

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
	default:
		if ip, err := netip.ParseAddr(host); err == nil {
			if fault := permit(ip, true); fault != nil { // loopback is looked at when dialled
				return a, fault
			}
		} else if oddNumber.MatchString(host) {
			return a, badAddress("host", "write the host as a name or as four numbers from 0 to 255")
		}
	}
	a.origin = origin(u)
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
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// shown answers an address for messages: without the query, which may hold a key.
func shown(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// embedded are the IPv6 networks that carry an IPv4 address in them, which could name a forbidden one.
func embedded() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("::/96"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"),
		netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
	}
}

// permit answers why no connection may be made to an address, nil when it may. Private networks are where districts' systems
// live; the machine itself is reached only when the configuration says so.
func permit(ip netip.Addr, loopback bool) *assess.Problem {
	hidden := ip.Is4In6() || !ip.IsLoopback() && !ip.IsUnspecified() &&
		slices.ContainsFunc(embedded(), func(n netip.Prefix) bool { return n.Contains(ip) })
	cause, why := "", ""
	switch {
	case hidden:
		cause, why = "embedded", "it hides an IPv4 address in an IPv6 one; write the IPv4 address itself"
	case ip.IsLoopback() && loopback:
	case ip.IsLoopback():
		cause, why = "loopback", "it is this machine itself; set allow_loopback: true when that is meant"
	case ip.IsUnspecified(), ip.Is4() && ip.As4()[0] == 0:
		cause, why = "nowhere", "it is no machine's address; correct url"
	case ip.IsLinkLocalUnicast():
		cause, why = "link_local", "link-local addresses are never asked; correct url"
	case ip.IsMulticast(), ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		cause, why = "multicast", "it is the address of many machines; correct url"
	}
	if cause == "" {
		return nil
	}
	return assess.Forbidden("problem.source_address_"+cause, fmt.Sprintf("no connection is made to %s: %s", ip, why), "address", ip.String())
}

// guard answers a control function for a dialer. It sees the address that is really dialled, whatever a name resolved to.
func guard(loopback bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("dialled address: %w", err)
		}
		if fault := permit(at.Addr().WithZone(""), loopback); fault != nil {
			return fault
		}
		return nil
	}
}
