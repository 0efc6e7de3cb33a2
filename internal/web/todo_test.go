package web

import (
	"testing"
	"time"
)

// A deadline of tomorrow is one day away at any hour of today, in the zone of the city and on every page.
func TestDaysAreThoseOfTheCalendar(t *testing.T) {
	zone := time.FixedZone("city", 8*3600)
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 30, 0, 0, zone).UTC() }
	for _, one := range []struct {
		from, to time.Time
		days     int
	}{{at(27, 0), at(28, 23), 1}, {at(27, 23), at(28, 0), 1}, {at(27, 1), at(27, 23), 0}, {at(27, 23), at(29, 0), 2}, {at(28, 1), at(27, 23), -1}} {
		if got := calendarDays(one.from, one.to, zone); got != one.days {
			t.Errorf("from %s to %s are %d days, want %d", one.from.In(zone), one.to.In(zone), got, one.days)
		}
	}
}
