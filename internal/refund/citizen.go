package refund

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// citizens is what the numbers of citizens look like inside a text, whatever their check digits say: a day of birth stands in them. Of 18
// figures, or the 15 of before 2000; tax numbers of owners of individual businesses put two more behind. Codes of enterprises begin with 9.
var citizens = regexp.MustCompile(`\b[1-8]\d{5}(?:(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]|\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3})(?:\d{2})?\b`)

// LikeCitizen says whether a code looks like a citizen's number, with blanks and hyphens in it or without.
func LikeCitizen(code string) bool {
	text := norm.NFKC.String(code)
	return citizens.MatchString(text) || citizens.MatchString(joints.Replace(strings.Join(strings.Fields(text), "")))
}

// WithoutCitizens covers what looks like a citizen's number inside a text, by cover.
func WithoutCitizens(text string, cover func(string) string) string {
	if covered := citizens.ReplaceAllStringFunc(norm.NFKC.String(text), cover); covered != norm.NFKC.String(text) {
		return covered
	}
	if LikeCitizen(text) {
		return cover(text)
	}
	return text
}
