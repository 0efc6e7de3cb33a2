package collect

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// How many sources are asked side by side: in all, and of one host, which need not be a strong one.
const (
	atOnce     = 8
	hostAtOnce = 2
)

// queue lets sources wait for their turn, in their order. Who waits for a host that is busy takes no place of the others.
type queue struct {
	all   *semaphore.Weighted
	mu    sync.Mutex
	hosts map[string]*semaphore.Weighted
	long  int
}

func newQueue() *queue {
	return &queue{all: semaphore.NewWeighted(atOnce), hosts: map[string]*semaphore.Weighted{}}
}

// turn waits for the turn of a source at a host, "" for none, and answers how to end it. The error is that of the context.
func (q *queue) turn(ctx context.Context, host string) (done func(), err error) {
	q.mu.Lock()
	q.long++
	of := q.hosts[host]
	if of == nil && host != "" {
		of = semaphore.NewWeighted(hostAtOnce)
		q.hosts[host] = of
	}
	q.mu.Unlock()
	defer func() {
		q.mu.Lock()
		q.long--
		q.mu.Unlock()
	}()
	if of != nil {
		if err := of.Acquire(ctx, 1); err != nil {
			return nil, err
		}
	}
	if err := q.all.Acquire(ctx, 1); err != nil {
		if of != nil {
			of.Release(1)
		}
		return nil, err
	}
	return func() {
		q.all.Release(1)
		if of != nil {
			of.Release(1)
		}
	}, nil
}

// Queued answers how many sources wait for their turn now.
func (g *Gate) Queued() int {
	g.queue.mu.Lock()
	defer g.queue.mu.Unlock()
	return g.queue.long
}
