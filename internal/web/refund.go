package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// refundRoot is where refunds of dues are worked on, below their register.
const refundRoot = "/registers/dues_refunds"

// The forms of a refund's number and of that of a delivery or payment list.
const (
	refundPart = `:[A-Za-z0-9][A-Za-z0-9-]{0,59}`
	countPart  = `:[1-9][0-9]{0,8}`
)

// refundRoutes are the review of refunds, where they stand in the districts, deliveries of files, payment lists and the reconciliation.
func (s *site) refundRoutes() []route {
	const one, list = refundRoot + "/review/{refund" + refundPart + "}", refundRoot + "/batches/{batch" + countPart + "}"
	read, keep, all := whoMaySome(account.ReadRegisters), whoMaySome(account.KeepRegisters), whoMay(account.ReadRegisters)
	return []route{
		{"GET", refundRoot + "/review", read, s.listRefunds},
		{"GET", one, read, s.showRefund},
		{"POST", one, keep, s.decideRefund},
		{"POST", one + "/uncover", whoMaySome(account.Uncover), s.uncoverRefund},
		{"GET", refundRoot + "/districts", read, s.showRefundDistricts},
		{"GET", refundRoot + "/deliveries", all, s.listDeliveries},
		{"POST", refundRoot + "/deliveries", keep.upTo(refundUpload), s.takeDelivery},
		{"GET", refundRoot + "/deliveries/{delivery" + countPart + "}", all, s.showDelivery},
		{"GET", refundRoot + "/batches", all, s.listBatches},
		{"POST", refundRoot + "/batches", keep, s.drawBatch},
		{"GET", list, keep, s.showBatch},
		{"POST", list, keep, s.moveBatch},
		{"POST", list + "/answer", keep, s.answerBatch},
		{"POST", list + "/list", whoMaySome(account.Uncover), s.sendBatch},
		{"GET", refundRoot + "/reconciliation", all, s.showBalance},
	}
}

// refundWays answers the links between the pages of refunds, those that the reader may open.
func (s *site) refundWays(r *http.Request) (ways []link) {
	v := visitFrom(r)
	for _, one := range []struct {
		path, key string
		city      bool
	}{
		{"/review", "web.refund.review.title", false},
		{"/districts", "web.refund.districts", false},
		{"/deliveries", "web.refund.deliveries", true},
		{"/batches", "web.refund.batches", true},
		{"/reconciliation", "web.refund.balance", true},
	} {
		if one.city && !v.user.May(account.ReadRegisters, "") {
			continue
		}
		ways = append(ways, link{URL: refundRoot + one.path, Text: v.words.T(one.key), Current: r.URL.Path == refundRoot+one.path})
	}
	return append(ways, link{URL: refundRoot, Text: v.words.T("web.refund.register")})
}

// yuan writes fen as people read money: 12,400.00.
func yuan(fen int64) string { return i18n.Decimal(decimal.New(fen, -2)) }

// bits writes evidence with its sign.
func bits(x float64) string { return i18n.Signed(x, 1) }

// refundFilter is how a queue is narrowed; it stands in the address of the queue and of each refund that is opened from it.
type refundFilter struct {
	unit       assess.UnitCode
	state, why string
	delivery   int
}

// The filters of the queue that are no state.
const (
	waitsFilter = "waits"
	allFilter   = "all"
)

func refundFilterOf(q url.Values) refundFilter {
	n, _ := strconv.Atoi(q.Get("delivery"))
	return refundFilter{assess.UnitCode(q.Get("unit")), q.Get("state"), q.Get("why"), max(0, n)}
}

// query answers what the filter chooses, in the order of the queue.
func (f refundFilter) query() assess.RefundQuery {
	q := assess.RefundQuery{Why: f.why, Delivery: f.delivery, Queue: true}
	if f.unit != "" {
		q.Units = []assess.UnitCode{f.unit}
	}
	switch f.state {
	case "":
		q.States = []assess.RefundState{assess.RefundReview}
	case allFilter:
	case waitsFilter:
		q.Waits = true
	default:
		if q.States = stageStates(f.state); q.States == nil {
			q.States = []assess.RefundState{assess.RefundState(f.state)}
		}
	}
	return q
}

// String writes the filter as the query of an address, "" for the queue as it is.
func (f refundFilter) String() string {
	q := url.Values{}
	for name, value := range map[string]string{"unit": string(f.unit), "state": f.state, "why": f.why} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.delivery > 0 {
		q.Set("delivery", strconv.Itoa(f.delivery))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// refundStates are the states in the order in which a refund goes through them.
func refundStates() []assess.RefundState {
	return []assess.RefundState{
		assess.RefundReview, assess.RefundPostponed, assess.RefundNoUnion, assess.RefundRefused, assess.RefundApproved, assess.RefundBatched,
		assess.RefundSent, assess.RefundSettled, assess.RefundReturned, assess.RefundReversed,
	}
}

// refundTag answers the word of a state, and its class: what somebody has to do something about stands out.
func refundTag(v *visit, c *assess.RefundCase) (text, class string) {
	if c.Waits != "" {
		return v.words.T("web.refund.state.waits"), "open"
	}
	return v.words.T("web.refund.state." + string(c.State)), stateClass(c.State)
}

func stateClass(state assess.RefundState) string {
	switch state {
	case assess.RefundReview, assess.RefundPostponed, assess.RefundReturned:
		return "open"
	}
	return "done"
}

// refundWhy says in words why a refund is where it is.
func refundWhy(v *visit, why string) string {
	if key := "web.refund.why." + why; v.words.Has(key) {
		return v.words.T(key)
	}
	return why
}

// unitName answers what a district is called, — for none.
func refundUnit(v *visit, e *assess.Edition, unit assess.UnitCode) string {
	if unit == "" {
		return "—"
	}
	return v.called(e, "unit", string(unit))
}

// spokenStatus answers the status of a page that says what was wrong.
func spokenStatus(err error) int {
	if errors.Is(err, assess.ErrConflict) {
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}
