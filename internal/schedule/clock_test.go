package schedule_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/schedule"
)

// clock is moved by hand.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	waits map[chan time.Time]time.Time
}

func newClock(now time.Time) *clock { return &clock{now: now, waits: map[chan time.Time]time.Time{}} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	rung := make(chan time.Time, 1)
	c.waits[rung] = c.now.Add(d)
	return rung
}

// to moves the clock, which may also be put back: who waited gets their time when it has come.
func (c *clock) to(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
	for rung, at := range c.waits {
		if !at.After(now) {
			delete(c.waits, rung)
			rung <- now
		}
	}
}

// walk moves the clock step by step, and lets everything that is due come to rest each time.
func (c *clock) walk(d, step time.Duration) {
	for end := c.Now().Add(d); c.Now().Before(end); {
		c.to(c.Now().Add(step))
		synctest.Wait()
	}
}

func at(t testing.TB, text string, zone *time.Location) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func parse(t testing.TB, text string, zone *time.Location) schedule.Spec {
	t.Helper()
	spec, err := schedule.Parse(text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// played is a scheduler on a clock that is moved by hand, with one job that notes its slots and when they ran.
type played struct {
	*schedule.Scheduler
	*clock
	log  bytes.Buffer // read while all wait
	mu   sync.Mutex
	ran  []string
	hold chan struct{} // a run takes until it is closed; nil: no time
}

func (p *played) slots() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ran
}

func play(t testing.TB, c *clock, lease *schedule.Lease, job schedule.Job) *played {
	t.Helper()
	p := &played{clock: c}
	p.Scheduler = schedule.New(schedule.Config{Clock: c, Lease: lease, Log: slog.New(slog.NewTextHandler(&p.log, nil))})
	job.Name = "job"
	job.Run = func(ctx context.Context, slot time.Time) {
		p.mu.Lock()
		p.ran = append(p.ran, slot.UTC().Format("02 15:04")+" at "+c.Now().UTC().Format("15:04"))
		hold := p.hold
		p.mu.Unlock()
		if hold != nil {
			select {
			case <-hold:
			case <-ctx.Done():
				p.mu.Lock()
				p.ran = append(p.ran, "told to end")
				p.mu.Unlock()
			}
		}
	}
	if err := p.Add(job); err != nil {
		t.Fatal(err)
	}
	p.Start()
	synctest.Wait()
	return p
}

func TestASlotIsShiftedButStaysWhatItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, newClock(at(t, "2026-01-01 05:50", time.UTC)), nil, schedule.Job{Spec: parse(t, "0 6 * * *", time.UTC), Shift: 4 * time.Minute})
		p.walk(20*time.Minute, time.Minute)
		p.Stop(t.Context())
		if diff := cmp.Diff([]string{"01 06:00 at 06:04"}, p.slots()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// A machine that sleeps over its slots runs the newest when it wakes; a clock that is put back does not run one twice.
func TestAClockThatJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, newClock(at(t, "2026-01-01 05:50", time.UTC)), nil, schedule.Job{Spec: parse(t, "0 * * * *", time.UTC)})
		for _, moved := range []string{"2026-01-01 09:30", "2026-01-01 06:10", "2026-01-01 08:10", "2026-01-01 10:00"} {
			p.to(at(t, moved, time.UTC))
			synctest.Wait()
			p.walk(2*time.Minute, time.Minute)
		}
		p.Stop(t.Context())
		if diff := cmp.Diff([]string{"01 09:00 at 09:30", "01 10:00 at 10:00"}, p.slots()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// What is recorded counts, also what another process recorded; a failed job goes by its next try until it succeeds.
func TestTheRecordSaysWhatIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		record, broken := schedule.Record{Last: at(t, "2026-01-01 06:00", time.UTC)}, error(nil)
		say := func(r schedule.Record, err error) {
			mu.Lock()
			defer mu.Unlock()
			record, broken = r, err
		}
		p := play(t, newClock(at(t, "2026-01-01 08:30", time.UTC)), nil, schedule.Job{
			Spec: parse(t, "0 * * * *", time.UTC),
			Record: func(context.Context) (schedule.Record, error) {
				mu.Lock()
				defer mu.Unlock()
				return record, broken
			},
		})
		say(schedule.Record{Last: at(t, "2026-01-01 08:00", time.UTC), Retry: at(t, "2026-01-01 08:35", time.UTC)}, nil)
		p.walk(10*time.Minute, time.Minute) // 08:00 was missed, then tried again at 08:35
		say(schedule.Record{Last: at(t, "2026-01-01 08:35", time.UTC), Retry: at(t, "2026-01-01 09:15", time.UTC)}, nil)
		p.walk(30*time.Minute, time.Minute) // 09:00 is not asked for: it is failing
		say(schedule.Record{}, errors.New("the store is gone"))
		p.walk(time.Hour, time.Minute)
		say(schedule.Record{Last: at(t, "2026-01-01 10:00", time.UTC)}, nil) // another process did that
		p.walk(time.Hour, time.Minute)
		p.Stop(t.Context())
		want := []string{"01 08:00 at 08:30", "01 08:35 at 08:35", "01 11:00 at 11:00"}
		if diff := cmp.Diff(want, p.slots()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// In New York the clocks go from 02:00 to 03:00 on 8 March 2026 and from 02:00 to 01:00 on 1 November; on Lord Howe Island by half an
// hour; in Cuba at midnight.
func TestChangedClocks(t *testing.T) {
	tests := []struct {
		name, zone, spec, after string
		want                    []string
	}{
		{
			"a slot that there is not runs when the clocks are put forward", "America/New_York", "30 2 * * *", "2026-03-07 00:00",
			[]string{"2026-03-07 02:30 -0500", "2026-03-08 03:00 -0400", "2026-03-09 02:30 -0400"},
		},
		{"two of one gap run once", "America/New_York", "0,30 2 * * *", "2026-03-08 00:00", []string{"2026-03-08 03:00 -0400", "2026-03-09 02:00 -0400"}},
		{
			"a slot that comes twice runs the first time", "America/New_York", "30 1 * * *", "2026-10-31 12:00",
			[]string{"2026-11-01 01:30 -0400", "2026-11-02 01:30 -0500"},
		},
		{"after both", "America/New_York", "0 2 * * *", "2026-10-31 12:00", []string{"2026-11-01 02:00 -0500", "2026-11-02 02:00 -0500"}},
		{
			"every hour in autumn", "America/New_York", "30 * * * *", "2026-11-01 00:30",
			[]string{"2026-11-01 01:30 -0400", "2026-11-01 01:30 -0500", "2026-11-01 02:30 -0500"},
		},
		{"every hour in spring", "America/New_York", "30 * * * *", "2026-03-08 01:00", []string{"2026-03-08 01:30 -0500", "2026-03-08 03:30 -0400"}},
		{"half an hour", "Australia/Lord_Howe", "15 2 * * *", "2026-10-03 12:00", []string{"2026-10-04 02:30 +1100", "2026-10-05 02:15 +1100"}},
		{"at midnight", "America/Havana", "0 0 * * *", "2026-03-07 12:00", []string{"2026-03-08 01:00 -0400", "2026-03-09 00:00 -0400"}},
		{"none", "Asia/Shanghai", "30 2 * * *", "2026-03-08 00:00", []string{"2026-03-08 02:30 +0800", "2026-03-09 02:30 +0800"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			zone, err := time.LoadLocation(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			spec, from := parse(t, tt.spec, zone), at(t, tt.after, zone)
			var got []string
			for next := from; len(got) < len(tt.want); {
				next = spec.Next(next)
				got = append(got, next.In(zone).Format("2006-01-02 15:04 -0700"))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
