package assess_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestParsePeriod(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2026Q1", "2026Q1"}, {"2026q4", "2026Q4"}, {"2026-03", "2026-03"}, {"2026", "2026"},
	} {
		p, err := assess.ParsePeriod(c.in)
		if err != nil || p.String() != c.want {
			t.Errorf("ParsePeriod(%q) = %v, %v, want %s", c.in, p, err, c.want)
		}
	}
	for _, bad := range []string{"", "2026Q5", "2026-13", "2026-00", "26Q1", "2026Q", "2026 Q1", "2026Q11", "第一季度"} {
		if p, err := assess.ParsePeriod(bad); !errors.Is(err, assess.ErrInvalid) {
			t.Errorf("ParsePeriod(%q) = %v, %v, want an invalid problem", bad, p, err)
		}
	}
}

func TestPeriodNeighbours(t *testing.T) {
	// The fourth quarter of 2025 ends on 31 December; the year ends the same day and comes after it.
	q4 := assess.MustPeriod("2025Q4")
	if got := q4.LastDay(); got != time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC) {
		t.Errorf("last day of %s = %v", q4, got)
	}
	if got := assess.MustPeriod("2024-02").LastDay().Day(); got != 29 {
		t.Errorf("February 2024 has %d days, want 29", got)
	}
	for _, c := range []struct{ got, want string }{
		{q4.Next().String(), "2026Q1"},
		{assess.MustPeriod("2026Q1").Prev().String(), "2025Q4"},
		{q4.LastYear().String(), "2024Q4"},
		{assess.MustPeriod("2026-01").Prev().String(), "2025-12"},
		{q4.Year().String(), "2025"},
		{q4.Year().LastQuarter().String(), "2025Q4"},
		{assess.MustPeriod("2026-05").LastQuarter().String(), "2026Q2"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	if q4.Compare(q4.Year()) >= 0 || q4.Year().Compare(q4.Next()) >= 0 {
		t.Error("a year must come after its fourth quarter and before the next quarter")
	}
}

func TestPeriodLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.IntRange(1900, 2200).Draw(t, "year")
		p := rapid.SampledFrom([]assess.Period{
			assess.NewYear(year),
			assess.NewQuarter(year, rapid.IntRange(1, 4).Draw(t, "quarter")),
			assess.NewMonth(year, rapid.IntRange(1, 12).Draw(t, "month")),
		}).Draw(t, "period")
		n := rapid.IntRange(-50, 50).Draw(t, "n")
		back, err := assess.ParsePeriod(p.String())
		if err != nil || back != p {
			t.Fatalf("%s reads back as %s, %v", p, back, err)
		}
		if p.Add(n).Add(-n) != p {
			t.Fatalf("%s moved by %d and back is %s", p, n, p.Add(n).Add(-n))
		}
		if p.Next().FirstDay() != p.LastDay().AddDate(0, 0, 1) {
			t.Fatalf("%s does not start the day after %s ends", p.Next(), p)
		}
	})
}
