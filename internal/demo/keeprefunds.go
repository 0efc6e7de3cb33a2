package demo

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// refundCase is a refund of dues on its way: approved for an amount, and paid some days later, or not at all.
type refundCase struct {
	firm     int64
	quarter  assess.Period // in which it is approved
	batch    int
	approved time.Time
	yuan     int64
	paid     time.Time // zero: the bank sent it back
}

// The days of a quarter on which a batch is approved; the time a payment may take is a parameter of the assessment.
const (
	firstBatch, secondBatch = 18, 50
	refundDays              = 30
)

// casesInYear is how many refunds the city approves in a year, of all districts: few enough to be looked at, and so that a district has some
// in every quarter.
const casesInYear = 520

// refundDraw is the word the refunds are drawn with: with this one two districts share a place in the newest quarter, as the seed was chosen for.
const refundDraw = "refund 13"

// refundsOf draws the refunds that a district approves in a year.
func (d *draft) refundsOf() (all []refundCase) {
	year := strconv.Itoa(d.year)
	parts := split(casesInYear, d.weights)
	due := path{20, 45, 72, 100}
	for q := range due {
		before := int64(0)
		if q > 0 {
			before = due[q-1]
		}
		p := assess.NewQuarter(d.year, q+1)
		n := max(2, scale(parts[d.index], due[q], 100)-scale(parts[d.index], before, 100))
		for i := range n {
			draw := func(low, high int64, word string) int64 {
				return d.dice.between(low, high, refundDraw, "refund", string(d.unit), year, p.String(), strconv.FormatInt(i, 10), word)
			}
			one := refundCase{firm: i + 1, quarter: p, batch: 1, approved: p.FirstDay().AddDate(0, 0, firstBatch), yuan: 10 * draw(90, 920, "yuan")}
			if i%2 == 1 {
				one.batch, one.approved = 2, p.FirstDay().AddDate(0, 0, secondBatch)
			}
			// Most are paid within the month; where a district does well, nearly all.
			good := limit(9450+450*d.strength("refund_on_time_count_ytd", q)/1000, 7800, 10_000)
			switch luck := draw(0, 9999, "luck"); {
			case luck < good:
				one.paid = one.approved.AddDate(0, 0, int(draw(4, 26, "days")))
			case luck%3 > 0:
				one.paid = one.approved.AddDate(0, 0, int(draw(refundDays+3, refundDays+40, "days")))
			}
			all = append(all, one)
		}
	}
	return all
}

// refunded is a figure of the register of refunds, added up over the cases approved in the year as they stand at the end of a quarter.
type refunded struct {
	adds func(c refundCase, end time.Time) int64
}

func (r refunded) path(d *draft, _ assess.Item) (p path) {
	cases := d.refundsOf()
	for q := range p {
		end := assess.NewQuarter(d.year, q+1).LastDay()
		for _, c := range cases {
			if !c.approved.After(end) {
				p[q] += r.adds(c, end)
			}
		}
	}
	return p
}

func (c refundCase) paidBy(end time.Time) bool { return !c.paid.IsZero() && !c.paid.After(end) }

func approvedYuan(c refundCase, _ time.Time) int64 { return c.yuan }

func paidYuan(c refundCase, end time.Time) int64 {
	if c.paidBy(end) {
		return c.yuan
	}
	return 0
}

func matured(c refundCase, end time.Time) int64 {
	if c.paidBy(end) || end.After(c.approved.AddDate(0, 0, refundDays)) {
		return 1
	}
	return 0
}

func onTime(c refundCase, end time.Time) int64 {
	if c.paidBy(end) && !c.paid.After(c.approved.AddDate(0, 0, refundDays)) {
		return 1
	}
	return 0
}

// keepRefunds writes down the refunds that were approved in the quarter, and what has come of those before.
func (k *keeper) keepRefunds() {
	l, end := k.list(refunds), k.period.LastDay()
	for _, c := range k.refundsOf() {
		if c.quarter == k.period {
			k.cases = append(k.cases, caseOf{c, l.add(k.newRefund(c))})
		}
	}
	for _, c := range k.cases {
		switch {
		case c.paidBy(end):
			c.set("payment_status", "paid")
			c.set("refund_amount", strconv.FormatInt(c.yuan, 10))
			c.set("refund_date", onDay(c.paid))
			c.set("fail_reason", "")
		case c.refundCase.paid.IsZero() && end.After(c.approved.AddDate(0, 0, refundDays)):
			c.set("payment_status", "failed")
			c.set("fail_reason", "演示：账户信息不符，银行退汇")
		}
	}
	k.cases = slices.DeleteFunc(k.cases, func(c caseOf) bool { return c.paidBy(end) })
}

// caseOf is a refund with its record.
type caseOf struct {
	refundCase
	*kept
}

func (k *keeper) newRefund(c refundCase) Record {
	firm, before := k.firm(c.firm), k.period.Prev()
	own := c.firm%5 < 3
	r := Record{
		"refund_no": fmt.Sprintf("FH-%s-%s-%s", k.unit, k.period, k.number("refund", 6)), "unit_code": string(k.unit), "batch_no": fmt.Sprintf("FH-%s-%s-B%d", k.unit, k.period, c.batch),
		"enterprise_name": firm, "uscc": k.creditCode(c.firm), "tax_bureau": k.place() + "示例税务局", "levy_affiliation": k.place() + "示例总工会",
		"period_start": onDay(before.FirstDay()), "period_end": onDay(before.LastDay()), "tax_reported_payroll_cny": strconv.FormatInt(50*c.yuan, 10),
		"dues_payable_cny": strconv.FormatInt(c.yuan, 10), "dues_paid_cny": strconv.FormatInt(c.yuan, 10), "eligible_reason": k.pick([]string{"small_micro", "small_micro", "small_payer"}, "reason", firm),
		"refundable_amount": strconv.FormatInt(c.yuan, 10), "paying_account_name": firm, "paying_bank": "示例银行" + k.place() + "支行", "paying_account_no": k.bankAccount("1", c.firm),
		"has_own_union": "true", "union_name": firm + "工会委员会", "union_account_status": "no_account", "payee_account_type": "enterprise",
		"contact_name": k.person("contact", firm), "contact_phone": k.telephone(c.firm), "match_status": k.pick([]string{"matched", "matched", "matched", "matched_by_name"}, "match", firm),
		"review_status": "approved", "approved_on": onDay(c.approved), "payment_status": "unpaid", "source_note": label,
	}
	if own {
		r["union_account_status"], r["payee_account_type"], r["union_account_no"] = "own_account", "union", k.bankAccount("2", c.firm)
	}
	return r
}
