package refund

import (
	"strings"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
)

// PaymentColumns names the columns of the tax bureau's file: those that must be there, and those that help.
func PaymentColumns() (need, may []string) {
	return []string{"tax_id", "uscc", "name", "dues_yuan", "ticket_no"},
		[]string{
			"djxh", "tax_office", "district_code", "address", "legal_rep", "phone", "period_from", "paid_date", "payer_account", "payer_account_name",
			"contact", "period_to", "payroll_yuan", "payer_bank",
		}
}

// UnionColumns names the columns of the register of unions: those that must be there, and those that help.
func UnionColumns() (need, may []string) {
	return []string{"union_id", "union_name", "union_type", "status", "parent_union_id", "district_code", "ent_name", "ent_uscc"},
		[]string{
			"union_uscc", "ent_address", "ent_legal_rep", "phone", "has_account", "account_no", "account_name",
			"contact", "member_count", "bank", "founded",
		}
}

// Intake takes the rows of both files and makes payments and unions of them. Rows that cannot be used keep their place, with why.
type Intake struct {
	TaxFile, UnionFile string // as they are named in places
	Payments           []Payment
	Unions             []Union
	// Warnings say what a person may want to look at; they keep nothing from being used.
	Warnings []*assess.Problem
	again    map[key]struct{} // unions whose row was there already
}

// cell answers a cell without the blanks and controls around it.
func cell(s string) string {
	if s == "" || s[0] > ' ' && s[0] < 0x80 && s[len(s)-1] > ' ' && s[len(s)-1] < 0x80 {
		return s
	}
	return strings.TrimSpace(strings.Trim(s, "\ufeff\u200b"))
}

// packed answers cells without what is around them, in one text of their own: the row that they were cut out of holds more than is kept.
func packed(cells []string) []string {
	for i := range cells {
		cells[i] = cell(cells[i])
	}
	all := strings.Join(cells, "")
	for i, c := range cells {
		cells[i], all = all[:len(c)], all[len(c):]
	}
	return cells
}

// Payment takes a row of the tax bureau's file, its cells in the order of PaymentColumns.
func (in *Intake) Payment(line int, cells []string, fault *assess.Problem) {
	cells = packed(cells[:15])
	p := Payment{
		Row: line, ID: cells[0], Code: cells[1], Name: cells[2], Ticket: cells[4], Registration: cells[5], Office: cells[6], District: cells[7],
		Address: cells[8], LegalRep: cells[9], Phone: cells[10], PeriodFrom: cells[11], PaidDate: cells[12], PayerAccount: cells[13], PayerAccountName: cells[14],
	}
	at := func(field string) assess.Place { return assess.Place{File: in.TaxFile, Line: line, Field: field} }
	fen, problem := ParseFen(cells[3])
	switch {
	case fault != nil:
		p.Fault = fault
	case p.ID == "":
		p.Fault = assess.Invalid("problem.refund_tax_id", "the row has no tax_id; give every row its own").At(at("tax_id"))
	case problem != nil:
		p.Fault = problem.At(at("dues_yuan"))
	case blank(fold(p.Name)) && blank(fold(p.Code)):
		p.Fault = assess.Invalid("problem.refund_nobody", "the row has neither name nor code; write at least one of them").At(at("name"))
	}
	if fault == nil { // else the cell may be another column's
		p.Fen = fen
	}
	in.warnCode(p.Code, at("uscc"))
	in.Payments = append(in.Payments, p)
}

// Union takes a row of the register of unions, its cells in the order of UnionColumns.
func (in *Intake) Union(line int, cells []string, fault *assess.Problem) {
	cells = packed(cells[:15])
	u := Union{
		Row: line, ID: cells[0], Name: cells[1], Type: cells[2], Status: cells[3], Parent: cells[4], District: cells[5], EnterpriseName: cells[6],
		EnterpriseCode: cells[7], OwnCode: cells[8], Address: cells[9], LegalRep: cells[10], Phone: cells[11], HasAccount: cells[12], Account: cells[13],
		AccountOwner: cells[14],
	}
	at := func(field string) assess.Place { return assess.Place{File: in.UnionFile, Line: line, Field: field} }
	switch {
	case fault != nil:
		u.Fault = fault
	case u.ID == "":
		u.Fault = assess.Invalid("problem.refund_union_id", "the row has no union_id; give every union its own").At(at("union_id"))
	}
	if u.Fault == nil && in.seen(cells) {
		in.Warnings = append(in.Warnings, assess.Invalid("problem.refund_union_again", "the union "+quoted(u.ID)+" stands in an earlier row in the same words; this row was left out", "union", excerpt(u.ID)).At(at("union_id")))
		return
	}
	in.warnCode(u.EnterpriseCode, at("ent_uscc"))
	in.Unions = append(in.Unions, u)
}

func (in *Intake) seen(cells []string) bool {
	if in.again == nil {
		in.again = map[key]struct{}{}
	}
	k := keyOf(strings.Join(cells, "\x00"))
	_, again := in.again[k]
	in.again[k] = struct{}{}
	return again
}

// warnCode says what is odd about a code. It keeps nothing from being used.
func (in *Intake) warnCode(text string, at assess.Place) {
	switch c := ParseCode(text); {
	case !c.Checked && (personal(c.Text) || LikeCitizen(text)):
		in.Warnings = append(in.Warnings, assess.Invalid("problem.refund_code_person", "the code looks like a citizen's number; write the code of the business").At(at))
	case c.Kind == CodeUnified && !c.Checked:
		in.Warnings = append(in.Warnings, assess.Invalid("problem.refund_code_digit", "the check digit of the code "+quoted(c.Text)+" does not fit; some early codes are so, look whether it was mistyped", "code", excerpt(c.Text)).At(at))
	case c.Kind == CodeUnion:
		in.Warnings = append(in.Warnings, assess.Invalid("problem.refund_code_union", "the code "+quoted(c.Text)+" is a union's own; write the enterprise's", "code", excerpt(c.Text)).At(at))
	case c.Kind == CodeOther:
		in.Warnings = append(in.Warnings, assess.Invalid("problem.refund_code_form", "the code has "+plural(utf8.RuneCountInString(c.Text), "character")+" or some that no code has; a unified code has 18", "code", "").At(at))
	}
}
