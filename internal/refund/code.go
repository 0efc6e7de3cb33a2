package refund

import (
	"slices"
	"strings"
)

// CodeKind is what a cell for the unified social credit code holds.
type CodeKind uint8

// The kinds of code.
const (
	CodeNone         CodeKind = iota
	CodeUnified               // 18 characters of GB 32100 with a department and a category that are given out
	CodeOrganisation          // nine characters of GB 11714 alone, or inside an old tax number of 15
	CodeUnion                 // begins with 81: of a union, never of an enterprise
	CodeOther                 // something else: cut, too long, with characters that no code has
)

// Code is a code of an organisation as it was read.
type Code struct {
	Kind CodeKind
	Text string // folded, without blanks and dashes
	// Checked tells that the check digits are right. Codes that are given out can fail it, so a wrong one warns and never blocks.
	Checked bool
}

const (
	unifiedAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY" // without I O S V Z
	// givenOut are the first two characters in use: department and category (GB 32100, with the later departments).
	givenOut = "11 12 13 19 21 29 31 32 33 34 35 39 41 49 51 52 53 54 59 61 62 69 71 72 79 81 89 91 92 93 A1 A9 N1 N2 N3 N9 Y1"
)

var (
	unifiedWeights      = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28} // 3^(i-1) mod 31
	organisationWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}
)

var joints = strings.NewReplacer("-", "", "—", "", "–", "", ".", "", "_", "")

// ParseCode reads a code as people write it: in full width, small letters, with blanks or dashes.
func ParseCode(s string) Code {
	text := joints.Replace(fold(s))
	if blank(text) || filledUp(text) {
		return Code{}
	}
	switch {
	case personal(text):
		return Code{Kind: CodeOther, Text: text}
	case len(text) == 18 && text[:2] == "81" && within(text, unifiedAlphabet):
		return Code{CodeUnion, text, unifiedDigit(text) == text[17]}
	case len(text) == 18 && within(text, unifiedAlphabet) && strings.Contains(givenOut, text[:2]):
		return Code{CodeUnified, text, unifiedDigit(text) == text[17]}
	case len(text) == 9 && organisationDigit(text) == text[8]:
		return Code{CodeOrganisation, text, true}
	case len(text) == 15 && within(text[:6], "0123456789") && organisationDigit(text[6:]) == text[14]:
		return Code{CodeOrganisation, text[6:], true}
	}
	if mended := confusable.Replace(text); mended != text && len(mended) == 18 {
		if c := ParseCode(mended); c.Kind == CodeUnified && c.Checked {
			return c
		}
	}
	return Code{Kind: CodeOther, Text: text}
}

// filledUp tells a code that has zeros where its organisation should stand: whoever has none writes it, so two that are alike say nothing.
func filledUp(text string) bool {
	if text = confusable.Replace(text); !within(text, unifiedAlphabet) {
		return false
	}
	switch len(text) {
	case 18:
		return blank(text[8:17])
	case 15:
		return blank(text[6:])
	}
	return false
}

// confusable are the letters that no code has, and the figures that were meant.
var confusable = strings.NewReplacer("O", "0", "I", "1", "Z", "2", "S", "5")

// personal tells a citizen's number, which owners of individual businesses are entered by: a date of birth in it, and its own check
// digit (ISO 7064, MOD 11-2). One in 31 passes for a unified code.
func personal(text string) bool {
	if len(text) != 18 || !within(text[:17], "0123456789") {
		return false
	}
	year, month, day := text[6:10], text[10:12], text[12:14]
	if year < "1900" || year > "2099" || month < "01" || month > "12" || day < "01" || day > "31" {
		return false
	}
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += int(text[i]-'0') * weight
	}
	return "10X98765432"[sum%11] == text[17]
}

// Organisation answers the nine characters of the organisation inside a code, "" where it holds none.
func (c Code) Organisation() string {
	switch c.Kind {
	case CodeUnified:
		return c.Text[8:17]
	case CodeOrganisation:
		return c.Text
	}
	return ""
}

// whole tells a code that proves its own spelling: a single wrong character or an exchange of two would have broken it.
func (c Code) whole() bool { return c.Kind == CodeUnified && c.Checked }

func within(s, alphabet string) bool {
	for i := range len(s) {
		if strings.IndexByte(alphabet, s[i]) < 0 {
			return false
		}
	}
	return true
}

// unifiedDigit answers the check digit that the first 17 characters of a code of the alphabet ask for.
func unifiedDigit(text string) byte {
	sum := 0
	for i, w := range unifiedWeights {
		sum += w * strings.IndexByte(unifiedAlphabet, text[i])
	}
	return unifiedAlphabet[(31-sum%31)%31]
}

// organisationDigit answers the check digit of the first eight characters, 0 where they are none of a code.
func organisationDigit(text string) byte {
	sum := 0
	for i, w := range organisationWeights {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			sum += w * int(c-'0')
		case c >= 'A' && c <= 'Z':
			sum += w * int(c-'A'+10)
		default:
			return 0
		}
	}
	switch d := (11 - sum%11) % 11; d {
	case 10:
		return 'X'
	default:
		return byte('0' + d)
	}
}

// oneEdit tells that a text becomes the other by one character that is wrong, missing or too many, or by an exchange of two
// neighbours. The same text is none.
func oneEdit[S ~[]E, E comparable](a, b S) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return slices.Equal(a[i:], b[i+1:])
	}
	switch {
	case i == len(a):
		return false
	case slices.Equal(a[i+1:], b[i+1:]):
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
}
