package dial

import (
	"net/netip"
	"strings"
	"testing"
)

// FuzzPlace: whatever the list of places says and however a host is written, no way leads to an address that is never dialled, and a place
// has one meaning.
func FuzzPlace(f *testing.F) {
	for _, text := range []string{"heping.example.org:8443", "10.20.0.0/16", "[fd00::/8]:22", "169.254.169.254", "0x7f.1", "::ffff:127.0.0.1", "2130706433", "a..b", "64:ff9b::7f00:1", "fe80::1%eth0"} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, place, host string) {
		p, err := ParsePlace(place)
		if err == nil {
			again, err := ParsePlace(strings.ToUpper(place))
			if err != nil || again != p {
				t.Errorf("%q is %+v, in capitals %+v, %v", place, p, again, err)
			}
		}
		for _, wall := range []Wall{{}, {Allowed: []Place{p}}} {
			way, err := wall.To(host, 443, false, 0)
			if err != nil {
				continue
			}
			if way.host != strings.ToLower(host) || OddHost(host) {
				t.Errorf("%q leads to %q", host, way.host)
			}
			if ip, err := netip.ParseAddr(host); err == nil {
				if ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() || ip.Is4In6() {
					t.Errorf("a way leads to %s", ip)
				}
				if fault := permit(ip, false); fault == nil && (ip.IsLoopback() || ip.Unmap().IsLoopback()) {
					t.Errorf("%s is dialled", ip)
				}
			}
		}
	})
}
