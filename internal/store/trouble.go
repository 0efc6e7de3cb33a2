package store

import (
	"context"
	"errors"
	"sync"

	"github.com/unionboard/unionboard/internal/assess"
)

// trouble is what keeps a store from its work just now, so that people can be told before they try.
type trouble struct {
	mu      sync.Mutex
	damage  *assess.Problem // stays: what is damaged is not mended by the next write
	writing *assess.Problem // of the last write that failed for the disk's sake; nil after one that was kept
}

// note keeps a problem that is more than that of one request.
func (t *trouble) note(p *assess.Problem) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch p.Key {
	case keyDamaged:
		t.damage = p
	case keyFull, keyReadOnly, keyDisk, keyBusy, keyFiles, keyAway, keyStandby, keyPgFull, keyHeld:
		t.writing = p
	}
}

// wrote says that a transaction is on the disk.
func (t *trouble) wrote() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.writing = nil
}

func (t *trouble) damaged() *assess.Problem {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.damage
}

func (t *trouble) now() *assess.Problem {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.damage != nil {
		return t.damage
	}
	return t.writing
}

// Trouble answers what keeps the store from writing, or that its database was found damaged; nil where it is well. A disk that was full is
// so until the next change is kept, and damage until the folder is opened again.
func (s *Store) Trouble() *assess.Problem {
	if p := s.trouble.now(); p != nil {
		return p
	}
	if s.reserve.givenUp() {
		return reserveUsed(s.dir)
	}
	return nil
}

// Tend makes the reserve anew once the disk has room for it, and looks whether a database that was away is there again. It is called every now
// and then; what is tried does not matter to anybody's request.
func (s *Store) Tend(ctx context.Context) {
	s.reserve.renew()
	if s.engine.shared() && s.trouble.now() != nil {
		_ = s.write(ctx, func(tx) error { return nil }) // what it meets stays the trouble
	}
}

func asProblem(err error) *assess.Problem {
	p, _ := errors.AsType[*assess.Problem](err)
	return p
}
