package web_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
)

// What stands in the refunds of the gallery and is covered on every page: accounts, telephones, persons.
var secretsOfRefunds = []string{"6222020200112345678", "3301010122334455667", "6222020200112345687", "13912345678", "13812345678", "欧阳示例", "司马演示"}

// refunds is the gallery's ledger; it is made once.
func (g *gallery) refunds(t testing.TB) *ledger.Ledger {
	t.Helper()
	if g.ledger == nil {
		g.ledger = &ledger.Ledger{Store: g.people.Store, Book: g.registers(t), Policies: ledger.Shipped()}
	}
	return g.ledger
}

// The refunds of the gallery: three of 210102 and one of 210103.
const (
	waitingRefund = "FH-210102-2026-000001" // for a person, with everything that can be known of one
	bookedRefund  = "FH-210102-2026-000002"
	lonelyRefund  = "FH-210102-2026-000003" // without a union
	otherRefund   = "FH-210103-2026-000004"
)

// sampleRefund puts the refunds on the gallery's ledger once, and answers the number of one that waits.
func (g *gallery) sampleRefund() string {
	if g.refunded {
		return waitingRefund
	}
	g.refunded = true
	t := g.people.t
	g.refunds(t)
	tax := ledger.Side{
		ID: "T1", Name: "沈阳鑫源机械有限公司", Code: "91210102MA0TEST017", Registration: "10012101", Office: "和平区税务局", District: "210102", Address: "中山路12号3楼", Person: "欧阳示例",
		Contact: "欧阳示例", Phone: "13812345678", Account: "3301010122334455667", AccountOwner: "沈阳鑫源机械有限公司", From: "2026-01-01", To: "2026-03-31", Paid: "2026-04-10",
	}
	union := ledger.Side{
		ID: "U1", Name: "沈阳市鑫源机械厂", Union: "沈阳市鑫源机械厂工会委员会", Type: "基层工会", Code: "91210102MA0TEST071", District: "210102", Address: "中山路12号", Person: "司马演示",
		Contact: "司马演示", Phone: "13912345678", Account: "6222020200112345678", AccountOwner: "沈阳市鑫源机械厂工会委员会",
	}
	runner := ledger.Side{ID: "U2", Name: "沈阳鑫原机械有限公司", Union: "沈阳鑫原机械有限公司工会", Code: "91210103MA0TEST033", District: "210103", Account: "6222020200112345687", Phone: "13912345678"}
	found := ledger.Evidence{
		Tax: tax, Union: &union, RunnerUp: &runner, Ahead: 4.2, Auto: 21.3, Review: 13.3, Shared: map[string]int{"phone": 37},
		Bits:  map[string]float64{"core": 14.2, "place": 1.1, "form": -1.5, "code": 11.9, "person": -2.5, "phone": 1, "address": 6.4, "district": 3.1, "account": 0},
		Path:  []ledger.Above{{ID: "S1", Name: "中山路街道总工会", District: "210102"}, {ID: "D1", Name: "和平区总工会", District: "210102"}},
		Payee: ledger.Payee{Account: "6222020200112345678", Owner: "沈阳市鑫源机械厂工会委员会"},
	}
	w := assess.RefundWrite{
		Delivery: &assess.RefundDelivery{
			Digest: "d1", TaxFile: "tax.csv", UnionFile: "unions.csv", Rows: 4, Unions: 2, Paid: 4 * 296319, At: g.clock.at, By: "finance", Done: true,
			Report: `{"refused": [{"file": "tax.csv", "line": 5, "field": "dues_yuan", "key": "problem.refund_amount_large", "message": ""}]}`,
		},
		Unions: []assess.RefundUnion{
			{ID: "U1", Name: union.Union, Of: union.Name, Code: union.Code, Unit: "210102", District: "210102", Payable: true, Digest: "1"},
			{ID: "U3", Name: "和平鑫源商贸工会", Of: "和平鑫源商贸有限公司", Unit: "210102", District: "210102", Payable: true, Digest: "3"},
		},
		Decisions: []assess.RefundDecision{{Record: "01890000-0000-7000-8000-00000000f001", Number: 1, Answer: "postpone", Reason: "等企业来电核实", By: "heping", Role: assess.DistrictReporter, At: g.clock.at}},
	}
	for i, one := range []struct {
		number, unit string
		state        assess.RefundState
		evidence     ledger.Evidence
	}{
		{waitingRefund, "210102", assess.RefundReview, found},
		{bookedRefund, "210102", assess.RefundApproved, found},
		{lonelyRefund, "210102", assess.RefundReview, ledger.Evidence{Tax: tax}},
		{otherRefund, "210103", assess.RefundReview, found},
	} {
		id := fmt.Sprintf("01890000-0000-7000-8000-00000000f%03d", i+1)
		text, err := json.Marshal(one.evidence)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := g.ledger.Book.Vault.Seal(string(text), "refund/"+id)
		if err != nil {
			t.Fatal(err)
		}
		unit := assess.UnitCode(one.unit)
		w.Records = append(w.Records, assess.RecordWrite{Record: assess.Record{ID: id, Table: ledger.Table, Key: one.number, Unit: unit, At: g.clock.at, By: "system", Role: "system"}})
		c := assess.RefundCase{
			Record: id, Number: one.number, Ticket: fmt.Sprintf("S%d", i), TicketNo: fmt.Sprintf("S%d", i), TaxID: fmt.Sprintf("T%d", i+1), Unit: unit, District: one.unit, Delivery: 1,
			Payers: []string{fmt.Sprintf("p%d", i/2)}, Year: "2026", Paid: 296319, Refund: 296319, Status: "review", Why: "no_union", Weight: int64(1000 - i), Policy: "small_payer",
			PayTo: "hold", State: one.state, Sealed: sealed, At: g.clock.at, Made: g.clock.at.AddDate(0, 0, -3),
		}
		if one.evidence.Union != nil {
			c.UnionID, c.Why, c.Rule, c.Score, c.PayTo = "U1", "several_candidates", "S", 33.7, "union"
		}
		if one.state == assess.RefundApproved {
			w.Bookings = append(w.Bookings, assess.RefundBooking{Ticket: c.Ticket, Record: id, TaxID: c.TaxID, UnionID: "U1", Fen: c.Refund, Kind: "refund", Unit: unit, At: g.clock.at, By: "system"})
		}
		w.Cases = append(w.Cases, c)
		w.Rows = append(w.Rows, assess.RefundRow{Delivery: 1, Line: i + 2, TaxID: c.TaxID, Ticket: c.Ticket, Outcome: "review", Fen: c.Paid})
	}
	if _, err := g.people.PutRefunds(t.Context(), w, g.people.line("refund.deliver")); err != nil {
		t.Fatal(err)
	}
	return waitingRefund
}

func ledgerFiles() ledger.Files {
	return ledger.Files{TaxName: "tax.csv", Tax: []byte(taxRows), UnionName: "unions.csv", Unions: []byte(unionRows)}
}

func ledgerOptions() ledger.Options { return ledger.Options{} }
