package ledger

import (
	"cmp"
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// LedgerColumns names the columns of the ledger, as they are promised.
func LedgerColumns() []string {
	return []string{"ticket_no", "tax_id", "union_id", "refund_fen", "kind", "booked_at"}
}

// WriteLedger writes a row for every booking, by ticket: its refund, then its reversal if there is one. It holds no person, telephone or account.
func (l *Ledger) WriteLedger(ctx context.Context, w io.Writer) error {
	var all []assess.RefundBooking
	if err := l.Store.EachRefundBooking(ctx, func(b assess.RefundBooking) error { all = append(all, b); return nil }); err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b assess.RefundBooking) int {
		return cmp.Or(cmp.Compare(a.TicketNo, b.TicketNo), cmp.Compare(a.Ticket, b.Ticket), cmp.Compare(a.Kind, b.Kind))
	})
	out := csv.NewWriter(w)
	if err := out.Write(LedgerColumns()); err != nil {
		return err
	}
	for _, b := range all {
		at := b.At.In(l.Book.Zone).Format(time.RFC3339)
		if err := out.Write([]string{b.TicketNo, b.TaxID, b.UnionID, strconv.FormatInt(b.Fen, 10), b.Kind, at}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
