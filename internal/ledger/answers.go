package ledger

import "github.com/unionboard/unionboard/internal/assess"

// Answer is what somebody says about a case.
type Answer string

// The answers about a case that is looked at, and the further steps of one that was decided.
const (
	AnswerThis     Answer = "this"     // refund by the union that was found
	AnswerAnother  Answer = "another"  // refund by another union of the district
	AnswerNone     Answer = "none"     // there is no union: a lead for organising
	AnswerRefuse   Answer = "refuse"   // there is a union, and nothing is refunded
	AnswerPostpone Answer = "postpone" // decide later
	AnswerAccount  Answer = "account"  // pay to another account
	AnswerReverse  Answer = "reverse"  // take the refund back by a counter-entry
	AnswerConfirm  Answer = "confirm"  // a second person agrees with what waits
	AnswerWithdraw Answer = "withdraw" // what waits is taken back, or a second person does not agree
)

// Decision is an answer about one case, in the version that was looked at.
type Decision struct {
	Number  string
	Version int
	Answer  Answer
	// Union is the ID of another union; Account is where to pay, for AnswerAccount.
	Union   string
	Account Payee
	Reason  string
}

// Outcome is what the bank says of a line of a payment list.
type Outcome struct {
	Line    int
	Arrived bool   // else it came back
	Day     string // 2026-04-30
	Reason  string // of a return
}

// PaymentLine is a line of a payment list with the account in full.
type PaymentLine struct {
	assess.RefundTransfer
	Payee
	// Name is the enterprise, UnionName its union.
	Name, UnionName string
}

// PaymentList is a payment list with its control totals.
type PaymentList struct {
	assess.RefundBatch
	Lines []PaymentLine
}

// District is how the refunds of a district stand.
type District struct {
	Unit   assess.UnitCode // "" for enterprises of no district of the roster
	States map[assess.RefundState]assess.RefundSum
	// Eligible is the fen of all that is booked and not taken back, Settled what arrived of it.
	Eligible, Settled int64
	// Due counts settled and overdue refunds, OnTime those that arrived within the days of their policy; MedianDays is from booking to arrival, -1
	// for none.
	Due, OnTime, MedianDays int
}

// Balance is one sum that must agree: what stands on the one side and on the other, in cases or rows and in fen.
type Balance struct {
	Key         string // of the sentence that says what is compared
	Unit        assess.UnitCode
	Delivery    int
	Left, Right assess.RefundSum
}

// Even says whether both sides agree.
func (b Balance) Even() bool {
	return b.Left.Cases == b.Right.Cases && b.Left.Paid == b.Right.Paid && b.Left.Refund == b.Right.Refund
}

// Reconciliation sets against each other what came in, what was decided, what was booked and what was paid.
type Reconciliation struct {
	// Rows are the rows of each delivery by outcome.
	Rows     map[int]map[string]assess.RefundSum
	Balances []Balance
}

// Even says whether every sum agrees; where one does not, no payment list is drawn.
func (r *Reconciliation) Even() bool {
	for _, b := range r.Balances {
		if !b.Even() {
			return false
		}
	}
	return true
}
