package store

import (
	"sync"
	"sync/atomic"
)

// recall remembers what was read until something, whatever it is, is written: every page begins with the same few readings, and most
// readings follow another and no writing. That holds where this process alone writes to the database, so that nothing can change unseen: it is
// the writer's count that tells, which moves before a writing is answered. Where others write, writes is nil and nothing is remembered.
type recall[K comparable, V any] struct {
	writes *atomic.Int64

	mu    sync.Mutex
	at    int64
	known map[K]V
}

// mostRecalled bounds what is remembered of one kind.
const mostRecalled = 1000

// get answers what is known of a key, else what read answers, which is remembered unless it is an error.
func (r *recall[K, V]) get(key K, read func() (V, error)) (V, error) {
	if r.writes == nil {
		return read()
	}
	at := r.writes.Load() // before reading: what is written meanwhile makes it out of date
	r.mu.Lock()
	if r.known == nil || r.at != at || len(r.known) >= mostRecalled {
		r.at, r.known = at, map[K]V{}
	}
	v, ok := r.known[key]
	r.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := read()
	if err != nil {
		return v, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at == at {
		r.known[key] = v
	}
	return v, nil
}
