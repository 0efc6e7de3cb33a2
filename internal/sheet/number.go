package sheet

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// mostDigits is how many digits spreadsheets calculate with. They write more: 1.1 is stored as 1.1000000000000001.
const mostDigits = 15

var errNumber = errors.New("not a number")

// exact reads a number as spreadsheets store it.
func exact(text string) (decimal.Decimal, error) {
	if len(text) > 400 {
		return decimal.Decimal{}, errNumber
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || strings.ContainsAny(text, "xXpP_") {
		return decimal.Decimal{}, errNumber
	}
	return decimal.NewFromString(text)
}

// plain answers the digits of a stored number: exactly, but for the dust beyond the fifteenth digit of a fraction.
func plain(text string) (string, error) {
	if isPlain(text) {
		return text, nil
	}
	d, err := exact(text)
	if err != nil {
		return "", err
	}
	whole := !strings.ContainsAny(text, ".eE")
	if digits := d.NumDigits(); digits > mostDigits && !whole {
		d = d.Round(-(d.Exponent() + int32(digits) - mostDigits))
	}
	if d.Exponent() > 40 || d.Exponent() < -400 {
		return "", errNumber
	}
	if d.IsZero() {
		return "0", nil
	}
	return strip(d.String()), nil
}

// isPlain knows the digits that need no further look: at most fifteen, no leading or trailing zero to be taken away.
func isPlain(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || len(digits) > mostDigits || digits[0] == '0' {
		return text == "0"
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}

// strip takes the zeros off the end of a fraction.
func strip(text string) string {
	if !strings.Contains(text, ".") {
		return text
	}
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// serial answers the days since the end of 1899 of a date written as ISO 8601, as some programs store it.
func serial(iso string) (string, error) {
	for _, form := range []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04:05.999", time.RFC3339} {
		t, err := time.Parse(form, iso)
		if err != nil {
			continue
		}
		t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
		days := t.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
		if days < 61 { // before March 1900 the count of spreadsheets is off by one
			days--
		}
		return plain(strconv.FormatFloat(days, 'f', -1, 64))
	}
	return "", errNumber
}

// shifted moves a date of a workbook that counts from 1904 to the common count.
func shifted(text string) (string, error) {
	d, err := exact(text)
	if err != nil {
		return "", err
	}
	return plain(d.Add(decimal.NewFromInt(1462)).String())
}
