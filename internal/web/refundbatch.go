package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
)

// batchRow is a payment list.
type batchRow struct{ URL, No, At, By, Of, Count, Yuan, State, Class string }

// readyRow is what waits to be paid in a district.
type readyRow struct {
	Name, Count, Yuan string
	City              bool
}

// batchesBody is what the page of payment lists shows.
type batchesBody struct {
	Sentence, Fault, Blocked string
	Ways                     []link
	Ready                    []readyRow
	Units                    []option
	Rows                     []batchRow
	May                      bool
}

func batchPath(number int) string { return refundRoot + "/batches/" + strconv.Itoa(number) }

// batchNo is how people call a payment list.
func batchNo(number int) string { return fmt.Sprintf("P%04d", number) }

func (s *site) listBatches(w http.ResponseWriter, r *http.Request) error {
	return s.drawBatches(w, r, http.StatusOK, "")
}

func (s *site) drawBatches(w http.ResponseWriter, r *http.Request, status int, fault string) error {
	v, e := visitFrom(r), s.editionFor(r, nil)
	all, err := s.Refunds.Batches(r.Context(), v.user)
	if err != nil {
		return err
	}
	districts, err := s.Refunds.Districts(r.Context(), v.user, s.Now())
	if err != nil {
		return err
	}
	even, err := s.Refunds.Reconcile(r.Context(), v.user)
	if err != nil {
		return err
	}
	ready, held, err := s.Refunds.Ready(r.Context(), v.user)
	if err != nil {
		return err
	}
	body := batchesBody{Ways: s.refundWays(r), Fault: fault, May: s.Refunds.MayPay(v.user), Units: []option{{"", v.words.T("web.refund.city"), true}}}
	if !even.Even() {
		body.Blocked = v.words.T("web.refund.blocked")
	}
	var sum assess.RefundSum
	for i := range districts {
		one := ready[districts[i].Unit]
		if one.Cases == 0 {
			continue
		}
		sum = plus(sum, one)
		name := refundUnit(v, e, districts[i].Unit)
		body.Ready = append(body.Ready, readyRow{Name: name, Count: strconv.Itoa(one.Cases), Yuan: yuan(one.Refund)})
		if districts[i].Unit != "" {
			body.Units = append(body.Units, option{string(districts[i].Unit), name, false})
		}
	}
	if len(body.Ready) > 0 {
		body.Ready = append(body.Ready, readyRow{v.words.T("web.refund.total"), strconv.Itoa(sum.Cases), yuan(sum.Refund), true})
	}
	body.Sentence = v.words.T("web.refund.batches.sentence", "n", sum.Cases, "yuan", yuan(sum.Refund), "held", held)
	who := s.names(r.Context())
	for i := range all {
		b := &all[i]
		row := batchRow{
			URL: batchPath(b.Number), No: batchNo(b.Number), At: s.moment(b.At), By: who(b.By), Of: v.words.T("web.refund.city"), Count: strconv.Itoa(b.Count), Yuan: yuan(b.Fen),
		}
		if b.Unit != "" {
			row.Of = refundUnit(v, e, b.Unit)
		}
		row.State, row.Class = batchTag(v, b.State)
		if !body.May {
			row.URL = "" // its lines are for those who pay
		}
		body.Rows = append(body.Rows, row)
	}
	p := refundPage(v.words.T("web.refund.batches"), body)
	p.Wrong = fault != ""
	return s.render(w, r, status, "refundbatches", p)
}

func batchTag(v *visit, state string) (text, class string) {
	class = "open"
	if state == ledger.Closed || state == ledger.Dropped {
		class = "done"
	}
	return v.words.T("web.refund.batch." + state), class
}

// pays says no to whoever does not pay, and to fields that are none of the form.
func (s *site) pays(r *http.Request, fields ...string) error {
	if !s.Refunds.MayPay(visitFrom(r).user) {
		return errNoPermission()
	}
	return only(r, fields...)
}

// drawBatch makes a payment list of what waits.
func (s *site) drawBatch(w http.ResponseWriter, r *http.Request) error {
	if err := s.pays(r, "unit"); err != nil {
		return err
	}
	v := visitFrom(r)
	b, err := s.Refunds.Draw(r.Context(), assess.UnitCode(r.PostForm.Get("unit")), v.user, s.line(r, v.user, "", ""))
	if p, ok := spoken(err); ok {
		return s.drawBatches(w, r, spokenStatus(err), v.problem(p))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, batchPath(b.Number), http.StatusSeeOther)
	return nil
}

// batchLine is a refund on a payment list, its account covered.
type batchLine struct {
	Line, No, URL, Name, Unit, Payee, Holder, Account, Amount, State, Class, Note string
	Open                                                                          bool // the bank has not answered yet
}

// batchBody is what the page of one payment list shows.
type batchBody struct {
	Path, State, Class, Sentence, Fault, Rule, Today string
	Ways                                             []link
	Control                                          []labelled
	Actions                                          []option
	Typed                                            url.Values
	Download, Answering                              bool
	Lines                                            []batchLine
	Pages                                            []link
}

func (s *site) showBatch(w http.ResponseWriter, r *http.Request) error {
	return s.drawBatchPage(w, r, http.StatusOK, batchBody{Typed: url.Values{}})
}

func batchNumber(r *http.Request) int {
	n, _ := strconv.Atoi(mux.Vars(r)["batch"])
	return n
}

func (s *site) drawBatchPage(w http.ResponseWriter, r *http.Request, status int, body batchBody) error {
	v, e := visitFrom(r), s.editionFor(r, nil)
	list, err := s.Refunds.Batch(r.Context(), batchNumber(r), v.user)
	if err != nil {
		return err
	}
	who := s.names(r.Context())
	body.Path, body.Ways, body.Today = batchPath(list.Number), s.refundWays(r), s.Now().In(s.Location).Format(time.DateOnly)
	body.State, body.Class = batchTag(v, list.State)
	fact := func(key, text string) {
		body.Control = append(body.Control, labelled{Label: v.words.T("web.refund." + key), Text: text})
	}
	fact("count", strconv.Itoa(list.Count))
	fact("yuan", yuan(list.Fen))
	fact("made", s.moment(list.At)+" · "+who(list.By))
	if list.Bank != "" {
		fact("bankref", list.Bank)
		fact("sent", s.moment(list.SentAt)+" · "+who(list.SentBy))
	}
	sums := map[string]assess.RefundSum{}
	for i := range list.Lines {
		one := &list.Lines[i]
		sums[one.State] = plus(sums[one.State], assess.RefundSum{Cases: 1, Refund: one.Fen})
	}
	for _, state := range []string{ledger.Settled, ledger.Returned, ledger.Reversed} {
		if sum := sums[state]; sum.Cases > 0 {
			fact("state."+state, v.words.T("web.refund.tickets.sum", "n", sum.Cases, "yuan", yuan(sum.Refund)))
		}
	}
	body.Sentence = v.words.T("web.refund.batch.sentence", "n", list.Count, "yuan", yuan(list.Fen), "settled", sums[ledger.Settled].Cases, "returned", sums[ledger.Returned].Cases)
	body.Answering, body.Download = list.State == ledger.Sent, list.State != ledger.Dropped
	if list.State == ledger.Drawn {
		body.Actions = []option{{"send", v.words.T("web.refund.batch.send"), true}, {"drop", v.words.T("web.refund.batch.drop"), false}}
	}
	var lines []batchLine
	for i := range list.Lines {
		lines = append(lines, batchLineOf(v, e, &list.Lines[i]))
	}
	body.Lines, body.Pages = paged(v, lines, r.URL.Query().Get("page"))
	p := refundPage(v.words.T("web.refund.batch.title", "no", batchNo(list.Number)), body)
	p.Wrong = body.Fault != ""
	return s.render(w, r, status, "refundbatch", p)
}

func batchLineOf(v *visit, e *assess.Edition, p *ledger.PaymentLine) batchLine {
	line := batchLine{
		Line: strconv.Itoa(p.Line), No: p.Number, URL: refundRoot + "/review/" + p.Number, Name: p.Name, Unit: refundUnit(v, e, p.Unit), Payee: v.words.T("web.refund.payto." + p.PayTo),
		Holder: p.Owner, Account: cmp.Or(p.Account, "—"), Amount: yuan(p.Fen), State: v.words.T("web.refund.state." + p.State), Class: "done", Open: p.State == ledger.Sent,
		Note: strings.TrimSpace(p.Day + " " + p.Reason),
	}
	if p.State == ledger.Sent || p.State == ledger.Returned {
		line.Class = "open"
	}
	return line
}

// moveBatch sends a payment list to the bank, or drops it.
func (s *site) moveBatch(w http.ResponseWriter, r *http.Request) error {
	v, n := visitFrom(r), batchNumber(r)
	if err := s.pays(r, "do", "bank"); err != nil {
		return err
	}
	var err error
	switch r.PostForm.Get("do") {
	case "send":
		err = s.Refunds.Send(r.Context(), n, r.PostForm.Get("bank"), v.user, s.line(r, v.user, "", ""))
	case "drop":
		err = s.Refunds.Drop(r.Context(), n, v.user, s.line(r, v.user, "", ""))
	default:
		return errField("do")
	}
	return s.afterBatch(w, r, err)
}

// answerBatch takes what the bank says: of one line, or that all that wait have arrived.
func (s *site) answerBatch(w http.ResponseWriter, r *http.Request) error {
	if err := s.pays(r, "do", "line", "day", "reason"); err != nil {
		return err
	}
	v, form := visitFrom(r), r.PostForm
	var outcomes []ledger.Outcome
	switch do := form.Get("do"); do {
	case "all":
		list, err := s.Refunds.Batch(r.Context(), batchNumber(r), v.user)
		if err != nil {
			return err
		}
		for i := range list.Lines {
			if list.Lines[i].State == ledger.Sent {
				outcomes = append(outcomes, ledger.Outcome{Line: list.Lines[i].Line, Arrived: true, Day: form.Get("day")})
			}
		}
	case "settled", "returned":
		line, _ := strconv.Atoi(form.Get("line"))
		outcomes = []ledger.Outcome{{Line: line, Arrived: do == "settled", Day: form.Get("day"), Reason: form.Get("reason")}}
	default:
		return errField("do")
	}
	return s.afterBatch(w, r, s.Refunds.Settle(r.Context(), batchNumber(r), outcomes, v.user, s.line(r, v.user, "", "")))
}

// afterBatch leads back to the payment list, or says on it what was wrong.
func (s *site) afterBatch(w http.ResponseWriter, r *http.Request, err error) error {
	if p, ok := spoken(err); ok {
		return s.drawBatchPage(w, r, spokenStatus(err), batchBody{Fault: visitFrom(r).problem(p), Typed: r.PostForm})
	}
	if err != nil {
		return fmt.Errorf("payment list: %w", err)
	}
	http.Redirect(w, r, batchPath(batchNumber(r)), http.StatusSeeOther)
	return nil
}
