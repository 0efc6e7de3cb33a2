package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/refund"
)

// refundRow is a refund in the queue.
type refundRow struct{ URL, No, Name, Unit, Union, Why, Amount, Score, Age, State, Class string }

// refundsBody is what the queue shows.
type refundsBody struct {
	Unit, Sentence, Done, Fault, Empty string
	Ways, Pages                        []link
	Units, States, Whys                []option // Units is empty for a reader of one district
	Rows                               []refundRow
	Delivery                           string
}

// listRefunds shows the queue of refunds: what is worth most and is least sure comes first.
func (s *site) listRefunds(w http.ResponseWriter, r *http.Request) error {
	v, e := visitFrom(r), s.editionFor(r, nil)
	f := refundFilterOf(r.URL.Query())
	q := f.query()
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	page = max(1, page)
	q.Limit, q.Offset = pageRows, (page-1)*pageRows
	all, n, err := s.Refunds.Cases(r.Context(), q, v.user)
	if err != nil {
		return err
	}
	body := refundsBody{Ways: s.refundWays(r), Pages: pagesOf(v, n, page), Empty: v.words.T("web.refund.review.empty")}
	if s.popDone(r, r.URL.Path) > 0 {
		body.Done = v.words.T("web.refund.review.last")
	}
	if body.Sentence, err = s.refundSentence(r, v); err != nil {
		return err
	}
	for i := range all {
		body.Rows = append(body.Rows, s.refundRow(v, e, &all[i], f))
	}
	s.refundChoices(v, e, f, &body)
	return s.render(w, r, http.StatusOK, "refundqueue", refundPage(v.words.T("web.refund.review.title"), body))
}

// refundPage is a page of refunds.
func refundPage(title string, body any) page {
	return page{Title: title, Body: body, Style: "refund.css"}
}

// pagesOf answers the links to the pages of a list of n rows, none where one page is enough.
func pagesOf(v *visit, n, at int) (links []link) {
	last := (n + pageRows - 1) / pageRows
	if last < 2 {
		return nil
	}
	for i := 1; i <= last; i++ {
		if near := i == 1 || i == last || i >= at-3 && i <= at+3; near {
			links = append(links, link{URL: v.with("page", strconv.Itoa(i)), Text: strconv.Itoa(i), Current: i == at})
		}
	}
	return links
}

// refundSentence says how many refunds wait for the reader.
func (s *site) refundSentence(r *http.Request, v *visit) (string, error) {
	_, n, err := s.Refunds.Cases(r.Context(), assess.RefundQuery{States: []assess.RefundState{assess.RefundReview}, Limit: 1}, v.user)
	if err != nil || n == 0 {
		return v.words.T("web.refund.review.none"), err
	}
	return v.words.T("web.refund.review.sentence", "n", n), nil
}

func (s *site) refundRow(v *visit, e *assess.Edition, c *ledger.Case, f refundFilter) refundRow {
	row := refundRow{
		URL: refundRoot + "/review/" + c.Number + f.String(), No: c.Number, Name: c.Name, Unit: refundUnit(v, e, c.Unit), Union: c.Union, Why: refundWhy(v, c.Why),
		Amount: yuan(c.Refund), Age: v.words.T("web.refund.days_n", "n", int(s.Now().Sub(c.Made)/(24*time.Hour))),
	}
	if row.State, row.Class = refundTag(v, &c.RefundCase); c.Score != 0 {
		row.Score = bits(c.Score)
	}
	if row.Name == "" {
		row.Name = c.Number
	}
	return row
}

// refundChoices are the lists of the filter.
func (s *site) refundChoices(v *visit, e *assess.Edition, f refundFilter, body *refundsBody) {
	if v.user.May(account.ReadRegisters, "") {
		body.Units = []option{{"", v.words.T("web.all"), f.unit == ""}}
		if e != nil {
			for _, u := range e.Roster.Units {
				body.Units = append(body.Units, option{string(u.Code), u.Name.In(v.lang()), u.Code == f.unit})
			}
		}
	} else {
		body.Unit = refundUnit(v, e, v.user.Unit)
	}
	body.States = []option{{"", v.words.T("web.refund.state.review"), f.state == ""}, {waitsFilter, v.words.T("web.refund.state.waits"), f.state == waitsFilter}}
	for _, state := range refundStates()[1:] {
		body.States = append(body.States, option{string(state), v.words.T("web.refund.state." + string(state)), f.state == string(state)})
	}
	body.States = append(body.States, option{allFilter, v.words.T("web.all"), f.state == allFilter})
	body.Whys = []option{{"", v.words.T("web.all"), f.why == ""}}
	for _, why := range reviewed() {
		body.Whys = append(body.Whys, option{string(why), refundWhy(v, string(why)), f.why == string(why)})
	}
	if f.delivery > 0 {
		body.Delivery = strconv.Itoa(f.delivery)
	}
}

// reviewed are the reasons for which a person decides.
func reviewed() []refund.Why {
	return []refund.Why{
		refund.WhyAmbiguous, refund.WhyTwoUnions, refund.WhyWeak, refund.WhyOpposed, refund.WhyCopied, refund.WhyName, refund.WhyBranch, refund.WhyTail, refund.WhyUnsure,
		refund.WhyConflict, refund.WhyTaken, refund.WhyDistrict, refund.WhyTicket, refund.WhyNegative, refund.WhyIncomplete, refund.WhyNoTicket, refund.WhyMatched,
	}
}
