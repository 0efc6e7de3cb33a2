package assess

import "time"

// RefundState is where a refund stands on its way to the account.
type RefundState string

// The states of a refund. What is booked goes on from approved; a return never opens the decision again.
const (
	RefundReview    RefundState = "review"    // a person decides
	RefundPostponed RefundState = "postponed" // a person decided to decide later
	RefundNoUnion   RefundState = "no_union"  // nobody to refund to: a lead for organising
	RefundRefused   RefundState = "refused"   // nothing is refunded, by the policy or by a person
	RefundApproved  RefundState = "approved"  // booked; it waits for a payment list, or for an account to pay to
	RefundBatched   RefundState = "batched"   // on a payment list
	RefundSent      RefundState = "sent"      // with the bank
	RefundSettled   RefundState = "settled"   // arrived
	RefundReturned  RefundState = "returned"  // sent back by the bank: it waits for another account
	RefundReversed  RefundState = "reversed"  // taken back by a counter-entry
)

// RefundCase is what is known and decided of one payment ticket. Its register record holds the columns that people read; names, telephones and
// accounts of both sides are Sealed here. Amounts are fen.
type RefundCase struct {
	Record string // ID of its record in the register dues_refunds
	Number string // the record's refund_no, by which pages name it
	// Ticket is the ticket number folded, by which it is known again, TicketNo as it was written. A payment without one has a digest of what it
	// says in both, which begins with "weak:".
	Ticket, TicketNo string
	TaxID            string
	UnionID          string // "" for none
	// Unit is the district of the roster that decides, "" where the district is none of it or is not known; District has its six digits.
	Unit     UnitCode
	District string
	Delivery int // number of the delivery that brought it
	// Payers are digests by which tickets of one taxpayer are found; Year is the one that the dues are for, "" where nothing says it.
	Payers []string
	Year   string
	Paid   int64 // what the ticket says was paid
	Refund int64 // what is refunded, or would be for one that waits
	// Status, Why and Rule are the matching's, Score its evidence in bits.
	Status, Why, Rule string
	Score             float64 // kept with two decimals
	Weight            int64   // fen times how unsure it is, 0 to 1: what a queue is sorted by
	Policy            string  // code of the policy row it was judged by
	PayTo             string  // union, payer or hold
	State             RefundState
	Version           int // 1, 2, …
	// Waits is what a second person has to confirm: a decision, a new account, a reversal; "" for nothing.
	Waits  string
	Sealed string
	At     time.Time // of its last change
	Made   time.Time
}

// RefundDecision is one step that somebody took about a case. Steps are added and never changed.
type RefundDecision struct {
	Record  string
	Number  int // 1, 2, … within the case
	Answer  string
	UnionID string
	Reason  string
	By      string
	Role    Role
	At      time.Time
}

// RefundBooking is an entry of the ledger: of one ticket there is at most one refund, and at most one reversal of it.
type RefundBooking struct {
	Number  int64  // order of booking
	Ticket  string // folded
	Record  string
	TaxID   string
	UnionID string
	// TicketNo is the ticket as it was written, where the ledger is read.
	TicketNo string
	Fen      int64  // above zero for both kinds
	Kind     string // refund or reversal
	Unit     UnitCode
	At       time.Time
	By       string
	Reason   string
}

// RefundDelivery is a pair of files: payments of the tax bureau, and the unions they were matched with.
type RefundDelivery struct {
	Number             int
	Digest             string // SHA-256 of both files
	TaxFile, UnionFile string // their names
	Rows, Unions       int
	Paid               int64 // fen of all rows that can be read
	Report             string
	Done               bool // every row has its outcome
	At                 time.Time
	By                 string
}

// RefundRow is what became of one row of a delivery.
type RefundRow struct {
	Delivery int
	Line     int
	TaxID    string
	Ticket   string // "" for a row that was refused
	Outcome  string // auto, review, none, duplicate, conflict, refused
	Fen      int64
}

// RefundUnion is a union as the last delivery that named it has it; names of persons, telephones and accounts are Sealed.
type RefundUnion struct {
	ID       string
	Name     string
	Of       string // the enterprise
	Code     string // the enterprise's unified code, "" for none
	Unit     UnitCode
	District string
	Payable  bool
	Digest   string
	Sealed   string
}

// RefundBatch is a payment list of one or all districts.
type RefundBatch struct {
	Number int
	Unit   UnitCode // "" for the whole city
	State  string   // drawn, sent, closed
	Count  int
	Fen    int64
	Bank   string // reference of the bank, once it is sent
	By     string
	At     time.Time
	SentBy string
	SentAt time.Time
}

// RefundTransfer is one attempt to pay a refund: a line of a payment list. Account and names are Sealed.
type RefundTransfer struct {
	Batch  int
	Line   int
	Record string
	Number string // of the case
	Unit   UnitCode
	Fen    int64
	PayTo  string
	State  string // batched, sent, settled, returned, reversed
	Reason string // of a return
	Day    string // on which it arrived or came back
	Sealed string
}

// RefundWrite is one change of the refunds, kept whole or not at all.
type RefundWrite struct {
	Delivery  *RefundDelivery // new, or changed by its number
	Unions    []RefundUnion
	Rows      []RefundRow
	Records   []RecordWrite
	Cases     []RefundCase // Version is the one it takes the place of, 0 for a new one
	Decisions []RefundDecision
	Bookings  []RefundBooking // their numbers are given by the store
	Batch     *RefundBatch    // new where its state is drawn, else changed by its number
	Transfers []RefundTransfer
}

// RefundQuery chooses cases.
type RefundQuery struct {
	Units    []UnitCode // none: all
	States   []RefundState
	Why      string
	Rule     string
	PayTo    string
	Delivery int
	Waits    bool // only those that wait for a second person
	// Queue puts first what weighs most: fen times how unsure it is, then the oldest. Else the order is that of the numbers.
	Queue         bool
	Limit, Offset int
}

// RefundSum is how many cases of a kind there are, and their fen.
type RefundSum struct {
	Unit   UnitCode
	State  RefundState
	Cases  int
	Paid   int64
	Refund int64
}

// RefundPosition is where a case stands in a queue: how many there are, which it is (from 1), and the numbers before and after it.
type RefundPosition struct {
	Of, At         int
	Before, Behind string
}
