package ledger_test

import (
	"slices"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
)

// TestADisputeThatIsSettledIsPaid: a ticket with two amounts waits for a person, whether it was booked before or not, and is paid after the answer.
func TestADisputeThatIsSettledIsPaid(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	tax, unions := small()
	tax = append(tax[:1], paid("k9", "1", codeA, nameA, "210102", "100", "2026-02-15"), paid("k9", "1", codeA, nameA, "210102", "101", "2026-02-15"))
	o.deliver(tax, unions, ledger.Options{})
	o.deliver([][]string{paid("k1", "1", codeA, nameA, "210102", "2963.20", "2026-01-15")}, unions, ledger.Options{})
	_, err := o.Draw(ctx, "", finance, o.line(finance))
	wantProblem(t, err, "problem.refund_nothing_to_pay")
	if ready, left, err := o.Ready(ctx, finance); err != nil || len(ready) != 0 || left != 1 {
		t.Errorf("ready are %+v, %d are left, %v", ready, left, err)
	}
	before := o.written()
	if err := o.decide("k1", ledger.AnswerThis, heping); err != nil {
		t.Error(err)
	}
	if o.written() != before {
		t.Errorf("the ledger changed to\n%s", o.written())
	}
	if err := o.decide("k9", ledger.AnswerThis, heping); err != nil {
		t.Error(err)
	}
	if ready, left, err := o.Ready(ctx, finance); err != nil || ready["210102"].Refund != 306_319 || left != 0 {
		t.Errorf("ready are %+v, %d are left, %v", ready, left, err)
	}
	if b, err := o.Draw(ctx, "", finance, o.line(finance)); err != nil || b.Count != 2 || b.Fen != 306_319 {
		t.Errorf("the list is %+v, %v", b, err)
	}
	o.even()
}

// TestWhatWasRefusedIsNotLost: what no policy was for is decided once there is one, by the next file or by a person, and so is a slip of the hand.
func TestWhatWasRefusedIsNotLost(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	tax, unions := small()
	rule := o.Policies[0]
	rule.From, rule.To = "2024-01-01", "2025-12-31"
	o.Policies = []ledger.Policy{rule}
	o.deliver(tax, unions, ledger.Options{})
	if k1 := o.of("k1"); k1.State != assess.RefundRefused || k1.Why != ledger.WhyNoPolicy {
		t.Fatalf("k1 is %s by %s", k1.State, k1.Why)
	}
	wantProblem(t, o.decide("k1", ledger.AnswerThis, heping), "problem.refund_no_policy")
	next := rule
	next.Code, next.From, next.To = "next", "2026-01-01", ""
	o.Policies = append(o.Policies, next)
	if err := o.decide("k2", ledger.AnswerThis, heping); err != nil {
		t.Error(err)
	}
	o.deliver(append(slices.Clone(tax), paid("k7", "1", codeA, nameA, "210102", "10", "2026-03-15")), unions, ledger.Options{})
	for ticket, want := range map[string]assess.RefundState{"k1": assess.RefundApproved, "k2": assess.RefundApproved, "k7": assess.RefundApproved, "k4": assess.RefundReview} {
		if c := o.of(ticket); c.State != want || c.Policy == rule.Code {
			t.Errorf("%s is %s by %s of %s", ticket, c.State, c.Why, c.Policy)
		}
	}
	for _, answer := range []ledger.Answer{ledger.AnswerRefuse, ledger.AnswerThis} {
		if err := o.decide("k4", answer, heping); err != nil {
			t.Error(err)
		}
	}
	if err := o.decide("k4", ledger.AnswerConfirm, finance); err != nil || o.of("k4").State != assess.RefundApproved || o.of("k4").Why == ledger.WhyByHand {
		t.Errorf("%v, k4 is %+v", err, o.of("k4"))
	}
	o.even()
}

// TestANumberThatIsTaken: a record that somebody called like a case of a delivery keeps its number, and stops no delivery.
func TestANumberThatIsTaken(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	tax, unions := small()
	byHand := assess.RecordWrite{Record: assess.Record{ID: "h", Table: ledger.Table, Key: "ZDFH-210102-2026Q1-000002", Unit: "210102", At: o.now, By: "heping", Role: assess.DistrictReporter}}
	if err := o.store.PutRecords(ctx, []assess.RecordWrite{byHand}, o.line(heping)); err != nil {
		t.Fatal(err)
	}
	o.deliver(tax[:3], unions, ledger.Options{})
	o.deliver(tax, unions, ledger.Options{})
	numbers := map[string]bool{byHand.Key: true}
	for _, row := range tax {
		numbers[o.of(row[14]).Number] = true
	}
	if len(numbers) != 5 {
		t.Errorf("numbers %v", numbers)
	}
	o.even()
}
