package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
	"github.com/unionboard/unionboard/internal/register"
)

// The states of a payment list and of its lines.
const (
	Drawn   = "drawn"   // a list that can still be dropped
	Sent    = "sent"    // with the bank
	Closed  = "closed"  // the bank has answered every line
	Dropped = "dropped" // never sent; its refunds wait for the next list

	Batched  = "batched"
	Settled  = "settled"
	Returned = "returned"
	Reversed = "reversed" // settled, and taken back since
)

func transferPlace(record string) string { return "transfer/" + record }

// Batches answers all payment lists, the newest first.
func (l *Ledger) Batches(ctx context.Context, u account.User) ([]assess.RefundBatch, error) {
	if !l.MayRead(u, "") {
		return nil, notYours()
	}
	all, err := l.Store.RefundBatches(ctx)
	slices.Reverse(all)
	return all, err
}

// Draw makes a payment list of all that is booked, has an account and waits for nobody, of a district or of all. Where a sum of the
// reconciliation does not agree it makes none.
func (l *Ledger) Draw(ctx context.Context, unit assess.UnitCode, u account.User, line assess.AuditLine) (assess.RefundBatch, error) {
	if !l.MayPay(u) {
		return assess.RefundBatch{}, notYours()
	}
	ctx, done, err := l.alone(ctx)
	if err != nil {
		return assess.RefundBatch{}, err
	}
	defer done()
	even, err := l.reconcile(ctx)
	if err != nil {
		return assess.RefundBatch{}, err
	}
	if !even.Even() {
		return assess.RefundBatch{}, assess.Conflict("problem.refund_uneven", "the reconciliation does not balance; no payment list is made before it does: look at what it names")
	}
	q := assess.RefundQuery{States: []assess.RefundState{assess.RefundApproved}}
	if unit != "" {
		q.Units = []assess.UnitCode{unit}
	}
	all, _, err := l.Store.RefundCases(ctx, q)
	if err != nil {
		return assess.RefundBatch{}, err
	}
	w := assess.RefundWrite{Batch: &assess.RefundBatch{Unit: unit, State: Drawn, By: u.Name, At: line.At}}
	for _, c := range all {
		ev, err := l.open(&c)
		if err != nil {
			return *w.Batch, err
		}
		if ready, err := l.payable(ctx, &c, ev); err != nil {
			return *w.Batch, err
		} else if !ready {
			continue
		}
		pay := assess.RefundTransfer{Line: len(w.Transfers) + 1, Record: c.Record, Number: c.Number, Unit: c.Unit, Fen: c.Refund, PayTo: c.PayTo, State: Batched}
		named := PaymentLine{Payee: ev.Payee, Name: ev.Tax.Name}
		if ev.Union != nil {
			named.UnionName = ev.Union.Union
		}
		if pay.Sealed, err = l.seal(named.sealed(), transferPlace(c.Record)); err != nil {
			return *w.Batch, err
		}
		c.State, c.At = assess.RefundBatched, line.At
		w.Cases, w.Transfers = append(w.Cases, c), append(w.Transfers, pay)
		w.Batch.Count++
		w.Batch.Fen += c.Refund
	}
	if w.Batch.Count == 0 {
		return *w.Batch, assess.Conflict("problem.refund_nothing_to_pay", "no booked refund with an account waits for a payment list")
	}
	line.Action, line.Object, line.Unit, line.After = "refund.draw", "payment list", unit, fmt.Sprintf("%d refunds, %s yuan", w.Batch.Count, yuan(w.Batch.Fen))
	made, err := l.Store.PutRefunds(ctx, w, line)
	if err != nil {
		return *w.Batch, err
	}
	return *made.Batch, nil
}

// payable says whether a booked refund has an account, waits for nobody, and nothing speaks against it. The account of a natural person takes
// that person's consent, whose day stands on the record.
func (l *Ledger) payable(ctx context.Context, c *assess.RefundCase, ev *Evidence) (bool, error) {
	if c.PayTo == string(refund.PayHold) || c.Waits != "" || c.Why == WhyTicket {
		return false, nil
	}
	missing, err := l.consentMissing(ctx, c, ev)
	return !missing, err
}

// consentMissing says whether a refund goes to the account of a natural person who is not known to have agreed.
func (l *Ledger) consentMissing(ctx context.Context, c *assess.RefundCase, ev *Evidence) (bool, error) {
	if !personal(ev.Payee.Owner, ev.Tax.Person) {
		return false, nil
	}
	r, err := l.Store.RegisterRecord(ctx, c.Record)
	return r.Values["account_consent_on"] == "", err
}

// Ready adds up by district what a payment list would take if it were drawn now, and answers how many booked refunds it would leave out.
func (l *Ledger) Ready(ctx context.Context, u account.User) (ready map[assess.UnitCode]assess.RefundSum, left int, err error) {
	if !l.MayRead(u, "") {
		return nil, 0, notYours()
	}
	all, _, err := l.Store.RefundCases(ctx, assess.RefundQuery{States: []assess.RefundState{assess.RefundApproved}})
	ready = map[assess.UnitCode]assess.RefundSum{}
	for i := range all {
		c := &all[i]
		ev, err := l.open(c)
		if err != nil {
			return nil, 0, err
		}
		if takes, err := l.payable(ctx, c, ev); err != nil {
			return nil, 0, err
		} else if !takes {
			left++
			continue
		}
		sum := ready[c.Unit]
		sum.Cases, sum.Paid, sum.Refund = sum.Cases+1, sum.Paid+c.Paid, sum.Refund+c.Refund
		ready[c.Unit] = sum
	}
	return ready, left, err
}

// sealedLine is what of a line of a payment list is sealed.
type sealedLine struct {
	Payee
	Name  string `json:"name,omitempty"`
	Union string `json:"union,omitempty"`
}

func (p *PaymentLine) sealed() sealedLine { return sealedLine{p.Payee, p.Name, p.UnionName} }

// batch answers a payment list with its lines, to those who pay.
func (l *Ledger) batch(ctx context.Context, number int, u account.User) (b assess.RefundBatch, lines []assess.RefundTransfer, err error) {
	if !l.MayPay(u) {
		return b, nil, notYours()
	}
	all, err := l.Store.RefundBatches(ctx)
	if err != nil {
		return b, nil, err
	}
	i := slices.IndexFunc(all, func(b assess.RefundBatch) bool { return b.Number == number })
	if i < 0 {
		return b, nil, assess.NotFound("problem.refund_batch_none", "there is no such payment list; choose one of the list")
	}
	lines, err = l.Store.RefundTransfers(ctx, number)
	return all[i], lines, err
}

// Batch answers a payment list with its lines, accounts covered, to those who pay.
func (l *Ledger) Batch(ctx context.Context, number int, u account.User) (PaymentList, error) {
	b, lines, err := l.batch(ctx, number, u)
	if err != nil {
		return PaymentList{}, err
	}
	list, err := l.lines(b, lines)
	for i := range list.Lines {
		one := &list.Lines[i]
		one.Payee, one.Name, one.UnionName = one.Payee.covered(one.Name, one.UnionName), withoutCitizens(one.Name), withoutCitizens(one.UnionName)
	}
	return list, err
}

// PaymentList answers a payment list with its accounts in full, for the bank, and leaves a line in the audit log. One that was dropped is none.
func (l *Ledger) PaymentList(ctx context.Context, number int, reason string, u account.User, line assess.AuditLine) (PaymentList, error) {
	b, lines, err := l.batch(ctx, number, u)
	if err != nil {
		return PaymentList{}, err
	}
	if !u.May(account.Uncover, "", department) {
		return PaymentList{}, notYours()
	}
	if strings.TrimSpace(reason) == "" {
		return PaymentList{}, assess.Invalid("problem.uncover_reason", "say why this is to be seen; it is logged")
	}
	if b.State == Dropped { // its refunds are on another list: this one at the bank would pay them twice
		return PaymentList{}, listMoved()
	}
	list, err := l.lines(b, lines)
	if err != nil {
		return PaymentList{}, err
	}
	line.Action, line.Object, line.Unit, line.After = "refund.list", fmt.Sprintf("payment list %d", number), b.Unit, fmt.Sprintf("%d accounts: %s", len(list.Lines), reason)
	return list, l.Store.Record(ctx, line)
}

func (l *Ledger) lines(b assess.RefundBatch, lines []assess.RefundTransfer) (PaymentList, error) {
	list := PaymentList{RefundBatch: b}
	for _, t := range lines {
		one, held := PaymentLine{RefundTransfer: t}, sealedLine{}
		if err := l.unseal(t.Sealed, transferPlace(t.Record), &held); err != nil {
			return list, err
		}
		one.Payee, one.Name, one.UnionName, one.Sealed = held.Payee, held.Name, held.Union, ""
		list.Lines = append(list.Lines, one)
	}
	return list, nil
}

// Send says that a payment list went to the bank, under its reference.
func (l *Ledger) Send(ctx context.Context, number int, bank string, u account.User, line assess.AuditLine) error {
	if bank = strings.TrimSpace(bank); bank == "" {
		return assess.Invalid("problem.refund_bank", "write the reference under which the bank has the list")
	}
	return l.move(ctx, number, u, line, func(b *assess.RefundBatch) (assess.RefundState, string) {
		b.State, b.Bank, b.SentBy, b.SentAt = Sent, bank, u.Name, line.At
		return assess.RefundSent, Sent
	})
}

// Drop takes back a payment list that was not sent; its refunds wait for the next one.
func (l *Ledger) Drop(ctx context.Context, number int, u account.User, line assess.AuditLine) error {
	return l.move(ctx, number, u, line, func(b *assess.RefundBatch) (assess.RefundState, string) {
		b.State = Dropped
		return assess.RefundApproved, Dropped
	})
}

func listMoved() *assess.Problem {
	return assess.Conflict("problem.refund_batch_state", "the payment list is not where this can be done: it is not drawn, not with the bank, or was dropped; look at it again")
}

// move brings a drawn payment list with all its refunds on.
func (l *Ledger) move(ctx context.Context, number int, u account.User, line assess.AuditLine, do func(*assess.RefundBatch) (assess.RefundState, string)) error {
	b, lines, err := l.batch(ctx, number, u)
	if err != nil {
		return err
	}
	if b.State != Drawn {
		return listMoved()
	}
	state, of := do(&b)
	w := assess.RefundWrite{Batch: &b}
	for _, t := range lines {
		c, err := l.Store.RefundCase(ctx, t.Number)
		if err != nil {
			return err
		}
		if c.State != assess.RefundBatched {
			return listMoved()
		}
		c.State, c.At, t.State = state, line.At, of
		w.Cases, w.Transfers = append(w.Cases, c), append(w.Transfers, t)
	}
	line.Action, line.Object, line.Unit, line.After = "refund."+b.State, fmt.Sprintf("payment list %d", number), b.Unit, b.Bank
	_, err = l.Store.PutRefunds(ctx, w, line)
	return err
}

// Settle takes what the bank says of lines of a list that was sent: arrived, or sent back with a reason. The answer to
// the last of them closes the list.
func (l *Ledger) Settle(ctx context.Context, number int, outcomes []Outcome, u account.User, line assess.AuditLine) error {
	b, lines, err := l.batch(ctx, number, u)
	if err != nil {
		return err
	}
	if b.State != Sent {
		return listMoved()
	}
	said := map[int]Outcome{}
	for _, o := range outcomes {
		if o.Line < 1 || o.Line > len(lines) || lines[o.Line-1].State != Sent {
			return assess.Conflict("problem.refund_line", fmt.Sprintf("line %d of the list has its answer already, or is none of it", o.Line), "line", fmt.Sprint(o.Line))
		}
		if err := soundDay(o.Day, l.day(b.SentAt), l.day(line.At)); err != nil {
			return err
		}
		if o.Reason = strings.TrimSpace(o.Reason); !o.Arrived && o.Reason == "" {
			return assess.Invalid("problem.refund_return_reason", "write why the bank sent it back")
		}
		said[o.Line] = o
	}
	if len(said) == 0 {
		return assess.Invalid("problem.refund_no_outcome", "say of at least one line what became of it")
	}
	t, _, err := l.register(ctx, line.At)
	if err != nil {
		return err
	}
	var w assess.RefundWrite
	for _, pay := range lines {
		o, ok := said[pay.Line]
		if !ok {
			continue
		}
		if err := l.settle(ctx, t, pay, o, u, line, &w); err != nil {
			return err
		}
	}
	line.Action, line.Object, line.Unit, line.After = "refund.settle", fmt.Sprintf("payment list %d", number), b.Unit, fmt.Sprintf("%d lines", len(said))
	_, err = l.Store.PutRefunds(ctx, w, line)
	return err
}

// settle takes what the bank says of one line.
func (l *Ledger) settle(ctx context.Context, t *register.Table, pay assess.RefundTransfer, o Outcome, u account.User, line assess.AuditLine, w *assess.RefundWrite) error {
	c, err := l.Store.RefundCase(ctx, pay.Number)
	if err != nil {
		return err
	}
	if c.State != assess.RefundSent {
		return listMoved()
	}
	ev, err := l.open(&c)
	if err != nil {
		return err
	}
	c.At, c.State, pay.State, pay.Day, pay.Reason = line.At, assess.RefundSettled, Settled, o.Day, ""
	if !o.Arrived {
		c.State, pay.State, pay.Reason = assess.RefundReturned, Returned, o.Reason
	}
	record, err := l.rewrite(ctx, t, &c, ev, line, u.Role, o.Reason, func(m *moments) {
		m.batch, m.arrived, m.returned = fmt.Sprintf("P%04d", pay.Batch), o.Day, o.Reason
	})
	if err != nil {
		return err
	}
	w.Records, w.Cases, w.Transfers = append(w.Records, record), append(w.Cases, c), append(w.Transfers, pay)
	return nil
}
