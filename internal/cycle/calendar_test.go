package cycle_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

var shanghai = time.FixedZone("CST", 8*3600)

// official are the days of the notices for 2025 and 2026 that the examples below touch.
func official() cycle.Calendar {
	days := func(texts ...string) (list []time.Time) {
		for _, s := range texts {
			t, err := time.Parse(time.DateOnly, s)
			if err != nil {
				panic(err)
			}
			list = append(list, t)
		}
		return list
	}
	return cycle.NewCalendar(assess.Calendar{Years: []assess.CalendarYear{
		{
			Year: 2025,
			Holidays: days("2025-10-01", "2025-10-02", "2025-10-03", "2025-10-04", "2025-10-05", "2025-10-06", "2025-10-07",
				"2025-10-08"),
			MakeUp: days("2025-09-28", "2025-10-11"),
		},
		{Year: 2026, Holidays: days("2026-01-01", "2026-01-02", "2026-01-03", "2026-04-06"), MakeUp: days("2026-01-04")},
	}}, shanghai)
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func TestDueIsTheQuarterThatEndedLast(t *testing.T) {
	tests := []struct {
		at   time.Time
		want []assess.Period
	}{
		{at("2026-03-31 23:59"), []assess.Period{assess.NewQuarter(2025, 4), assess.NewYear(2025)}},
		{at("2026-04-01 00:00"), []assess.Period{assess.NewQuarter(2026, 1)}},
		// 16:30 UTC on the last day of March is already April in the city.
		{time.Date(2026, 3, 31, 16, 30, 0, 0, time.UTC), []assess.Period{assess.NewQuarter(2026, 1)}},
		{at("2026-12-31 12:00"), []assess.Period{assess.NewQuarter(2026, 3)}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, official().Due(tt.at), cmp.AllowUnexported(assess.Period{})); diff != "" {
			t.Errorf("Due(%s) (-want +got):\n%s", tt.at, diff)
		}
	}
}

// A shift there and back ends on the same day when the day was a working day.
func TestShiftProperties(t *testing.T) {
	calendar := official()
	rapid.Check(t, func(t *rapid.T) {
		day := at("2025-09-01 00:00").AddDate(0, 0, rapid.IntRange(0, 300).Draw(t, "day"))
		n := rapid.IntRange(0, 40).Draw(t, "n")
		to := calendar.Shift(day, n)
		if n > 0 && !calendar.Working(to) {
			t.Fatalf("Shift(%s, %d) = %s is a day off", day, n, to)
		}
		if back := calendar.Shift(to, -n); calendar.Working(day) && !back.Equal(day) {
			t.Fatalf("%s shifted by %d and back is %s", day, n, back)
		}
	})
}
