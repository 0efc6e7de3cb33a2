package serving

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
)

var (
	loopback4 = netip.MustParsePrefix("127.0.0.0/8")
	loopback6 = netip.MustParsePrefix("::1/128")
)

// peerKey is the key of the address that a connection comes from, whatever is said of the request.
type peerKey struct{}

// networks are addresses that are believed, or counted, otherwise than all others.
type networks []netip.Prefix

func (n networks) hold(a netip.Addr) bool {
	for _, p := range n {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// said are the headers by which proxies say whom a request comes from. No handler sees them.
var said = [...]string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Server", "X-Real-Ip", "True-Client-Ip"}

// believed makes of a request that came through a trusted proxy the one that the proxy was sent: RemoteAddr, Host and the scheme of the URL
// are those of its client. Of all others what they say of themselves is left out.
func (n networks) believed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer := addressOf(r.RemoteAddr)
		r = r.WithContext(context.WithValue(r.Context(), peerKey{}, peer))
		r.URL.Scheme = "" // which a client can write into its request
		if r.TLS != nil {
			r.URL.Scheme = "https"
		}
		if n.hold(peer) {
			n.believe(r)
		}
		for _, name := range said {
			r.Header.Del(name)
		}
		next.ServeHTTP(w, r)
	})
}

// hop is what one proxy says of whom it was asked by.
type hop struct{ from, scheme, host string }

// believe takes the words of the proxies from the right, the nearest first, as far as they are trusted: the first address that is none of a
// trusted proxy is the client's, and what stands left of it is its own invention.
func (n networks) believe(r *http.Request) {
	hops := hopsOf(r.Header)
	for i := len(hops) - 1; i >= 0; i-- {
		h := hops[i]
		from := clientOf(h.from)
		if !from.IsValid() {
			return // unknown, or hidden: the proxy itself stands for it
		}
		r.RemoteAddr = netip.AddrPortFrom(from, 0).String()
		if h.scheme == "https" || h.scheme == "http" {
			r.URL.Scheme = h.scheme
		}
		if plainHost(h.host) {
			r.Host = h.host
		}
		if !n.hold(from) {
			return
		}
	}
}

// hopsOf answers what the headers say, one hop for each proxy. Forwarded (RFC 7239) is believed over the older ones. Of X-Forwarded-Proto
// and -Host, which may name fewer proxies than -For, the last words go with the last addresses.
func hopsOf(h http.Header) (hops []hop) {
	if all := h.Values("Forwarded"); len(all) > 0 {
		for _, element := range splitQuoted(strings.Join(all, ","), ',') {
			var one hop
			for _, pair := range splitQuoted(element, ';') {
				name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
				value = strings.Trim(value, `"`)
				switch strings.ToLower(name) {
				case "for":
					one.from = value
				case "proto":
					one.scheme = strings.ToLower(value)
				case "host":
					one.host = value
				}
			}
			hops = append(hops, one)
		}
		return hops
	}
	from, schemes, hosts := listed(h, "X-Forwarded-For"), listed(h, "X-Forwarded-Proto"), listed(h, "X-Forwarded-Host")
	for i := range from {
		fromEnd := len(from) - i
		hops = append(hops, hop{from[i], strings.ToLower(fromRight(schemes, fromEnd)), fromRight(hosts, fromEnd)})
	}
	return hops
}

func listed(h http.Header, name string) (words []string) {
	for _, line := range h.Values(name) {
		for word := range strings.SplitSeq(line, ",") {
			words = append(words, strings.TrimSpace(word))
		}
	}
	return words
}

// fromRight answers the n-th word from the right, counted from 1, or the first where there are fewer.
func fromRight(words []string, n int) string {
	if len(words) == 0 {
		return ""
	}
	return words[max(len(words)-n, 0)]
}

// splitQuoted splits a text at a sign that stands outside of quotes.
func splitQuoted(text string, at byte) (parts []string) {
	begin, quoted := 0, false
	for i := range len(text) {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == at && !quoted:
			parts = append(parts, text[begin:i])
			begin = i + 1
		}
	}
	return append(parts, text[begin:])
}

// clientOf answers the address that a proxy names, with or without a port; invalid for anything else.
func clientOf(text string) netip.Addr {
	if a := addressOf(text); a.IsValid() {
		return a
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// plainHost says whether a text can be a host with a port, and nothing else.
func plainHost(host string) bool {
	return host != "" && len(host) < 256 && !strings.ContainsFunc(host, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && !strings.ContainsRune(".-_:[]", r)
	})
}

// only refuses plain HTTP of everybody else. Whether the server lives may be asked by all.
func (n networks) only(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, _ := r.Context().Value(peerKey{}).(netip.Addr)
		if n.hold(peer) || r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Connection", "close")
		http.Error(w, "请通过 https 访问 / use the https address", http.StatusForbidden)
	})
}
