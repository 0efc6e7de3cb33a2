package tabular

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

var (
	inQuarter = regexp.MustCompile(`(\d{4})年?[第,]?([一二三四1-4])季度?`)
	inCode    = regexp.MustCompile(`(\d{4})[-年]?q([1-4])`)
	inMonths  = regexp.MustCompile(`(\d{4})年(?:\d{1,2}月?[-—~至到])?(\d{1,2})月`)
	inHalf    = regexp.MustCompile(`(\d{4})年上半年`)
	inYear    = regexp.MustCompile(`(\d{4})年(?:度|全年)`)
)

// PeriodsIn answers the periods that a text names, whatever else it says: quarters, months, years; of 1–9月 the last month, of the
// first half of a year its second quarter.
func PeriodsIn(text string) []assess.Period {
	text = Fold(text)
	var all []assess.Period
	for _, m := range inQuarter.FindAllStringSubmatch(text, -1) {
		all = append(all, assess.NewQuarter(number(m[1]), quarter(m[2])))
	}
	for _, m := range inCode.FindAllStringSubmatch(text, -1) {
		all = append(all, assess.NewQuarter(number(m[1]), quarter(m[2])))
	}
	for _, m := range inMonths.FindAllStringSubmatch(text, -1) {
		if month := number(m[2]); month >= 1 && month <= 12 {
			all = append(all, assess.NewMonth(number(m[1]), month))
		}
	}
	for _, m := range inHalf.FindAllStringSubmatch(text, -1) {
		all = append(all, assess.NewQuarter(number(m[1]), 2))
	}
	for _, m := range inYear.FindAllStringSubmatch(text, -1) {
		all = append(all, assess.NewYear(number(m[1])))
	}
	return all
}

// number reads digits that a pattern let through.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// quarter reads one of 一二三四1234 that a pattern let through.
func quarter(sign string) int {
	if i := strings.Index("一二三四", sign); i >= 0 {
		return i/len("一") + 1
	}
	return number(sign)
}

var (
	wholeQuarter = regexp.MustCompile(`^(?:(\d{4})[-年./]?)?(?:第?([一二三四1-4])季度?|q([1-4]))$`)
	wholeMonth   = regexp.MustCompile(`^(?:(\d{4})(?:年|[-./](\d{1,2})$))?(?:(?:1月?[-—~至到])?(\d{1,2})月份?)?$`)
	wholeDigits  = regexp.MustCompile(`^(\d{4})(\d{2})(?:(\d{2}))?$`)
	wholeDate    = regexp.MustCompile(`^(\d{4})[-年./](\d{1,2})[-月./](\d{1,2})日?(?:t?00:00(?::00)?)?$`)
	wholeHalf    = regexp.MustCompile(`^(?:(\d{4})年?)?上半年$`)
	wholeYear    = regexp.MustCompile(`^(\d{4})(?:年度?|全年)?$`)
)

// Period reads a text that is a period and nothing else, in any of the forms people and systems write: 2026Q3, 2026年第三季度, 三季度,
// 2026-09, 202609, 2026年9月, 1—9月, 2026-09-30, 20260930, 2026年. A day stands for its month, the first half of a year for its second
// quarter. year is that of forms which name none; 0 makes them none.
func Period(text string, year int) (assess.Period, bool) {
	text = Fold(text)
	in := func(digits string) int {
		if digits != "" {
			return number(digits)
		}
		return year
	}
	p := assess.Period{}
	if m := wholeQuarter.FindStringSubmatch(text); m != nil {
		p = assess.NewQuarter(in(m[1]), quarter(m[2]+m[3]))
	} else if m := wholeHalf.FindStringSubmatch(text); m != nil {
		p = assess.NewQuarter(in(m[1]), 2)
	} else if m := wholeYear.FindStringSubmatch(text); m != nil {
		p = assess.NewYear(number(m[1]))
	} else if m := wholeDate.FindStringSubmatch(text); m != nil {
		return day(number(m[1]), number(m[2]), number(m[3]))
	} else if m := wholeDigits.FindStringSubmatch(text); m != nil {
		if m[3] != "" {
			return day(number(m[1]), number(m[2]), number(m[3]))
		}
		return month(number(m[1]), number(m[2]))
	} else if m := wholeMonth.FindStringSubmatch(text); m != nil && m[2]+m[3] != "" {
		return month(in(m[1]), number(m[2]+m[3]))
	}
	return p, p.CalendarYear() >= firstYear
}

// firstYear is before all that is reported; what lies before it is a number and no year.
const firstYear = 1900

func month(year, m int) (assess.Period, bool) {
	if m < 1 || m > 12 || year < firstYear {
		return assess.Period{}, false
	}
	return assess.NewMonth(year, m), true
}

// day answers the month of a day that is in the calendar.
func day(year, m, d int) (assess.Period, bool) {
	p, ok := month(year, m)
	return p, ok && d >= 1 && d <= p.LastDay().Day()
}
