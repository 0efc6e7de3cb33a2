package ledger

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
)

// What is set against each other.
const (
	BalanceDelivery = "delivery" // what a file says that it holds, and its rows with their outcome
	BalanceTickets  = "tickets"  // rows that brought a ticket, and the cases
	BalanceBooked   = "booked"   // refunds less reversals in the ledger, and the cases of a district that are booked
	BalancePaid     = "paid"     // refunds of a district that are on lists, with the bank or arrived, and the lines of the lists
	BalanceBatch    = "batch"    // the control totals of payment lists, and their lines
)

// Reconcile sets against each other what came in, what was decided, booked and paid, in cases and fen.
func (l *Ledger) Reconcile(ctx context.Context, u account.User) (*Reconciliation, error) {
	if !l.MayRead(u, "") {
		return nil, notYours()
	}
	return l.reconcile(ctx)
}

// reconciling is a reconciliation at work: its balances by what they are of.
type reconciling struct {
	*Reconciliation
	balances map[balanceOf]*Balance
}

type balanceOf struct {
	key      string
	unit     assess.UnitCode
	delivery int
}

func (r *reconciling) of(key string, unit assess.UnitCode, delivery int) *Balance {
	at := balanceOf{key, unit, delivery}
	b := r.balances[at]
	if b == nil {
		b = &Balance{Key: key, Unit: unit, Delivery: delivery}
		r.balances[at] = b
	}
	return b
}

func (l *Ledger) reconcile(ctx context.Context) (*Reconciliation, error) {
	r := &reconciling{&Reconciliation{Rows: map[int]map[string]assess.RefundSum{}}, map[balanceOf]*Balance{}}
	for _, step := range []func(context.Context, *reconciling) error{l.reconcileRows, l.reconcileCases, l.reconcileBookings, l.reconcilePayments} {
		if err := step(ctx, r); err != nil {
			return nil, err
		}
	}
	for _, b := range r.balances {
		r.Balances = append(r.Balances, *b)
	}
	slices.SortFunc(r.Balances, func(a, b Balance) int {
		return cmp.Or(cmp.Compare(order(a.Key), order(b.Key)), cmp.Compare(a.Delivery, b.Delivery), cmp.Compare(a.Unit, b.Unit))
	})
	return r.Reconciliation, nil
}

func order(key string) int {
	return slices.Index([]string{BalanceDelivery, BalanceTickets, BalanceBooked, BalancePaid, BalanceBatch}, key)
}

func (l *Ledger) reconcileRows(ctx context.Context, r *reconciling) error {
	deliveries, err := l.Store.RefundDeliveries(ctx)
	if err != nil {
		return err
	}
	tickets := r.of(BalanceTickets, "", 0)
	for _, d := range deliveries {
		b, rows := r.of(BalanceDelivery, "", d.Number), map[string]assess.RefundSum{}
		b.Left.Cases, b.Left.Paid = d.Rows, d.Paid
		err := l.Store.EachRefundRow(ctx, d.Number, func(row assess.RefundRow) error {
			sum := rows[row.Outcome]
			sum.Cases, sum.Paid = sum.Cases+1, sum.Paid+row.Fen
			rows[row.Outcome] = sum
			b.Right.Cases, b.Right.Paid = b.Right.Cases+1, b.Right.Paid+row.Fen
			switch refund.Status(row.Outcome) {
			case refund.Auto, refund.Review, refund.None:
				tickets.Left.Cases, tickets.Left.Paid = tickets.Left.Cases+1, tickets.Left.Paid+row.Fen
			}
			return nil
		})
		if err != nil {
			return err
		}
		r.Rows[d.Number] = rows
	}
	return nil
}

func (l *Ledger) reconcileCases(ctx context.Context, r *reconciling) error {
	sums, err := l.Store.RefundSums(ctx)
	for _, s := range sums {
		b := r.of(BalanceTickets, "", 0)
		b.Right.Cases, b.Right.Paid = b.Right.Cases+s.Cases, b.Right.Paid+s.Paid
		if booked(s.State) {
			b := r.of(BalanceBooked, s.Unit, 0)
			b.Right.Cases, b.Right.Refund = b.Right.Cases+s.Cases, b.Right.Refund+s.Refund
		}
		switch s.State {
		case assess.RefundBatched, assess.RefundSent, assess.RefundSettled:
			b := r.of(BalancePaid, s.Unit, 0)
			b.Left.Cases, b.Left.Refund = b.Left.Cases+s.Cases, b.Left.Refund+s.Refund
		}
	}
	return err
}

func (l *Ledger) reconcileBookings(ctx context.Context, r *reconciling) error {
	return l.Store.EachRefundBooking(ctx, func(e assess.RefundBooking) error {
		b, n, fen := r.of(BalanceBooked, e.Unit, 0), 1, e.Fen
		if e.Kind == "reversal" {
			n, fen = -1, -fen
		}
		b.Left.Cases, b.Left.Refund = b.Left.Cases+n, b.Left.Refund+fen
		return nil
	})
}

func (l *Ledger) reconcilePayments(ctx context.Context, r *reconciling) error {
	batches, err := l.Store.RefundBatches(ctx)
	if err != nil {
		return err
	}
	for _, batch := range batches {
		lines, err := l.Store.RefundTransfers(ctx, batch.Number)
		if err != nil {
			return err
		}
		b := r.of(BalanceBatch, batch.Unit, 0)
		b.Left.Cases, b.Left.Refund = b.Left.Cases+batch.Count, b.Left.Refund+batch.Fen
		for _, t := range lines {
			b.Right.Cases, b.Right.Refund = b.Right.Cases+1, b.Right.Refund+t.Fen
			switch t.State {
			case Batched, Sent, Settled:
				p := r.of(BalancePaid, t.Unit, 0)
				p.Right.Cases, p.Right.Refund = p.Right.Cases+1, p.Right.Refund+t.Fen
			}
		}
	}
	return nil
}

// Districts answers how the refunds of every district that the reader may see stand on a day, those of no district last.
func (l *Ledger) Districts(ctx context.Context, u account.User, now time.Time) ([]District, error) {
	q, err := l.narrowed(assess.RefundQuery{}, u)
	if err != nil {
		return nil, err
	}
	sums, err := l.Store.RefundSums(ctx)
	if err != nil {
		return nil, err
	}
	all := map[assess.UnitCode]*District{}
	of := func(unit assess.UnitCode) *District {
		if all[unit] == nil {
			all[unit] = &District{Unit: unit, States: map[assess.RefundState]assess.RefundSum{}, MedianDays: -1}
		}
		return all[unit]
	}
	for _, s := range sums {
		d := of(s.Unit)
		d.States[s.State] = s
		if booked(s.State) {
			d.Eligible += s.Refund
		}
		if s.State == assess.RefundSettled {
			d.Settled += s.Refund
		}
	}
	if err := l.timeliness(ctx, of, now); err != nil {
		return nil, err
	}
	var list []District
	for _, unit := range slices.Sorted(maps.Keys(all)) {
		if len(q.Units) == 0 || slices.Contains(q.Units, unit) {
			list = append(list, *all[unit])
		}
	}
	if len(list) > 1 && list[0].Unit == "" {
		list = append(list[1:], list[0])
	}
	return list, nil
}

// timeliness counts which refunds arrived within the days of their policy, and which should have.
func (l *Ledger) timeliness(ctx context.Context, of func(assess.UnitCode) *District, now time.Time) error {
	arrived, err := l.arrivals(ctx)
	if err != nil {
		return err
	}
	within := map[string]int{}
	for _, p := range l.Policies {
		within[p.Code] = p.SettleDays
	}
	days, policies := map[assess.UnitCode][]int{}, map[string]string{}
	err = l.Store.EachRefundCase(ctx, func(c assess.RefundCase) error {
		if booked(c.State) {
			policies[c.Record] = c.Policy
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = l.Store.EachRefundBooking(ctx, func(b assess.RefundBooking) error {
		policy, still := policies[b.Record]
		if b.Kind != "refund" || !still {
			return nil
		}
		d, limit := of(b.Unit), within[policy]
		approved, _ := time.Parse(time.DateOnly, l.day(b.At))
		day, err := time.Parse(time.DateOnly, arrived[b.Record])
		if err != nil {
			if limit > 0 && now.After(approved.AddDate(0, 0, limit+1)) {
				d.Due++
			}
			return nil
		}
		took := int(day.Sub(approved).Hours() / 24)
		days[b.Unit] = append(days[b.Unit], took)
		d.Due++
		if limit == 0 || took <= limit {
			d.OnTime++
		}
		return nil
	})
	for unit, took := range days {
		slices.Sort(took)
		of(unit).MedianDays = took[len(took)/2]
	}
	return err
}

// arrivals answers the days on which refunds arrived, by record.
func (l *Ledger) arrivals(ctx context.Context) (map[string]string, error) {
	batches, err := l.Store.RefundBatches(ctx)
	days := map[string]string{}
	for _, b := range batches {
		lines, err := l.Store.RefundTransfers(ctx, b.Number)
		if err != nil {
			return nil, err
		}
		for _, t := range lines {
			if t.State == Settled {
				days[t.Record] = t.Day
			}
		}
	}
	return days, err
}
