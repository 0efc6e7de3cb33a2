package cycle

import (
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Amend answers a calendar with the edits of its years, oldest first. An edit holds for the days after the one it was made on, in the
// zone; those before keep what the calendar said when they passed, so that nobody becomes late afterwards. The source and state of
// a year are those of its last edit. The calendar that is given stays as it is.
func Amend(days assess.Calendar, edits []assess.CalendarEdit, zone *time.Location) assess.Calendar {
	years := slices.Clone(days.Years)
	for _, e := range edits {
		i := slices.IndexFunc(years, func(y assess.CalendarYear) bool { return y.Year == e.Year.Year })
		if i < 0 {
			years = append(years, assess.CalendarYear{})
			i = len(years) - 1
		}
		passed := dateOf(e.At.In(zone)).in(time.UTC)
		amended := e.Year
		amended.Holidays = from(years[i].Holidays, e.Year.Holidays, passed)
		amended.MakeUp = from(years[i].MakeUp, e.Year.MakeUp, passed)
		years[i] = amended
	}
	slices.SortFunc(years, func(a, b assess.CalendarYear) int { return a.Year - b.Year })
	return assess.Calendar{Years: years}
}

// from answers the days up to and with passed of one list and those after it of another.
func from(before, after []time.Time, passed time.Time) []time.Time {
	var days []time.Time
	for _, d := range before {
		if !d.After(passed) {
			days = append(days, d)
		}
	}
	for _, d := range after {
		if d.After(passed) {
			days = append(days, d)
		}
	}
	return days
}
