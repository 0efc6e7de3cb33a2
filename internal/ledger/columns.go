package ledger

import (
	"cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
	"github.com/unionboard/unionboard/internal/register"
)

// columns answers what the record of a case holds, as the register has it. It follows from the case, its evidence and what was paid, so a
// change of the case is a new version of the record and nothing is kept by hand in two places.
func columns(t *register.Table, c *assess.RefundCase, ev *Evidence, when moments) map[string]string {
	values := map[string]string{
		"refund_no": c.Number, "unit_code": string(c.Unit), "batch_no": when.batch, "enterprise_name": withoutCitizens(ev.Tax.Name), "tax_bureau": ev.Tax.Office,
		"levy_affiliation": ev.Tax.Office, "dues_paid_cny": yuan(c.Paid), "remitted_cny": yuan(c.Paid), "refundable_amount": yuan(c.Refund),
		"eligible_reason": "small_payer", "paying_account_name": coveredOwner(ev.Tax.AccountOwner, ev.names()...), "paying_bank": ev.Tax.Bank, "paying_account_no": ev.Tax.Account,
		"contact_name": ev.Tax.Contact, "contact_phone": phoneOf(ev.Tax.Phone), "tax_record_id": c.TaxID, "union_record_id": c.UnionID,
		"source_note": c.Policy,
	}
	if c.Paid < 0 {
		delete(values, "dues_paid_cny")
		delete(values, "remitted_cny")
	}
	if code := refund.ParseCode(ev.Tax.Code); code.Kind == refund.CodeUnified && !refund.LikeCitizen(code.Text) {
		values["uscc"] = code.Text
	}
	for column, text := range map[string]string{"period_start": ev.Tax.From, "period_end": ev.Tax.To, "tax_reported_payroll_cny": ev.Tax.Payroll} {
		if value, err := t.Read(column, text); err == nil {
			values[column] = value
		}
	}
	if len(ev.Path) > 0 {
		values["levy_affiliation"] = ev.Path[0].Name
	}
	matchColumns(values, c, ev, when)
	reviewColumns(values, c, when)
	return values
}

// byHand are the columns of a case's record that do not follow from the case: people correct them on the page of the record, and what they
// wrote stays.
func byHand() []string {
	return []string{"account_holder", "account_consent_on", "contact_name", "contact_phone", "remark_zh"}
}

// moments are the days of a case that stand in its decisions and payments.
type moments struct {
	batch    string // of the delivery, then of the payment list
	why      string // the reason of the case, in words
	approved string // day on which it was booked
	arrived  string // day on which it arrived
	reason   string // of the last decision
	returned string // why the bank sent it back
}

func phoneOf(cell string) string {
	if numbers := refund.ParsePhones(cell); len(numbers) > 0 {
		return numbers[0]
	}
	return ""
}

func matchColumns(values map[string]string, c *assess.RefundCase, ev *Evidence, when moments) {
	values["has_own_union"], values["union_account_status"], values["payee_account_type"] = "false", "no_union", "enterprise"
	values["match_status"] = "tax_only"
	if ev.Union != nil && c.State != assess.RefundNoUnion {
		values["union_name"], values["has_own_union"] = withoutCitizens(ev.Union.Union), "true"
		values["union_account_status"] = "no_account"
		switch kind := ev.Union.union().Kind(); {
		case kind == refund.Joint:
			values["union_account_status"], values["has_own_union"] = "joint_union", "false"
		case c.PayTo == string(refund.PayUnion):
			values["union_account_status"], values["payee_account_type"] = "own_account", "union"
			values["union_account_no"] = ev.Union.Account
		}
		values["match_status"] = "matched_by_name"
		switch {
		case c.Status == answered:
			values["match_status"] = "manual"
		case c.Status == string(refund.Review):
			values["match_status"] = "conflict"
		case c.Rule == string(refund.RuleCode):
			values["match_status"] = "matched"
		}
	}
	if s := values["match_status"]; s == "conflict" || s == "manual" {
		values["match_note"] = when.why
	}
}

// answered is the status of a case about which a person decided.
const answered = "manual"

func reviewColumns(values map[string]string, c *assess.RefundCase, when moments) {
	values["review_status"], values["payment_status"] = "pending", "unpaid"
	switch c.State {
	case assess.RefundRefused, assess.RefundNoUnion:
		values["review_status"], values["review_opinion"] = "rejected", when.why
		if when.reason != "" {
			values["review_opinion"] = when.reason
		}
		return
	case assess.RefundReview, assess.RefundPostponed:
		return
	}
	if c.State == assess.RefundReversed { // the rules of figures leave out what is not approved
		values["review_status"], values["payment_status"], values["review_opinion"] = "rejected", "cancelled", cmp.Or(when.reason, when.why)
		return
	}
	values["review_status"], values["approved_on"] = "approved", when.approved
	switch c.State {
	case assess.RefundSettled:
		values["payment_status"], values["refund_date"], values["refund_amount"] = "paid", when.arrived, yuan(c.Refund)
	case assess.RefundReturned:
		values["payment_status"], values["fail_reason"] = "failed", when.returned
	}
}
