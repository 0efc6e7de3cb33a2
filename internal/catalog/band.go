package catalog

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// bandFile is a band as it is written: the ends it names, or the level it stands for.
type bandFile struct {
	GTE   *float64 `json:"gte"`
	GT    *float64 `json:"gt"`
	LTE   *float64 `json:"lte"`
	LT    *float64 `json:"lt"`
	EQ    *word    `json:"eq"`
	Share float64  `json:"share"`
}

// word is a level, or true or false.
type word string

func (w *word) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(w))
	}
	*w = word(b)
	return nil
}

// bands reads bands written best first. The end a band leaves out towards its better neighbour is where that one begins. Bands of
// numbers must hold every number exactly once; bands of levels must be distinct.
func bands(written []bandFile, at spot, found *faults) []assess.Band {
	if slices.ContainsFunc(written, func(b bandFile) bool { return b.EQ != nil }) {
		return wordBands(written, at, found)
	}
	out := make([]assess.Band, len(written))
	for i, w := range written {
		b := w.interval()
		if w.GTE != nil && w.GT != nil || w.LTE != nil && w.LT != nil {
			found.add(at.item(i), "band_two_ends", "a band names one lower end (gte or gt) and one upper end (lte or lt); take one out")
			return nil
		}
		if i > 0 {
			b.join(out[i-1], out[0])
		}
		if b.empty() {
			found.add(at.item(i), "band_empty", "no value lies in the band {band}; bands are written best first, each beginning where the one before ends", "band", b.words())
			return nil
		}
		out[i] = assess.Band(b)
	}
	checkTiling(out, at, found)
	return out
}

// interval is a band under construction.
type interval assess.Band

func (w bandFile) interval() interval {
	b := interval{Low: w.GTE, High: w.LTE, Share: w.Share}
	if w.GT != nil {
		b.Low, b.LowExcluded = w.GT, true
	}
	if w.LT != nil {
		b.High, b.HighExcluded = w.LT, true
	}
	return b
}

// join closes the open end of b that faces the better band. The best band says which way that is: one that is open upwards makes
// the worse ones lie below, one that is open downwards makes them lie above.
func (b *interval) join(better, best assess.Band) {
	switch {
	case best.High == nil && b.High == nil && better.Low != nil:
		b.High, b.HighExcluded = better.Low, !better.LowExcluded
	case best.Low == nil && b.Low == nil && better.High != nil:
		b.Low, b.LowExcluded = better.High, !better.HighExcluded
	}
}

func (b interval) empty() bool {
	return b.Low != nil && b.High != nil && (*b.Low > *b.High || *b.Low == *b.High && (b.LowExcluded || b.HighExcluded))
}

// words writes an interval as people do: from 60 to below 70.
func (b interval) words() string {
	var parts []string
	if b.Low != nil {
		parts = append(parts, map[bool]string{false: "from ", true: "above "}[b.LowExcluded]+number(*b.Low))
	}
	if b.High != nil {
		parts = append(parts, map[bool]string{false: "to ", true: "to below "}[b.HighExcluded]+number(*b.High))
	}
	if parts == nil {
		return "of all values"
	}
	return strings.Join(parts, " ")
}

// checkTiling sorts the bands along the line and notes what is held by none or by two.
func checkTiling(bands []assess.Band, at spot, found *faults) {
	order := make([]int, len(bands))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return compareLow(bands[i], bands[j]) })
	if first := bands[order[0]]; first.Low != nil {
		found.add(at.item(order[0]), "band_gap", "no band holds the values below {value}; let the worst band leave its end out", "value", number(*first.Low))
	}
	for k, i := range order[1:] {
		below, above := bands[order[k]], bands[i]
		switch end := below.High; {
		case end == nil || above.Low == nil || *end > *above.Low || *end == *above.Low && !below.HighExcluded && !above.LowExcluded:
			found.add(at.item(max(i, order[k])), "band_overlap", "the bands {one} and {other} overlap; let each begin where the one before ends", "one", interval(below).words(), "other", interval(above).words())
		case *end < *above.Low:
			found.add(at.item(max(i, order[k])), "band_hole", "no band holds the values between {low} and {high}; let one band begin where the other ends", "low", number(*end), "high", number(*above.Low))
		case below.HighExcluded && above.LowExcluded:
			found.add(at.item(max(i, order[k])), "band_point", "no band holds the value {value} itself; write gte or lte for one of the two", "value", number(*end))
		}
	}
	if last := bands[order[len(order)-1]]; last.High != nil {
		found.add(at.item(order[len(order)-1]), "band_gap_above", "no band holds the values above {value}; let the outer band leave its end out", "value", number(*last.High))
	}
}

func compareLow(a, b assess.Band) int {
	switch {
	case a.Low == nil && b.Low == nil:
		return 0
	case a.Low == nil:
		return -1
	case b.Low == nil:
		return 1
	}
	return cmp.Compare(*a.Low, *b.Low)
}

// wordBands reads bands of levels, or of true and false.
func wordBands(written []bandFile, at spot, found *faults) []assess.Band {
	out := make([]assess.Band, 0, len(written))
	seen := map[word]bool{}
	for i, w := range written {
		if w.EQ == nil || w.GTE != nil || w.GT != nil || w.LTE != nil || w.LT != nil {
			found.add(at.item(i), "band_mixed", "bands are either all levels (eq) or all numbers (gte, gt, lte, lt); write them one way")
			return nil
		}
		if seen[*w.EQ] {
			found.add(at.item(i).key("eq"), "band_word_twice", "the level {level} has a band already; keep one", "level", string(*w.EQ))
		}
		seen[*w.EQ] = true
		out = append(out, assess.Band{Equal: string(*w.EQ), Share: w.Share})
	}
	return out
}
