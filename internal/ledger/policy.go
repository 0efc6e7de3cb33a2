package ledger

import (
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
)

// Policy is a dated row of the rules of refunding.
type Policy struct {
	refund.Policy
	Name assess.Text
	// AutoApprove books what was matched without a person; else a person looks at all.
	AutoApprove bool
	// TwoPersons is the amount from which on a second person confirms what somebody decides; 0 is never.
	TwoPersons refund.Fen
	// Share is what part of the dues is refunded, in ten thousandths: 10000 is all.
	Share int64
	// SettleDays is within how many days after the approval the money should have arrived.
	SettleDays int
	Note       assess.Text
}

// Shipped answers the policy until the city confirms its own: all of it, below 10,000 yuan in the year of the payment.
func Shipped() []Policy {
	return []Policy{{
		Policy: refund.Policy{Code: "small_payer", Basis: refund.BasisYear, Limit: 1_000_000}, Name: assess.Text{ZH: "小额缴费全额返还", EN: "Full refund to small payers"},
		AutoApprove: true, TwoPersons: 500_000, Share: 10_000, SettleDays: 30,
	}}
}
