package source_test

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/source"
)

// canary is a server at every address of this machine that nobody may ask. It answers its port.
func canary(t *testing.T, hits *atomic.Int32) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept() // a connection is a hit, whatever is said on it
			if err != nil {
				return
			}
			hits.Add(1)
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close() })
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// Row 43 of the security checklist: addresses that the configuration does not allow are refused, at the start or when they are dialled.
// A canary listens at every address of this machine on the port that is asked for.
func TestNoSourceReachesWhatIsNotAllowed(t *testing.T) {
	var hits atomic.Int32
	port := canary(t, &hits)
	const elsewhere = "203.0.113.77" // a network for documentation: nobody answers
	servers := resolver(t, map[string][][]string{
		"rebind.example.org":    {{elsewhere}, {"127.0.0.1"}},
		"rebind6.example.org":   {{elsewhere}, {"::1"}},
		"loop.example.org":      {{"127.0.0.1"}},
		"loop6.example.org":     {{"::1"}},
		"both.example.org":      {{elsewhere, "127.0.0.1", "::1"}},
		"metadata.example.org":  {{"169.254.169.254"}},
		"inner.example.org":     {{"10.20.30.40"}},
		"inner172.example.org":  {{"172.31.255.254"}},
		"inner192.example.org":  {{"192.168.1.1"}},
		"carrier.example.org":   {{"100.64.1.1"}},
		"local6.example.org":    {{"fd12:3456::1"}},
		"mapped.example.org":    {{"::ffff:127.0.0.1"}},
		"nat64.example.org":     {{"64:ff9b::7f00:1"}},
		"sixtofour.example.org": {{"2002:7f00:1::"}},
		"zero.example.org":      {{"0.0.0.0"}},
		"zero6.example.org":     {{"::"}},
		"many.example.org":      {{"224.0.0.1"}},
		"all.example.org":       {{"255.255.255.255"}},
		"heping.example.org":    {{elsewhere}},
		"listed.example.org":    {{"10.20.30.40"}, {"10.99.0.1"}},
	})
	allowed := func(texts ...string) (places []dial.Place) {
		places = []dial.Place{}
		for _, text := range texts {
			place, err := dial.ParsePlace(text)
			if err != nil {
				t.Fatal(err)
			}
			places = append(places, place)
		}
		return places
	}
	for _, tt := range []struct {
		hosts   string // separated by spaces; * is a space in a host
		allowed []dial.Place
		own     bool
		key     string
	}{
		{hosts: "127.0.0.1 127.0.0.2 127.1.2.3 127.255.255.254 localhost LOCALHOST LocalHost [::1] [0:0:0:0:0:0:0:1]", key: "problem.address_loopback"},
		{hosts: "loop.example.org loop6.example.org LOOP.example.org", key: "problem.address_loopback"},
		{hosts: "rebind.example.org rebind6.example.org both.example.org", key: "problem.address_loopback problem.source_slow problem.source_unreachable"},
		{hosts: "127.1 127.0.1 2130706433 017700000001 0x7f000001 0x7f.0.0.1 0177.0.0.1 127.0.0.01 0x7F.1 00000127.0.0.1 0 1 127.0.0.0x1", key: "problem.source_url_host"},
		{hosts: "127.0.0.1. localhost. １２７.０.０.１ ①②⑦.⓪.⓪.① 127。0。0。1 loca1host_- -a.example.org a..example.org", key: "problem.address_odd"},
		{hosts: "127%2e0%2e0%2e1 a*b @127.0.0.1 board:x@127.0.0.1 {unit}.example.org", key: "problem.source_url_form problem.source_url_user problem.source_url_host_placeholder problem.source_url_placeholder"},
		{hosts: "0.0.0.0 [::] 0.1.2.3 zero.example.org zero6.example.org", key: "problem.address_nowhere"},
		{hosts: "169.254.169.254 169.254.0.1 [fe80::1] [fe80::1%25lo] metadata.example.org", key: "problem.address_link_local"},
		{hosts: "224.0.0.1 239.255.255.250 255.255.255.255 [ff02::1] many.example.org all.example.org", key: "problem.address_multicast"},
		{hosts: "[::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::] nat64.example.org sixtofour.example.org", key: "problem.address_embedded"},
		{hosts: "mapped.example.org", key: "problem.address_embedded problem.address_loopback"}, // Go dials it as the address that it hides
		{hosts: "inner.example.org inner172.example.org inner192.example.org carrier.example.org local6.example.org", key: "problem.address_private"},
		{hosts: "listed.example.org", allowed: allowed("listed.example.org:" + port), key: "problem.address_private"},
		{hosts: "listed.example.org inner192.example.org", allowed: allowed("172.16.0.0/12:" + port), key: "problem.address_unlisted"},
		{hosts: "10.1.2.3 198.51.100.1 heping.example.org [2001:db8::1] 127.0.0.1", allowed: allowed("10.20.0.0/16:"+port, "tiexi.example.org:"+port, "10.1.2.3:1", "127.0.0.1"), key: "problem.address_unlisted"},
		{hosts: "127.0.0.1 loop.example.org metadata.example.org", allowed: allowed("127.0.0.0/8:"+port, "loop.example.org:"+port, "metadata.example.org:"+port, "169.254.0.0/16:"+port), key: "problem.address_loopback problem.address_link_local"},
		{hosts: "heping.example.org", allowed: allowed(), key: "problem.address_unlisted"},
		{hosts: "127.0.0.1 loop.example.org loop6.example.org 127.3.2.1 localhost", own: true, key: "problem.address_own"},
	} {
		for _, host := range strings.Fields(tt.hosts) {
			wall := dial.Wall{Allowed: tt.allowed, Resolver: servers}
			if tt.own {
				wall.Own = []string{"0.0.0.0:" + port}
			}
			h, err := source.NewHTTP(source.HTTPConfig{
				Name: "a", URL: "http://" + strings.ReplaceAll(host, "*", " ") + ":" + port + "/", Format: source.JSON, Wall: wall, AllowLoopback: tt.own,
				Tries: 2, Delay: time.Millisecond, Connect: 50 * time.Millisecond, Units: []assess.UnitCode{"1"},
			})
			found := []*assess.Problem{}
			var p *assess.Problem
			if errors.As(err, &p) {
				found = append(found, p)
			}
			for range 2 { // a name that changes its mind has done so by then
				if h == nil {
					break
				}
				parcels, err := h.Fetch(t.Context(), source.Request{})
				if err != nil || len(parcels) != 1 || parcels[0].Damage == nil || len(parcels[0].Entries) > 0 {
					t.Errorf("%s: %+v, %v; want it refused", host, parcels, err)
					continue
				}
				found = append(found, parcels[0].Damage)
			}
			for _, p := range found {
				if !strings.Contains(" "+tt.key+" ", " "+p.Key+" ") {
					t.Errorf("%s: %s: %v; want %s", host, p.Key, p, tt.key)
				}
			}
			if len(found) == 0 {
				t.Errorf("%s: not refused (%v)", host, err)
			} else if last := found[len(found)-1].Key; strings.HasPrefix(host, "rebind") && last != "problem.address_loopback" {
				t.Errorf("%s has changed to this machine, and the last word is %s", host, last)
			}
		}
	}
	if hits.Load() > 0 {
		t.Errorf("the canary was reached %d times", hits.Load())
	}
}

// What the list allows is asked: a name, a network that a name leads to, and a private address that stands in the configuration.
func TestTheListOpensWhatItNames(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { sendJSON(w, pageOf("210102", "2026Q1", "5", "null")) })
	_, port, err := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	names := resolver(t, map[string][][]string{"heping.example.org": {{"127.0.0.1"}}})
	for _, text := range []string{"heping.example.org:" + port, "127.0.0.0/8:" + port, "127.0.0.1:" + port, "Heping.Example.ORG:" + port} {
		place, err := dial.ParsePlace(text)
		if err != nil {
			t.Fatal(err)
		}
		parcels, err := ask(t, server, func(c *source.HTTPConfig) {
			c.URL = "http://heping.example.org:" + port + "/"
			c.Wall = dial.Wall{Allowed: []dial.Place{place}, Resolver: names}
		})
		if err != nil || parcels[0].Damage != nil {
			t.Errorf("%s: %+v, %v", text, parcels, err)
		}
	}
}
