package assess

import (
	"math"
	"strconv"
)

// snapDecimals is the precision at which every decision is taken: a binary sum that should be 2.665 is 2.665 again.
const snapDecimals = 9

// Snap rounds x to 9 decimals, through its decimal text, so that noise in the last bits decides nothing.
func Snap(x float64) float64 {
	if math.Abs(x) >= 1<<43 { // no ninth decimal left in a double
		return x
	}
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'f', snapDecimals, 64), 64)
	if err != nil {
		return x // NaN or Inf: nothing to snap
	}
	return y
}

// Round rounds x to so many decimals (0–9) by the rule, after snapping: 2.665 → 2.67, −0.125 → −0.13 with HalfUp.
// Source: scoring specification 3.2, points 4 and 5.
func (r Rounding) Round(x float64, decimals int) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) || math.Abs(x) >= 1<<53 {
		return x
	}
	if decimals >= snapDecimals {
		return Snap(x)
	}
	// The digits of the snapped text decide, so that no binary product can move a half.
	text := strconv.FormatFloat(math.Abs(x), 'f', snapDecimals, 64)
	cut := len(text) - snapDecimals + decimals
	keep, rest := text[:cut], text[cut:]
	y, err := strconv.ParseFloat(roundUp(keep, up(r, keep, rest)), 64)
	if err != nil {
		return x
	}
	return math.Copysign(y, x)
}

// up says whether the digits that are cut off lift the last one kept.
func up(r Rounding, keep, rest string) bool {
	if rest[0] != '5' {
		return rest[0] > '5'
	}
	for i := 1; i < len(rest); i++ {
		if rest[i] != '0' {
			return true
		}
	}
	if r != HalfEven {
		return true
	}
	last := keep[len(keep)-1]
	if last == '.' {
		last = keep[len(keep)-2]
	}
	return (last-'0')%2 == 1
}

// roundUp adds one unit in the last place of a decimal text when lift is set.
func roundUp(text string, lift bool) string {
	if !lift {
		return text
	}
	digits := []byte(text)
	for i := len(digits) - 1; i >= 0; i-- {
		switch {
		case digits[i] == '.':
			continue
		case digits[i] == '9':
			digits[i] = '0'
		default:
			digits[i]++
			return string(digits)
		}
	}
	return "1" + string(digits)
}
