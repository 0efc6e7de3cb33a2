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
	plainNumber      = regexp.MustCompile(`^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$`)
	scientificNumber = regexp.MustCompile(`^[+-]?\d+(\.\d+)?[eE][+-]?\d{1,3}$`)
	measuredNumber   = regexp.MustCompile(`^([+-]?\d[\d,]*(?:\.\d+)?)\s*([^\d\s.,eE_]\D*)$`)
)

// ParseNumber reads a plain decimal with a point, exactly: every digit counts. Full-width digits and separators of thousands that
// can mean nothing else (1,204,500.5) are tolerated; units of measure are not, and the error says what to write instead. Errors
// are Problems of kind ErrInvalid without a place.
func ParseNumber(s string) (Number, error) {
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

func notANumber(s string) *assess.Problem {
	text := width.Narrow.String(strings.TrimSpace(s))
	if m := measuredNumber.FindStringSubmatch(text); m != nil && len(text) <= longestNumber {
		if alone, ok := without(m[1], m[2]); ok {
			return assess.Invalid("problem.number_measure",
				fmt.Sprintf("%s has a unit of measure; write %s", quoted(s), alone), "value", Excerpt(s), "write", alone)
		}
	}
	return assess.Invalid("problem.number",
		fmt.Sprintf("%s is not a number; write digits and at most one point, such as 1204 or 92.5", quoted(s)), "value", Excerpt(s))
}

// typedNumber is a number with 万 or 亿 behind it, once blanks and the unit of measure are gone.
var typedNumber = regexp.MustCompile(`^([+-]?\d[\d,]*(?:\.\d+)?)([万亿])$`)

// ParseTyped reads a number as a person types it into a form: what ParseNumber reads, and blanks between the digits (30 412), the
// figure's own unit of measure behind it (68家, 92.5%), and 万 and 亿, which are multiplied out (1.2万 is 12000).
func ParseTyped(s, measure string) (Number, error) {
	text := strings.Join(strings.Fields(width.Narrow.String(s)), "")
	if measure != "" {
		text = strings.TrimSuffix(text, width.Narrow.String(measure))
	}
	if m := typedNumber.FindStringSubmatch(text); m != nil && len(text) <= longestNumber {
		if alone, ok := without(m[1], m[2]); ok && plainNumber.MatchString(m[1]) {
			text = alone
		}
	}
	return ParseNumber(text)
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
