package takeout

import (
	"io"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// TestLargeFilesAreTold: a quarter of thirteen districts comes at once in every format but the package; ten years of them do not.
func TestLargeFilesAreTold(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	decade, err := Between(assess.NewQuarter(2017, 1), assess.NewQuarter(2026, 4))
	if err != nil {
		t.Fatal(err)
	}
	for _, offer := range Offers() {
		order := figuresOrder()
		order.Table, order.Format = offer.Table, offer.Formats[len(offer.Formats)-1]
		if _, large, err := o.Estimate(t.Context(), order); err != nil || large != (offer.Table == Package) {
			t.Errorf("%s as %s: large %v, %v", order.Table, order.Format, large, err)
		}
	}
	order := figuresOrder()
	order.Periods = decade
	if _, large, err := o.Estimate(t.Context(), order); err != nil || !large {
		t.Errorf("ten years: large %v, %v", large, err)
	}
}

// TestWhatIsARange.
func TestWhatIsARange(t *testing.T) {
	t.Parallel()
	first := assess.NewQuarter(2026, 1)
	for name, c := range map[string]struct {
		to   assess.Period
		want int // periods; 0 for none
	}{
		"one": {first, 1}, "three": {first.Add(2), 3}, "forty": {first.Add(39), 40}, "one too many": {first.Add(40), 0}, "backwards": {first.Add(-1), 0},
		"a quarter and a year": {first.Year(), 0},
	} {
		if all, err := Between(first, c.to); len(all) != c.want || (err == nil) != (c.want > 0) {
			t.Errorf("%s: %v, %v", name, all, err)
		}
	}
}

// BenchmarkAtOnce writes as many cells as come at once, in the format that takes longest.
func BenchmarkAtOnce(b *testing.B) {
	o := newOffice(b)
	o.log.rows = AtOnce / 11
	order := figuresOrder()
	order.Format = XLSX
	for b.Loop() {
		file, err := o.File(b.Context(), o.analyst(), order)
		if err != nil {
			b.Fatal(err)
		}
		if err := file.Write(b.Context(), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
