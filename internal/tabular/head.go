package tabular

import (
	"regexp"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// When is what the storeys of a head say of time.
type When struct {
	Period assess.Period // zero where none is named
	Month  bool          // Period is one month, not the months up to it
	Year   int           // that is written, with a period or without; 0 for none
}

var (
	anyYear     = regexp.MustCompile(`(?:^|\D)((?:19|20)\d{2})(?:年|$)`)
	bareQuarter = regexp.MustCompile(`([一二三四1-4])季|(?:^|[^a-z])q([1-4])(?:\D|$)`)
	bareMonths  = regexp.MustCompile(`(\d{1,2}月?[-—~至到])?(\d{1,2})月`)
	bareHalf    = regexp.MustCompile(`上半年`)
	bareYear    = regexp.MustCompile(`全年`)
	aDay        = regexp.MustCompile(`月\d{1,2}日`)
	neighbours  = regexp.MustCompile(`[上下]一季`) // a quarter by its place, not the first
)

// HeadOf answers what a head says whose storeys stand above each other, as 2025年 over 三季度. The lowest storey that names a part of
// the year has it, and the lowest that writes a year has that; year is that of heads which write none.
func HeadOf(storeys []string, year int) When {
	var w When
	for _, storey := range slices.Backward(storeys) {
		if m := anyYear.FindStringSubmatch(Fold(storey)); m != nil {
			w.Year = number(m[1])
			year = w.Year
			break
		}
	}
	for _, storey := range slices.Backward(storeys) {
		if w.Period, w.Month = part(Fold(storey), year); !w.Period.IsZero() {
			break
		}
	}
	return w
}

// part answers the part of a year that a folded text names; month says that it is one month alone. A day stands for what is counted
// up to it.
func part(text string, year int) (p assess.Period, month bool) {
	text = neighbours.ReplaceAllString(text, "")
	if all := PeriodsIn(text); len(all) > 0 && !bareMonths.MatchString(text) {
		return all[0], false
	}
	if m := bareQuarter.FindStringSubmatch(text); m != nil {
		return assess.NewQuarter(year, quarter(m[1]+m[2])), false
	}
	if m := bareMonths.FindStringSubmatch(text); m != nil && number(m[2]) >= 1 && number(m[2]) <= 12 {
		return assess.NewMonth(year, number(m[2])), m[1] == "" && !aDay.MatchString(text)
	}
	switch {
	case bareHalf.MatchString(text):
		return assess.NewQuarter(year, 2), false
	case bareYear.MatchString(text):
		return assess.NewYear(year), false
	}
	if p, ok := Period(text, year); ok && p.Kind() != assess.Year {
		return p, p.Kind() == assess.Month
	}
	return assess.Period{}, false
}

var titleYear = regexp.MustCompile(`^\D{0,20}((?:19|20)\d{2})年(?:\D*(?:表|情况|统计|数据|汇总))?$`)

// TitleYear answers the year that a title is of, as 2025年工会统计表; 0 for none. A year in a sentence is none.
func TitleYear(text string) int {
	if m := titleYear.FindStringSubmatch(Fold(text)); m != nil {
		return number(m[1])
	}
	return 0
}
