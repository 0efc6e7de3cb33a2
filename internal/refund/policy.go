package refund

import "github.com/unionboard/unionboard/internal/assess"

// Basis is what a policy's limit is compared with.
type Basis string

// The bases. The command knows no other years than its file's.
const (
	BasisYear     Basis = "year"      // what the taxpayer paid in the year itself
	BasisTwoYears Basis = "two_years" // the average of the two years before
)

// Policy is one row of the rules of refunding, in force from one day to another.
type Policy struct {
	Code string `json:"code"`
	// From and To are the first and the last day of payment that it is for, as 2026-01-01; empty is open.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Basis is what the limit is compared with, and Limit is exclusive: who reaches it gets nothing back.
	Basis Basis `json:"basis"`
	Limit Fen   `json:"limit_fen"`
	// Cap is the most that one taxpayer gets back in a year, 0 for no such bound.
	Cap Fen `json:"cap_fen,omitempty"`
	// Confirmed says that the city has confirmed the row; the shipped ones wait for that.
	Confirmed bool `json:"confirmed"`
}

// FilePolicy answers the policy of the command without a data folder: the file's own year, below 10,000 yuan, all of it.
func FilePolicy() Policy {
	return Policy{Code: "file_year", Basis: BasisYear, Limit: 1_000_000}
}

// InForce answers the policy for a day of payment, written 2026-01-31; false where none is.
func InForce(policies []Policy, day string) (Policy, bool) {
	for _, p := range policies {
		if (p.From == "" || day >= p.From) && (p.To == "" || day <= p.To) {
			return p, true
		}
	}
	return Policy{}, false
}

// Eligible tells that a taxpayer whose tickets add up to paid gets them back.
func (p Policy) Eligible(paid Fen) bool { return paid < p.Limit }

// Check refuses a policy that nobody can follow.
func (p Policy) Check() error {
	switch {
	case p.Basis != BasisYear && p.Basis != BasisTwoYears:
		return assess.Invalid("problem.refund_basis", "the basis of the refund policy is "+quoted(string(p.Basis))+"; choose year or two_years", "basis", excerpt(string(p.Basis)))
	case p.Limit <= 0 || p.Cap < 0:
		return assess.Invalid("problem.refund_limit", "the limit of the refund policy must be above zero, and its cap not below")
	case p.From != "" && p.To != "" && p.From > p.To:
		return assess.Invalid("problem.refund_window", "the refund policy ends before it begins; exchange its two days")
	}
	return nil
}
