package serving_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/serving"
)

// from dials from an address of this machine, which on Linux may be any that begins with 127.
func from(t *testing.T, address, to string) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}, Timeout: 10 * time.Second}).Dial("tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// ask asks for a page on a connection and says whether it was answered.
func ask(c net.Conn) bool {
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		return false
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err == nil && r.StatusCode == http.StatusOK
}

// Row 50 of the security checklist: so many connections of one address and no more, in all and no more; who leaves makes room. A proxy has
// as many as it needs.
func TestConnectionsAreCounted(t *testing.T) {
	limits := roomy()
	limits.Connections, limits.PerAddress = 30, 10
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.9/32")}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has every address that begins with 127")
	}
	addr := begin(t, serving.Config{Limits: limits, Plain: true, Proxies: proxies, Near: []netip.Prefix{netip.MustParsePrefix("::1/128")}})
	var held []net.Conn
	for range 10 {
		c := from(t, "127.0.0.2", addr)
		if !ask(c) {
			t.Fatal("a connection within the limit is not answered")
		}
		if len(held) > 5 { // the first ones of an address were told to end with their answer
			_ = c.Close()
		}
		held = append(held, c)
	}
	for _, c := range held {
		c.Close()
	}
	held = nil
	for range 10 { // silent ones are counted as well
		held = append(held, from(t, "127.0.0.3", addr))
	}
	if ask(from(t, "127.0.0.3", addr)) {
		t.Error("an eleventh connection of an address is answered")
	}
	if !ask(from(t, "127.0.0.4", addr)) {
		t.Error("another address is not answered")
	}
	held[0].Close()
	for tries := 0; !ask(from(t, "127.0.0.3", addr)); tries++ {
		if tries == 100 {
			t.Fatal("a connection that has ended makes no room")
		}
		time.Sleep(10 * time.Millisecond)
	}
	for i := range 15 {
		if c := from(t, "127.0.0.9", addr); i == 14 && !ask(c) {
			t.Error("the connections of a proxy are counted as those of one address")
		}
	}
	for range 10 {
		from(t, "127.0.0.5", addr)
	}
	if ask(from(t, "127.0.0.6", addr)) {
		t.Error("there are more connections than there may be in all")
	}
	// This machine itself has as many as it needs.
	open := begin(t, serving.Config{Limits: limits, Plain: true})
	for i := range 15 {
		if c := from(t, "127.0.0.2", open); i == 14 && !ask(c) {
			t.Error("the connections of this machine are counted")
		}
	}
}

// Row 50: headers that never end and bodies that drip take nobody's place for longer than the limits say, and others are answered
// meanwhile.
func TestSlowOnesHoldNobodyUp(t *testing.T) {
	limits := roomy()
	limits.Header, limits.Body = time.Second, 2*time.Second
	addr := begin(t, serving.Config{Limits: limits, Plain: true, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestTimeout)
		}
	})})
	var gone sync.WaitGroup
	drip := func(head string) {
		c := from(t, "127.0.0.1", addr)
		gone.Go(func() {
			defer c.Close()
			_, _ = io.WriteString(c, head)
			for { // until the server has enough of it
				time.Sleep(100 * time.Millisecond)
				if _, err := io.WriteString(c, "a"); err != nil {
					return
				}
				_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
				if _, err := c.Read(make([]byte, 1)); err == io.EOF {
					return
				}
			}
		})
	}
	for i := range 50 {
		drip(fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: a\r\nX-", i))
	}
	for range 20 {
		drip("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
	}
	ended := make(chan struct{})
	go func() { gone.Wait(); close(ended) }()
	asked := 0
	for deadline := time.After(time.Minute); ; asked++ {
		select {
		case <-ended:
			if asked == 0 {
				t.Error("nobody else was answered")
			}
			return
		case <-deadline:
			t.Fatal("slow clients are never let go")
		default:
			if !ask(from(t, "127.0.0.1", addr)) {
				t.Fatal("somebody else is not answered")
			}
		}
	}
}

// Row 49: without https, plain HTTP is for proxies that are named and for this machine; the state of the server may be asked by all.
func TestPlainHTTPIsForProxies(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has every address that begins with 127")
	}
	addr := begin(t, serving.Config{Near: []netip.Prefix{netip.MustParsePrefix("::1/128")}, Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.9/32")}})
	for _, tt := range []struct {
		from, path string
		want       int
	}{{"127.0.0.9", "/", 200}, {"127.0.0.2", "/", 403}, {"127.0.0.2", "/healthz", 200}, {"127.0.0.2", "/readyz", 200}} {
		c := from(t, tt.from, addr)
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", tt.path)
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.StatusCode != tt.want {
			t.Errorf("%s from %s: %d, want %d", tt.path, tt.from, r.StatusCode, tt.want)
		}
	}
}

// The head of a request may be 16 KiB large, and no larger: its first line and its fields together.
func TestHeadsAreBounded(t *testing.T) {
	address := begin(t, serving.Config{Handler: http.HandlerFunc(said), Limits: roomy(), Plain: true, Log: quiet()})
	for size, want := range map[int]int{15 << 10: http.StatusOK, 16<<10 + 300: http.StatusRequestHeaderFieldsTooLarge, 20000: http.StatusRequestHeaderFieldsTooLarge} {
		ask, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+strings.TrimPrefix(address, "http://")+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		ask.Header.Set("X-Much", strings.Repeat("m", size))
		answer, err := http.DefaultClient.Do(ask)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("a head of %d bytes: %d, want %d", size, answer.StatusCode, want)
		}
	}
}
