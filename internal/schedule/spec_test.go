package schedule_test

import (
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/schedule"
)

func shanghai(t testing.TB) *time.Location {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", "hello", "TZ=0", "CRON_TZ=Asia/Shanghai", "CRON_TZ=UTC 0 6 * * *", "TZ=UTC 0 6 * * *", "0 0 31 2 *", "@every 1h",
		"@quarterly", "0 6 * * 7", "0 6 L * *", "60 6 * * *", "0 0 6 * * *", "*/0 * * * *",
	} {
		if _, err := schedule.Parse(text, time.UTC); err == nil {
			t.Errorf("Parse(%q) was accepted", text)
		}
	}
}

func TestNextIsInTheZone(t *testing.T) {
	spec, err := schedule.Parse("30 6 1 1,4,7,10 *", shanghai(t))
	if err != nil {
		t.Fatal(err)
	}
	// 06:30 on 1 April in Shanghai is 22:30 on 31 March in UTC.
	got := spec.Next(time.Date(2026, 3, 31, 22, 29, 0, 0, time.UTC))
	if want := time.Date(2026, 3, 31, 22, 30, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("Next = %s, want %s", got, want)
	}
}

func TestMissed(t *testing.T) {
	zone := shanghai(t)
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	daily, err := schedule.Parse("0 2 * * *", zone)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name      string
		last, now time.Time
		want      int
		newest    time.Time
	}{
		{"never run", time.Time{}, at("2026-04-05 00:00"), 0, time.Time{}},
		{"nothing due", at("2026-04-05 02:00"), at("2026-04-06 01:59"), 0, time.Time{}},
		{"due this minute", at("2026-04-05 02:00"), at("2026-04-06 02:00"), 1, at("2026-04-06 02:00")},
		{"down for three nights", at("2026-04-05 02:00"), at("2026-04-08 09:00"), 3, at("2026-04-08 02:00")},
		{"down for years", at("2020-01-01 02:00"), at("2026-04-08 09:00"), 400, at("2026-04-08 02:00")},
		{"clock set back", at("2026-04-08 02:00"), at("2026-04-05 09:00"), 0, time.Time{}},
	}
	for _, tt := range tests {
		got := schedule.Missed(daily, tt.last, tt.now)
		if len(got) != tt.want || tt.want > 0 && !got[len(got)-1].Equal(tt.newest) {
			t.Errorf("%s: %d slots %v, want %d up to %s", tt.name, len(got), got, tt.want, tt.newest)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"30 6 * * *", "TZ=0", "@daily", "*/5 1-5 * * 1,2", "CRON_TZ=\x00", "0 0 29 2 *"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		spec, err := schedule.Parse(text, time.UTC)
		if err != nil {
			return
		}
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		if next := spec.Next(start); !next.IsZero() && !next.After(start) {
			t.Errorf("%q: Next(%s) = %s", text, start, next)
		}
	})
}
