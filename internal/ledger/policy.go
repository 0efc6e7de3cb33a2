package ledger

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
	"github.com/unionboard/unionboard/internal/source"
)

// PolicyFile is the file of a data folder whose rows take the place of the shipped ones.
const PolicyFile = "refund_policies.csv"

// Policy is a dated row of the rules of refunding, for payments of its days.
type Policy struct {
	refund.Policy // Confirmed says that the city has confirmed the row; until then it is shown as to be confirmed
	Name          assess.Text
	// AutoApprove books what was matched without a person; else a person looks at all.
	AutoApprove bool
	// TwoPersons is the amount from which on a second person confirms what somebody decides; 0 is never.
	TwoPersons refund.Fen
	// Share is what part of the dues is refunded, in ten thousandths: 10000 is all. Parts of a fen are left out.
	Share int64
	// SettleDays is within how many days after the booking the money should have arrived; 0 is no such limit.
	SettleDays int
}

//go:embed policies.csv
var shippedPolicies []byte

// ShippedPolicies answers the file of the rows that hold where a data folder has none of its own.
func ShippedPolicies() []byte { return slices.Clone(shippedPolicies) }

// Shipped answers the policy until the city has its own: all of it, below 10,000 yuan in the year.
func Shipped() []Policy {
	rows, _ := ReadPolicies(PolicyFile, shippedPolicies) // a test reads it
	return rows
}

// ReadPolicies reads rows of policies, in the order of their days. It refuses the whole file where a row cannot be followed, a code stands
// twice, or two rows are for the same day.
func ReadPolicies(file string, data []byte) (rows []Policy, err error) {
	var found assess.Problems
	need := []string{"code", "from", "to", "basis", "limit_yuan", "share_percent", "auto_approve", "two_persons_yuan", "settle_days", "confirmed", "name_zh", "name_en"}
	_, err = source.Rows(file, data, need, []string{"cap_yuan"}, func(line int, cells []string, fault *assess.Problem) {
		at := assess.Place{File: file, Line: line}
		if fault != nil {
			found = append(found, fault.At(at))
			return
		}
		r := policyReader{cells: cells, at: at}
		p := r.policy()
		for _, before := range rows {
			if before.Code == p.Code {
				r.refuse("code", assess.Conflict("problem.refund_policy_again", fmt.Sprintf("the code %s stands in an earlier row; give each row its own", p.Code), "code", p.Code))
			} else if overlap(before, p) {
				r.refuse("from", assess.Conflict("problem.refund_policy_days", fmt.Sprintf("the row is for days that %s is for, too; let one end before the other begins", before.Code), "code", before.Code))
			}
		}
		found, rows = append(found, r.found...), append(rows, p)
	})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 && len(found) == 0 {
		found = append(found, assess.Invalid("problem.refund_policy_none", "the file has no row; write at least one, or take the file away").At(assess.Place{File: file}))
	}
	slices.SortStableFunc(rows, func(a, b Policy) int { return cmp.Compare(a.From, b.From) })
	return rows, found.Err()
}

func overlap(a, b Policy) bool {
	return (a.To == "" || b.From <= a.To) && (b.To == "" || a.From <= b.To)
}

// policyReader reads one row.
type policyReader struct {
	cells []string
	at    assess.Place
	found assess.Problems
}

func (r *policyReader) refuse(field string, p *assess.Problem) {
	at := r.at
	at.Field = field
	r.found = append(r.found, p.At(at))
}

func (r *policyReader) policy() Policy {
	cell := func(n int) string { return strings.TrimSpace(r.cells[n]) }
	p := Policy{Name: assess.Text{ZH: cell(10), EN: cell(11)}}
	p.Code, p.Basis = cell(0), refund.Basis(cell(3))
	if p.Code == "" || p.Name.ZH == "" {
		r.refuse("code", assess.Invalid("problem.refund_policy_name", "the row has no code or no name_zh; write both"))
	}
	p.From, p.To = r.day("from", cell(1)), r.day("to", cell(2))
	p.Limit, p.Cap = r.yuan("limit_yuan", cell(4)), r.yuan("cap_yuan", cell(12))
	p.TwoPersons = r.yuan("two_persons_yuan", cell(7))
	p.Share = int64(r.number("share_percent", cell(5), 1, 100)) * 100
	p.SettleDays = r.number("settle_days", cmp.Or(cell(8), "0"), 0, 3660)
	p.AutoApprove, p.Confirmed = r.yes("auto_approve", cell(6)), r.yes("confirmed", cell(9))
	if err := p.Check(); err != nil && len(r.found) == 0 {
		if problem, ok := err.(*assess.Problem); ok {
			r.refuse("limit_yuan", problem)
		}
	}
	return p
}

func (r *policyReader) day(field, text string) string {
	if text == "" {
		return ""
	}
	if len(text) != len("2026-01-31") || soundDate(text) != nil {
		r.refuse(field, assess.Invalid("problem.refund_policy_day", fmt.Sprintf("%q is no day; write it like 2026-01-31, or leave it empty for no limit", source.Excerpt(text)), "value", source.Excerpt(text)))
	}
	return text
}

func (r *policyReader) yuan(field, text string) refund.Fen {
	if text == "" {
		return 0
	}
	fen, p := refund.ParseFen(text)
	if p != nil {
		r.refuse(field, p)
	}
	return fen
}

func (r *policyReader) number(field, text string, least, most int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		r.refuse(field, assess.Invalid("problem.refund_policy_number", fmt.Sprintf("write a whole number from %d to %d", least, most), "least", strconv.Itoa(least), "most", strconv.Itoa(most)))
	}
	return n
}

func (r *policyReader) yes(field, text string) bool {
	switch text {
	case "yes", "是":
		return true
	case "no", "否":
		return false
	}
	r.refuse(field, assess.Invalid("problem.refund_policy_yes", fmt.Sprintf("%q is neither yes nor no; write yes or no", source.Excerpt(text)), "value", source.Excerpt(text)))
	return false
}

// policyFor answers the row in force on a day of payment, written 2026-01-31.
func (l *Ledger) policyFor(day string) (Policy, bool) {
	for _, p := range l.Policies {
		if (p.From == "" || day >= p.From) && (p.To == "" || day <= p.To) {
			return p, true
		}
	}
	return Policy{}, false
}
