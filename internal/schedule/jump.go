package schedule

import (
	"context"
	"time"
)

// Reading is one look at the two clocks of a machine: the one that people set, and the one that only ever runs on.
type Reading struct {
	Wall time.Time
	Ran  time.Duration // since some moment that stays the same
}

// Read answers how to look at the clocks of this machine.
func Read() func() Reading {
	begun := time.Now()
	return func() Reading {
		now := time.Now()
		return Reading{now, now.Sub(begun)} // by the clock that runs on, as both times have it
	}
}

// Jump answers by how much the clock that people set was moved between two looks. A machine that slept looks the same.
func (r Reading) Jump(later Reading) time.Duration {
	return later.Wall.Round(0).Sub(r.Wall.Round(0)) - (later.Ran - r.Ran)
}

// WatchClock looks at the clocks at each tick until the context ends and tells of every jump longer than least, with the time that it would
// have been.
func WatchClock(ctx context.Context, read func() Reading, tick <-chan time.Time, least time.Duration, tell func(was, is time.Time)) {
	last := read()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
		now := read()
		if by := last.Jump(now); by.Abs() > least {
			tell(now.Wall.Add(-by), now.Wall)
		}
		last = now
	}
}
