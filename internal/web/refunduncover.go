package web

import (
	"net/http"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/ledger"
)

// coveredOf lists what is covered of a refund and can be uncovered by the reader, one at a time.
func (s *site) coveredOf(v *visit, d *ledger.Dossier, body *refundBody) {
	if !v.user.May(account.Uncover, d.Unit, financeDepartment) {
		return
	}
	add := func(column, side, field, value string) {
		if value != "" {
			text := v.words.T("web.refund.of", "side", v.words.T("web.refund."+side), "field", v.words.T("web.refund.field."+field))
			body.Covered = append(body.Covered, option{column + "." + field, text, body.UncoveredOf == column+"."+field})
		}
	}
	for _, side := range []struct {
		column, word string
		of           *ledger.Side
	}{{"tax", "tax", &d.Tax}, {"union", "union", d.Evidence.Union}} {
		if side.of == nil {
			continue
		}
		add(side.column, side.word, "account", side.of.Account)
		add(side.column, side.word, "phone", side.of.Phone)
		add(side.column, side.word, "person", side.of.Person)
		add(side.column, side.word, "contact", side.of.Contact)
	}
	add("payee", "payee", "account", d.Payee.Account)
}

// financeDepartment is whose register the refunds are.
const financeDepartment = "finance"

// uncoverRefund shows one covered column of a refund in full, in the answer to a form alone: it stands in no address, and the answer is not kept.
func (s *site) uncoverRefund(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "column", "reason"); err != nil {
		return err
	}
	v := visitFrom(r)
	column, reason := r.PostForm.Get("column"), r.PostForm.Get("reason")
	body := refundBody{UncoveredOf: column, Reason: reason}
	value, err := s.Refunds.Uncover(r.Context(), mux.Vars(r)["refund"], column, reason, v.user, s.line(r, v.user, "", ""))
	if p, ok := spoken(err); ok {
		body.UncoverFault = v.problem(p)
		return s.drawRefund(w, r, http.StatusUnprocessableEntity, body)
	}
	if err != nil {
		return err
	}
	body.Uncovered = value
	return s.drawRefund(w, r, http.StatusOK, body)
}
