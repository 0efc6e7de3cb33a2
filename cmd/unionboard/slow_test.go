package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
)

// The slow clients: each says a byte a second, of a head that never ends or of a body that it has announced.
const (
	slowHeads   = 500
	slowBodies  = 200
	slowPerHost = 35 // from one address
	slowPages   = 20.0
	slowMost99  = time.Second
)

// TestSlowClients lets clients that send slowly take what connections there are, and asks for pages beside them. SLOW_MINUTES says for how long;
// `make slow` for three. In `make test` a tenth of them come for some seconds, and the pages are only to come.
func TestSlowClients(t *testing.T) {
	minutes := setting(t, "SLOW_MINUTES", 0)
	length, heads, bodies := time.Duration(minutes)*time.Minute, slowHeads, slowBodies
	if minutes == 0 {
		length, heads, bodies = 3*time.Second, slowHeads/10, slowBodies/10
		t.Parallel()
	}
	dir := installation(t, "plain_http: true")
	inside(t, dir, func(a *app) {
		people := map[string]account.Post{}
		for i := range 20 {
			people[fmt.Sprintf("leader%d", i)] = account.Post{Role: assess.CityLeader}
		}
		addPeople(t, a, people)
	})
	addr := quietAddress(t)
	w := world{t: t, addr: addr, server: startAs(t, os.Getenv("UNIONBOARD_TEST_PROGRAM"), "serve", "--data", dir, "--addr", addr)}
	w.ready(time.Now())
	if _, err := os.Stat(filepath.Join(dir, config.FileName)); err != nil {
		t.Fatal(err)
	}
	var people []*guest
	for i := range 20 {
		people = append(people, w.guest(fmt.Sprintf("leader%d", i), 2000+i))
	}
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	l := newLoad()
	var held, most, dropped atomic.Int64
	for i := range heads + bodies {
		text := "GET / HTTP/1.1\r\nHost: " + addr + "\r\nX-Slow: "
		if i >= heads {
			text = "POST /sign-in HTTP/1.1\r\nHost: " + addr + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\nname="
		}
		l.all.Go(func() { crawl(ctx, addr, i/slowPerHost, text, &held, &most, &dropped) })
	}
	turn := atomic.Int64{}
	paths := []string{"/account", "/tasks", "/calendar", "/account/notices"}
	l.every(ctx, steadily(slowPages), func(due time.Time) {
		n := int(turn.Add(1))
		l.page(people[n%len(people)], paths[n/len(people)%len(paths)], due)
	})
	l.all.Wait()
	fmt.Printf("\n%s of %d slow heads and %d slow bodies: %d connections at most, %d ended by the server\n\n%s\n", length, heads, bodies, most.Load(), dropped.Load(), l.table())
	for _, one := range l.said {
		t.Error("a user saw: ", one)
	}
	if took := l.share("page", 0.99); minutes > 0 && took > slowMost99 {
		t.Errorf("goal: 99 %% of the pages within %s; it is %s", slowMost99, took)
	}
	if dropped.Load() == 0 && minutes > 0 {
		t.Error("no slow client was ever sent away")
	}
	if r := w.server.stop(); r.code != exitDone {
		t.Errorf("the server ended with %d: %s", r.code, r.err)
	}
}

// crawl holds a connection as long as it may, saying a byte a second, and comes again when it is sent away.
func crawl(ctx context.Context, addr string, host int, text string, held, most, dropped *atomic.Int64) {
	from := net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 200, byte(1+host))}}
	for ctx.Err() == nil {
		c, err := from.DialContext(ctx, "tcp", addr)
		if err != nil {
			time.Sleep(time.Second)
			continue
		}
		if n := held.Add(1); n > most.Load() {
			most.Store(n)
		}
		for ctx.Err() == nil {
			if _, err := c.Write([]byte(text)); err != nil {
				dropped.Add(1)
				break
			}
			text = "a"
			select {
			case <-ctx.Done():
			case <-time.After(time.Second): // say the next one
			}
		}
		held.Add(-1)
		c.Close()
	}
}
