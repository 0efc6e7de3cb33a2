package source

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
	"golang.org/x/text/width"

	"github.com/unionboard/unionboard/internal/assess"
)

// longestNumber is what a number may have: characters, and digits before or after the point once an exponent is written out.
const longestNumber = 40

// Number is a number as it was handed in.
type Number struct {
	decimal.Decimal
	// Scientific says that it was written with an exponent (2e-06). Spreadsheets write long counts that way and lose digits.
	Scientific bool
}

var (
	plainNumber      = regexp.MustCompile(`^[+-]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?$`)
	scientificNumber = regexp.MustCompile(`^[+-]?\d+(\.\d+)?[eE][+-]?\d{1,3}$`)
	measuredNumber   = regexp.MustCompile(`^([+-]?\d[\d,]*(?:\.\d+)?)\s*([%‰\p{L}]\D*)$`)
)

// ParseNumber reads a plain decimal with a point, exactly: every digit counts. Full-width digits and separators of thousands that
// can mean nothing else (1,204,500.5) are tolerated; units of measure are not, and the error says what to write instead. Errors
// are Problems of kind ErrInvalid without a place.
func ParseNumber(s string) (Number, error) {
	if n, ok := shortInteger(s); ok { // nearly all are
		return Number{Decimal: decimal.NewFromInt(n)}, nil
	}
	text := strings.ReplaceAll(width.Narrow.String(strings.TrimSpace(s)), "−", "-")
	if len(text) > longestNumber {
		return Number{}, notANumber(s)
	}
	scientific := scientificNumber.MatchString(text)
	if !scientific && !plainNumber.MatchString(text) {
		return Number{}, notANumber(s)
	}
	d, err := decimal.NewFromString(strings.ReplaceAll(text, ",", ""))
	if err != nil || d.Exponent() > longestNumber || d.Exponent() < -2*longestNumber {
		return Number{}, notANumber(s)
	}
	return Number{d, scientific}, nil
}

// shortInteger reads what consists of up to eighteen plain digits.
func shortInteger(s string) (n int64, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || i == 18 {
			return 0, false
		}
		n = 10*n + int64(s[i]-'0')
	}
	return n, s != ""
}

func notANumber(s string) *assess.Problem {
	text := width.Narrow.String(strings.TrimSpace(s))
	if measured(text) != nil { // how much it is in the measure of the figure is not known here, so no number is suggested
		return assess.Invalid("problem.number_measure",
			fmt.Sprintf("%s has a unit of measure; write digits alone, counted in the measure of the figure", quoted(s)), "value", Excerpt(s))
	}
	return assess.Invalid("problem.number",
		fmt.Sprintf("%s is not a number; write digits and at most one point, such as 1204 or 92.5", quoted(s)), "value", Excerpt(s))
}

// measured answers a number and the measure behind it, nil where either is a guess.
func measured(text string) []string {
	m := measuredNumber.FindStringSubmatch(text)
	if m == nil || len(text) > longestNumber || !plainNumber.MatchString(m[1]) || strings.EqualFold(m[2][:1], "e") {
		return nil
	}
	return m
}

var (
	// typedNumber is a number with 万 or 亿 behind it, once blanks and the unit of measure are gone.
	typedNumber = regexp.MustCompile(`^([+-]?\d[\d,]*(?:\.\d+)?)([万亿])$`)
	short       = regexp.MustCompile(`^[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,3}(?:\D|$)`)
	apart       = regexp.MustCompile(`[\d.,][\s\p{Z}]+[\d.,]`)
	thousands   = regexp.MustCompile(`^[+-]?[\s\p{Z}]*[1-9]\d{0,2}(?:\p{Z}\d{3})+(?:\.\d+)?(?:[\s\p{Z}]*[^\d\s\p{Z}]+)*$`)
)

// ParseTyped reads a number as a person types it into a form or a table: what ParseNumber reads, and blanks between thousands (30 412),
// the figure's own unit of measure behind it (68家, 92.5%), and 万 and 亿, which are multiplied out (1.2万 is 12000). Other digits that
// stand apart may be several numbers, and digits written short may be lost: both are refused.
func ParseTyped(s, measure string) (Number, error) {
	if fault := Unclear(s); fault != nil {
		return Number{}, fault
	}
	text := strings.Join(strings.Fields(width.Narrow.String(s)), "")
	if measure != "" {
		text = strings.TrimSuffix(text, width.Narrow.String(measure))
	}
	if m := typedNumber.FindStringSubmatch(text); m != nil && len(text) <= longestNumber {
		if alone, ok := without(m[1], m[2]); ok && plainNumber.MatchString(m[1]) {
			text = alone
		}
	}
	n, err := ParseNumber(text)
	if err != nil && measure != "" && measured(text) != nil {
		return Number{}, assess.Invalid("problem.number_other",
			fmt.Sprintf("%s is not counted in %s; write the number in that measure, digits alone", quoted(s), measure), "value", Excerpt(s), "asked", measure)
	}
	return n, err
}

// Unclear answers why the digits of a text may not be those that were meant: they stand apart but for thousands, or are written short.
// It is nil for everything else, be it a number or not.
func Unclear(s string) *assess.Problem {
	text := strings.TrimSpace(width.Narrow.String(s))
	switch {
	case apart.MatchString(text) && !thousands.MatchString(text):
		return assess.Invalid("problem.number_blank",
			fmt.Sprintf("%s has blanks or line breaks between its digits and may be several numbers; write one number without them", quoted(s)), "value", Excerpt(s))
	case short.MatchString(text):
		return WrittenShort(s)
	}
	return nil
}

// WrittenShort says that a number was written with an exponent, as spreadsheets write long ones into text: digits may be lost.
func WrittenShort(s string) *assess.Problem {
	return assess.Invalid("problem.number_scientific",
		fmt.Sprintf("%s is written short, so digits may be lost; write all of them", quoted(s)), "value", Excerpt(s))
}

// without answers a number without the measure that follows it, multiplied out where the measure is 万 or 亿.
func without(number, measure string) (string, bool) {
	d, err := decimal.NewFromString(strings.ReplaceAll(number, ",", ""))
	if err != nil {
		return "", false
	}
	switch {
	case strings.HasPrefix(measure, "万"):
		d = d.Shift(4)
	case strings.HasPrefix(measure, "亿"):
		d = d.Shift(8)
	}
	return d.String(), true
}
