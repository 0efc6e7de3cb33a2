package tabular_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/tabular"
)

// The storeys of a head are read together: the year may stand over the quarter, or under it, or nowhere.
func TestHeadsAreReadOverTheirStoreys(t *testing.T) {
	for text, want := range map[string]string{
		"2025年/三季度": "2025Q3", "三季度/2025年": "2025Q3", "四季度": "2026Q4", "2026年第四季度统计表/三季度": "2026Q3", "2026年统计表/2025年/四季度": "2025Q4",
		"10月": "2026-10 month", "2025年/10月份": "2025-10 month", "1-9月": "2026-09", "2025年1—9月": "2025-09", "2026年12月31日": "2026-12", "202612": "2026-12 month",
		"上半年": "2026Q2", "全年": "2026", "Q4": "2026Q4", "2026Q4": "2026Q4", "2025年/本季末": "in 2025", "本季": "", "上一季度": "", "上季末": "", "数值": "", "2001": "in 2001",
	} {
		w := tabular.HeadOf(strings.Split(text, "/"), 2026)
		got := w.Period.String()
		switch {
		case w.Month:
			got += " month"
		case w.Period.IsZero() && w.Year > 0:
			got = "in " + strconv.Itoa(w.Year)
		}
		if got != want {
			t.Errorf("%q says %q, want %q", text, got, want)
		}
	}
}

func TestTheYearOfATitle(t *testing.T) {
	for text, want := range map[string]int{"2025年工会统计表": 2025, "和平区总工会2025年工作情况": 2025, "2025年": 2025, "根据2025年文件修订": 0, "2025年12月10日填": 0, "统计表": 0} {
		if got := tabular.TitleYear(text); got != want {
			t.Errorf("%q is of %d, want %d", text, got, want)
		}
	}
}
