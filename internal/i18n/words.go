package i18n

import (
	"strconv"
	"strings"
	"time"
)

// Words speaks one language.
type Words struct {
	catalogue *Catalogue
	lang      string
	naming    Naming // nil where nothing has a name
}

// Lang answers the language, Chinese or English.
func (w Words) Lang() string { return w.lang }

// T is Catalogue.T in the language of w.
func (w Words) T(key string, args ...any) string { return w.catalogue.T(w.lang, key, args...) }

// Has says whether there is a sentence for key.
func (w Words) Has(key string) bool { return w.catalogue.Has(w.lang, key) }

// Period names a period given as 2026Q1, 2026 or 2026-03: 2026年第一季度, 2026年, 2026年3月; Q1 2026, 2026, March 2026. Other
// texts are answered as they are.
func (w Words) Period(period string) string {
	year, part, kind := splitPeriod(period)
	switch kind {
	case 'Q':
		return w.T("period.quarter"+strconv.Itoa(part), "year", year)
	case '-':
		return w.T("period.month", "year", year, "month", w.month(part))
	case 'Y':
		return w.T("period.year", "year", year)
	}
	return period
}

// ShortPeriod names a period for axes and narrow heads: 26Q1, 2026, 26-03. It is the same in every language.
func ShortPeriod(period string) string {
	year, _, kind := splitPeriod(period)
	if kind == 'Q' || kind == '-' {
		return year[2:] + period[4:]
	}
	return period
}

// splitPeriod reads a period's text; kind is Q, - (month), Y, or 0 for anything else.
func splitPeriod(period string) (year string, part int, kind byte) {
	if len(period) < 4 {
		return "", 0, 0
	}
	year = period[:4]
	if _, err := strconv.Atoi(year); err != nil {
		return "", 0, 0
	}
	if period == year {
		return year, 0, 'Y'
	}
	part, err := strconv.Atoi(period[5:])
	switch {
	case err == nil && period[4] == 'Q' && part >= 1 && part <= 4:
		return year, part, 'Q'
	case err == nil && period[4] == '-' && part >= 1 && part <= 12:
		return year, part, '-'
	}
	return "", 0, 0
}

// Date writes a day: 2026年4月18日, 18 April 2026.
func (w Words) Date(t time.Time) string {
	return w.T("date.day", "year", t.Year(), "month", w.month(int(t.Month())), "day", t.Day())
}

// DayMonth writes a day whose year is plain: 4月18日, 18 April.
func (w Words) DayMonth(t time.Time) string {
	return w.T("date.day_month", "month", w.month(int(t.Month())), "day", t.Day())
}

// ShortDate writes a day for bars and narrow columns: 4-18. It is the same in every language.
func ShortDate(t time.Time) string { return strconv.Itoa(int(t.Month())) + "-" + strconv.Itoa(t.Day()) }

// DateNear writes a day as short as it is plain to a reader of now: 4-18 within the year, else 2027-4-18.
func DateNear(t, now time.Time) string {
	if t.Year() != now.Year() {
		return strconv.Itoa(t.Year()) + "-" + ShortDate(t)
	}
	return ShortDate(t)
}

func (w Words) month(m int) string {
	if w.lang == English {
		return time.Month(m).String()
	}
	return strconv.Itoa(m)
}

// Place writes a rank: 第2, 并列第2; 2nd, tied 2nd. Rank 0 is not ranked and writes nothing.
func (w Words) Place(rank int, tied bool) string {
	if rank <= 0 {
		return ""
	}
	key := "rank.place"
	if tied {
		key = "rank.tied"
	}
	return w.T(key, "n", w.ordinal(rank))
}

// Moved writes how many places something rose (positive) or fell: 升2位, 降1位, 位次不变; up 2, down 1, same place.
func (w Words) Moved(places int) string {
	switch {
	case places > 0:
		return w.T("rank.up", "n", places)
	case places < 0:
		return w.T("rank.down", "n", -places)
	}
	return w.T("rank.same")
}

func (w Words) ordinal(n int) string {
	text := strconv.Itoa(n)
	if w.lang != English {
		return text
	}
	switch {
	case n%100 >= 11 && n%100 <= 13:
		return text + "th"
	case n%10 == 1:
		return text + "st"
	case n%10 == 2:
		return text + "nd"
	case n%10 == 3:
		return text + "rd"
	}
	return text + "th"
}

// Amount writes a figure with its measure: 92.1%, 1,204 家, 3.20 天/人. A measure of percent stands close.
func (w Words) Amount(figure, measure string) string {
	switch {
	case measure == "":
		return figure
	case strings.HasPrefix(measure, "%"):
		return figure + measure
	}
	return figure + " " + measure
}

// List joins names: 和平、沈河; Heping, Shenhe.
func (w Words) List(names []string) string { return strings.Join(names, w.T("common.list_separator")) }

// Number writes a number with the digits it needs, at most two: 2, 2.5.
func (w Words) Number(x float64) string {
	text := Number(x, 2)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
