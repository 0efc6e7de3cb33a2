package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// Job is something that is due again and again.
type Job struct {
	Name string
	Spec Spec
	// Last is the due time of the newest recorded run, zero where there is none: due times are rows, so that a restart loses
	// nothing.
	Last time.Time
	// Run does the work of one slot, the time it was due.
	Run func(ctx context.Context, slot time.Time)
}

// Scheduler runs jobs when they are due. A job still running at its next due time is not started a second time; it runs once
// more when it is free, for the newest slot. A slot that passed while the program was down is caught up at the start, again only
// the newest.
type Scheduler struct {
	log  *slog.Logger
	cron *cron.Cron

	mu      sync.Mutex
	work    []*work
	ctx     context.Context
	cancel  context.CancelFunc
	catchUp sync.WaitGroup
}

// New makes a Scheduler whose times are those of a zone.
func New(zone *time.Location, log *slog.Logger) *Scheduler {
	ctx, cancel := context.WithCancel(context.Background())
	return &Scheduler{
		log: log, ctx: ctx, cancel: cancel,
		cron: cron.New(cron.WithLocation(zone), cron.WithLogger(cronLog{log})),
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
	if len(s.cron.Entries()) > 0 {
		return fmt.Errorf("job %q came after the start", job.Name)
	}
	s.work = append(s.work, &work{job: job, last: job.Last, ctx: s.ctx, log: s.log})
	return nil
}

// Start begins. Jobs with a missed slot run at once, beside each other; all others wait for their due time.
func (s *Scheduler) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	everyMinute := cron.ConstantDelaySchedule{Delay: time.Minute}
	// Skip before recover: the other way round one panic would block its job for ever.
	chain := cron.NewChain(cron.SkipIfStillRunning(cronLog{s.log}), cron.Recover(cronLog{s.log}))
	for _, w := range s.work {
		if w.last.IsZero() {
			w.last = now
		}
		wrapped := chain.Then(w)
		s.cron.Schedule(w.job.Spec.plan, wrapped)
		// cron only wakes: the minute's look finds slots that a long run, a sleeping machine or a moved clock let pass.
		s.cron.Schedule(everyMinute, wrapped)
		s.catchUp.Go(wrapped.Run)
	}
	s.cron.Start()
}

// Stop starts nothing more and waits for what is running. When ctx ends first, the running jobs are told to end through their
// own context, and waited for.
func (s *Scheduler) Stop(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.cancel()
	idle := make(chan struct{})
	running := s.cron.Stop()
	go func() {
		<-running.Done()
		s.catchUp.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
		s.cancel()
		<-idle
	}
}

// work is a job at work: what is due and what was done last.
type work struct {
	job  Job
	last time.Time // only one run at a time touches it
	ctx  context.Context
	log  *slog.Logger
}

// Run does the newest slot that is due, if any. It implements cron.Job.
func (w *work) Run() {
	if w.ctx.Err() != nil {
		return
	}
	slots := Missed(w.job.Spec, w.last, time.Now())
	if len(slots) == 0 {
		return
	}
	slot := slots[len(slots)-1]
	if skipped := len(slots) - 1; skipped > 0 {
		w.log.Warn("missed slots are not caught up one by one", "job", w.job.Name, "skipped", skipped, "runs", slot)
	}
	w.last = slot // also when it panics: a slot is tried once
	w.job.Run(w.ctx, slot)
}

// cronLog lets cron write to a slog.Logger. Its ordinary lines (wake, run, skip) are of use only when looking for a fault.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(msg string, keysAndValues ...any) {
	l.log.Debug("schedule: "+msg, keysAndValues...)
}

func (l cronLog) Error(err error, msg string, keysAndValues ...any) {
	l.log.Error("schedule: "+msg, append([]any{"error", err}, keysAndValues...)...)
}
