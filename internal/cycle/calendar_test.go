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

// Counted by hand on paper calendars.
//
// 2026Q1: D is Tuesday 31 March; working days after it are 1, 2, 3, 7 (the 4th to 6th are Qingming), 8, 9, 10, 13, 14, 15, 16,
// 17, 20, 21, 22, 23, 24, 27 April; before it 30, 27, 26, 25, 24, 23, 20, 19, 18, 17 March.
//
// 2025Q3: D is Tuesday 30 September; 1 to 8 October are off, Saturday the 11th is worked: 9, 10, 11, 13, 14, 15, 16, 17, 20, 21,
// 22, 23, 24, 27, 28, 29, 30, 31 October; before it 29, 28 (a worked Sunday), 26, 25, 24, 23, 22, 19, 18, 17 September.
//
// 2025Q4: D is Wednesday 31 December; 1 to 3 January are off, Sunday the 4th is worked: 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 19,
// 20, 21, 22, 23, 26, 27 January; before it 30, 29, 26, 25, 24, 23, 22, 19, 18, 17 December.
func TestSteps(t *testing.T) {
	tests := map[string][]string{
		"2026Q1": {
			"2026-03-17 00:00", "2026-04-01 00:00", "2026-04-08 00:00", "2026-04-10 17:00", "2026-04-15 00:00",
			"2026-04-17 00:00", "2026-04-20 00:00", "2026-04-22 00:00", "2026-04-27 00:00", "2026-07-01 00:00",
		},
		"2025Q3": {
			"2025-09-17 00:00", "2025-10-09 00:00", "2025-10-14 00:00", "2025-10-16 17:00", "2025-10-21 00:00",
			"2025-10-23 00:00", "2025-10-24 00:00", "2025-10-28 00:00", "2025-10-31 00:00", "2026-01-04 00:00",
		},
		"2025Q4": {
			"2025-12-17 00:00", "2026-01-04 00:00", "2026-01-08 00:00", "2026-01-12 17:00", "2026-01-15 00:00",
			"2026-01-19 00:00", "2026-01-20 00:00", "2026-01-22 00:00", "2026-01-27 00:00", "2026-04-01 00:00",
		},
	}
	tests["2025"] = tests["2025Q4"] // the year goes with its fourth quarter
	for period, want := range tests {
		var got []string
		for _, s := range official().Steps(assess.MustPeriod(period)) {
			got = append(got, s.At.Format("2006-01-02 15:04"))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: steps (-want +got):\n%s", period, diff)
		}
	}
}

func TestLateDays(t *testing.T) {
	tests := []struct {
		period, at string
		want       int
	}{
		{"2026Q1", "2026-04-01 09:00", 0},
		{"2026Q1", "2026-04-10 17:00", 0}, // the very minute is in time
		{"2026Q1", "2026-04-10 17:01", 1}, // Friday evening
		{"2026Q1", "2026-04-12 23:59", 1}, // Sunday: no working day has begun
		{"2026Q1", "2026-04-13 08:00", 1}, // Monday, the first working day
		{"2026Q1", "2026-04-14 00:00", 2},
		{"2026Q1", "2026-04-17 17:00", 5}, // D+12
		{"2025Q3", "2025-10-17 09:00", 1},
		{"2025Q4", "2026-01-14 09:00", 2}, // 13 and 14 January
		{"2025", "2026-01-14 09:00", 2},
	}
	for _, tt := range tests {
		if got := official().LateDays(assess.MustPeriod(tt.period), at(tt.at)); got != tt.want {
			t.Errorf("LateDays(%s, %s) = %d, want %d", tt.period, tt.at, got, tt.want)
		}
	}
}

func TestMissingAtIsFiveWorkingDaysAfterTheDeadline(t *testing.T) {
	if got, want := official().MissingAt(assess.MustPeriod("2026Q1"), 5), at("2026-04-17 17:00"); !got.Equal(want) {
		t.Errorf("MissingAt = %s, want %s", got, want)
	}
}

func TestState(t *testing.T) {
	tests := []struct {
		at   string
		want assess.CycleState
	}{
		{"2026-02-01 00:00", assess.CycleScheduled},
		{"2026-03-31 23:59", assess.CycleScheduled},
		{"2026-04-01 00:00", assess.CycleOpen},
		{"2026-04-14 23:59", assess.CycleOpen},
		{"2026-04-15 00:00", assess.CycleReviewing},
		{"2026-04-17 00:00", assess.CycleClosing},
		{"2026-04-20 00:00", assess.CycleScored},
		{"2026-04-27 00:00", assess.CyclePublished},
		{"2026-07-01 00:00", assess.CycleArchived},
	}
	for _, tt := range tests {
		if got := official().State(assess.MustPeriod("2026Q1"), at(tt.at)); got != tt.want {
			t.Errorf("State(%s) = %s, want %s", tt.at, got, tt.want)
		}
	}
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

// A shift there and back ends on the same day when the day was a working day, and later reports are never less late.
func TestShiftAndLatenessProperties(t *testing.T) {
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
		hours := rapid.IntRange(0, 500).Draw(t, "hours")
		p := assess.MustPeriod("2026Q1")
		from := calendar.Deadline(p).Add(time.Duration(hours) * time.Hour)
		if a, b := calendar.LateDays(p, from), calendar.LateDays(p, from.Add(time.Hour)); b < a || b > a+1 {
			t.Fatalf("an hour later %d late days became %d", a, b)
		}
	})
}
