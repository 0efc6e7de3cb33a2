package web

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Attempts to sign in that one address may make: 20 at once, then one every three seconds (security checklist, row 2).
const (
	triesAtOnce = 20
	triesEvery  = 3 * time.Second
	triesKept   = 10_000 // addresses remembered before those that rested are forgotten
)

// tries counts attempts to sign in by network address.
type tries struct {
	mu        sync.Mutex
	byAddress map[string]*rate.Limiter
}

func newTries() *tries { return &tries{byAddress: map[string]*rate.Limiter{}} }

// allow says whether an address may try once more.
func (t *tries) allow(address string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := network(address)
	limiter, ok := t.byAddress[key]
	if !ok {
		if len(t.byAddress) >= triesKept {
			t.forgetRested(now)
		}
		limiter = rate.NewLimiter(rate.Every(triesEvery), triesAtOnce)
		t.byAddress[key] = limiter
	}
	return limiter.AllowN(now, 1)
}

func (t *tries) forgetRested(now time.Time) {
	for key, limiter := range t.byAddress {
		if limiter.TokensAt(now) >= triesAtOnce {
			delete(t.byAddress, key)
		}
	}
}

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
