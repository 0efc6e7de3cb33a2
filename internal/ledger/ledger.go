package ledger

import (
	"context"
	"sync"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
)

// Table is the register whose records are the cases.
const Table assess.Code = "dues_refunds"

// Store keeps deliveries, cases, decisions, bookings and payments.
type Store interface {
	PutRefunds(ctx context.Context, w assess.RefundWrite, lines ...assess.AuditLine) (assess.RefundWrite, error)
	RefundCases(ctx context.Context, q assess.RefundQuery) ([]assess.RefundCase, int, error)
	RefundPosition(ctx context.Context, q assess.RefundQuery, number string) (assess.RefundPosition, error)
	RefundCase(ctx context.Context, number string) (assess.RefundCase, error)
	EachRefundCase(ctx context.Context, visit func(assess.RefundCase) error) error
	EachRefundPayer(ctx context.Context, visit func(payer string, c assess.RefundCase) error) error
	RefundSiblings(ctx context.Context, record string) ([]assess.RefundCase, error)
	RefundPaidIn(ctx context.Context, record, year string) (fen int64, n int, err error)
	RefundSums(ctx context.Context) ([]assess.RefundSum, error)
	RefundDeliveries(ctx context.Context) ([]assess.RefundDelivery, error)
	EachRefundRow(ctx context.Context, delivery int, visit func(assess.RefundRow) error) error
	RefundUnionDigests(ctx context.Context) (map[string]string, error)
	RefundUnion(ctx context.Context, id string) (assess.RefundUnion, error)
	RefundUnions(ctx context.Context, unit assess.UnitCode, text string) ([]assess.RefundUnion, error)
	RefundDecisions(ctx context.Context, record string) ([]assess.RefundDecision, error)
	EachRefundBooking(ctx context.Context, visit func(assess.RefundBooking) error) error
	RefundBookings(ctx context.Context, record string) ([]assess.RefundBooking, error)
	RefundBatches(ctx context.Context) ([]assess.RefundBatch, error)
	RefundTransfers(ctx context.Context, batch int) ([]assess.RefundTransfer, error)
	RefundAttempts(ctx context.Context, record string) ([]assess.RefundTransfer, error)
	RegisterRecord(ctx context.Context, id string) (assess.Record, error)
	Record(ctx context.Context, lines ...assess.AuditLine) error
}

// Ledger is where refunds are kept. It asks the policy function of package account about every step. Names of persons, telephones and accounts
// leave it covered; Uncover and PaymentList alone answer them, and leave a line in the audit log.
type Ledger struct {
	Store    Store
	Book     *register.Book
	Policies []Policy
	// Say answers a reason in the words of the register; nil leaves its code.
	Say func(why string) string

	// Turn, where set, lets no other server take a delivery, draw or book until done, as Gate.Turn of package collect.
	Turn func(ctx context.Context) (within context.Context, done func(), err error)

	taking sync.Mutex // one delivery, payment list or booking at a time; see alone
}

// alone waits until nobody takes, draws or books, here or on another server, and keeps all others from it until done.
func (l *Ledger) alone(ctx context.Context) (within context.Context, done func(), err error) {
	l.taking.Lock()
	if l.Turn == nil {
		return ctx, l.taking.Unlock, nil
	}
	within, over, err := l.Turn(ctx)
	if err != nil {
		l.taking.Unlock()
		return ctx, nil, err
	}
	return within, func() {
		over()
		l.taking.Unlock()
	}, nil
}

// MayRead says whether somebody sees the cases of a district; "" is for all of them.
func (l *Ledger) MayRead(u account.User, unit assess.UnitCode) bool {
	return u.May(account.ReadRegisters, unit)
}

// MayDecide says whether somebody decides about the cases of a district: its own reporter, or the department whose register it is.
func (l *Ledger) MayDecide(u account.User, unit assess.UnitCode) bool {
	return u.May(account.KeepRegisters, unit, department)
}

// MayPay says whether somebody takes deliveries in, draws payment lists and says what became of them: the department whose register it is.
func (l *Ledger) MayPay(u account.User) bool {
	return u.May(account.KeepRegisters, "", department)
}

// department is whose register it is.
const department assess.Code = "finance"

func notYours() *assess.Problem {
	return assess.Forbidden("problem.refund_role", "refunds are decided by districts for their own enterprises, and paid by the finance department of the city")
}

func notThere() *assess.Problem {
	return assess.NotFound("problem.refund_none", "there is no such refund; choose one of the list")
}

// narrowed keeps a query to what its reader may see.
func (l *Ledger) narrowed(q assess.RefundQuery, u account.User) (assess.RefundQuery, error) {
	switch {
	case l.MayRead(u, ""):
	case l.MayRead(u, u.Unit):
		q.Units = []assess.UnitCode{u.Unit}
	default:
		return q, notYours()
	}
	return q, nil
}
