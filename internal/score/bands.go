package score

import (
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// banded scores the share of the first band that holds the value (分档). The value is compared at its declared precision, because
// people check from the printed table. Source: scoring specification 1.4.
func (l *leaf) banded(m *mark) {
	x := l.printed(m.value)
	for i := range l.node.Indicator.Method.Bands {
		band := &l.node.Indicator.Method.Bands[i]
		if holds(band, x, m.level) {
			m.band = band
			m.score(band.Share)
			return
		}
	}
	m.score(0)
	m.reason = reasonNoBand
}

// printed answers a value as it is printed: rounded to its declared precision.
func (l *leaf) printed(x float64) float64 { return l.rounding.Round(x, l.node.Indicator.Decimals) }

// holds says whether a band holds value x, or the level of a graded item.
func holds(b *assess.Band, x float64, level string) bool {
	if b.Equal != "" {
		return equal(b.Equal, x, level)
	}
	if level != "" {
		return false
	}
	if b.Low != nil && (x < *b.Low || b.LowExcluded && x == *b.Low) {
		return false
	}
	return b.High == nil || x < *b.High || !b.HighExcluded && x == *b.High
}

func equal(word string, x float64, level string) bool {
	switch {
	case level != "":
		return word == level
	case word == "true":
		return x != 0
	case word == "false":
		return x == 0
	}
	v, err := strconv.ParseFloat(word, 64)
	return err == nil && v == x
}

// yesNo scores full marks for true, none for false; the other way round where lower is better.
func (l *leaf) yesNo(m *mark) {
	share := 0.0
	if (m.value != 0) != (l.node.Indicator.Direction == assess.Down) {
		share = 1
	}
	m.score(share)
}
