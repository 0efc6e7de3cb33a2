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
		i := slices.IndexFunc(years, func(y assess.CalendarYear) bool { return y.Year == e.Year })
		if i < 0 {
			years = append(years, assess.CalendarYear{})
			i = len(years) - 1
		}
		passed := dateOf(e.At.In(zone)).in(time.UTC)
		amended, itself := e.Days, func(day time.Time) time.Time { return day }
		amended.Holidays = from(years[i].Holidays, e.Days.Holidays, passed, itself)
		amended.MakeUp = from(years[i].MakeUp, e.Days.MakeUp, passed, itself)
		amended.Blocks = from(years[i].Blocks, e.Days.Blocks, passed, func(h assess.Holiday) time.Time { return h.From })
		years[i] = amended
	}
	slices.SortFunc(years, func(a, b assess.CalendarYear) int { return a.Year - b.Year })
	return assess.Calendar{Years: years}
}

// from answers what of one list lies on days up to and with passed, and what of another lies after it.
func from[T any](before, after []T, passed time.Time, day func(T) time.Time) []T {
	var days []T
	for _, d := range before {
		if !day(d).After(passed) {
			days = append(days, d)
		}
	}
	for _, d := range after {
		if day(d).After(passed) {
			days = append(days, d)
		}
	}
	return days
}
