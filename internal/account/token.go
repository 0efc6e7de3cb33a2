package account

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/assess"
)

// TokenScope is something a token opens.
type TokenScope string

// The scopes of tokens.
const (
	SubmitFigures TokenScope = "submit" // hand in figures of the token's unit, which then wait for review
	ReadAll       TokenScope = "read"   // read what a person of the unit may read
	ExportFiles   TokenScope = "export" // take tables and seals out as files
)

// TokenScopes answers every scope there is.
func TokenScopes() []TokenScope { return []TokenScope{SubmitFigures, ReadAll, ExportFiles} }

// The life of a token in days: what is usual and what is the most.
const (
	UsualTokenDays = 365
	MostTokenDays  = 730
)

// TokenMark begins every token, so that one that got into a file or a log is recognised.
const TokenMark = "ub_"

// Token lets a program of one unit use the API. It is shown once and kept as a hash. It opens no page.
type Token struct {
	ID   string
	Hash string
	Name string // what the token is for, in the words of who made it
	Unit assess.UnitCode
	// Account is the ID of the person who answers for it and with whom it ends; "" where the unit itself does.
	Account   string
	Scopes    []TokenScope
	Addresses []netip.Prefix // from where it may be used; none: from anywhere
	CreatedAt time.Time
	CreatedBy string // name of the account, or console:…
	ExpiresAt time.Time
	RevokedAt time.Time // zero: not revoked
	UsedAt    time.Time // zero: never
}

// TokenOrder is what a new token is to be.
type TokenOrder struct {
	Name      string
	Unit      assess.UnitCode
	Account   string
	Scopes    []TokenScope
	Addresses string // addresses and networks as they are typed, with spaces or commas between
	Days      int    // of life
	By        string
}

// NewToken answers a new token and the secret by which it is used. Errors are Problems of kind ErrInvalid.
func NewToken(o TokenOrder, now time.Time) (t Token, secret string, err error) {
	o.Name = strings.TrimSpace(o.Name)
	if n := utf8.RuneCountInString(o.Name); n == 0 || n > 80 || !utf8.ValidString(o.Name) {
		return t, "", assess.Invalid("problem.token_name", "say in 1 to 80 characters what the token is for, the name of the program for example")
	}
	if o.Unit == "" {
		return t, "", assess.Invalid("problem.token_unit", "a token speaks for one unit; name it")
	}
	if o.Days < 1 || o.Days > MostTokenDays {
		return t, "", assess.Invalid("problem.token_days",
			fmt.Sprintf("a token lives for 1 to %d days, not %d", MostTokenDays, o.Days), "most", fmt.Sprint(MostTokenDays))
	}
	if len(o.Scopes) == 0 || slices.ContainsFunc(o.Scopes, func(s TokenScope) bool { return !slices.Contains(TokenScopes(), s) }) {
		return t, "", assess.Invalid("problem.token_scope", fmt.Sprintf("the scopes %v are not those there are; choose of %v", o.Scopes, TokenScopes()))
	}
	prefixes, err := ParseAddresses(o.Addresses)
	if err != nil {
		return t, "", err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return t, "", fmt.Errorf("new token: %w", err)
	}
	secret = TokenMark + newSecret()
	return Token{
		ID: id.String(), Hash: SecretHash(secret), Name: o.Name, Unit: o.Unit, Account: o.Account, Scopes: o.Scopes, Addresses: prefixes,
		CreatedAt: now, CreatedBy: o.By, ExpiresAt: now.AddDate(0, 0, o.Days),
	}, secret, nil
}

// CheckIn says whether the definitions of a year have the unit, and whether what the token is for becomes it: nobody hands in figures of
// the city as a whole. Errors are Problems of kind ErrInvalid.
func (o TokenOrder) CheckIn(e *assess.Edition) error {
	switch {
	case o.Unit == "":
		return nil // NewToken says so
	case o.Unit != e.Roster.City.Code:
		return Post{Role: assess.DistrictChair, Unit: o.Unit}.CheckIn(e)
	case slices.Contains(o.Scopes, SubmitFigures):
		return assess.Invalid("problem.token_city", "nobody hands in figures of the city as a whole; leave that out, or choose a district")
	}
	return nil
}

// Belongs says whether a person can answer for the token: somebody of its unit; for the city's, somebody who takes out everything.
func (o TokenOrder) Belongs(u User, city assess.UnitCode) bool {
	return u.DisabledAt.IsZero() && (u.Unit == o.Unit || o.Unit == city && u.May(Export, ""))
}

// ParseAddresses reads network addresses and networks with spaces, commas or line ends between them: 10.1.2.3 10.2.0.0/16.
func ParseAddresses(typed string) (prefixes []netip.Prefix, err error) {
	for _, word := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(" ,;\t\r\n，；、", r) }) {
		p, err := netip.ParsePrefix(word)
		if err != nil {
			a, errAddr := netip.ParseAddr(word)
			if errAddr != nil || a.Zone() != "" {
				return nil, assess.Invalid("problem.token_address",
					fmt.Sprintf("%.40q is neither an address nor a network; write 10.1.2.3 or 10.1.0.0/16", word), "address", word)
			}
			a = a.Unmap()
			p = netip.PrefixFrom(a, a.BitLen())
		}
		prefixes = append(prefixes, p.Masked())
	}
	return prefixes, nil
}

// Lives says whether the token still opens anything at a time.
func (t Token) Lives(now time.Time) bool { return t.RevokedAt.IsZero() && now.Before(t.ExpiresAt) }

// Reader answers with whose eyes the token reads: those of a district's reporter, and where it speaks for the city those of its analyst.
// The API asks this person's permission for reading alone.
func (t Token) Reader(city assess.UnitCode) User {
	u := User{ID: "token:" + t.ID, Name: t.Name, Role: assess.DistrictReporter, Unit: t.Unit}
	if t.Unit == city {
		u.Role, u.Unit = assess.CityAnalyst, ""
	}
	return u
}

// Allow says whether the token opens a scope from a network address at a time, as a Problem of kind ErrForbidden where it does not.
func (t Token) Allow(scope TokenScope, address string, now time.Time) error {
	switch {
	case !t.RevokedAt.IsZero():
		return assess.Forbidden("problem.token_revoked", "the token was revoked; ask the administrator for a new one")
	case !now.Before(t.ExpiresAt):
		return assess.Forbidden("problem.token_expired",
			fmt.Sprintf("the token expired on %s; ask the administrator for a new one", t.ExpiresAt.Format(time.DateOnly)), "date", t.ExpiresAt.Format(time.DateOnly))
	case !slices.Contains(t.Scopes, scope):
		return assess.Forbidden("problem.token_scope_missing",
			fmt.Sprintf("the token is not made for %s; ask the administrator for one that is", scope), "scope", string(scope))
	case !t.from(address):
		return assess.Forbidden("problem.token_from_elsewhere", "the token may not be used from this address; the administrator can add it to a new token")
	}
	return nil
}

func (t Token) from(address string) bool {
	if len(t.Addresses) == 0 {
		return true
	}
	a, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(t.Addresses, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}
