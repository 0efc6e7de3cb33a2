package assess

import (
	"cmp"
	"encoding"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// PeriodKind is the length of a period.
type PeriodKind uint8

// The lengths, shortest first.
const (
	Month PeriodKind = iota + 1
	Quarter
	Year
)

// Period is a month, quarter or year of the calendar: 2026-03, 2026Q1, 2026. The zero Period is no period. Periods are
// comparable with == and can be map keys.
type Period struct {
	year int32 // eight bytes in all: periods are part of the keys of maps of a million cells
	part int16 // month 1–12, quarter 1–4, 1 for a year
	kind PeriodKind
}

var (
	monthForm = regexp.MustCompile(`^(\d{4})-(\d{2})$`)
	yearForm  = regexp.MustCompile(`^\d{4}$`)
)

func newPeriod(year, part int, kind PeriodKind) Period { return Period{int32(year), int16(part), kind} }

// NewQuarter answers quarter q (1–4) of a year.
func NewQuarter(year, q int) Period { return newPeriod(year, q, Quarter) }

// NewYear answers a year.
func NewYear(year int) Period { return newPeriod(year, 1, Year) }

// NewMonth answers month m (1–12) of a year.
func NewMonth(year, m int) Period { return newPeriod(year, m, Month) }

// ParsePeriod reads 2026-03, 2026Q1 (or 2026q1) and 2026. Errors are Problems of kind ErrInvalid.
func ParsePeriod(s string) (Period, error) {
	if len(s) == 6 && (s[4] == 'Q' || s[4] == 'q') && yearForm.MatchString(s[:4]) && s[5] >= '1' && s[5] <= '4' {
		return NewQuarter(atoi(s[:4]), int(s[5]-'0')), nil
	}
	if yearForm.MatchString(s) {
		return NewYear(atoi(s)), nil
	}
	if m := monthForm.FindStringSubmatch(s); m != nil && atoi(m[2]) >= 1 && atoi(m[2]) <= 12 {
		return NewMonth(atoi(m[1]), atoi(m[2])), nil
	}
	return Period{}, Invalid("problem.period", fmt.Sprintf("%q is not a period; write a month 2026-03, a quarter 2026Q1 or a year 2026", s), "value", s)
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // the pattern let digits through only
	return n
}

// MustPeriod is ParsePeriod for constants in tests and tables; it panics on a bad one.
func MustPeriod(s string) Period {
	p, err := ParsePeriod(s)
	if err != nil {
		panic(err)
	}
	return p
}

// IsZero says whether p is no period.
func (p Period) IsZero() bool { return p.kind == 0 }

// Kind answers the length of p.
func (p Period) Kind() PeriodKind { return p.kind }

// CalendarYear answers the year p lies in, as a number.
func (p Period) CalendarYear() int { return int(p.year) }

// Part answers the month 1–12 or quarter 1–4 of p, 1 for a year.
func (p Period) Part() int { return int(p.part) }

// String writes p as ParsePeriod reads it, "" for the zero Period.
func (p Period) String() string {
	switch p.kind {
	case Month:
		return fmt.Sprintf("%04d-%02d", p.year, p.part)
	case Quarter:
		return fmt.Sprintf("%04dQ%d", p.year, p.part)
	case Year:
		return fmt.Sprintf("%04d", p.year)
	}
	return ""
}

// Year answers the year p lies in.
func (p Period) Year() Period { return NewYear(p.CalendarYear()) }

// Quarters answers the four quarters of a year, the quarter itself, or the quarter a month lies in.
func (p Period) Quarters() []Period {
	switch p.kind {
	case Year:
		return []Period{{p.year, 1, Quarter}, {p.year, 2, Quarter}, {p.year, 3, Quarter}, {p.year, 4, Quarter}}
	case Quarter:
		return []Period{p}
	case Month:
		return []Period{{p.year, (p.part + 2) / 3, Quarter}}
	}
	return nil
}

// LastQuarter answers the quarter in which p ends.
func (p Period) LastQuarter() Period {
	q := p.Quarters()
	if len(q) == 0 {
		return Period{}
	}
	return q[len(q)-1]
}

// Prev answers the period of the same length just before p.
func (p Period) Prev() Period { return p.Add(-1) }

// Next answers the period of the same length just after p.
func (p Period) Next() Period { return p.Add(1) }

// LastYear answers the same month or quarter of the year before.
func (p Period) LastYear() Period { return Period{p.year - 1, p.part, p.kind} }

// Add moves p by n periods of its own length.
func (p Period) Add(n int) Period {
	switch p.kind {
	case Month:
		return shift(p, n, 12)
	case Quarter:
		return shift(p, n, 4)
	case Year:
		return NewYear(p.CalendarYear() + n)
	}
	return Period{}
}

func shift(p Period, n, perYear int) Period {
	i := p.CalendarYear()*perYear + p.Part() - 1 + n
	year, part := i/perYear, i%perYear
	if part < 0 {
		year, part = year-1, part+perYear
	}
	return newPeriod(year, part+1, p.kind)
}

// FirstDay answers the first day of p, at midnight UTC.
func (p Period) FirstDay() time.Time {
	return time.Date(p.CalendarYear(), time.Month(p.firstMonth()), 1, 0, 0, 0, 0, time.UTC)
}

// LastDay answers the last day of p (day D of the collection calendar), at midnight UTC.
func (p Period) LastDay() time.Time {
	return time.Date(p.CalendarYear(), time.Month(p.firstMonth()+p.months()), 0, 0, 0, 0, 0, time.UTC)
}

func (p Period) firstMonth() int { return (p.Part()-1)*p.months() + 1 }

func (p Period) months() int {
	switch p.kind {
	case Month:
		return 1
	case Quarter:
		return 3
	}
	return 12
}

// Compare orders periods by their last day, a longer one after a shorter one that ends the same day: 2025Q4 before 2025.
func (p Period) Compare(q Period) int {
	return cmp.Or(
		cmp.Compare(p.year, q.year),
		cmp.Compare(p.firstMonth()+p.months(), q.firstMonth()+q.months()),
		cmp.Compare(p.kind, q.kind),
	)
}

// MarshalText writes p for JSON.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads p from JSON; the empty text is the zero Period.
func (p *Period) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*p = Period{}
		return nil
	}
	q, err := ParsePeriod(string(b))
	if err != nil {
		return err
	}
	*p = q
	return nil
}

var (
	_ encoding.TextMarshaler   = Period{}
	_ encoding.TextUnmarshaler = (*Period)(nil)
)
