package cycle

import (
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Calendar tells working days from days off. Days are dates of its time zone.
type Calendar struct {
	zone *time.Location
	off  map[date]bool // weekdays without work
	on   map[date]bool // weekend days that are worked
	days assess.Calendar
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
	c := Calendar{zone: zone, days: days, off: map[date]bool{}, on: map[date]bool{}}
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

// in answers the beginning of the day in a zone.
func (d date) in(zone *time.Location) time.Time {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, zone)
}

// Working says whether a day is worked. Only the date of day counts, as its own zone writes it.
func (c Calendar) Working(day time.Time) bool {
	d := dateOf(day)
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	return c.on[d] || !weekend && !c.off[d]
}

// Holiday answers the name of the holiday a day lies in, weekends in it included; an empty Text for other days.
func (c Calendar) Holiday(day time.Time) assess.Text {
	d := dateOf(day).in(time.UTC)
	year, _ := c.Year(day.Year())
	for _, h := range year.Blocks {
		if !d.Before(h.From) && !d.After(h.To) {
			return h.Name
		}
	}
	return assess.Text{}
}

// Year answers what the calendar says of a year; ok is false where it says nothing, and Monday to Friday are worked.
func (c Calendar) Year(year int) (y assess.CalendarYear, ok bool) {
	for _, y := range c.days.Years {
		if y.Year == year {
			return y, true
		}
	}
	return assess.CalendarYear{}, false
}

// Shift answers the n-th working day after a day (before it for a negative n) at midnight of the calendar's zone; the day
// itself does not count. Shift(day, 0) is the day.
func (c Calendar) Shift(day time.Time, n int) time.Time {
	at, step := dateOf(day).in(c.zone), 1
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

// Count answers how many working days lie after one day, up to and with another; 0 where that is not later.
func (c Calendar) Count(after, to time.Time) int {
	n := 0
	for day := c.Shift(after, 1); !day.After(dateOf(to).in(c.zone)); day = c.Shift(day, 1) {
		n++
	}
	return n
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
