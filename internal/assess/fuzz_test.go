package assess_test

import (
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// FuzzParsePeriod: a period is written as it is read, lies in its year, and comes after the one before it.
func FuzzParsePeriod(f *testing.F) {
	for _, text := range []string{"2026-03", "2026Q1", "2026q4", "2026", "0000", "9999-12", "2026-13", "2026Q5", "２０２６"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := assess.ParsePeriod(text)
		if (err == nil) == p.IsZero() {
			t.Fatalf("%q is %v, %v", text, p, err)
		}
		if err != nil {
			return
		}
		if !strings.EqualFold(p.String(), text) {
			t.Errorf("%q is written as %s", text, p)
		}
		if year := p.CalendarYear(); year > 0 && year < 9999 && (p.Prev().Next() != p || p.Prev().Compare(p) >= 0 || p.Year().CalendarYear() != year) {
			t.Errorf("%s: before it %s, after that %s, in %s", p, p.Prev(), p.Prev().Next(), p.Year())
		}
	})
}
