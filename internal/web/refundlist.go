package web

import (
	"bytes"
	"io"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/workbook"
)

// mostAlone is how many accounts of a payment list one person takes out alone; of more it is another than who drew the list (security checklist,
// row 59).
const mostAlone = 100

// sendBatch sends a payment list with its accounts in full, for the bank, to those who pay: with a reason, a line in the audit log, and the name and
// time of who took it in every line.
func (s *site) sendBatch(w http.ResponseWriter, r *http.Request) error {
	if err := s.pays(r, "format", "reason"); err != nil {
		return err
	}
	v, e, now := visitFrom(r), s.editionFor(r, nil), s.Now().In(s.Location)
	format := r.PostForm.Get("format")
	if format != "xlsx" && format != "csv" {
		return errField("format")
	}
	covered, err := s.Refunds.Batch(r.Context(), batchNumber(r), v.user)
	if err != nil {
		return err
	}
	if len(covered.Lines) > mostAlone && covered.By == v.user.Name {
		return assess.Forbidden("problem.refund_list_alone", "a payment list of more than 100 accounts is taken out by another person than who drew it; let a colleague take it")
	}
	list, err := s.Refunds.PaymentList(r.Context(), batchNumber(r), r.PostForm.Get("reason"), v.user, s.line(r, v.user, "", ""))
	if p, ok := spoken(err); ok {
		return s.drawBatchPage(w, r, spokenStatus(err), batchBody{Fault: v.problem(p), Typed: r.PostForm})
	}
	if err != nil {
		return err
	}
	book := paymentsOf(v, e, &list, v.user.DisplayName+" "+now.Format("2006-01-02 15:04")).Book(v.words)
	write, kind := func(w io.Writer) error { return workbook.WriteBook(w, book) }, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	if format == "csv" {
		write, kind = book.CSV, "text/csv; charset=utf-8"
	}
	var file bytes.Buffer
	if err := write(&file); err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", evidence.Disposition(book.File+"."+format))
	_, err = file.WriteTo(w)
	return err
}

// paymentsOf makes the file of a payment list.
func paymentsOf(v *visit, e *assess.Edition, list *ledger.PaymentList, takenBy string) *export.Payments {
	p := &export.Payments{Number: batchNo(list.Number), Day: list.At.Format(time.DateOnly), Total: decimal.New(list.Fen, -2).StringFixed(2), TakenBy: takenBy}
	if e != nil {
		p.Issuer = e.Roster.City.Union.In(v.lang())
	}
	for i := range list.Lines {
		one := &list.Lines[i]
		p.Lines = append(p.Lines, export.Payment{
			Line: one.Line, Number: one.Number, District: refundUnit(v, e, one.Unit), Enterprise: one.Name, Union: one.UnionName, Holder: one.Owner, Account: one.Account, Bank: one.Bank,
			Yuan: decimal.New(one.Fen, -2).StringFixed(2),
		})
	}
	return p
}
