package dial

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"syscall"

	"github.com/unionboard/unionboard/internal/assess"
)

// oddNumber is a host that some resolvers read as an IPv4 address in decimal, octal or hexadecimal.
var oddNumber = regexp.MustCompile(`^(0[xX][0-9a-fA-F]*|[0-9]+)(\.(0[xX][0-9a-fA-F]*|[0-9]+))*$`)

// OddHost says whether a host is written as a number that only some programs read as an address.
func OddHost(host string) bool {
	_, err := netip.ParseAddr(host)
	return err != nil && oddNumber.MatchString(host)
}

// CheckHost answers why a configured host is never spoken to, nil for one that may be. The machine itself passes here; Guard
// looks at it when it is dialled.
func CheckHost(host string) *assess.Problem {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return nil
	}
	return permit(ip, true)
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
		cause, why = "nowhere", "it is no machine's address; correct it"
	case ip.IsLinkLocalUnicast():
		cause, why = "link_local", "link-local addresses are never asked; correct it"
	case ip.IsMulticast(), ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		cause, why = "multicast", "it is the address of many machines; correct it"
	}
	if cause == "" {
		return nil
	}
	return assess.Forbidden("problem.address_"+cause, fmt.Sprintf("no connection is made to %s: %s", ip, why), "address", ip.String())
}

// Guard answers a control function for a dialer. It sees the address that is really dialled, whatever a name resolved to.
func Guard(loopback bool) func(network, address string, _ syscall.RawConn) error {
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
