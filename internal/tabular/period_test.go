package tabular_test

import (
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/tabular"
)

// Every form in which people and systems write a period is read, and what is none is not.
func TestPeriodIsReadInEveryForm(t *testing.T) {
	for text, want := range map[string]string{
		"2026Q3": "2026Q3", "2026q3": "2026Q3", "２０２６Ｑ３": "2026Q3", "2026-Q3": "2026Q3", "2026年第三季度": "2026Q3", "2026年三季度": "2026Q3", "2026 年 3 季度": "2026Q3",
		"三季度": "2025Q3", "第3季度": "2025Q3", "Q3": "2025Q3", "2026年上半年": "2026Q2", "上半年": "2025Q2", "2026-09": "2026-09", "2026/9": "2026-09", "2026.9": "2026-09",
		"202609": "2026-09", "2026年9月": "2026-09", "2026年09月份": "2026-09", "2026年1-9月": "2026-09", "1—9月": "2025-09", "9月": "2025-09",
		"2026-09-30": "2026-09", "2026/9/30": "2026-09", "2026年9月30日": "2026-09", "20260930": "2026-09", "2026-09-30 00:00:00": "2026-09",
		"2026": "2026", "2026年": "2026", "2026年度": "2026", "2026全年": "2026",
		"": "", "2026Q5": "", "202613": "", "2026-00": "", "2026-02-30": "", "20260931": "", "0926": "", "季度": "", "5季度": "", "2026年9月31日": "", "12": "", "2026-9-": "", "月": "",
	} {
		p, ok := tabular.Period(text, 2025)
		if !ok {
			p = assess.Period{}
		}
		if p.String() != want {
			t.Errorf("%q is %q, want %q", text, p, want)
		}
	}
	for _, text := range []string{"三季度", "9月", "上半年", "Q3"} {
		if p, ok := tabular.Period(text, 0); ok {
			t.Errorf("%q is %s without a year", text, p)
		}
	}
}

func TestPeriodsInATitle(t *testing.T) {
	for text, want := range map[string]string{
		"和平区总工会2026年第三季度统计表": "2026Q3", "截至2026年9月30日": "2026-09", "2026年度总结": "2026", "2026年1—6月情况": "2026-06", "无": "",
	} {
		got := ""
		for _, p := range tabular.PeriodsIn(text) {
			got += p.String()
		}
		if got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

func FuzzPeriod(f *testing.F) {
	for _, text := range []string{"2026Q3", "2026年第三季度", "三季度", "202609", "2026-09-30", "1—9月", "2026年上半年", "９月份"} {
		f.Add(text, 2026)
	}
	f.Fuzz(func(t *testing.T, text string, year int) {
		p, ok := tabular.Period(text, year)
		if !ok {
			return
		}
		if back, same := tabular.Period(p.String(), 0); p.CalendarYear() <= 9999 && (!same || back != p) {
			t.Errorf("%q is %s, which is read as %s", text, p, back)
		}
	})
}
