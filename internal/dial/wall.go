package dial

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Wall says where sources may be asked. The zero Wall lets each source speak to the place it names and to nothing else.
type Wall struct {
	// Allowed are the only places that may be spoken to; nil: those that the sources name.
	Allowed []Place
	// Own are the addresses, host:port, at which this program itself is served: it never asks itself.
	Own []string
	// Resolver knows the addresses of names; nil: that of the machine.
	Resolver *net.Resolver
}

// Way leads to one host and port, and nowhere else.
type Way struct {
	wall     Wall
	host     string
	port     uint16
	loopback bool
	dialer   net.Dialer
}

// To answers the way to a host and port that the configuration names, or the Problem why there is none. loopback lets it be this
// machine. within is how long a connection may take to stand, 0 for 5 s.
func (w Wall) To(host string, port uint16, loopback bool, within time.Duration) (*Way, error) {
	host = strings.ToLower(host)
	ip, err := netip.ParseAddr(host)
	isName := err != nil
	switch {
	case isName && (OddHost(host) || !hostName.MatchString(host)):
		return nil, assess.Invalid("problem.address_odd",
			"the host is not written as a name or an address; write letters, digits, - and points (names in other letters as xn--…), or four numbers from 0 to 255")
	case port == 0:
		return nil, assess.Invalid("problem.address_port", "a port is a number from 1 to 65535")
	}
	if fault := CheckHost(host); fault != nil {
		fault.Kind = assess.ErrInvalid // here it is a mistake in the configuration
		return nil, fault
	}
	way := &Way{wall: w, host: host, port: port, loopback: loopback}
	if !way.listed(ip, isName) {
		fault := unlisted(net.JoinHostPort(host, strconv.Itoa(int(port))))
		fault.Kind = assess.ErrInvalid
		return nil, fault
	}
	if within == 0 {
		within = 5 * time.Second
	}
	way.dialer = net.Dialer{Timeout: within, Resolver: w.Resolver, Control: way.control}
	return way, nil
}

func unlisted(at string) *assess.Problem {
	return assess.Forbidden("problem.address_unlisted",
		fmt.Sprintf("no connection is made to %s: it is not in sources_allowed; add it there when it is meant", at), "address", at)
}

// listed says whether the host is on the list. Of a name only the address will tell whether it lies in a listed network.
func (y *Way) listed(ip netip.Addr, isName bool) bool {
	if y.wall.Allowed == nil {
		return true
	}
	return slices.ContainsFunc(y.wall.Allowed, func(p Place) bool {
		return p.opens(y.port) && (p.host == y.host || p.host == "" && (isName || p.network.Contains(ip)))
	})
}

// DialContext connects to the way's host and port. It looks at the address that is really dialled, whatever the name resolved to:
// where that may not be, the error holds a Problem and nothing was sent.
func (y *Way) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if want := y.Address(); !strings.EqualFold(address, want) {
		return nil, assess.Forbidden("problem.address_elsewhere",
			fmt.Sprintf("no connection is made to %s: the source is at %s", address, want), "address", address, "want", want)
	}
	return y.dialer.DialContext(ctx, network, address)
}

// Address answers host:port.
func (y *Way) Address() string { return net.JoinHostPort(y.host, strconv.Itoa(int(y.port))) }

func (y *Way) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dialled address: %w", err)
	}
	if fault := y.permit(at.Addr().WithZone("")); fault != nil {
		return fault
	}
	return nil
}

// permit answers why an address that the host resolved to is not dialled.
func (y *Way) permit(ip netip.Addr) *assess.Problem {
	if fault := permit(ip, y.loopback); fault != nil {
		return fault
	}
	within := slices.ContainsFunc(y.wall.Allowed, func(p Place) bool { return p.host == "" && p.opens(y.port) && p.network.Contains(ip) })
	byName := slices.ContainsFunc(y.wall.Allowed, func(p Place) bool { return p.host == y.host && p.opens(y.port) })
	itself := y.host == ip.String()
	switch {
	case y.own(ip):
		return assess.Forbidden("problem.address_own",
			fmt.Sprintf("no connection is made to %s: this program itself is served there; correct the address of the source", y.Address()), "address", y.Address())
	case y.wall.Allowed != nil && !within && !byName:
		return unlisted(netip.AddrPortFrom(ip, y.port).String())
	case private(ip) && !within && (y.wall.Allowed != nil || !itself):
		return assess.Forbidden("problem.address_private",
			fmt.Sprintf("no connection is made to %s: it is an address of a private network, which the name alone does not allow; add its network to sources_allowed, as 10.20.0.0/16:%d", ip, y.port),
			"address", ip.String(), "port", strconv.Itoa(int(y.port)))
	}
	return nil
}

// own says whether the program itself is served at an address: at that port of this machine, by whichever of its addresses.
func (y *Way) own(ip netip.Addr) bool {
	served := slices.ContainsFunc(y.wall.Own, func(at string) bool {
		_, port, err := net.SplitHostPort(at)
		return err == nil && port == strconv.Itoa(int(y.port))
	})
	return served && (ip.IsLoopback() || ofThisMachine(ip))
}

// ofThisMachine says whether an address is one of this machine's. Where it cannot be known it is taken for one.
func ofThisMachine(ip netip.Addr) bool {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	return slices.ContainsFunc(all, func(a net.Addr) bool {
		network, ok := a.(*net.IPNet)
		return ok && network.IP.Equal(ip.AsSlice())
	})
}

// private says whether an address is one of a network that is not the public one.
func private(ip netip.Addr) bool {
	return slices.ContainsFunc([]netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
		netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
		netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fec0::/10"),
	}, func(n netip.Prefix) bool { return n.Contains(ip) })
}
