package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// look is how long at most the scheduler sleeps between two looks at what is due: it finds slots that a long run, a sleeping machine
// or a moved clock let pass.
const look = time.Minute

// Job is something that is due again and again.
type Job struct {
	Name string
	Spec Spec
	// Shift is how long after a slot the job is begun, so that not everything begins on the hour; the slot itself stays what it is.
	Shift time.Duration
	// Last is the newest slot that was run, zero where there is none.
	Last time.Time
	// Record, where set, is asked at each look instead of remembering: due times are rows, so that a restart loses nothing and
	// another process is seen.
	Record func(ctx context.Context) (Record, error)
	// Lead says that only the holder of the lease runs the job.
	Lead bool
	// Run does the work of one slot, the time it was due.
	Run func(ctx context.Context, slot time.Time)
}

// Record is what is known of the runs of a job.
type Record struct {
	Last time.Time // the newest slot that was run; zero: none
	// Retry, where set, is when the job is tried again, because it failed: until that succeeds it goes by this and not by its spec.
	Retry time.Time
}

// Config is what a Scheduler works with.
type Config struct {
	Clock Clock  // nil: that of the machine
	Lease *Lease // nil: this process leads, as there is no other
	Log   *slog.Logger
	// Ended, where set, is told when a run has ended, good unless it panicked.
	Ended func(job string, at time.Time, good bool)
}

// Scheduler runs jobs when they are due. A job still running at its next due time is not started a second time; it runs once
// more when it is free, for the newest slot. A slot that passed while the program was down is caught up at the start, again only
// the newest.
type Scheduler struct {
	Config

	mu      sync.Mutex
	work    []*work
	started bool
	ctx     context.Context // of the jobs
	cancel  context.CancelFunc
	quit    chan struct{} // closed by Stop: nothing more is begun
	idle    chan struct{} // closed when nothing runs any more: the lease may go
	woken   chan struct{} // a job has ended, or the lease has come: something may be due
	loops   sync.WaitGroup
	running sync.WaitGroup
}

// New makes a Scheduler.
func New(c Config) *Scheduler {
	if c.Clock == nil {
		c.Clock = System{}
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Scheduler{
		Config: c, ctx: ctx, cancel: cancel, quit: make(chan struct{}), idle: make(chan struct{}), woken: make(chan struct{}, 1),
	}
}

// Add takes a job in. A job with the name of another is refused, and so is one after Start.
func (s *Scheduler) Add(job Job) error {
	if job.Spec.plan == nil || job.Run == nil {
		return fmt.Errorf("job %q has no schedule or nothing to run", job.Name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.work, func(w *work) bool { return w.job.Name == job.Name }) {
		return fmt.Errorf("there are two jobs named %q; give each its own name", job.Name)
	}
	if s.started {
		return fmt.Errorf("job %q came after the start", job.Name)
	}
	s.work = append(s.work, &work{job: job, last: job.Last})
	return nil
}

// Start begins: what is due has begun when it returns. Jobs with a missed slot run at once, beside each other; all others wait for their
// due time.
func (s *Scheduler) Start() {
	s.mu.Lock()
	s.started = true
	now := s.Clock.Now()
	for _, w := range s.work {
		w.begun = now
	}
	s.mu.Unlock()
	if s.Lease != nil {
		s.renewLease()
		s.loops.Go(s.keepLease)
	}
	wait := s.look()
	s.loops.Go(func() { s.loop(wait) })
}

// loop looks at what is due until Stop: when the next slot comes, when a job has ended, and each minute.
func (s *Scheduler) loop(wait time.Duration) {
	for {
		select {
		case <-s.quit:
			return
		case <-s.woken:
		case <-s.Clock.After(wait):
		}
		wait = s.look()
	}
}

// look begins what is due and answers how long there is nothing to do.
func (s *Scheduler) look() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Clock.Now()
	wait := look
	for _, w := range s.work {
		if w.busy || s.stopped() || w.job.Lead && !s.leads() {
			continue
		}
		slot, next, err := w.due(s.ctx, now)
		switch {
		case err != nil:
			s.Log.Error("what is due is not known", "job", w.job.Name, "error", err)
		case !slot.IsZero():
			s.begin(w, slot)
		case !next.IsZero():
			wait = min(wait, next.Sub(now))
		}
	}
	return max(wait, time.Millisecond)
}

func (s *Scheduler) leads() bool { return s.Lease == nil || s.Lease.Held(s.Clock.Now()) }

func (s *Scheduler) stopped() bool {
	select {
	case <-s.quit:
		return true
	default:
		return false
	}
}

// begin runs a slot of a job beside the others. A slot is tried once, also when it panics. Who loses the lease is told to end.
func (s *Scheduler) begin(w *work, slot time.Time) {
	w.busy, w.last = true, slot
	ctx, done := s.ctx, context.CancelFunc(func() {})
	if w.job.Lead && s.Lease != nil {
		ctx, done = s.Lease.while(ctx)
	}
	s.running.Go(func() {
		defer func() {
			p := recover()
			if s.Ended != nil {
				s.Ended(w.job.Name, s.Clock.Now(), p == nil)
			}
			if p != nil {
				s.Log.Error("a job panicked", "job", w.job.Name, "panic", p, "stack", string(debug.Stack()))
			}
			done()
			s.mu.Lock()
			w.busy = false
			s.mu.Unlock()
			s.wake()
		}()
		w.job.Run(ctx, slot)
	})
}

// wake lets the scheduler look now.
func (s *Scheduler) wake() {
	select {
	case s.woken <- struct{}{}:
	default: // it will look anyway
	}
}

// Stop starts nothing more and waits for what is running. When ctx ends first, the running jobs are told to end through their
// own context, and waited for. Then the lease is given back.
func (s *Scheduler) Stop(ctx context.Context) {
	defer s.cancel()
	s.mu.Lock()
	first := !s.stopped()
	if first {
		close(s.quit)
	}
	s.mu.Unlock()
	over := make(chan struct{})
	go func() {
		s.running.Wait()
		if first {
			close(s.idle)
		}
		s.loops.Wait()
		close(over)
	}()
	select {
	case <-over:
	case <-ctx.Done():
		s.cancel()
		<-over
	}
}

// work is a job at work.
type work struct {
	job   Job
	begun time.Time // when the scheduler started
	last  time.Time // the newest slot tried here
	busy  bool
}

// due answers the newest slot that is to be run now, or else when the next one is.
func (w *work) due(ctx context.Context, now time.Time) (slot, next time.Time, err error) {
	record := Record{}
	if w.job.Record != nil {
		if record, err = w.job.Record(ctx); err != nil {
			return slot, next, err
		}
	}
	last := record.Last
	if w.last.After(last) {
		last = w.last
	}
	if last.IsZero() {
		last = w.begun
	}
	if at := record.Retry; at.After(w.last) {
		if at.After(now) {
			return slot, at, nil
		}
		return at, next, nil
	}
	if slots := Missed(w.job.Spec, last, now.Add(-w.job.Shift)); len(slots) > 0 {
		return slots[len(slots)-1], next, nil
	}
	if next = w.job.Spec.Next(last); !next.IsZero() {
		next = next.Add(w.job.Shift)
	}
	return slot, next, nil
}
