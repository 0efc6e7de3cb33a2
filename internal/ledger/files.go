package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
	"github.com/unionboard/unionboard/internal/source"
)

// Files are what a delivery brings: the tax bureau's payments and the unions to match them with, as they were handed in.
type Files struct {
	TaxName   string
	Tax       []byte
	UnionName string
	Unions    []byte
}

// digest answers by what a delivery is known again: the content of both files, whatever they are called.
func (f *Files) digest() string {
	tax, unions := sha256.Sum256(f.Tax), sha256.Sum256(f.Unions)
	both := sha256.Sum256(append(tax[:], unions[:]...))
	return hex.EncodeToString(both[:])
}

// intake is both files, read.
type intake struct {
	refund.Intake
	notes []*assess.Problem
	paid  []paymentMore // of the payments
	more  []unionMore   // of the unions
}

// paymentMore is what a payment's row says that the matching does not look at.
type paymentMore struct{ contact, to, payroll, bank string }

// unionMore is what a union's row says that the matching does not look at.
type unionMore struct{ contact, members, bank string }

// sound takes what no text may hold out of a cell.
func sound(cell string) string {
	if !strings.ContainsRune(cell, 0) {
		return strings.ToValidUTF8(cell, "")
	}
	return strings.ReplaceAll(strings.ToValidUTF8(cell, ""), "\x00", "")
}

func (f *Files) read() (*intake, error) {
	in := &intake{Intake: refund.Intake{TaxFile: f.TaxName, UnionFile: f.UnionName}}
	need, may := refund.PaymentColumns()
	notes, err := source.Rows(f.TaxName, f.Tax, need, may, func(line int, cells []string, fault *assess.Problem) {
		cells = each(cells, sound)
		in.paid = append(in.paid, paymentMore{cells[15], cells[16], cells[17], cells[18]})
		in.Payment(line, cells, fault)
	})
	if err != nil {
		return nil, err
	}
	in.notes = notes
	need, may = refund.UnionColumns()
	notes, err = source.Rows(f.UnionName, f.Unions, need, may, func(line int, cells []string, fault *assess.Problem) {
		cells = each(cells, sound)
		before := len(in.Unions)
		in.Union(line, cells, fault)
		if len(in.Unions) > before { // else it stood in an earlier row
			in.more = append(in.more, unionMore{cells[15], cells[16], cells[17]})
		}
	})
	in.notes = append(in.notes, notes...)
	return in, err
}

func each(cells []string, do func(string) string) []string {
	for i, c := range cells {
		cells[i] = do(c)
	}
	return cells
}

// taxSide answers what the bureau says of a payment.
func (in *intake) taxSide(i int) Side {
	p, m := &in.Payments[i], &in.paid[i]
	return Side{
		ID: p.ID, Name: p.Name, Code: p.Code, Registration: p.Registration, Office: p.Office, District: p.District, Address: p.Address, Person: p.LegalRep,
		Contact: m.contact, Phone: p.Phone, Account: p.PayerAccount, AccountOwner: p.PayerAccountName, Bank: m.bank, From: p.PeriodFrom, To: m.to,
		Paid: p.PaidDate, Payroll: m.payroll,
	}
}

// unionSide answers what the register of unions says of a union, nil for none.
func (in *intake) unionSide(i int) *Side {
	if i < 0 {
		return nil
	}
	u, m := &in.Unions[i], &in.more[i]
	return &Side{
		ID: u.ID, Name: u.EnterpriseName, Union: u.Name, Type: u.Type, Status: u.Status, Code: u.EnterpriseCode, OwnCode: u.OwnCode, District: u.District,
		Address: u.Address, Person: u.LegalRep, Contact: m.contact, Phone: u.Phone, HasAccount: u.HasAccount, Account: u.Account,
		AccountOwner: u.AccountOwner, Bank: m.bank, Members: m.members,
	}
}

// union makes a union of a side again.
func (s *Side) union() *refund.Union {
	return &refund.Union{
		ID: s.ID, Name: s.Union, Type: s.Type, Status: s.Status, EnterpriseName: s.Name, EnterpriseCode: s.Code, OwnCode: s.OwnCode, LegalRep: s.Person,
		HasAccount: s.HasAccount, Account: s.Account, AccountOwner: s.AccountOwner,
	}
}

// payment makes a payment of a side again, for what is asked of one.
func (s *Side) payment() *refund.Payment {
	return &refund.Payment{Name: s.Name, Code: s.Code, LegalRep: s.Person, PayerAccount: s.Account, PayerAccountName: s.AccountOwner}
}
