package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
)

// Side is what one of the files says of a taxpayer or a union. Where it leaves the ledger, persons, telephones and accounts are covered.
type Side struct {
	ID           string `json:"id,omitempty"`
	Name         string `json:"name,omitempty"` // of the enterprise on both sides
	Union        string `json:"union,omitempty"`
	Type         string `json:"type,omitempty"`
	Status       string `json:"status,omitempty"`
	Code         string `json:"code,omitempty"`
	Registration string `json:"registration,omitempty"`
	OwnCode      string `json:"own_code,omitempty"` // of the union
	Office       string `json:"office,omitempty"`
	District     string `json:"district,omitempty"`
	Address      string `json:"address,omitempty"`
	Person       string `json:"person,omitempty"` // legal representative
	Contact      string `json:"contact,omitempty"`
	Phone        string `json:"phone,omitempty"`
	HasAccount   string `json:"has_account,omitempty"`
	Account      string `json:"account,omitempty"`
	AccountOwner string `json:"account_owner,omitempty"`
	Bank         string `json:"bank,omitempty"`
	From         string `json:"from,omitempty"` // of the payment
	To           string `json:"to,omitempty"`
	Paid         string `json:"paid,omitempty"` // day of payment
	Payroll      string `json:"payroll,omitempty"`
	Members      string `json:"members,omitempty"`
}

// Above is a union of the affiliation.
type Above struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	District string `json:"district,omitempty"`
}

// Evidence is what was found about a case when its delivery was matched.
type Evidence struct {
	Tax   Side  `json:"tax"`
	Union *Side `json:"union,omitempty"`
	// RunnerUp came closest behind, by so many bits.
	RunnerUp *Side   `json:"runner_up,omitempty"`
	Ahead    float64 `json:"ahead,omitempty"`
	// Bits are by field: code, core, place, form, branch, person, phone, address, district, account. What neither says has none.
	Bits   map[string]float64 `json:"bits,omitempty"`
	Auto   float64            `json:"auto"`   // the threshold of automatic matches
	Review float64            `json:"review"` // and that below which there is no match
	// Path is the affiliation of the union, from the one above it upward. Moved says that the bureau has another district.
	Path  []Above `json:"path,omitempty"`
	Moved bool    `json:"moved,omitempty"`
	// Shared says how many taxpayers of the delivery have the phone, the account or the address of this one, where these are more than four.
	Shared map[string]int `json:"shared,omitempty"`
	// Payee is the account that the refund goes to, empty while there is none.
	Payee Payee `json:"payee"`
	// Proposed is the account that a second person has to confirm.
	Proposed *Payee `json:"proposed,omitempty"`
}

// Payee is an account that money goes to.
type Payee struct {
	Account string `json:"account,omitempty"`
	Owner   string `json:"owner,omitempty"`
	Bank    string `json:"bank,omitempty"`
}

// Case is a refund as people see it: without what is sealed.
type Case struct {
	assess.RefundCase
	// Name is the enterprise, Union the union that it was matched with, "" for none.
	Name, Union string
}

// Dossier is all that is known of a case, covered.
type Dossier struct {
	Case
	Evidence
	Decisions []assess.RefundDecision
	Bookings  []assess.RefundBooking
	Attempts  []assess.RefundTransfer
	// Others are the tickets of the same taxpayer in the same year, this one among them.
	Others []assess.RefundCase
	// ConsentMissing says that the refund goes to the account of a natural person who is not known to have agreed: no payment list takes it.
	ConsentMissing bool
	// MayDecide and MayPay say what the reader may do; Mine that the reader is who asked for what waits, and cannot confirm it.
	MayDecide, MayPay, Mine bool
}

// Cases answers the cases that q chooses, and how many there are in all. A reader of one unit sees its own.
func (l *Ledger) Cases(ctx context.Context, q assess.RefundQuery, u account.User) ([]Case, int, error) {
	q, err := l.narrowed(q, u)
	if err != nil {
		return nil, 0, err
	}
	found, n, err := l.Store.RefundCases(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	all := make([]Case, len(found))
	for i := range found {
		ev, err := l.open(&found[i])
		if err != nil {
			return nil, 0, err
		}
		all[i] = seen(found[i], ev)
	}
	return all, n, nil
}

// Position answers where a case stands among those that q chooses for the reader: what comes before and after it.
func (l *Ledger) Position(ctx context.Context, q assess.RefundQuery, number string, u account.User) (assess.RefundPosition, error) {
	q, err := l.narrowed(q, u)
	if err != nil {
		return assess.RefundPosition{}, err
	}
	return l.Store.RefundPosition(ctx, q, number)
}

// Dossier answers all about the case of a number. One of a unit that the reader may not see is none.
func (l *Ledger) Dossier(ctx context.Context, number string, u account.User) (*Dossier, error) {
	c, ev, err := l.held(ctx, number, u)
	if err != nil {
		return nil, err
	}
	d := &Dossier{Case: seen(c, ev), Evidence: ev.covered(), MayDecide: l.MayDecide(u, c.Unit), MayPay: l.MayPay(u)}
	if d.ConsentMissing, err = l.consentMissing(ctx, &c, ev); err != nil {
		return nil, err
	}
	if d.Decisions, err = l.Store.RefundDecisions(ctx, c.Record); err != nil {
		return nil, err
	}
	if d.Bookings, err = l.Store.RefundBookings(ctx, c.Record); err != nil {
		return nil, err
	}
	if d.Attempts, err = l.Store.RefundAttempts(ctx, c.Record); err != nil {
		return nil, err
	}
	for i := range d.Attempts {
		d.Attempts[i].Sealed = ""
	}
	if asked, ok := asking(d.Decisions); ok && c.Waits != "" {
		d.Mine = asked.By == u.Name
	}
	if d.Others, err = l.Store.RefundSiblings(ctx, c.Record); err != nil {
		return nil, err
	}
	for i := range d.Others {
		d.Others[i].Sealed = ""
	}
	return d, nil
}

// Uncover answers one covered column of a case to somebody who handles it, with a reason, and leaves a line in the audit log. column is
// "tax." or "union." with the name of a field: person, contact, phone or account; or "payee.account". Of the runner-up nothing is uncovered: it may
// be another district's.
func (l *Ledger) Uncover(ctx context.Context, number, column, reason string, u account.User, line assess.AuditLine) (string, error) {
	c, ev, err := l.held(ctx, number, u)
	if err != nil {
		return "", err
	}
	if !u.May(account.Uncover, c.Unit, department) {
		return "", notYours()
	}
	if strings.TrimSpace(reason) == "" {
		return "", assess.Invalid("problem.uncover_reason", "say why this is to be seen; it is logged")
	}
	value, ok := ev.column(column)
	if !ok {
		return "", assess.Invalid("problem.refund_column", "a refund has no such covered column; choose one of the page", "column", column)
	}
	line.Action, line.Object, line.Unit, line.After = "refund.uncover", c.Number+"/"+column, c.Unit, reason
	return value, l.Store.Record(ctx, line)
}

// Unions answers up to fifty unions of the district of a case, of all districts where it has none, that it could be refunded by, whose name, enterprise or code has a text.
func (l *Ledger) Unions(ctx context.Context, number, text string, u account.User) ([]assess.RefundUnion, error) {
	c, _, err := l.held(ctx, number, u)
	if err != nil {
		return nil, err
	}
	if text = strings.TrimSpace(text); text == "" {
		return nil, nil
	}
	all, err := l.Store.RefundUnions(ctx, c.Unit, text)
	for i := range all {
		all[i].Sealed = ""
	}
	return all, err
}

// held answers a case with its evidence, as it is, to somebody who may see it.
func (l *Ledger) held(ctx context.Context, number string, u account.User) (assess.RefundCase, *Evidence, error) {
	c, err := l.Store.RefundCase(ctx, number)
	if err != nil {
		return c, nil, err
	}
	if !l.MayRead(u, c.Unit) && !l.MayRead(u, "") {
		return c, nil, notThere()
	}
	ev, err := l.open(&c)
	return c, ev, err
}

// casePlace is what the evidence of a case is sealed for.
func casePlace(record string) string { return "refund/" + record }

func (l *Ledger) open(c *assess.RefundCase) (*Evidence, error) {
	ev := &Evidence{}
	return ev, l.unseal(c.Sealed, casePlace(c.Record), ev)
}

func (l *Ledger) unseal(sealed, place string, into any) error {
	text, err := l.Book.Vault.Open(sealed, place)
	if err != nil || text == "" {
		return err
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("sealed text of %s: %w", place, err)
	}
	return nil
}

// seen answers a case without what is sealed.
func seen(c assess.RefundCase, ev *Evidence) Case {
	c.Sealed = ""
	one := Case{RefundCase: c, Name: withoutCitizens(ev.Tax.Name)}
	if ev.Union != nil {
		one.Union = withoutCitizens(ev.Union.Union)
		if one.Name == "" {
			one.Name = withoutCitizens(ev.Union.Name)
		}
	}
	return one
}

// covered answers the evidence with persons, telephones and accounts under their masks.
func (ev *Evidence) covered() Evidence {
	e := *ev
	e.Tax = ev.Tax.covered()
	for _, side := range []**Side{&e.Union, &e.RunnerUp} {
		if *side != nil {
			s := (*side).covered()
			*side = &s
		}
	}
	e.Bits, e.Shared = maps.Clone(ev.Bits), maps.Clone(ev.Shared)
	e.Path = slices.Clone(ev.Path)
	names := ev.names()
	e.Payee = ev.Payee.covered(names...)
	if ev.Proposed != nil {
		p := ev.Proposed.covered(names...)
		e.Proposed = &p
	}
	return e
}

// names are those that an account may be of without being a person's.
func (ev *Evidence) names() []string {
	names := []string{ev.Tax.Name}
	if ev.Union != nil {
		names = append(names, ev.Union.Name, ev.Union.Union)
	}
	return names
}

func (s *Side) covered() Side {
	c := *s
	c.Account = register.Mask("last_four", s.Account)
	c.Phone = register.Mask("first_three_last_four", s.Phone)
	c.Person, c.Contact = register.Mask("first_character", s.Person), register.Mask("first_character", s.Contact)
	c.Code, c.Registration, c.OwnCode = withoutCitizens(s.Code), withoutCitizens(s.Registration), withoutCitizens(s.OwnCode)
	c.Name, c.Union, c.Address = withoutCitizens(s.Name), withoutCitizens(s.Union), withoutCitizens(s.Address)
	c.AccountOwner = coveredOwner(s.AccountOwner, s.Name, s.Union)
	return c
}

// column answers what a covered column holds.
func (ev *Evidence) column(name string) (string, bool) {
	of, field, _ := strings.Cut(name, ".")
	if of == "payee" {
		return ev.Payee.Account, field == "account"
	}
	side := map[string]*Side{"tax": &ev.Tax, "union": ev.Union}[of]
	if side == nil {
		return "", false
	}
	value, ok := map[string]string{"person": side.Person, "contact": side.Contact, "phone": side.Phone, "account": side.Account}[field]
	return value, ok
}
