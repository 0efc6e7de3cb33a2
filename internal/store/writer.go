package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
)

// most is how many requests one transaction takes.
const most = 256

// writer is the one goroutine that changes the database. It commits everything that is waiting in one transaction, so that
// many requests share one wait for the disk (4,309 a second measured, against 910 one by one), each under a savepoint, so that
// one that fails leaves nothing behind and hurts no other.
type writer struct {
	db       *sql.DB
	engine   engine
	reserve  *reserve
	trouble  *trouble
	requests chan *request
	stopped  chan struct{}

	mu      sync.RWMutex // held for reading while a request is put into the channel
	closing bool
	writes  atomic.Int64 // transactions that have ended; see recall
	writing atomic.Int64 // how long they took together, in nanoseconds
}

// request is one change that waits to be written.
type request struct {
	do    func(tx) error
	from  audit.Origin // who asked, for the lines of the audit log
	taken atomic.Bool  // by the writer, or by its own caller who no longer wants it
	done  chan error
}

// take says whether the caller of take decides over the request from now on.
func (r *request) take() bool { return r.taken.CompareAndSwap(false, true) }

// tx is the transaction as a request sees it. Its statements are not cancelled with the request: SQLite takes the whole
// transaction back when a statement is interrupted, with the work of the others in it.
type tx struct {
	sql  *sql.Tx
	from audit.Origin
}

func newWriter(db *sql.DB, e engine, r *reserve, t *trouble) *writer {
	return &writer{db: db, engine: e, reserve: r, trouble: t, requests: make(chan *request, most), stopped: make(chan struct{})}
}

func (w *writer) start() {
	go func() {
		defer close(w.stopped)
		for first := range w.requests {
			if batch := w.gather(first); len(batch) > 0 {
				w.commit(batch)
			}
		}
	}()
}

// stop lets the waiting requests be written and ends the goroutine; false if that was done before.
func (w *writer) stop() bool {
	w.mu.Lock()
	first := !w.closing
	w.closing = true
	if first {
		close(w.requests)
	}
	w.mu.Unlock()
	<-w.stopped
	return first
}

// write runs do in a transaction and answers when it is on the disk, or why it is not. When ctx ends before its turn has come,
// nothing was done; once it has begun the answer is waited for, so that it is always true. do may be run a second time after a
// fault of the disk and must change nothing but the database.
func (s *Store) write(ctx context.Context, do func(tx) error) error {
	do, kept := underTurn(ctx, do)
	if ctx.Value(duty{}) == nil {
		whole := do
		do = func(t tx) error {
			if err := s.Lapsed(); err != nil {
				return err
			}
			return whole(t)
		}
	}
	r := &request{do: do, from: audit.OriginOf(ctx), done: make(chan error, 1)}
	if err := s.writer.put(ctx, r); err != nil {
		return err
	}
	err := r.answer(ctx)
	if err == nil {
		kept()
	}
	return err
}

// answer waits for what becomes of a request.
func (r *request) answer(ctx context.Context) error {
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		if r.take() {
			return ctx.Err()
		}
		return <-r.done
	}
}

func (w *writer) put(ctx context.Context, r *request) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closing {
		return assess.Unavailable("problem.store_closed", "unionboard is shutting down; try again when it is back")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	// What would be added to a damaged database is lost with it when a backup is restored, and may spread the damage.
	if damage := w.trouble.damaged(); damage != nil {
		return damage
	}
	select {
	case w.requests <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// gather answers the requests that are waiting and still wanted, without waiting for more.
func (w *writer) gather(first *request) []*request {
	var batch []*request
	for r := first; ; {
		if r.take() {
			batch = append(batch, r)
		}
		if len(batch) == most {
			return batch
		}
		var open bool
		select {
		case r, open = <-w.requests:
			if !open {
				return batch
			}
		default:
			return batch
		}
	}
}

// patience is how long a batch is tried again that met other writers or lost its connection: a restart of the database passes unseen.
const patience = 5 * time.Second

// commit writes a batch and answers its requests. A fault of the disk takes the whole transaction with it; the requests are
// then tried one by one, so that one that is too large for the disk does not take the small ones along.
func (w *writer) commit(batch []*request) {
	outcomes, err := w.attempt(batch)
	if isFull(err) && w.reserve.giveUp() {
		outcomes, err = w.attempt(batch)
	}
	for begun, pause := time.Now(), 20*time.Millisecond; err != nil && w.engine.again(err) && time.Since(begun) < patience; pause = min(2*pause, time.Second) {
		time.Sleep(pause)
		outcomes, err = w.attempt(batch)
	}
	switch {
	case err == nil:
		for i, r := range batch {
			r.done <- outcomes[i]
		}
	case len(batch) == 1 || w.engine.everybody(err):
		for _, r := range batch {
			r.done <- err
		}
	default:
		for i := range batch {
			w.commit(batch[i : i+1])
		}
	}
}

// attempt runs a batch in one transaction and answers what became of each request. With an error nothing was written at all, unless it says
// that this is not known.
func (w *writer) attempt(batch []*request) (outcomes []error, err error) {
	begun := time.Now()
	t, err := w.db.Begin()
	if err != nil {
		return nil, err
	}
	defer func() {
		w.writing.Add(int64(time.Since(begun)))
		w.writes.Add(1) // before anybody hears of it; after a failed commit, too, which may have reached the disk
		if err != nil {
			t.Rollback() // what failed is said by err; the engine may have rolled back by itself
		}
	}()
	if opening := w.engine.opening(); opening != "" {
		if _, err := t.Exec(opening); err != nil {
			return nil, err
		}
	}
	outcomes = make([]error, len(batch))
	for i, r := range batch {
		if outcomes[i], err = w.under(t, r); err != nil {
			return nil, err
		}
	}
	if err = w.engine.committed(t.Commit()); err == nil {
		w.trouble.wrote()
	}
	return outcomes, err
}

// under runs a request under a savepoint. The outcome is the request's own; err says that the transaction is lost.
func (w *writer) under(t *sql.Tx, r *request) (outcome, err error) {
	if _, err := t.Exec(`SAVEPOINT request`); err != nil {
		return nil, err
	}
	outcome = protect(r.do, tx{t, r.from})
	if outcome != nil && w.engine.fatal(outcome) {
		return nil, outcome
	}
	if outcome != nil {
		if _, err := t.Exec(`ROLLBACK TO request`); err != nil {
			return nil, errors.Join(outcome, err)
		}
	}
	_, err = t.Exec(`RELEASE request`)
	return outcome, err
}

// protect makes a panic of one request its own error: here it would otherwise end the program and the requests of others.
func protect(do func(tx) error, t tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack())
		}
	}()
	return do(t)
}
