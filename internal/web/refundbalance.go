package web

import (
	"net/http"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
)

// balanceRow is one sum that must agree.
type balanceRow struct {
	What, Of, LeftCount, LeftYuan, RightCount, RightYuan, Off string
	Even                                                      bool
}

// balanceBody is what the reconciliation shows.
type balanceBody struct {
	Sentence, State, Class string
	Ways                   []link
	CameHeads              []string
	Came                   []cameRow
	Rows                   []balanceRow
}

// cameRow is a delivery: how many of its rows, and of their fen, became what.
type cameRow struct {
	Name, URL string
	Cells     []stageCell
	City      bool
}

// outcomes are what becomes of a row of a delivery.
func outcomes() []string {
	return []string{"auto", "review", "none", "duplicate", "conflict", "refused"}
}

// showBalance sets what came against what was decided, booked and paid.
func (s *site) showBalance(w http.ResponseWriter, r *http.Request) error {
	v, e := visitFrom(r), s.editionFor(r, nil)
	rec, err := s.Refunds.Reconcile(r.Context(), v.user)
	if err != nil {
		return err
	}
	deliveries, err := s.Refunds.Deliveries(r.Context(), v.user)
	if err != nil {
		return err
	}
	body := balanceBody{Ways: s.refundWays(r), State: v.words.T("web.refund.even"), Class: "done"}
	for _, name := range outcomes() {
		body.CameHeads = append(body.CameHeads, v.words.T("web.refund.status."+name))
	}
	body.CameHeads = append(body.CameHeads, v.words.T("web.refund.total"))
	total := map[string]assess.RefundSum{}
	for i := range deliveries {
		d := &deliveries[i]
		row := cameRowOf(rec.Rows[d.Number])
		row.Name, row.URL = v.words.T("web.refund.delivery.title", "n", d.Number), deliveryPath(d.Number)
		body.Came = append(body.Came, row)
		for name, sum := range rec.Rows[d.Number] {
			total[name] = plus(total[name], sum)
		}
	}
	all := cameRowOf(total)
	all.Name, all.City = v.words.T("web.refund.total"), true
	body.Came = append(body.Came, all)
	off := 0
	for i := range rec.Balances {
		row := balanceRowOf(v, e, &rec.Balances[i])
		if !row.Even {
			off++
		}
		body.Rows = append(body.Rows, row)
	}
	last := all.Cells[len(all.Cells)-1]
	switch {
	case off > 0:
		body.Sentence, body.State, body.Class = v.words.T("web.refund.balance.off", "n", off), v.words.T("web.refund.uneven"), "open"
	case len(deliveries) == 0:
		body.Sentence = v.words.T("web.refund.balance.none")
	default:
		body.Sentence = v.words.T("web.refund.balance.ok", "rows", last.Count, "yuan", last.Yuan)
	}
	return s.render(w, r, http.StatusOK, "refundbalance", refundPage(v.words.T("web.refund.balance"), body))
}

func cameRowOf(sums map[string]assess.RefundSum) (row cameRow) {
	var total assess.RefundSum
	for _, name := range outcomes() {
		one := sums[name]
		total = plus(total, one)
		row.Cells = append(row.Cells, stageCell{Count: strconv.Itoa(one.Cases), Yuan: yuan(one.Paid)})
	}
	row.Cells = append(row.Cells, stageCell{Count: strconv.Itoa(total.Cases), Yuan: yuan(total.Paid)})
	return row
}

func balanceRowOf(v *visit, e *assess.Edition, b *ledger.Balance) balanceRow {
	row := balanceRow{
		What: v.words.T("web.refund.balance." + b.Key), Of: v.words.T("web.refund.city"), Even: b.Even(), Off: v.words.T("web.refund.even"),
		LeftCount: strconv.Itoa(b.Left.Cases), LeftYuan: yuan(b.Left.Refund), RightCount: strconv.Itoa(b.Right.Cases), RightYuan: yuan(b.Right.Refund),
	}
	left, right := b.Left.Refund, b.Right.Refund
	if b.Key == ledger.BalanceDelivery || b.Key == ledger.BalanceTickets { // of what was paid
		left, right = b.Left.Paid, b.Right.Paid
		row.LeftYuan, row.RightYuan = yuan(left), yuan(right)
	}
	switch {
	case b.Delivery > 0:
		row.Of = v.words.T("web.refund.delivery.title", "n", b.Delivery)
	case b.Unit != "":
		row.Of = refundUnit(v, e, b.Unit)
	}
	if !row.Even {
		row.Off = v.words.T("web.refund.off", "n", b.Left.Cases-b.Right.Cases, "yuan", yuan(left-right))
	}
	return row
}
