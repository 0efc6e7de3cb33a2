package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
)

// system is who keeps what nobody decided.
const system assess.Role = "system"

// redo decides again on a payment that an earlier run of this delivery has kept, so that what is left of its taxpayer's year is the same.
func (t *taking) redo(i int) {
	if known := t.known.tickets[t.judge.tickets[i]]; known != nil && known.Delivery == t.to.Number && t.result.Lines[i].Status != refund.Duplicate {
		t.judge.decide(i)
	}
}

// row decides on one payment and adds what is to be kept.
func (t *taking) row(ctx context.Context, i int, w *assess.RefundWrite) (err error) {
	line, p := &t.result.Lines[i], &t.in.Payments[i]
	r := assess.RefundRow{Delivery: t.to.Number, Line: p.Row, TaxID: p.ID, Ticket: t.judge.tickets[i], Outcome: string(line.Status), Fen: int64(p.Fen)}
	known := t.known.tickets[r.Ticket]
	switch {
	case p.Fault != nil:
		r.Outcome = "refused"
	case line.Status == refund.Duplicate:
	case known != nil:
		r.Outcome = string(refund.Duplicate)
		err = t.again(ctx, i, known, &r, w)
	default:
		err = t.add(i, w)
	}
	w.Rows = append(w.Rows, r)
	return err
}

// add makes the case of a ticket that is new.
func (t *taking) add(i int, w *assess.RefundWrite) error {
	p, line, v := &t.in.Payments[i], &t.result.Lines[i], t.judge.decide(i)
	c := assess.RefundCase{
		Record: recordID(t.judge.tickets[i]), Ticket: t.judge.tickets[i], TicketNo: p.Ticket, TaxID: p.ID, Delivery: t.to.Number, Payers: distinct(t.judge.payers(i)), Year: t.judge.yearOf(i),
		Paid: int64(p.Fen), Policy: v.policy, At: t.line.At, Made: t.line.At,
	}
	if strings.HasPrefix(c.Ticket, "weak:") {
		c.TicketNo = c.Ticket
	}
	ev := t.evidence(i)
	t.matched(&c, line, ev)
	c.State, c.Why, c.Refund = v.state, v.why, v.refund
	c.Number = t.number(&c, t.judge.day(i))
	if c.State == assess.RefundApproved {
		w.Bookings = append(w.Bookings, t.booking(&c, "refund", t.line))
	}
	write, err := t.keep(&c, ev, t.moments(&c))
	if err != nil {
		return err
	}
	w.Records, w.Cases = append(w.Records, write), append(w.Cases, c)
	held := c
	held.Sealed = ""
	t.known.tickets[c.Ticket] = &held // another row of this delivery cannot have it: those are duplicates
	return nil
}

// matched puts into a case what the matching found.
func (t *taking) matched(c *assess.RefundCase, line *refund.Line, ev *Evidence) {
	c.UnionID = ""
	if ev.Union != nil {
		c.UnionID = ev.Union.ID
	}
	c.District = refund.SixDigits(line.District)
	c.Unit = t.units[c.District]
	c.Status, c.Why, c.Rule, c.Score, c.PayTo = string(line.Status), string(line.Why), string(line.Rule), line.Score, string(line.PayTo)
	c.Weight = int64(float64(max(c.Paid, -c.Paid)) * unsure(line, t.result.Thresholds.Auto))
}

// again looks at a ticket that an earlier delivery brought. The same payment is a duplicate; if it is surer now and nobody has decided, what is
// known of it is put in the place of what was, and so it is where no policy was for its day, and one is by now. Another amount or payer is for a reviewer.
func (t *taking) again(ctx context.Context, i int, known *assess.RefundCase, r *assess.RefundRow, w *assess.RefundWrite) error {
	p, line := &t.in.Payments[i], &t.result.Lines[i]
	differs := int64(p.Fen) != known.Paid || !slices.ContainsFunc(t.judge.payers(i), func(k string) bool { return slices.Contains(known.Payers, k) })
	surer := sureness(line.Status) > sureness(refund.Status(known.Status)) || string(line.Status) == known.Status && line.Score > known.Score+0.005
	waits := known.State == assess.RefundReview || known.State == assess.RefundNoUnion
	// What no policy was for is decided once there is one.
	_, ruled := t.judge.policyFor(t.judge.day(i))
	ruled = ruled && known.State == assess.RefundRefused && known.Why == WhyNoPolicy
	if differs {
		r.Outcome = "conflict"
	} else if !ruled && (!surer || !waits) {
		return nil
	}
	c, err := t.Store.RefundCase(ctx, known.Number)
	if err != nil {
		return err
	}
	steps, err := t.Store.RefundDecisions(ctx, c.Record)
	if err != nil || len(steps) > 0 && !differs {
		return err
	}
	ev, err := t.Ledger.open(&c)
	if err != nil {
		return err
	}
	c.At = t.line.At
	if differs {
		step := assess.RefundDecision{
			Record: c.Record, Number: len(steps) + 1, Answer: "conflict", Reason: fmt.Sprintf("%s, %d: %s", t.in.TaxFile, p.Row, yuan(int64(p.Fen))), By: t.line.Actor, Role: system, At: t.line.At,
		}
		w.Decisions = append(w.Decisions, step)
		if c.State == assess.RefundApproved || !booked(c.State) && c.State != assess.RefundReversed {
			c.Why = WhyTicket
		}
		if c.State == assess.RefundNoUnion || c.State == assess.RefundRefused {
			c.State = assess.RefundReview
		}
	} else {
		v := t.judge.decide(i)
		better := t.evidence(i)
		*ev = *better
		t.matched(&c, line, ev)
		c.State, c.Why, c.Refund, c.Policy = v.state, v.why, v.refund, v.policy
		if c.State == assess.RefundApproved {
			w.Bookings = append(w.Bookings, t.booking(&c, "refund", t.line))
		}
	}
	write, err := t.rewrite(ctx, t.table, &c, ev, t.line, system, "")
	if err != nil {
		return err
	}
	w.Records, w.Cases = append(w.Records, write), append(w.Cases, c)
	known.State, known.Status, known.Score, known.Why, known.Refund = c.State, c.Status, c.Score, c.Why, c.Refund
	return nil
}

// booking answers the entry of the ledger of a case.
func (l *Ledger) booking(c *assess.RefundCase, kind string, line assess.AuditLine) assess.RefundBooking {
	return assess.RefundBooking{Ticket: c.Ticket, Record: c.Record, TaxID: c.TaxID, UnionID: c.UnionID, Fen: c.Refund, Kind: kind, Unit: c.Unit, At: line.At, By: line.Actor}
}

// delivered begins the numbers of cases that came by a delivery; records that people keep by hand are numbered otherwise.
const delivered = "ZDFH-"

// number answers the number of a new case: that it came by a delivery, district, quarter of the payment, and the serial number of the case. One
// that a record has already, whoever called it so, is left out.
func (t *taking) number(c *assess.RefundCase, day string) string {
	district, quarter := c.District, "0000"
	if district == "" {
		district = "000000"
	}
	if d, err := time.Parse(time.DateOnly, day); err == nil {
		quarter = fmt.Sprintf("%dQ%d", d.Year(), (int(d.Month())+2)/3)
	}
	for {
		number := fmt.Sprintf("%s%s-%s-%06d", delivered, district, quarter, t.next)
		if t.next++; !t.taken[number] {
			return number
		}
	}
}

// evidence puts together what was found about a payment.
func (t *taking) evidence(i int) *Evidence {
	line, match := &t.result.Lines[i], &t.result.Matches[t.judge.of[i]]
	ev := &Evidence{
		Tax: t.in.taxSide(i), Union: t.in.unionSide(line.Union), Auto: hundredths(t.result.Thresholds.Auto), Review: hundredths(t.result.Thresholds.Review),
		Moved: match.Moved, Shared: t.shared(i),
	}
	if line.Union < 0 {
		return ev
	}
	ev.Bits = map[string]float64{}
	for f, bits := range match.Bits {
		if bits != 0 {
			ev.Bits[t.result.Parameters.Fields[f].Name] = hundredths(float64(bits))
		}
	}
	if line.Status == refund.Review && match.RunnerUp >= 0 {
		ev.RunnerUp, ev.Ahead = t.in.unionSide(match.RunnerUp), hundredths(match.Ahead)
	}
	ev.Path = t.path(line.Union)
	ev.Payee = payeeOf(line.PayTo, line.Account, &ev.Tax, ev.Union)
	return ev
}

func hundredths(x float64) float64 { return math.Round(x*100) / 100 }

// payeeOf answers the account with its owner and bank.
func payeeOf(to refund.PayTo, number string, tax, union *Side) Payee {
	switch to {
	case refund.PayUnion:
		return Payee{number, union.AccountOwner, union.Bank}
	case refund.PayPayer:
		return Payee{number, tax.AccountOwner, tax.Bank}
	}
	return Payee{}
}

// path answers the unions above one, from the nearest on.
func (t *taking) path(union int) (path []Above) {
	for range 12 { // a chain that is longer runs in a circle
		parent := t.in.Unions[union].Parent
		above, ok := t.byID[parent]
		if !ok || above == union {
			return path
		}
		u := &t.in.Unions[above]
		path = append(path, Above{u.ID, u.Name, u.District})
		union = above
	}
	return path
}

// sharedValues counts the taxpayers that have a telephone, an account or an address.
func sharedValues(r *refund.Result) map[string]int {
	many := map[string]int{}
	for t := range r.Taxpayers {
		seen := map[string]bool{}
		for _, i := range r.Taxpayers[t].Payments {
			for _, v := range valuesOf(&r.Payments[i]) {
				if v != "" && !seen[v] {
					seen[v] = true
					many[v]++
				}
			}
		}
	}
	return many
}

// valuesOf answers what a payment may share with others: its telephone, account and address.
func valuesOf(p *refund.Payment) (values [3]string) {
	if numbers := refund.ParsePhones(p.Phone); len(numbers) > 0 {
		values[0] = "p" + numbers[0]
	}
	if p.PayerAccount != "" {
		values[1] = "a" + p.PayerAccount
	}
	if a := refund.ParseAddress(p.Address); a.Street != "" {
		values[2] = "s" + a.Street + "\x00" + a.Room
	}
	return values
}

// sharedBy is from how many taxpayers on a value says little.
const sharedBy = 5

func (t *taking) shared(i int) map[string]int {
	var shared map[string]int
	for n, v := range valuesOf(&t.in.Payments[i]) {
		if many := t.many[v]; v != "" && many >= sharedBy {
			if shared == nil {
				shared = map[string]int{}
			}
			shared[[...]string{"phone", "account", "address"}[n]] = many
		}
	}
	return shared
}

func distinct(keys []string) []string {
	slices.Sort(keys)
	return slices.Compact(keys)
}

// recordID answers the ID of the record of a ticket: the same for the same ticket, so that two runs cannot make two of it.
func recordID(ticket string) string { return uuid.NewSHA1(uuid.NameSpaceOID, []byte(ticket)).String() }

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
