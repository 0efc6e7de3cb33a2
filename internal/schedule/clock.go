package schedule

import "time"

// Clock tells the time and wakes. Everything this package knows of time it knows from here.
type Clock interface {
	Now() time.Time
	// After answers a channel that gets the time once, when a duration has passed.
	After(d time.Duration) <-chan time.Time
}

// System is the clock of the machine.
type System struct{}

// Now implements Clock.
func (System) Now() time.Time { return time.Now() }

// After implements Clock.
func (System) After(d time.Duration) <-chan time.Time { return time.After(d) }
