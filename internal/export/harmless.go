package export

import (
	"strings"
	"unicode/utf8"
)

// isNumber says whether a text is a figure as this package and the log write it: -?(0|[1-9][0-9]*)(.[0-9]+)?, nothing else.
func isNumber(text string) bool {
	whole, fraction, point := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	return digits(whole) && (whole == "0" || whole[0] != '0') && (!point || digits(fraction))
}

// digits says whether a text is made of digits, of one at least.
func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// noBreakSpace before a text makes a spreadsheet show it as text. Readers that trim their cells, as `import` does, take it off
// again: what is read is what was written, which an apostrophe would not give.
const noBreakSpace = "\u00a0"

// harmless keeps the texts of a row from being read as formulas by a spreadsheet. Numbers, also negative ones, stay numbers.
func harmless(cells []string) {
	for i, s := range cells {
		cells[i] = Harmless(s)
	}
}

// Harmless answers a text that no spreadsheet takes for a formula, also one that turns full-width signs into plain ones.
func Harmless(text string) string {
	switch first, _ := utf8.DecodeRuneInString(text); first {
	case '=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠':
		if !isNumber(text) {
			return noBreakSpace + text
		}
	}
	return text
}
