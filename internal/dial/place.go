package dial

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// Place is an entry of the list of places that may be spoken to: a host or a network, and a port.
type Place struct {
	host    string       // "" for a network
	network netip.Prefix // also of a host that is an address
	port    uint16       // 0: the usual ports
}

// usualPort says whether a port is that of HTTP, HTTPS, SFTP, PostgreSQL or MySQL.
func usualPort(port uint16) bool {
	return slices.Contains([]uint16{80, 443, 22, 5432, 3306}, port)
}

var hostName = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)

// ParsePlace reads an entry: heping.example.org, heping.example.org:8443, 10.20.0.0/16, 10.20.0.0/16:5432, [fd00::/8]:22. Without a
// port it stands for the usual ports of what is asked. What is none is a Problem.
func ParsePlace(text string) (Place, error) {
	host, port := text, uint16(0)
	bare := strings.Trim(text, "[]")
	if _, err := netip.ParseAddr(bare); err != nil {
		if _, err := netip.ParsePrefix(bare); err != nil && strings.Contains(text, ":") {
			h, p, err := net.SplitHostPort(text)
			n, portErr := strconv.ParseUint(p, 10, 16)
			if err != nil || portErr != nil || n == 0 {
				return Place{}, badPlace(text)
			}
			host, port = h, uint16(n)
		}
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if network, err := netip.ParsePrefix(host); err == nil {
		if network != network.Masked() {
			return Place{}, assess.Invalid("problem.place_network",
				fmt.Sprintf("%s is a machine in a network; write the network as %s, or the machine without the stroke", host, network.Masked()),
				"value", host, "network", network.Masked().String())
		}
		return Place{network: network, port: port}, nil
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return Place{network: netip.PrefixFrom(ip, ip.BitLen()), port: port}, nil
	}
	if !hostName.MatchString(host) || OddHost(host) {
		return Place{}, badPlace(text)
	}
	return Place{host: host, port: port}, nil
}

func badPlace(text string) *assess.Problem {
	return assess.Invalid("problem.place_form",
		fmt.Sprintf("%.80q is no place that can be allowed; write a host or a network and, where it is not the usual one, a port: heping.example.org, 10.20.0.0/16:5432", text),
		"value", fmt.Sprintf("%.80s", text))
}

// opens says whether the entry is one for a port.
func (p Place) opens(port uint16) bool {
	return p.port == port || p.port == 0 && usualPort(port)
}
