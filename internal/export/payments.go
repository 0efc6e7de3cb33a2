package export

import (
	"github.com/unionboard/unionboard/internal/i18n"
)

// Payments are a payment list for the bank. It holds accounts in full.
type Payments struct {
	Number  string // P0012
	Issuer  string
	Day     string // 2026-04-30, on which it was made
	Lines   []Payment
	Total   string // yuan, to the fen: 12400.00
	TakenBy string // whose copy this is, and since when: it stands in every line
}

// Payment is one line of it.
type Payment struct {
	Line                                                             int
	Number, District, Enterprise, Union, Holder, Account, Bank, Yuan string
}

// Book answers the payment list as a file: a line for each payment, and a last one with the control totals, how many there are and their sum.
func (p *Payments) Book(in i18n.Words) *Book {
	head := func(key string) string { return in.T("export.payment." + key) }
	t := &Table{
		Name: "payments", Title: in.T("export.payment.title", "number", p.Number), Issuer: in.T("export.payment.issuer", "name", p.Issuer),
		Stand: in.T("export.payment.stand", "day", p.Day), Tab: p.Number, words: in, Signed: true,
		Columns: []Column{
			{Code: "line", Head: head("line"), Kind: Whole, Width: 6, Frozen: true},
			{Code: "refund_no", Head: head("number"), Width: 24, Frozen: true},
			{Code: "district", Head: head("district"), Width: 14},
			{Code: "enterprise", Head: head("enterprise"), Width: 30},
			{Code: "union", Head: head("union"), Width: 30},
			{Code: "account_name", Head: head("holder"), Width: 30},
			{Code: "account_no", Head: head("account"), Width: 26},
			{Code: "bank", Head: head("bank"), Width: 20},
			{Code: "yuan", Head: head("yuan"), Kind: Number, Width: 14},
			{Code: "taken_by", Head: head("taken"), Width: 26},
		},
		Notes: []string{in.T("export.payment.control", "n", len(p.Lines), "yuan", p.Total)},
	}
	rows := make([]Row, 0, len(p.Lines)+1)
	for i := range p.Lines {
		l := &p.Lines[i]
		rows = append(rows, Row{Cells: []Cell{
			whole(l.Line),
			words(l.Number), words(l.District), words(l.Enterprise), words(l.Union), words(l.Holder), words(l.Account), words(l.Bank),
			{Is: Figure, Text: l.Yuan},
			words(p.TakenBy),
		}})
	}
	rows = append(rows, Row{Kind: Total, Cells: []Cell{
		whole(len(p.Lines)), words(head("total")), {}, {}, {}, {}, {}, {}, {Is: Figure, Text: p.Total}, words(p.TakenBy),
	}})
	t.Rows = rowsOf(rows)
	return &Book{Name: "payments", Title: t.Title, File: FileName(p.Number, head("file")), Tables: []*Table{t}}
}
