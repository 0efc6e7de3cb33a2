package export

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// number is a figure as this package and the log write it.
var number = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?$`)

// formulaSigns are what a spreadsheet takes for the beginning of a formula, full-width forms among them.
const formulaSigns = "=+-@\t\r＝＋－＠"

// noBreakSpace before a text makes a spreadsheet show it as text. Readers that trim their cells, as `import` does, take it off
// again: what is read is what was written, which an apostrophe would not give.
const noBreakSpace = "\u00a0"

// harmless keeps the texts of a row from being read as formulas by a spreadsheet. Numbers, also negative ones, stay numbers.
func harmless(cells []string) {
	for i, s := range cells {
		cells[i] = Harmless(s)
	}
}

// Harmless answers a text that no spreadsheet takes for a formula.
func Harmless(text string) string {
	if text == "" {
		return text
	}
	if first, _ := utf8.DecodeRuneInString(text); strings.ContainsRune(formulaSigns, first) && !number.MatchString(text) {
		return noBreakSpace + text
	}
	return text
}
