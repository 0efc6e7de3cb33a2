package catalog

import (
	"slices"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// calendarFile is one year of calendar/.
type calendarFile struct {
	Year     int    `json:"year"`
	Official bool   `json:"official"`
	Source   string `json:"source"`
	Holidays []struct {
		Name   text     `json:"name"`
		From   string   `json:"from"`
		To     string   `json:"to"`
		MakeUp []string `json:"make_up"`
	} `json:"holidays"`
}

// longestHoliday bounds a holiday, so that a mistyped month does not empty the calendar.
const longestHoliday = 15

// readCalendarYear reads one file of calendar/. Of the days off only those from Monday to Friday are kept, because the others
// are free anyway.
func readCalendarYear(file string, data []byte, found *faults) (assess.CalendarYear, spot, bool) {
	w, at, ok := read[calendarFile]("calendar", file, data, found)
	if !ok {
		return assess.CalendarYear{}, at, false
	}
	y := assess.CalendarYear{Year: w.Year, Official: w.Official, Source: w.Source}
	d := days{year: w.Year, found: found, seen: map[string]spot{}}
	for i, h := range w.Holidays {
		here := at.key("holidays").item(i)
		first, last, ok := d.block(h.From, h.To, here)
		if ok {
			y.Blocks = append(y.Blocks, assess.Holiday{Name: assess.Text(h.Name), From: first, To: last})
			y.Holidays = append(y.Holidays, d.off(first, last, here)...)
		}
		for j, written := range h.MakeUp {
			y.MakeUp = append(y.MakeUp, d.worked(written, here.key("make_up").item(j))...)
		}
	}
	slices.SortFunc(y.Holidays, time.Time.Compare)
	slices.SortFunc(y.MakeUp, time.Time.Compare)
	slices.SortFunc(y.Blocks, func(a, b assess.Holiday) int { return a.From.Compare(b.From) })
	return y, at, true
}

// CalendarYear reads one year of the calendar, written as a file of calendar/. What is wrong is answered as Faults with line and
// column.
func CalendarYear(content string) (assess.CalendarYear, error) {
	found := &faults{}
	y, _, _ := readCalendarYear("", []byte(content), found)
	return y, found.err()
}

// days reads the days of one year; each is named once.
type days struct {
	year  int
	found *faults
	seen  map[string]spot
}

func (d days) day(written string, at spot) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, written)
	switch {
	case err != nil:
		d.found.add(at, "day_unreal", "{day} is not a day of the calendar; write year-month-day, such as 2026-02-15", "day", quoted(written))
		return t, false
	case t.Year() != d.year:
		d.found.add(at, "day_other_year", "{day} does not lie in {year}; put it into the file of its own year", "day", written, "year", strconv.Itoa(d.year))
		return t, false
	}
	return t, true
}

// block answers the first and the last day of a holiday.
func (d days) block(from, to string, at spot) (first, last time.Time, ok bool) {
	first, ok = d.day(from, at.key("from"))
	last = first
	if ok && to != "" {
		last, ok = d.day(to, at.key("to"))
	}
	if !ok {
		return first, last, false
	}
	if length := int(last.Sub(first).Hours()/24) + 1; length < 1 || length > longestHoliday {
		d.found.add(at.key("to"), "holiday_length", "the holiday from {from} to {to} has {days} days; a holiday has 1 to {limit}", "from", from, "to", to, "days", strconv.Itoa(length), "limit", strconv.Itoa(longestHoliday))
		return first, last, false
	}
	return first, last, true
}

// off answers the working days from a first to a last day off.
func (d days) off(first, last time.Time, at spot) (off []time.Time) {
	for t := first; !t.After(last); t = t.AddDate(0, 0, 1) {
		d.once(t, at.key("from"))
		if !weekend(t) {
			off = append(off, t)
		}
	}
	return off
}

// worked answers a make-up working day, which lies on a weekend.
func (d days) worked(written string, at spot) []time.Time {
	t, ok := d.day(written, at)
	if !ok {
		return nil
	}
	if !weekend(t) {
		d.found.add(at, "make_up_weekday", "{day} is no day of a weekend, so it is worked anyway; a make-up day lies on a weekend", "day", written)
	}
	d.once(t, at)
	return []time.Time{t}
}

func (d days) once(t time.Time, at spot) {
	day := t.Format(time.DateOnly)
	if earlier, twice := d.seen[day]; twice {
		d.found.add(at, "day_twice", "{day} is named by line {line} already; a day is off once, or worked once", "day", day, "line", strconv.Itoa(earlier.line))
		return
	}
	d.seen[day] = at
}

func weekend(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }
