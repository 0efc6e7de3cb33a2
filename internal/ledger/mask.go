package ledger

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/unionboard/unionboard/internal/refund"
	"github.com/unionboard/unionboard/internal/register"
)

// withoutCitizens covers what looks like a citizen's number in a text: owners of individual businesses are entered by it.
func withoutCitizens(text string) string {
	return refund.WithoutCitizens(text, func(number string) string { return register.Mask("first_three_last_four", number) })
}

// coveredOwner covers the owner of an account where it is a natural person: neither an enterprise or union of these names, nor any union.
func coveredOwner(owner string, names ...string) string {
	owner = withoutCitizens(owner)
	same := func(text string) string { return strings.Join(strings.Fields(norm.NFKC.String(text)), "") }
	if strings.Contains(owner, "工会") {
		return owner
	}
	for _, name := range names {
		if same(name) == same(owner) {
			return owner
		}
	}
	return register.Mask("first_character", owner)
}

// personal says whether the owner of an account is a natural person: the legal representative, as with sole traders, or two to four characters that
// name no body.
func personal(owner, representative string) bool {
	owner = strings.Join(strings.Fields(norm.NFKC.String(owner)), "")
	if owner == "" || strings.Contains(owner, "工会") {
		return false
	}
	if person := refund.ParsePerson(owner); person != "" && person == refund.ParsePerson(representative) {
		return true
	}
	n := utf8.RuneCountInString(owner)
	return n >= 2 && n <= 4 && !strings.ContainsAny(owner, "店厂行社部所院会站馆司场园校坊铺室")
}

func (p *Payee) covered(names ...string) Payee {
	c := *p
	c.Account, c.Owner = register.Mask("last_four", p.Account), coveredOwner(p.Owner, names...)
	return c
}
