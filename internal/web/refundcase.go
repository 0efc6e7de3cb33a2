package web

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
)

// sideRow is a field of both records side by side.
type sideRow struct {
	Label, Sign, Verdict, Class, Shared, Bits string
	Tax, Union                                []signs
}

// labelled is a fact with its name; Digest is the SHA-256 of a file.
type labelled struct{ Label, Text, Digest string }

// wayStep is something that happened, by whom and when.
type wayStep struct{ Text, At, By, Note string }

// refundCandidate is a union that a refund could be decided for.
type refundCandidate struct {
	ID, Name, Of, Code, District, Behind string
	Chosen                               bool
}

// refundTicket is a payment of the same taxpayer.
type refundTicket struct {
	No, URL, Paid, Amount, State, Class, Year string
	Own                                       bool
}

// refundBody is what the page of one refund shows.
type refundBody struct {
	No, Path, Query, Unit, State, Class, Sentence, Done, Fault, Score, Moved, Rule string
	Ways                                                                           []link
	Warnings                                                                       []string
	Sides                                                                          []sideRow
	RunnerUp                                                                       *refundCandidate
	Affiliation                                                                    []string
	Money                                                                          []labelled
	Tickets                                                                        []refundTicket
	TicketsSum                                                                     string
	Way                                                                            []wayStep
	Answers                                                                        []option
	Accounts                                                                       bool // the form asks for an account
	Find                                                                           string
	Finds, Found                                                                   bool     // another union can be looked for, and some were found
	Keep                                                                           []option // of the filter, for the form that looks for one
	Candidates                                                                     []refundCandidate
	Typed                                                                          url.Values
	Version                                                                        int
	Covered                                                                        []option // what can be uncovered
	Uncovered, UncoveredOf, Reason                                                 string
	UncoverFault                                                                   string
	Previous, Next, Position, Queue                                                string
	Record                                                                         string
}

func (s *site) showRefund(w http.ResponseWriter, r *http.Request) error {
	return s.drawRefund(w, r, http.StatusOK, refundBody{Typed: url.Values{}})
}

// drawRefund shows the refund of the address; what is set in the body is kept.
func (s *site) drawRefund(w http.ResponseWriter, r *http.Request, status int, body refundBody) error {
	v, e := visitFrom(r), s.editionFor(r, nil)
	f := refundFilterOf(r.URL.Query())
	d, err := s.Refunds.Dossier(r.Context(), mux.Vars(r)["refund"], v.user)
	if err != nil {
		return err
	}
	body.No, body.Path, body.Query, body.Unit = d.Number, refundRoot+"/review/"+d.Number, f.String(), refundUnit(v, e, d.Unit)
	body.Ways, body.Queue, body.Version = s.refundWays(r), refundRoot+"/review"+f.String(), d.Version
	body.State, body.Class = refundTag(v, &d.RefundCase)
	body.Record = "/registers/dues_refunds/records/" + d.Record
	if s.popDone(r, body.Path) > 0 {
		body.Done = v.words.T("web.refund.review.done")
	}
	body.Sides = refundSides(v, e, d)
	body.Sentence = refundSentenceOf(v, d, body.Sides)
	for _, field := range []string{"phone", "account", "address"} {
		if n := d.Shared[field]; n > 0 {
			body.Warnings = append(body.Warnings, v.words.T("web.refund.shared.warning", "field", v.words.T("web.refund.field."+field), "n", n))
		}
	}
	if d.ConsentMissing {
		body.Warnings = append(body.Warnings, v.words.T("web.refund.consent"))
	}
	if d.Evidence.Union != nil {
		body.Score = v.words.T("web.refund.score.of", "n", bits(d.Score))
	}
	s.refundAround(v, e, d, &body)
	s.refundWay(r, v, d, &body)
	if err := s.refundForm(r, v, e, d, &body); err != nil {
		return err
	}
	p, err := s.Refunds.Position(r.Context(), f.query(), d.Number, v.user)
	if err != nil {
		return err
	}
	if p.Before != "" {
		body.Previous = refundRoot + "/review/" + p.Before + f.String()
	}
	if p.Behind != "" {
		body.Next = refundRoot + "/review/" + p.Behind + f.String()
	}
	if p.At > 0 {
		body.Position = v.words.T("web.refund.position", "at", p.At, "n", p.Of)
	}
	return s.render(w, r, status, "refundcase", refundPage(cmp.Or(d.Name, d.Number), body))
}

// refundSides sets the two records side by side, with the verdict in words.
func refundSides(v *visit, e *assess.Edition, d *ledger.Dossier) (rows []sideRow) {
	tax, union := d.Tax, ledger.Side{}
	if d.Evidence.Union != nil {
		union = *d.Evidence.Union
	}
	name := func(code string) string {
		if u, ok := unitOf(e, code); ok {
			return u.Name.In(v.lang())
		}
		return code
	}
	one := func(field, a, b string, of ...string) {
		if a == "" && b == "" {
			return
		}
		rows = append(rows, sideOf(v, field, a, b, d, of...))
	}
	one("core", tax.Name, union.Name, "core", "place", "form", "branch")
	one("code", tax.Code, union.Code, "code")
	one("person", tax.Person, union.Person, "person")
	one("phone", tax.Phone, union.Phone, "phone")
	one("address", tax.Address, union.Address, "address")
	one("district", name(tax.District), name(union.District), "district")
	one("account", tax.Account, union.Account, "account")
	one("holder", tax.AccountOwner, union.AccountOwner)
	one("contact", tax.Contact, union.Contact)
	return rows
}

// sideOf is one field of both records; of are the kinds of evidence that it gives, the first the field's own. What is covered on both sides looks
// alike more often than it is: there the evidence says whether it is the same.
func sideOf(v *visit, field, a, b string, d *ledger.Dossier, of ...string) sideRow {
	row := sideRow{Label: v.words.T("web.refund.field." + field)}
	row.Tax, row.Union = differing(a, b)
	sum, known := 0.0, false
	var parts []string
	for i, kind := range of {
		x, ok := d.Bits[kind]
		if !ok {
			continue
		}
		sum, known = sum+x, true
		if i > 0 && math.Abs(x) >= 0.05 {
			parts = append(parts, v.words.T("web.refund.field."+kind)+" "+bits(x))
		}
	}
	if known {
		row.Bits = bits(sum)
	}
	verdict := "weak"
	switch {
	case a == "" || b == "":
		verdict = "lacking"
	case !known && a == b:
		verdict = "same"
	case !known:
		verdict = "off"
	case sum >= leastBits && a == b:
		verdict = "same"
	case sum >= leastBits:
		verdict = "near"
	case sum <= -leastBits:
		verdict = "off"
	}
	if len(of) == 0 && a != "" && b != "" && a != b {
		verdict = "weak" // nothing hangs on it
	}
	row.Verdict, row.Class = v.words.T("web.refund.verdict."+verdict), verdict
	row.Sign = map[string]string{"same": "=", "near": "≈", "off": "≠"}[verdict]
	if n := d.Shared[field]; n > 0 {
		parts = append(parts, v.words.T("web.refund.shared", "n", n))
	}
	row.Shared = strings.Join(parts, " · ")
	return row
}

// leastBits is from how much evidence on a field speaks for or against.
const leastBits = 0.5

func unitOf(e *assess.Edition, code string) (assess.Unit, bool) {
	if e == nil {
		return assess.Unit{}, false
	}
	return e.Roster.Unit(assess.UnitCode(code))
}

// refundSentenceOf says in a sentence what there is to decide.
func refundSentenceOf(v *visit, d *ledger.Dossier, sides []sideRow) string {
	by := map[string][]string{}
	for _, row := range sides {
		by[row.Class] = append(by[row.Class], row.Label)
	}
	listed := func(class string) string {
		if len(by[class]) == 0 {
			return v.words.T("web.refund.nothing")
		}
		return strings.Join(by[class], v.words.T("web.refund.and"))
	}
	if d.Evidence.Union == nil {
		return v.words.T("web.refund.sentence.none", "yuan", yuan(d.Refund), "why", refundWhy(v, d.Why))
	}
	return v.words.T("web.refund.sentence", "yuan", yuan(d.Refund), "why", refundWhy(v, d.Why), "same", listed("same"), "near", listed("near"), "off", listed("off"))
}

// refundAround is what stands around the two records: the runner-up, the affiliation, money and tickets.
func (s *site) refundAround(v *visit, e *assess.Edition, d *ledger.Dossier, body *refundBody) {
	if d.RunnerUp != nil {
		body.RunnerUp = &refundCandidate{
			ID: d.RunnerUp.ID, Name: cmp.Or(d.RunnerUp.Union, d.RunnerUp.Name), Of: d.RunnerUp.Name, Code: d.RunnerUp.Code, District: refundUnit(v, e, assess.UnitCode(d.RunnerUp.District)),
			Behind: v.words.T("web.refund.behind.bits", "n", strconv.FormatFloat(d.Ahead, 'f', 1, 64)),
		}
	}
	if u := d.Evidence.Union; u != nil {
		body.Affiliation = []string{cmp.Or(u.Union, u.Name)}
		for _, above := range d.Path {
			body.Affiliation = append(body.Affiliation, above.Name)
		}
	}
	if d.Moved {
		body.Moved = v.words.T("web.refund.moved", "tax", refundUnit(v, e, assess.UnitCode(d.Tax.District)), "union", refundUnit(v, e, assess.UnitCode(d.District)))
	}
	fact := func(key, text string) {
		if text != "" {
			body.Money = append(body.Money, labelled{Label: v.words.T("web.refund." + key), Text: text})
		}
	}
	fact("money.ticket", yuan(d.Paid))
	fact("money.refund", yuan(d.Refund))
	fact("money.payto", v.words.T("web.refund.payto."+d.PayTo))
	fact("money.account", d.Payee.Account)
	fact("money.holder", d.Payee.Owner)
	if d.Proposed != nil {
		fact("money.proposed", d.Proposed.Account+" "+d.Proposed.Owner)
	}
	if d.Rule != "" {
		fact("money.rule", v.words.T("web.refund.rule."+strings.ToLower(d.Rule)))
	}
	fact("ticket", d.TicketNo)
	fact("period", strings.Trim(d.Tax.From+" – "+d.Tax.To, " –"))
	fact("paid_on", d.Tax.Paid)
	fact("office", d.Tax.Office)
	var sum int64
	for i := range d.Others {
		o := &d.Others[i]
		t := refundTicket{No: o.Number, Paid: yuan(o.Paid), Amount: yuan(o.Refund), Year: cmp.Or(o.Year, "—"), Own: o.Number == d.Number}
		if t.State, t.Class = refundTag(v, o); !t.Own {
			t.URL = refundRoot + "/review/" + o.Number
		}
		sum += o.Paid
		body.Tickets = append(body.Tickets, t)
	}
	body.TicketsSum = v.words.T("web.refund.tickets.sum", "n", len(d.Others), "yuan", yuan(sum))
}

// refundWay is what happened so far: decisions, bookings, attempts to pay.
func (s *site) refundWay(r *http.Request, v *visit, d *ledger.Dossier, body *refundBody) {
	who := s.names(r.Context())
	for i := range d.Decisions {
		one := &d.Decisions[i]
		body.Way = append(body.Way, wayStep{v.words.T("web.refund.step." + one.Answer), s.moment(one.At), who(one.By), strings.TrimSpace(one.UnionID + " " + one.Reason)})
	}
	for i := range d.Bookings {
		one := &d.Bookings[i]
		body.Way = append(body.Way, wayStep{v.words.T("web.refund.booked."+one.Kind, "yuan", yuan(one.Fen)), s.moment(one.At), who(one.By), one.Reason})
	}
	for i := range d.Attempts {
		one := &d.Attempts[i]
		body.Way = append(body.Way, wayStep{
			v.words.T("web.refund.attempt", "no", one.Batch, "line", one.Line, "state", v.words.T("web.refund.state."+one.State)), cmp.Or(one.Day, "—"), "", one.Reason,
		})
	}
}

// refundForm is what the reader may answer now.
func (s *site) refundForm(r *http.Request, v *visit, e *assess.Edition, d *ledger.Dossier, body *refundBody) error {
	for _, a := range answersOf(d) {
		body.Answers = append(body.Answers, option{string(a), v.words.T("web.refund.do." + string(a)), body.Typed.Get("do") == string(a)})
		body.Accounts = body.Accounts || a == ledger.AnswerAccount
		body.Finds = body.Finds || a == ledger.AnswerAnother
	}
	switch {
	case d.Waits != "" && d.Mine:
		body.Rule = v.words.T("web.refund.waits.mine", "what", v.words.T("web.refund.do."+d.Waits))
	case d.Waits != "":
		body.Rule = v.words.T("web.refund.waits", "what", v.words.T("web.refund.do."+d.Waits))
	}
	for _, name := range []string{"unit", "state", "why", "delivery"} {
		if value := r.URL.Query().Get(name); value != "" {
			body.Keep = append(body.Keep, option{Value: name, Text: value})
		}
	}
	if body.Find = strings.TrimSpace(r.URL.Query().Get("find")); body.Finds {
		if err := s.refundCandidates(r, v, e, d, body); err != nil {
			return err
		}
	}
	s.coveredOf(v, d, body)
	return nil
}

// answersOf are the answers that are open to the reader, in the order of the form.
func answersOf(d *ledger.Dossier) (all []ledger.Answer) {
	switch {
	case d.Waits != "" && (d.MayDecide || d.MayPay):
		if !d.Mine {
			all = append(all, ledger.AnswerConfirm)
		}
		return append(all, ledger.AnswerWithdraw)
	case (d.State == assess.RefundReview || d.State == assess.RefundPostponed) && d.MayDecide:
		if d.UnionID != "" {
			all = append(all, ledger.AnswerThis)
		}
		return append(all, ledger.AnswerAnother, ledger.AnswerNone, ledger.AnswerRefuse, ledger.AnswerPostpone)
	case d.State == assess.RefundNoUnion && d.MayDecide: // a lead that turned out to have one
		return []ledger.Answer{ledger.AnswerAnother, ledger.AnswerRefuse, ledger.AnswerPostpone}
	case d.State == assess.RefundRefused && d.MayDecide: // by a slip of the hand, or by a policy that is another by now
		if d.UnionID != "" {
			all = append(all, ledger.AnswerThis)
		}
		return append(all, ledger.AnswerAnother)
	case d.State == assess.RefundApproved && d.Why == ledger.WhyTicket && d.MayDecide: // booked, and brought again with another amount
		return []ledger.Answer{ledger.AnswerThis, ledger.AnswerAccount, ledger.AnswerReverse}
	case (d.State == assess.RefundApproved || d.State == assess.RefundReturned) && (d.MayDecide || d.MayPay):
		return []ledger.Answer{ledger.AnswerAccount, ledger.AnswerReverse}
	case d.State == assess.RefundSettled && (d.MayDecide || d.MayPay):
		return []ledger.Answer{ledger.AnswerReverse}
	}
	return nil
}

// refundCandidates are the other unions that can be chosen: the runner-up, and those that were looked for.
func (s *site) refundCandidates(r *http.Request, v *visit, e *assess.Edition, d *ledger.Dossier, body *refundBody) error {
	chosen := body.Typed.Get("union")
	if body.RunnerUp != nil && d.RunnerUp.District == d.District { // refunds are never decided across districts
		one := *body.RunnerUp
		one.Chosen = one.ID == chosen
		body.Candidates = append(body.Candidates, one)
	}
	found, err := s.Refunds.Unions(r.Context(), d.Number, body.Find, v.user)
	if err != nil {
		return err
	}
	for i := range found {
		u := &found[i]
		if u.ID == d.UnionID || body.RunnerUp != nil && u.ID == body.RunnerUp.ID {
			continue
		}
		body.Found = true
		body.Candidates = append(body.Candidates, refundCandidate{ID: u.ID, Name: u.Name, Of: u.Of, Code: u.Code, District: refundUnit(v, e, u.Unit), Chosen: u.ID == chosen})
	}
	return nil
}

// decideRefund takes an answer, and leads on to the next refund of the queue.
func (s *site) decideRefund(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "version", "do", "union", "account", "owner", "bank", "note"); err != nil {
		return err
	}
	v, f := visitFrom(r), refundFilterOf(r.URL.Query())
	number, form := mux.Vars(r)["refund"], r.PostForm
	version, _ := strconv.Atoi(form.Get("version"))
	next, err := s.Refunds.Position(r.Context(), f.query(), number, v.user) // before it leaves the queue
	if err != nil {
		return err
	}
	answer := ledger.Decision{Number: number, Version: version, Answer: ledger.Answer(form.Get("do")), Union: form.Get("union"), Reason: strings.TrimSpace(form.Get("note"))}
	if answer.Answer == ledger.AnswerAccount {
		answer.Account = ledger.Payee{Account: form.Get("account"), Owner: form.Get("owner"), Bank: form.Get("bank")}
	}
	if answer.Answer != ledger.AnswerAnother {
		answer.Union = ""
	}
	_, err = s.Refunds.Decide(r.Context(), answer, v.user, s.line(r, v.user, "", ""))
	if p, ok := spoken(err); ok {
		form.Del("account") // a number that was typed is not written back into a page
		return s.drawRefund(w, r, spokenStatus(err), refundBody{Fault: v.problem(p), Typed: form})
	}
	if err != nil {
		return fmt.Errorf("decide about a refund: %w", err)
	}
	to := refundRoot + "/review"
	switch {
	case next.Behind != "":
		to += "/" + next.Behind
	case next.Before != "":
		to += "/" + next.Before
	}
	s.putDone(r, to, 1)
	http.Redirect(w, r, to+f.String(), http.StatusSeeOther)
	return nil
}
