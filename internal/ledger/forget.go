package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Without answers what is kept sealed of a refund beside its record, as it is to stand when the time of its persons is over: without legal
// representatives, contacts, telephones and citizens' numbers, and with bare without accounts too. It implements register.Attached. What was
// found stays, since the record follows from it: names of enterprises and unions, codes, bits.
func (l *Ledger) Without(ctx context.Context, table assess.Code, key string, bare bool) (all []assess.Resealed, err error) {
	c, ev, err := l.beside(ctx, table, key)
	if err != nil || ev == nil {
		return nil, err
	}
	before, err := json.Marshal(ev)
	if err != nil {
		return nil, err
	}
	ev.forget(bare)
	if after, err := json.Marshal(ev); err != nil || string(after) == string(before) && !bare {
		return nil, err
	} else if string(after) != string(before) {
		one := assess.Resealed{SealedText: assess.SealedText{Table: "refund_case", Row: c.Record, Place: casePlace(c.Record), Text: c.Sealed}}
		if one.Now, err = l.seal(ev, casePlace(c.Record)); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	if !bare {
		return all, nil
	}
	attempts, err := l.Store.RefundAttempts(ctx, c.Record)
	for _, t := range attempts {
		if t.Sealed != "" {
			all = append(all, assess.Resealed{SealedText: assess.SealedText{
				Table: "refund_transfer", Row: fmt.Sprintf("%d/%d", t.Batch, t.Line), Place: transferPlace(c.Record), Text: t.Sealed,
			}})
		}
	}
	return all, err
}

// Persons answers what stands of persons in the evidence of a refund: of the taxpayer and of the union that was found. It implements
// register.Beside.
func (l *Ledger) Persons(ctx context.Context, table assess.Code, key string) (texts []string, err error) {
	_, ev, err := l.beside(ctx, table, key)
	if err != nil || ev == nil {
		return nil, err
	}
	add := func(all ...string) {
		for _, text := range all {
			if text != "" && !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
	}
	for _, side := range []*Side{&ev.Tax, ev.Union} {
		if side != nil {
			add(side.Person, side.Contact, side.Phone, side.Account)
		}
	}
	if owner := ev.Tax.AccountOwner; personal(owner, ev.Tax.Person) {
		add(owner)
	}
	add(ev.Payee.Account)
	return texts, nil
}

// beside answers the case and the evidence of a record; no evidence for one of another table, or that was put on the register by hand.
func (l *Ledger) beside(ctx context.Context, table assess.Code, key string) (c assess.RefundCase, ev *Evidence, err error) {
	if table != Table {
		return c, nil, nil
	}
	c, err = l.Store.RefundCase(ctx, key)
	if errors.Is(err, assess.ErrNotFound) {
		return c, nil, nil
	}
	if err != nil || c.Sealed == "" {
		return c, nil, err
	}
	ev, err = l.open(&c)
	return c, ev, err
}

// forget takes persons out of the evidence, and with accounts those too.
func (ev *Evidence) forget(accounts bool) {
	for _, side := range []*Side{&ev.Tax, ev.Union, ev.RunnerUp} {
		if side == nil {
			continue
		}
		side.Person, side.Contact, side.Phone = "", "", ""
		side.Code, side.Registration = withoutCitizens(side.Code), withoutCitizens(side.Registration)
		if accounts {
			side.Account, side.AccountOwner = "", ""
		}
	}
	if accounts {
		ev.Payee, ev.Proposed = Payee{}, nil
	}
}
