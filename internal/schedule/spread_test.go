package schedule_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/schedule"
)

func TestShiftsSpread(t *testing.T) {
	const bound = 5 * time.Minute
	perMinute := map[int]int{}
	for i := range 100 {
		name := fmt.Sprintf("district_%d", i)
		shift := schedule.Shift(name, bound)
		if shift < 0 || shift >= bound || shift != schedule.Shift(name, bound) {
			t.Fatalf("%s is shifted by %s", name, shift)
		}
		perMinute[int(shift/time.Minute)]++
	}
	for minute := range 5 {
		if n := perMinute[minute]; n < 10 || n > 32 {
			t.Errorf("%d of 100 are begun in minute %d", n, minute)
		}
	}
	if shift := schedule.Shift("heping", 0); shift != 0 {
		t.Errorf("without a spread it is shifted by %s", shift)
	}
}

func TestDue(t *testing.T) {
	daily, now := parse(t, "0 6 * * *", time.UTC), at(t, "2026-04-03 12:00", time.UTC)
	tests := []struct {
		name   string
		record schedule.Record
		want   string
	}{
		{"never run", schedule.Record{}, "2026-04-04 06:03"},
		{"run today", schedule.Record{Last: at(t, "2026-04-03 06:00", time.UTC)}, "2026-04-04 06:03"},
		{"missed", schedule.Record{Last: at(t, "2026-04-01 06:00", time.UTC)}, "2026-04-03 12:00"},
		{"failing", schedule.Record{Last: at(t, "2026-04-03 06:00", time.UTC), Retry: at(t, "2026-04-03 12:40", time.UTC)}, "2026-04-03 12:40"},
	}
	for _, tt := range tests {
		if got := schedule.Due(daily, 3*time.Minute, tt.record, now).UTC().Format("2006-01-02 15:04"); got != tt.want {
			t.Errorf("%s: due %s, want %s", tt.name, got, tt.want)
		}
	}
}
