package refund

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// ParsePhones answers the telephone numbers of a cell, at most two: mobile numbers of eleven digits, others without 86 and without the
// area code, which people leave out. A masked or cut number is none.
func ParsePhones(s string) []string {
	var numbers []string
	if within(s, "0123456789") {
		return appendPhone(nil, s)
	}
	for _, piece := range strings.FieldsFunc(norm.NFKC.String(s), func(r rune) bool {
		return strings.ContainsRune("/,;、|，；或\n", r)
	}) {
		if len(numbers) < 2 {
			numbers = appendPhone(numbers, piece)
		}
	}
	return numbers
}

func appendPhone(numbers []string, piece string) []string {
	for _, extension := range []string{"转", "分机", "EXT", "ext", "#"} {
		piece, _, _ = strings.Cut(piece, extension)
	}
	var b strings.Builder
	for _, r := range piece {
		switch {
		case r >= '0' && r <= '9':
			b.WriteByte(byte(r))
		case r == '*':
			return numbers
		}
	}
	d := b.String()
	if d, ok := strings.CutPrefix(strings.TrimPrefix(d, "00"), "86"); ok && (mobile(d) || strings.HasPrefix(d, "0") || len(d) >= 10) {
		return appendPhone(numbers, d)
	}
	switch {
	case blank(d):
		return numbers
	case mobile(d):
		return append(numbers, d)
	case len(d) == 12 && d[0] == '0' && mobile(d[1:]):
		return append(numbers, d[1:])
	case strings.HasPrefix(d, "0") && len(d) >= 10 && len(d) <= 12: // area code of three or four, number of seven or eight
		area := 4
		if d[1] == '1' || d[1] == '2' {
			area = 3
		}
		d = d[area:]
		if len(d) < 7 || blank(d) {
			return numbers
		}
		return append(numbers, d)
	case len(d) >= 7 && len(d) <= 8:
		return append(numbers, d)
	case len(d) > 8 && len(d) <= 12:
		return append(numbers, d) // mistyped; equal on both sides it still tells something
	}
	return numbers
}

func mobile(d string) bool { return len(d) == 11 && d[0] == '1' && d[1] >= '3' }

// ParsePerson answers the name of a person as it is compared.
func ParsePerson(s string) string {
	text := fold(s)
	if blank(text) || strings.Contains(text, "*") {
		return ""
	}
	return strings.Map(onlyName, text)
}

// Address is an address as it is compared: the street with its number, and what is more exact than that.
type Address struct{ Street, Room string }

// ParseAddress leaves out province, city and district, and takes the street up to its first number.
func ParseAddress(s string) Address {
	text := fold(s)
	if blank(text) {
		return Address{}
	}
	if _, text = cutWholePlace(text); blank(text) {
		return Address{}
	}
	text = strings.Map(func(r rune) rune {
		if r == '-' || r == '/' {
			return r // 12-3 is room 3 of number 12
		}
		return onlyName(r)
	}, text)
	i := strings.IndexAny(text, "0123456789")
	if i < 0 {
		return Address{Street: text}
	}
	j := i
	for j < len(text) && text[j] >= '0' && text[j] <= '9' {
		j++
	}
	var room strings.Builder
	apart := false
	for _, r := range text[j:] {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			if apart && room.Len() > 0 {
				room.WriteByte(' ')
			}
			room.WriteRune(r)
			apart = false
		} else {
			apart = true
		}
	}
	street := text[:i]
	if k := strings.LastIndex(street, "街道"); k >= 0 && k+6 < len(street) { // 南市街道胜利大街: the office is often left out
		street = street[k+6:]
	}
	return Address{Street: street + text[i:j], Room: room.String()}
}
