package tabular

import "strings"

// scales are what stands before a unit of measure, as powers of ten; the longer first.
func scales() []struct {
	word  string
	power int32
} {
	return []struct {
		word  string
		power int32
	}{{"千万", 7}, {"百万", 6}, {"十万", 5}, {"亿", 8}, {"万", 4}, {"千", 3}, {"百", 2}}
}

// Scaled answers by which power of ten a measure such as 万元 is larger than a measure that is known; what is left of a scale alone is
// "". ok is false where no scale stands before a known measure.
func Scaled(measure string, known func(rest string) bool) (power int32, ok bool) {
	measure = Fold(measure)
	for _, s := range scales() {
		if rest, cut := strings.CutPrefix(measure, s.word); cut && known(rest) {
			return s.power, true
		}
	}
	return 0, false
}

// Power answers by which power of ten a figure in one measure is multiplied to be one in another; ok is false for measures of
// different things.
func Power(from, to string) (n int32, ok bool) {
	from, to = Fold(from), Fold(to)
	if from == "" || from == to {
		return 0, true
	}
	return Scaled(from, func(rest string) bool { return rest == to || rest == "" })
}
