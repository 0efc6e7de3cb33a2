package ledger

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/unionboard/unionboard/internal/register"
)

// citizen is what a citizen's number looks like, whatever its check digit says: a day of birth stands in it. Codes of enterprises begin with 9.
var citizen = regexp.MustCompile(`^[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]$`)

// likeCitizen says whether a text looks like a citizen's number.
func likeCitizen(text string) bool {
	return citizen.MatchString(strings.Join(strings.Fields(norm.NFKC.String(text)), ""))
}

// withoutCitizens covers a code that looks like a citizen's number, as owners of individual businesses are entered.
func withoutCitizens(code string) string {
	if likeCitizen(code) {
		return register.Mask("first_three_last_four", code)
	}
	return code
}
