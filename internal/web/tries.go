package web

import "net/netip"

// network answers what an address is counted as: itself, or the /64 of an IPv6 address, which belongs to one subscriber.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Unmap().Is4() {
		return address
	}
	p, err := a.Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}
