package web

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// undropped are requests of programs of which nothing came, and which the store could not forget at once: for as long as they are not forgotten,
// whoever sends one again is told that it is under way.
type undropped struct {
	mu   sync.Mutex
	left map[string]account.Receipt // by their attempts
}

// mostUndropped bounds how many there are; a program whose request is not among them waits until its receipt is swept.
const mostUndropped = 10_000

func (u *undropped) add(r account.Receipt) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.left == nil {
		u.left = map[string]account.Receipt{}
	}
	if len(u.left) < mostUndropped {
		u.left[r.Attempt] = r
	}
}

// take answers, and no longer holds, the attempts that are chosen.
func (u *undropped) take(chosen func(account.Receipt) bool) (all []account.Receipt) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, r := range slices.Collect(maps.Values(u.left)) {
		if chosen(r) {
			all = append(all, r)
			delete(u.left, r.Attempt)
		}
	}
	return all
}

// drop forgets a request of which nothing came, so that it can be tried again under its name: now, or when the store takes it.
func (s *site) drop(ctx context.Context, r account.Receipt) error {
	err := s.Keys.DropReceipt(context.WithoutCancel(ctx), r)
	if errors.Is(err, assess.ErrUnavailable) {
		s.undropped.add(r)
	}
	return err
}

// dropLeft forgets those that are chosen of the requests that could not be forgotten before.
func (s *site) dropLeft(ctx context.Context, chosen func(account.Receipt) bool) error {
	var wrong error
	for _, r := range s.undropped.take(chosen) {
		if wrong != nil { // the store is away still
			s.undropped.add(r)
			continue
		}
		wrong = s.drop(ctx, r)
	}
	return wrong
}
