package i18n

import (
	"math"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
)

// minus is the real minus sign, U+2212. Files write the ASCII one.
const minus = "−"

// snap is the precision at which halves are told apart from noise in the last bits (scoring specification 3.2).
const snap = 9

// Number writes x with so many decimals, halves rounded up (四舍五入), in groups of three, with the real minus sign. A number that
// rounds to nothing has no sign. What is not a number is a dash: it must not look like a figure.
func Number(x float64, decimals int) string {
	d, ok := exact(x)
	if !ok {
		return "—"
	}
	return write(d, decimals)
}

// Decimal writes an exact number with all its digits, as Number does.
func Decimal(d decimal.Decimal) string { return write(d, int(max(0, -d.Exponent()))) }

// Score writes points with two decimals.
func Score(x float64) string { return Number(x, 2) }

// Percent writes a percentage (92.1 for 92.1 %) with one decimal.
func Percent(x float64) string {
	if _, ok := exact(x); !ok {
		return "—"
	}
	return Number(x, 1) + "%"
}

// Signed writes a change: always with its sign, except when it rounds to nothing.
func Signed(x float64, decimals int) string {
	text := Number(x, decimals)
	if strings.HasPrefix(text, minus) || strings.Trim(text, "0.—") == "" {
		return text
	}
	return "+" + text
}

var plainNumber = regexp.MustCompile(`-?\d+(?:\.\d+)?`)

// Figures writes the plain numbers of a text, such as 17659005 ÷ 17850000 × 100, with all their digits as Decimal does.
func Figures(text string) string {
	return plainNumber.ReplaceAllStringFunc(text, func(number string) string {
		d, err := decimal.NewFromString(number)
		if err != nil {
			return number
		}
		return Decimal(d)
	})
}

func exact(x float64) (decimal.Decimal, bool) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return decimal.Decimal{}, false
	}
	return decimal.NewFromFloat(x).Round(snap), true
}

func write(d decimal.Decimal, decimals int) string {
	text := d.StringFixed(int32(decimals)) // without a sign when it rounds to nothing
	digits, negative := strings.CutPrefix(text, "-")
	whole, rest, _ := strings.Cut(digits, ".")
	var b strings.Builder
	if negative {
		b.WriteString(minus)
	}
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if rest != "" {
		b.WriteString("." + rest)
	}
	return b.String()
}

// Fold writes a large number for a sentence or a tile: 25.2万 and 1.2亿 in Chinese, 252,000 in English. Tables and files never
// fold.
func (w Words) Fold(x float64) string {
	if w.lang == English {
		return Number(x, 0)
	}
	for _, unit := range []struct {
		size float64
		name string
	}{{1e8, "亿"}, {1e4, "万"}} {
		if math.Abs(x) >= unit.size {
			return strings.TrimSuffix(Number(x/unit.size, 1), ".0") + unit.name
		}
	}
	return Number(x, 0)
}
