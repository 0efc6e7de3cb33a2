package cycle

import (
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// deadlineHour is when the working day of a deadline ends: 17:00 of the calendar's zone.
const deadlineHour = 17

// Calendar tells working days from days off, and the dates of a collection. Days are dates of its time zone.
type Calendar struct {
	zone *time.Location
	off  map[date]bool // weekdays without work
	on   map[date]bool // weekend days that are worked
}

// date is a day without a time or zone.
type date struct {
	year  int
	month time.Month
	day   int
}

// NewCalendar makes a Calendar of the holidays and make-up days of an edition. A year it does not name has the working days
// Monday to Friday. A nil zone is UTC.
func NewCalendar(days assess.Calendar, zone *time.Location) Calendar {
	if zone == nil {
		zone = time.UTC
	}
	c := Calendar{zone: zone, off: map[date]bool{}, on: map[date]bool{}}
	for _, year := range days.Years {
		for _, d := range year.Holidays {
			c.off[dateOf(d)] = true
		}
		for _, d := range year.MakeUp {
			c.on[dateOf(d)] = true
		}
	}
	return c
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

// Working says whether a day is worked. Only the date of day counts, as its own zone writes it.
func (c Calendar) Working(day time.Time) bool {
	d := dateOf(day)
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	return c.on[d] || !weekend && !c.off[d]
}

// Shift answers the n-th working day after a day (before it for a negative n) at midnight of the calendar's zone; the day
// itself does not count. Shift(day, 0) is the day.
func (c Calendar) Shift(day time.Time, n int) time.Time {
	y, m, d := day.Date()
	at, step := time.Date(y, m, d, 0, 0, 0, 0, c.zone), 1
	if n < 0 {
		n, step = -n, -1
	}
	for n > 0 {
		at = at.AddDate(0, 0, step)
		if c.Working(at) {
			n--
		}
	}
	return at
}

// Deadline answers when the report of a period is due: the seventh working day after its last day, 17:00. A year is due with
// its fourth quarter. Source: workflow 1.2.
func (c Calendar) Deadline(p assess.Period) time.Time { return c.step(p, stepDeadline).At }

// LateDays answers how many working days after the deadline of p a report arrived: 0 in time, 1 from the deadline to the end
// of the next working day, then one more with each working day begun. What a day costs, and how many cost nothing, is the
// assessment's to say.
func (c Calendar) LateDays(p assess.Period, at time.Time) int {
	deadline := c.Deadline(p)
	if !at.After(deadline) {
		return 0
	}
	days := 0
	for day := c.Shift(deadline, 1); !day.After(at); day = c.Shift(day, 1) {
		days++
	}
	return max(days, 1)
}

// MissingAt answers when what has not arrived of p is closed as not reported: so many working days after the deadline, at
// the same hour. Source: workflow 4, point 3.
func (c Calendar) MissingAt(p assess.Period, workingDays int) time.Time {
	return c.Shift(c.Deadline(p), workingDays).Add(deadlineHour * time.Hour)
}

// Due answers the periods whose figures are collected at a time: the quarter that ended last, and its year when that was the
// fourth quarter.
func (c Calendar) Due(at time.Time) []assess.Period {
	local := at.In(c.zone)
	quarter := assess.NewQuarter(local.Year(), (int(local.Month())+2)/3).Prev()
	if quarter.Part() == 4 {
		return []assess.Period{quarter, quarter.Year()}
	}
	return []assess.Period{quarter}
}
