package ledger

import (
	"strings"

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

func (p *Payee) covered(names ...string) Payee {
	c := *p
	c.Account, c.Owner = register.Mask("last_four", p.Account), coveredOwner(p.Owner, names...)
	return c
}
