package serving

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// limited is a listener that lets so many connections in at once, and so many of one address. What is too much is closed as it comes:
// to let it wait would let those who do nothing keep the others out.
type limited struct {
	net.Listener
	most, each int
	shared     networks // addresses behind which there are many, or this machine itself: not counted by themselves

	mu   sync.Mutex
	open int
	ofs  map[netip.Addr]int
	shut atomic.Int64 // connections that were closed at once
}

// Accept waits for the next connection that is let in.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := addressOf(c.RemoteAddr().String())
		if l.enter(from) {
			return &counted{Conn: c, leave: sync.OnceFunc(func() { l.leave(from) })}, nil
		}
		l.shut.Add(1)
		c.Close()
	}
}

// lastCall is how long those who are at the door already are let in before it closes.
const lastCall = 100 * time.Millisecond

// last lets nobody else queue and those in who do: when a listener is closed, the system breaks off connections that wait to be accepted, whose request
// may be on its way; one that was not let queue is begun again by itself, and then refused, so that a proxy asks another server.
func (l *limited) last(ctx context.Context) {
	door, ok := l.Listener.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := door.SyscallConn()
	if err != nil {
		return // it is closed
	}
	_ = raw.Control(func(fd uintptr) { _ = syscall.Listen(int(fd), 0) }) // where that cannot be had, the door closes as ever
	select {
	case <-ctx.Done():
	case <-time.After(lastCall):
	}
}

func (l *limited) enter(from netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open >= l.most || l.ofs[from] >= l.each && !l.shared.hold(from) {
		return false
	}
	if l.ofs == nil {
		l.ofs = map[netip.Addr]int{}
	}
	l.open++
	l.ofs[from]++
	return true
}

func (l *limited) leave(from netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.ofs[from]--; l.ofs[from] <= 0 {
		delete(l.ofs, from)
	}
}

// scarce says whether more than half of what there may be of connections is taken, in all or of an address.
func (l *limited) scarce(from netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open > l.most/2 || l.ofs[from] > l.each/2 && !l.shared.hold(from)
}

// sparing lets connections end with their answer while they are scarce, so that idle ones do not keep others of the same office out.
func (l *limited) sparing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from, ok := r.Context().Value(peerKey{}).(netip.Addr); ok && l.scarce(from) {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// counted is a connection that is counted until it is closed.
type counted struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

// addressOf answers the address of host and port; the zero address where there is none.
func addressOf(hostPort string) netip.Addr {
	p, err := netip.ParseAddrPort(hostPort)
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr().Unmap().WithZone("")
}
