package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unionboard/unionboard/internal/assess"
)

// aRefund is a change that brings one ticket, with its record.
func aRefund(id, ticket string, fen int64) assess.RefundWrite {
	return assess.RefundWrite{
		Records: []assess.RecordWrite{{Record: assess.Record{ID: id, Table: "dues_refunds", Key: "FH-" + id, Unit: "210102", At: spring, Role: "system"}}},
		Cases: []assess.RefundCase{{
			Record: id, Number: "FH-" + id, Ticket: ticket, TicketNo: ticket, TaxID: "t" + id, UnionID: "u1", Unit: "210102", District: "210102", Delivery: 1,
			Payers: []string{"p" + id, "shared"}, Year: "2026", Paid: fen, Refund: fen, Status: "auto", Why: "matched", Rule: "R1", Score: 41.25, Weight: fen / 2,
			Policy: "small_payer", PayTo: "union", State: assess.RefundApproved, Sealed: "k1:" + id, At: spring, Made: spring,
		}},
	}
}

func booking(ticket, record, kind string, fen int64) assess.RefundBooking {
	return assess.RefundBooking{Ticket: ticket, Record: record, TaxID: "t" + record, UnionID: "u1", Fen: fen, Kind: kind, Unit: "210102", At: spring, By: "system"}
}

func testRefunds(t *testing.T, s *Store) {
	ctx := t.Context()
	line := assess.AuditLine{At: spring, Actor: "system", Action: "refund.deliver", Object: "1", Result: "ok"}
	put := func(w assess.RefundWrite) error { _, err := s.PutRefunds(ctx, w, line); return err }
	first := aRefund("a", "T1", 12345)
	first.Delivery = &assess.RefundDelivery{Digest: "d", TaxFile: "tax.csv", UnionFile: "unions.csv", Rows: 2, Unions: 1, Paid: 12345, At: spring, By: "system"}
	first.Unions = []assess.RefundUnion{{ID: "u1", Name: "鑫源机械工会", Of: "鑫源机械", Code: "91X", Unit: "210102", District: "210102", Payable: true, Digest: "1", Sealed: "k1:u"}}
	first.Bookings = []assess.RefundBooking{booking("T1", "a", "refund", 12345)}
	first.Rows = []assess.RefundRow{{Delivery: 1, Line: 2, TaxID: "ta", Ticket: "T1", Outcome: "auto", Fen: 12345}}
	if err := put(first); err != nil {
		t.Fatal(err)
	}
	if err := put(aRefund("b", "T2", 700)); err != nil {
		t.Fatal(err)
	}

	audited := headOf(t, s).Audit
	again := aRefund("c", "T1", 12345)
	if err := put(again); err == nil {
		t.Error("one ticket became two cases")
	}
	wantProblem(t, put(assess.RefundWrite{Bookings: []assess.RefundBooking{booking("T1", "a", "refund", 12345)}}), assess.ErrConflict, "problem.refund_booked")
	wantProblem(t, put(assess.RefundWrite{Bookings: []assess.RefundBooking{booking("T2", "b", "reversal", 700)}}), assess.ErrConflict, "problem.refund_unbooked")
	wantProblem(t, put(assess.RefundWrite{Bookings: []assess.RefundBooking{booking("T1", "a", "reversal", 1)}}), assess.ErrConflict, "problem.refund_unbooked")
	if now := headOf(t, s).Audit; now != audited {
		t.Errorf("what was refused left %d lines", now-audited)
	}
	if err := put(assess.RefundWrite{Bookings: []assess.RefundBooking{booking("T1", "a", "reversal", 12345)}}); err != nil {
		t.Error(err)
	}
	wantProblem(t, put(assess.RefundWrite{Bookings: []assess.RefundBooking{booking("T1", "a", "reversal", 12345)}}), assess.ErrConflict, "problem.refund_booked")

	c, err := s.RefundCase(ctx, "FH-a")
	want := first.Cases[0]
	want.Version, want.Payers = 1, nil
	if diff := cmp.Diff(want, c, cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Errorf("%v; the case (-written +read):\n%s", err, diff)
	}
	c.State, c.Sealed = assess.RefundReversed, "k1:z"
	step := assess.RefundDecision{Record: "a", Number: 1, Answer: "reverse", Reason: "重复", By: "li.na", Role: assess.CityReviewer, At: spring}
	if err := put(assess.RefundWrite{Cases: []assess.RefundCase{c}, Decisions: []assess.RefundDecision{step}}); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, put(assess.RefundWrite{Cases: []assess.RefundCase{c}}), assess.ErrConflict, "problem.refund_moved")
	steps, err := s.RefundDecisions(ctx, "a")
	if diff := cmp.Diff([]assess.RefundDecision{step}, steps); err != nil || diff != "" {
		t.Errorf("%v; steps (-written +read):\n%s", err, diff)
	}
	if siblings, err := s.RefundSiblings(ctx, "a"); err != nil || len(siblings) != 2 {
		t.Errorf("%d tickets of the taxpayer, %v", len(siblings), err)
	}
	testRefundQueries(t, s)
}

func testRefundQueries(t *testing.T, s *Store) {
	ctx := t.Context()
	for _, c := range []struct {
		q    assess.RefundQuery
		want int
	}{
		{assess.RefundQuery{}, 2},
		{assess.RefundQuery{Units: []assess.UnitCode{"210103"}}, 0},
		{assess.RefundQuery{States: []assess.RefundState{assess.RefundApproved}, Rule: "R1", Why: "matched", PayTo: "union", Delivery: 1}, 1},
		{assess.RefundQuery{Waits: true}, 0},
	} {
		if all, n, err := s.RefundCases(ctx, c.q); err != nil || n != c.want || len(all) != c.want {
			t.Errorf("%+v: %d of %d, %v", c.q, len(all), n, err)
		}
	}
	p, err := s.RefundPosition(ctx, assess.RefundQuery{Queue: true}, "FH-b")
	if want := (assess.RefundPosition{Of: 2, At: 2, Before: "FH-a"}); err != nil || p != want {
		t.Errorf("the case stands at %+v, %v", p, err)
	}
	sums, err := s.RefundSums(ctx)
	want := []assess.RefundSum{{Unit: "210102", State: assess.RefundApproved, Cases: 1, Paid: 700, Refund: 700}, {Unit: "210102", State: assess.RefundReversed, Cases: 1, Paid: 12345, Refund: 12345}}
	if diff := cmp.Diff(want, sums); err != nil || diff != "" {
		t.Errorf("%v; sums (-want +got):\n%s", err, diff)
	}
	found, err := s.RefundUnions(ctx, "210102", "鑫源")
	if err != nil || len(found) != 1 || !found[0].Payable {
		t.Errorf("unions %+v, %v", found, err)
	}
	var kinds []string
	err = s.EachRefundBooking(ctx, func(b assess.RefundBooking) error { kinds = append(kinds, b.Kind+" "+b.TicketNo); return nil })
	if diff := cmp.Diff([]string{"refund T1", "reversal T1"}, kinds); err != nil || diff != "" {
		t.Errorf("%v; ledger (-want +got):\n%s", err, diff)
	}
	batch := assess.RefundBatch{State: "drawn", Count: 1, Fen: 700, By: "wu", At: spring}
	pay := assess.RefundTransfer{Line: 1, Record: "b", Number: "FH-b", Unit: "210102", Fen: 700, PayTo: "union", State: "batched", Sealed: "k1:p"}
	line := assess.AuditLine{At: spring, Actor: "wu", Action: "refund.draw", Object: "1", Result: "ok"}
	made, err := s.PutRefunds(ctx, assess.RefundWrite{Batch: &batch, Transfers: []assess.RefundTransfer{pay}}, line)
	if err != nil || made.Batch.Number != 1 {
		t.Fatal(made.Batch, err)
	}
	pay.Batch = 1
	move := func(list, line string) error {
		one, w := pay, assess.RefundWrite{}
		if one.State = line; line != "" {
			w.Transfers = []assess.RefundTransfer{one}
		}
		if list != "" {
			w.Batch = &assess.RefundBatch{Number: 1, State: list, Bank: "R-7"}
		}
		_, err := s.PutRefunds(ctx, w, assess.AuditLine{At: spring, Actor: "wu", Action: "refund." + list, Object: "1", Result: "ok"})
		return err
	}
	wantProblem(t, move("", "settled"), assess.ErrConflict, "problem.refund_batch_state") // it was never sent
	if err := move("sent", "sent"); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, move("dropped", ""), assess.ErrConflict, "problem.refund_batch_state")
	wantProblem(t, move("", "dropped"), assess.ErrConflict, "problem.refund_batch_state")
	pay.Day = "2026-04-30"
	if err := move("", "settled"); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, move("", "returned"), assess.ErrConflict, "problem.refund_batch_state")
	pay.State = "settled"
	lines, err := s.RefundTransfers(ctx, 1)
	if diff := cmp.Diff([]assess.RefundTransfer{pay}, lines); err != nil || diff != "" {
		t.Errorf("%v; payments (-written +read):\n%s", err, diff)
	}
	if tries, err := s.RefundAttempts(ctx, "b"); err != nil || len(tries) != 1 {
		t.Errorf("%d attempts, %v", len(tries), err)
	}
	if all, err := s.RefundBatches(ctx); err != nil || len(all) != 1 || all[0].State != "closed" || all[0].Bank != "R-7" {
		t.Errorf("batches %+v, %v", all, err)
	}
}
