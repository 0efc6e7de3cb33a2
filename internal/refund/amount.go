package refund

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/unionboard/unionboard/internal/assess"
)

// Fen is an amount of money in hundredths of a yuan.
type Fen int64

// most keeps sums of a million amounts far from the end of int64: a hundred milliard yuan.
const mostFen = 10_000_000_000_000

// ParseFen reads yuan as people write them: ￥2,963.19, ２９６３．１９, 2963.2元, -15, （15.00）. More than two decimals are refused unless
// the further ones are zero, since nobody can say what was meant.
func ParseFen(s string) (Fen, *assess.Problem) {
	text := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\u00a0', '\u200b', '\ufeff', '\u3000', '\u2009', '\u202f', '\'':
			return -1
		case '−', '–':
			return '-'
		case '，', '、':
			return ','
		case '。':
			return '.'
		}
		return r
	}, norm.NFKC.String(s))
	if text == "" {
		return 0, assess.Invalid("problem.refund_amount_missing", "there is no amount; write it in yuan, such as 2963.19")
	}
	text, minus := unsigned(text)
	whole, rest, point := strings.Cut(text, ".")
	whole, ok := ungrouped(whole)
	rest = strings.TrimRight(rest, "0")
	switch {
	case !ok || whole == "" && (!point || rest == "") || !within(rest, "0123456789"):
		return 0, assess.Invalid("problem.refund_amount", "the amount "+quoted(s)+" cannot be read; write it in yuan, such as 2963.19", "amount", excerpt(s))
	case len(rest) > 2:
		return 0, assess.Invalid("problem.refund_amount_decimals", "the amount "+quoted(s)+" has more than two decimals; write whole fen, such as 2963.19", "amount", excerpt(s))
	}
	digits := strings.TrimLeft(whole+(rest + "00")[:2], "0")
	if len(digits) > 14 {
		return 0, tooMuch(s)
	}
	fen := Fen(0)
	for i := range len(digits) {
		fen = fen*10 + Fen(digits[i]-'0')
	}
	if fen > mostFen {
		return 0, tooMuch(s)
	}
	if minus {
		fen = -fen
	}
	return fen, nil
}

func tooMuch(s string) *assess.Problem {
	return assess.Invalid("problem.refund_amount_large", "the amount "+quoted(s)+" is above a hundred milliard yuan; look whether it is one", "amount", excerpt(s))
}

// unsigned takes the signs, brackets and names of the currency off an amount.
func unsigned(text string) (rest string, minus bool) {
	if inner, ok := strings.CutPrefix(text, "("); ok {
		if inner, ok := strings.CutSuffix(inner, ")"); ok {
			text, minus = inner, true
		}
	}
	sign := func() {
		if t, ok := strings.CutPrefix(text, "-"); ok && !minus {
			text, minus = t, true
		} else if t, ok := strings.CutPrefix(text, "+"); ok && !minus {
			text = t
		}
	}
	sign()
	for _, currency := range []string{"人民币", "CNY", "RMB", "¥", "￥"} {
		if t, ok := strings.CutPrefix(text, currency); ok {
			text = t
			break
		}
	}
	sign()
	for _, unit := range []string{"元整", "元", "圆"} {
		if t, ok := strings.CutSuffix(text, unit); ok {
			return t, minus
		}
	}
	return text, minus
}

// ungrouped takes the commas out of 12,345,678 and says whether what is left are digits and the commas stood at thousands.
func ungrouped(whole string) (string, bool) {
	parts := strings.Split(whole, ",")
	for i, p := range parts {
		if !within(p, "0123456789") || len(parts) > 1 && (i > 0 && len(p) != 3 || i == 0 && (p == "" || len(p) > 3)) {
			return "", false
		}
	}
	return strings.Join(parts, ""), true
}

// excerpt answers a piece of what was handed in for a message: short, on one line.
func excerpt(s string) string {
	runes := []rune(s)
	if len(runes) > 40 {
		runes = append(runes[:40:40], '…')
	}
	for i, r := range runes {
		if r < ' ' || r == 0x7F {
			runes[i] = ' '
		}
	}
	return string(runes)
}

func quoted(s string) string { return `"` + excerpt(s) + `"` }

// String writes yuan with two decimals: 2963.19.
func (f Fen) String() string {
	sign := ""
	if f < 0 {
		sign, f = "-", -f
	}
	return fmt.Sprintf("%s%d.%02d", sign, f/100, f%100)
}
