package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/testkit"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// How many cells an officer types in an ordinary quarter, by the shipped definitions: what registers, the city and computed cells
// supply is typed by nobody, and stocks that are as they were are confirmed in one step. docs/desk.md states the figures.
func TestWhatAnOfficerTypesPerQuarter(t *testing.T) {
	testkit.Sequential(t)
	for _, tt := range []struct {
		changed string
		every   int // of so many stocks one has changed, 0 for none
		want    int
	}{
		{"none", 0, 42},
		{"half", 2, 54},
		{"all", 1, 65},
	} {
		f := newFixture(t)
		f.cycle(q3, assess.CycleOpen)
		city := f.city()
		for p := q3.Add(-4); p.Compare(q3) < 0; p = p.Next() {
			f.past(heping, p, f.values(city.Figures(heping, p, assess.FromDistrict)))
		}
		figures := f.values(city.Figures(heping, q3, assess.FromDistrict))
		f.now = time.Date(2026, 10, 12, 9, 0, 0, 0, time.UTC) // a working day on which the third quarter is collected
		form, err := f.Form(t.Context(), heping, q3, f.now)
		f.ok(err)
		typed, stocks := 0, 0
		for _, s := range form.Sections {
			for _, field := range s.Fields {
				if field.Unchanged {
					stocks++
				}
				changed := tt.every > 0 && (stocks-1)%tt.every == 0
				if field.Kind != desk.Typed || field.Unchanged && !changed {
					continue
				}
				typed++
				_, err := f.Save(t.Context(), desk.Save{
					Unit: heping, Period: q3, Item: field.Item.Code, Value: figures[field.Item.Code], Request: fmt.Sprint(field.Item.Code),
				}, "li", f.now)
				f.ok(err)
			}
		}
		confirmed, err := f.Confirm(t.Context(), heping, q3, "li", f.now)
		f.ok(err)
		check, err := f.Check(t.Context(), heping, q3, f.now)
		f.ok(err)
		t.Logf("with %s of %d stocks changed an officer types %d cells and confirms %d in one step", tt.changed, stocks, typed, confirmed)
		if typed != tt.want || typed+confirmed != 65 || stocks != 23 || len(check.Empty) > 0 {
			t.Errorf("%s: typed %d, want %d; confirmed %d of %d stocks, %d empty", tt.changed, typed, tt.want, confirmed, stocks, len(check.Empty))
		}
	}
}
