package account

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/assess"
)

// LinkKind is what a link opens. There is none for registers: personal data are never shared by a link.
type LinkKind string

// The kinds of links.
const (
	CalendarLink LinkKind = "calendar" // the deadlines, as iCalendar: /calendar/{token}.ics
	WallLink     LinkKind = "wall"     // the published state on a screen: /wall/{token}
)

// LinkLife is how long a link opens something: a year and the weeks in which the next one is made.
const LinkLife = 400 * 24 * time.Hour

// Link opens one thing to whoever holds its address, without signing in: what its owner may see of it, nothing else, and only for
// reading. Its secret stands in the address and is shown once; kept is a hash.
type Link struct {
	ID        string
	Hash      string // of the secret
	Kind      LinkKind
	Account   string          // ID of the owner, with whose rights it reads
	Unit      assess.UnitCode // of the owner when the link was made
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt time.Time // zero: not revoked
}

// NewLink answers a new link of an account, and the secret for its address.
func NewLink(kind LinkKind, owner User, now time.Time) (l Link, secret string, err error) {
	if kind != CalendarLink && kind != WallLink {
		return l, "", assess.Invalid("problem.link_kind", fmt.Sprintf("there are no links of kind %q; make one of calendar, wall", kind), "kind", string(kind))
	}
	id, err := uuid.NewV7()
	if err != nil {
		return l, "", fmt.Errorf("new link: %w", err)
	}
	secret = newSecret()
	return Link{
		ID: id.String(), Hash: SecretHash(secret), Kind: kind, Account: owner.ID, Unit: owner.Unit, CreatedAt: now, ExpiresAt: now.Add(LinkLife),
	}, secret, nil
}

// Open says whether the link still opens something at a time.
func (l Link) Open(now time.Time) bool { return l.RevokedAt.IsZero() && now.Before(l.ExpiresAt) }
