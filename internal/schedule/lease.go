package schedule

import (
	"context"
	"errors"
	"sync"
	"time"
)

// How a lease is held: renewed every five seconds, good for fifteen.
const (
	renewal   = 5 * time.Second
	leaseTime = 15 * time.Second
	// trial is how often who does not hold the lease asks for it: another process goes on within 16 seconds.
	trial = time.Second
)

// errLost tells a job that another process leads now.
var errLost = errors.New("another process collects now")

// Leases keeps who holds a lease. The store implements it.
type Leases interface {
	// TakeLease takes or renews a lease until a time, if it is free, over at now, or the holder's own, and answers its fence, which grows
	// with every change of hands. held is false where another holds it.
	TakeLease(ctx context.Context, name, holder string, now, until time.Time) (fence int64, held bool, err error)
	// DropLease ends a lease that the holder has.
	DropLease(ctx context.Context, name, holder string) error
}

// Lease lets one of several processes on one store lead. A frozen holder loses it by time alone.
type Lease struct {
	Name, Holder string
	Leases       Leases
	// Taken, where set, is called when the lease came from other hands, before anything is run: what those left behind is cleared away.
	Taken func(ctx context.Context, now time.Time) error

	mu    sync.Mutex
	fence int64
	until time.Time
	lost  chan struct{} // closed when the lease is lost; nil: not held
}

// Held says whether the lease is held at a time.
func (l *Lease) Held(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost != nil && now.Before(l.until)
}

// Fence answers which time it is that the lease is held: it grows with every change of hands. 0 while it is not held.
func (l *Lease) Fence(now time.Time) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost == nil || !now.Before(l.until) {
		return 0
	}
	return l.fence
}

// renew takes or renews the lease and says whether it left our hands, and whether it came newly into them. Where the store cannot be asked it is
// held for as long as it was promised.
func (l *Lease) renew(ctx context.Context, now time.Time) (lost, taken bool, err error) {
	fence, held, err := l.Leases.TakeLease(ctx, l.Name, l.Holder, now, now.Add(leaseTime))
	l.mu.Lock()
	had := l.lost != nil
	same := had && fence == l.fence
	l.mu.Unlock()
	if err == nil && held && !same && l.Taken != nil {
		err = l.Taken(ctx, now)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if had && (err == nil && !(held && same) || !now.Before(l.until)) {
		close(l.lost)
		l.lost = nil
		lost = true
	}
	if err != nil || !held {
		return lost, false, err
	}
	l.fence, l.until = fence, now.Add(leaseTime)
	if l.lost == nil {
		l.lost = make(chan struct{})
		taken = true
	}
	return lost, taken, nil
}

// drop ends the lease on this side.
func (l *Lease) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost != nil {
		close(l.lost)
		l.lost = nil
	}
}

// while answers a context that ends with the lease.
func (l *Lease) while(ctx context.Context) (context.Context, context.CancelFunc) {
	l.mu.Lock()
	lost := l.lost
	l.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	if lost == nil {
		cancel(errLost)
		return ctx, func() {}
	}
	go func() {
		select {
		case <-lost:
			cancel(errLost)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// renewLease takes or renews the lease.
func (s *Scheduler) renewLease() {
	lost, taken, err := s.Lease.renew(s.ctx, s.Clock.Now())
	if err != nil && s.ctx.Err() == nil {
		s.Log.Warn("the lease was not renewed", "lease", s.Lease.Name, "error", err)
	}
	if lost {
		s.Log.Warn("this process leads no longer", "lease", s.Lease.Name, "holder", s.Lease.Holder)
	}
	if taken {
		s.Log.Info("this process leads", "lease", s.Lease.Name, "holder", s.Lease.Holder)
		s.wake()
	}
}

// keepLease renews the lease until Stop and the end of what runs under it, then gives it back.
func (s *Scheduler) keepLease() {
	for {
		wait := renewal
		if !s.Lease.Held(s.Clock.Now()) {
			wait = trial
		}
		select {
		case <-s.idle:
			s.giveBack()
			return
		case <-s.Clock.After(wait):
			s.renewLease()
		}
	}
}

// giveBack lets another process lead at once instead of after fifteen seconds.
func (s *Scheduler) giveBack() {
	s.Lease.drop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), renewal)
	defer cancel()
	if err := s.Lease.Leases.DropLease(ctx, s.Lease.Name, s.Lease.Holder); err != nil {
		s.Log.Warn("the lease was not given back and ends by itself", "lease", s.Lease.Name, "error", err)
	}
}
