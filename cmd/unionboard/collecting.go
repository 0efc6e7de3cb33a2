package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/meter"
	"github.com/unionboard/unionboard/internal/schedule"
)

const (
	// leaseName names the lease of the process that collects.
	leaseName = "collect"
	// askedTime is how long who asks for a collection waits for its outcome; what takes longer goes on.
	askedTime = 45 * time.Second
	// staleAfter is how long after its last good run a source is stale at the earliest, however often it is asked.
	staleAfter = 24 * time.Hour
)

// collecting is the sources at work: when each is asked, by itself or because somebody wants it, and where it stands.
type collecting struct {
	app   *app
	meter *meter.Meter
	begun time.Time // of what was due before a demonstration began nothing is caught up; zero otherwise
	// ctx is that of runs somebody asked for, which outlive the request.
	ctx    context.Context
	cancel context.CancelFunc
	runs   sync.WaitGroup
	// sources are those of the configuration or the demonstration, in their order. They are set before anything is asked.
	sources []planned

	mu    sync.Mutex
	asked map[assess.Code]int64 // under which fence of the lease each was asked last
}

func newCollecting(a *app) *collecting {
	c := &collecting{app: a, asked: map[assess.Code]int64{}}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.meter = meter.New(c.Standings, a.gate.Queued)
	return c
}

// plan parses the schedules of sources.
func (a *app) plan(all []planned) error {
	for i := range all {
		s := &all[i]
		if s.schedule == "" {
			continue
		}
		spec, err := schedule.Parse(s.schedule, a.zone)
		if err != nil {
			return assess.Invalid("problem.schedule", fmt.Sprintf("source %s: %s", s.Name, err), "source", string(s.Name)).At(s.at)
		}
		s.spec, s.shift = spec, schedule.Shift(string(s.Name), a.config.Spread)
	}
	return nil
}

// lease answers the lease under which this process collects.
func (a *app) lease() *schedule.Lease {
	return &schedule.Lease{
		Name: leaseName, Holder: a.server.ID, Leases: a.store,
		Taken: func(ctx context.Context, now time.Time) error { return a.interrupt(ctx, now) },
	}
}

// interrupt ends the runs that servers left behind which are no more.
func (a *app) interrupt(ctx context.Context, now time.Time) error {
	n, err := a.store.InterruptRuns(ctx, now)
	if n > 0 {
		a.log.WarnContext(ctx, "collections were interrupted when the program ended; nothing of them was taken", "runs", n)
	}
	return err
}

// schedule lets the sources be asked when they are due.
func (c *collecting) schedule(jobs *schedule.Scheduler) error {
	for _, s := range c.sources {
		if s.schedule == "" {
			continue
		}
		job := schedule.Job{Name: string(s.Name), Spec: s.spec, Shift: s.shift, Lead: true, Last: c.begun}
		job.Record = func(ctx context.Context) (schedule.Record, error) {
			history, err := c.app.store.Asked(ctx, s.Name, collect.HistoryRead)
			return c.record(s.Name, history), err
		}
		job.Run = func(ctx context.Context, slot time.Time) {
			if _, err := c.run(ctx, s.Source, slot, time.Now()); err != nil {
				c.app.log.ErrorContext(ctx, "collection", "source", s.Name, "slot", slot, "error", err)
			}
		}
		if err := jobs.Add(job); err != nil {
			return err
		}
	}
	return nil
}

// record answers what the runs of a source, newest first, say of when it is due.
func (c *collecting) record(name assess.Code, history []assess.Run) (r schedule.Record) {
	for _, run := range history {
		if run.Slot.After(r.Last) {
			r.Last = run.Slot
		}
	}
	if r.Retry = collect.Health(name, history).Retry; r.Retry.Before(c.begun) {
		r.Retry = time.Time{}
	}
	if r.Last.Before(c.begun) {
		r.Last = c.begun
	}
	return r
}

// run asks a source, and counts what came of it.
func (c *collecting) run(ctx context.Context, src collect.Source, slot, now time.Time) (collect.Report, error) {
	report, err := c.app.gate.Run(ctx, src, collect.Ask{Slot: slot, Afresh: c.afresh(src.Name, now)}, now)
	if err != nil {
		return report, err
	}
	c.meter.Observe(report.Run)
	c.app.log.InfoContext(ctx, "collected", "source", src.Name, "state", report.State, "new", report.New, "changed", report.Changed,
		"unchanged", report.Same, "refused", report.Refused)
	return report, nil
}

// afresh says whether another server may have asked a source since this one did: then what it has taken itself tells nothing.
func (c *collecting) afresh(name assess.Code, now time.Time) bool {
	if !c.app.shared() || c.app.lead == nil {
		return false
	}
	fence := c.app.lead.Fence(now)
	c.mu.Lock()
	defer c.mu.Unlock()
	before, known := c.asked[name]
	c.asked[name] = fence
	return fence == 0 || !known || before != fence
}

// Collect asks a source now, whatever its schedule and its health, and answers its run. One that takes long goes on by itself, and is
// answered as running, without an ID. A source that is unknown is ErrNotFound, one that is being asked already ErrConflict.
func (c *collecting) Collect(ctx context.Context, name assess.Code, now time.Time) (assess.Run, error) {
	var chosen *planned
	for i := range c.sources {
		if c.sources[i].Name == name {
			chosen = &c.sources[i]
		}
	}
	if chosen == nil {
		return assess.Run{}, assess.NotFound("problem.no_source", fmt.Sprintf("there is no source %q; choose one from the list", name), "source", string(name))
	}
	type outcome struct {
		report collect.Report
		err    error
	}
	ended := make(chan outcome, 1)
	c.runs.Go(func() {
		report, err := c.run(c.ctx, chosen.Source, now, now)
		if err != nil {
			c.app.log.WarnContext(ctx, "collection by hand", "source", name, "error", err)
		}
		ended <- outcome{report, err}
	})
	select {
	case o := <-ended:
		return o.report.Run, o.err
	case <-time.After(askedTime):
	case <-ctx.Done():
	}
	return assess.Run{Source: name, State: assess.RunRunning}, nil
}

// stop lets runs that somebody asked for end; those that have not when ctx ends are told to.
func (c *collecting) stop(ctx context.Context) {
	defer c.cancel()
	idle := make(chan struct{})
	go func() {
		c.runs.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
		c.cancel()
		<-idle
	}
}

// Standings answers where every source stands: those that can be asked, in their order, then others that figures have come from.
func (c *collecting) Standings(ctx context.Context, now time.Time) ([]assess.Standing, error) {
	var all []assess.Standing
	known := map[assess.Code]bool{}
	for i := range c.sources {
		s := &c.sources[i]
		known[s.Name] = true
		standing, err := c.standing(ctx, s, now)
		if err != nil {
			return nil, err
		}
		all = append(all, standing)
	}
	others, err := c.app.store.LastRuns(ctx)
	if err != nil {
		return nil, err
	}
	for _, run := range others {
		if known[run.Source] {
			continue
		}
		standing := assess.Standing{Source: run.Source, Last: run}
		if standing.Good, standing.Figures, err = c.app.store.LastGood(ctx, run.Source); err != nil {
			return nil, err
		}
		all = append(all, standing)
	}
	return all, nil
}

func (c *collecting) standing(ctx context.Context, s *planned, now time.Time) (assess.Standing, error) {
	out := assess.Standing{Source: s.Name, Declared: true}
	history, err := c.app.store.Asked(ctx, s.Name, collect.HistoryRead)
	if err != nil {
		return out, err
	}
	if out.Good, out.Figures, err = c.app.store.LastGood(ctx, s.Name); err != nil {
		return out, err
	}
	out.Health = collect.Health(s.Name, history)
	if len(history) > 0 {
		out.Last = history[0]
	}
	if s.schedule == "" {
		out.Retry = time.Time{} // nobody asks it by itself
		return out, nil
	}
	record := c.record(s.Name, history)
	out.Next = schedule.Due(s.spec, s.shift, record, now)
	since := out.Good
	if since.IsZero() && len(history) > 0 {
		since = history[len(history)-1].Started
	}
	if since.Before(c.begun) {
		since = c.begun
	}
	out.Stale = overdue(s.spec, s.shift, since, now)
	return out, nil
}

// overdue says whether a source that was well at a time should have been heard of since: two slots and a day have gone by.
func overdue(spec schedule.Spec, shift time.Duration, since, now time.Time) bool {
	if since.IsZero() || now.Sub(since) < staleAfter {
		return false
	}
	second := spec.Next(spec.Next(since))
	return !second.IsZero() && now.After(second.Add(shift))
}
