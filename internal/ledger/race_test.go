package ledger_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
)

// between lets somebody else do something once somebody has read the lines of a payment list.
type between struct {
	ledger.Store
	do func()
}

func (b *between) RefundTransfers(ctx context.Context, number int) ([]assess.RefundTransfer, error) {
	all, err := b.Store.RefundTransfers(ctx, number)
	if do := b.do; do != nil {
		b.do = nil
		do()
	}
	return all, err
}

// slower is the ledger of somebody who is overtaken.
func (o *office) slower(do func()) *ledger.Ledger {
	return &ledger.Ledger{Store: &between{o.store, do}, Book: o.Book, Policies: o.Policies}
}

// TestTwoPeopleAtOneList: whoever was overtaken is told so; no refund goes to the bank on two lists, and a list whose lines two people answer at
// the same time is closed.
func TestTwoPeopleAtOneList(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	tax, unions := small()
	tax = append(tax, paid("k7", "1", codeA, nameA, "210102", "10", "2026-02-16"))
	o.deliver(tax, unions, ledger.Options{})
	draw := func() assess.RefundBatch {
		b, err := o.Draw(ctx, "", second, o.line(second))
		if err != nil || b.Count != 3 {
			t.Fatalf("the list is %+v, %v", b, err)
		}
		return b
	}
	drop := func(number int) {
		if err := o.Drop(ctx, number, second, o.line(second)); err != nil {
			t.Fatal(err)
		}
	}
	first := draw().Number
	wantProblem(t, o.slower(func() { drop(first) }).Send(ctx, first, "R-1", finance, o.line(finance)), "problem.refund_batch_state")
	last := draw().Number
	wantProblem(t, o.slower(func() { drop(last); last = draw().Number }).Send(ctx, last, "R-1", finance, o.line(finance)), "problem.refund_batch_state")
	_, err := o.PaymentList(ctx, first, "送银行", finance, o.line(finance))
	wantProblem(t, err, "problem.refund_batch_state") // at the bank it would pay the second list's refunds
	if err := o.Send(ctx, last, "R-2", finance, o.line(finance)); err != nil {
		t.Fatal(err)
	}
	answer := func(l *ledger.Ledger, line int, arrived bool) error {
		return l.Settle(ctx, last, []ledger.Outcome{{Line: line, Arrived: arrived, Day: "2026-04-20", Reason: "账户已销户"}}, finance, o.line(finance))
	}
	wantProblem(t, answer(o.slower(func() { _ = answer(o.Ledger, 1, true) }), 1, false), "problem.refund_batch_state")
	all, err := o.Batches(ctx, finance)
	if err != nil || all[0].State != ledger.Sent {
		t.Fatalf("with one answer the list is %s, %v", all[0].State, err)
	}
	if err := answer(o.slower(func() { _ = answer(o.Ledger, 3, true) }), 2, true); err != nil {
		t.Fatal(err)
	}
	if all, err = o.Batches(ctx, finance); err != nil || all[0].State != ledger.Closed || all[0].Bank != "R-2" {
		t.Errorf("with every answer the list is %s at %s, %v", all[0].State, all[0].Bank, err)
	}
	o.even()
}

// TestTheMostOfAYearIsKeptToByAllTogether: reviewers who answer at the same time refund no more than one after the other.
func TestTheMostOfAYearIsKeptToByAllTogether(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	rule := o.Policies[0]
	rule.Cap, rule.AutoApprove = 100_00, false
	o.Policies = []ledger.Policy{rule}
	_, unions := small()
	var tax [][]string
	for n := range 6 {
		tax = append(tax, paid(fmt.Sprintf("c%d", n), "1", codeA, nameA, "210102", "60", "2026-01-15"))
	}
	o.deliver(tax, unions, ledger.Options{})
	var all sync.WaitGroup
	for _, row := range tax {
		d := ledger.Decision{Number: o.of(row[14]).Number, Version: 1, Answer: ledger.AnswerThis, Reason: "核对"}
		all.Go(func() { _, _ = o.Decide(t.Context(), d, heping, o.line(heping)) })
	}
	all.Wait()
	var sum int64
	for _, row := range tax {
		if c := o.of(row[14]); c.State == assess.RefundApproved {
			sum += c.Refund
		}
	}
	if sum != 100_00 {
		t.Errorf("%d fen were refunded of at most 10000", sum)
	}
	o.even()
}
