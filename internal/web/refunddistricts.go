package web

import (
	"net/http"
	"strconv"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/ledger"
)

// stage is a column of the state of the districts: the states it takes together, by the name that the queue filters by. paid says that what was
// paid is shown, since nothing is refunded.
type stage struct {
	name   string
	states []assess.RefundState
	paid   bool
}

// stages are the columns, in the order in which a refund goes through them.
func stages() []stage {
	return []stage{
		{"review", []assess.RefundState{assess.RefundReview}, false},
		{"postponed", []assess.RefundState{assess.RefundPostponed}, false},
		{"approved", []assess.RefundState{assess.RefundApproved}, false},
		{"paying", []assess.RefundState{assess.RefundBatched, assess.RefundSent}, false},
		{"settled", []assess.RefundState{assess.RefundSettled}, false},
		{"returned", []assess.RefundState{assess.RefundReturned}, false},
		{"no_union", []assess.RefundState{assess.RefundNoUnion}, true},
		{"over", []assess.RefundState{assess.RefundRefused, assess.RefundReversed}, true},
	}
}

// stageStates answers the states of a column of several, nil for what is one state.
func stageStates(name string) []assess.RefundState {
	for _, one := range stages() {
		if one.name == name && len(one.states) > 1 {
			return one.states
		}
	}
	return nil
}

// stageCell is how many refunds stand there, and their yuan.
type stageCell struct{ Count, Yuan, URL string }

// districtRow is a district, or the city.
type districtRow struct {
	Name, Rate, Timely, Days string
	Cells                    []stageCell
	City                     bool
}

// districtsBody is what the page of the districts shows.
type districtsBody struct {
	Sentence string
	Ways     []link
	Stages   []labelled // name, and what its amounts are
	Rows     []districtRow
}

// showRefundDistricts shows where the enterprises of each district stand, with the rate of refund and how much of it was in time.
func (s *site) showRefundDistricts(w http.ResponseWriter, r *http.Request) error {
	v, e := visitFrom(r), s.editionFor(r, nil)
	all, err := s.Refunds.Districts(r.Context(), v.user, s.Now())
	if err != nil {
		return err
	}
	body := districtsBody{Ways: s.refundWays(r)}
	for _, one := range stages() {
		of := "web.refund.yuan"
		if one.paid {
			of = "web.refund.paid"
		}
		body.Stages = append(body.Stages, labelled{Label: v.words.T("web.refund.state." + one.name), Text: v.words.T(of)})
	}
	city := ledger.District{States: map[assess.RefundState]assess.RefundSum{}, MedianDays: -1}
	for i := range all {
		d := &all[i]
		row := districtRowOf(v, d)
		row.Name = refundUnit(v, e, d.Unit)
		if d.Unit == "" {
			row.Name = v.words.T("web.refund.nodistrict")
		}
		body.Rows = append(body.Rows, row)
		city.Eligible, city.Settled, city.Due, city.OnTime = city.Eligible+d.Eligible, city.Settled+d.Settled, city.Due+d.Due, city.OnTime+d.OnTime
		for state, sum := range d.States {
			city.States[state] = plus(city.States[state], sum)
		}
	}
	if v.user.May(account.ReadRegisters, "") {
		row := districtRowOf(v, &city)
		row.Name, row.City, row.Days = v.words.T("web.refund.city"), true, "—"
		body.Rows = append(body.Rows, row)
	}
	body.Sentence = v.words.T("web.refund.districts.none")
	if len(city.States) > 0 {
		body.Sentence = v.words.T("web.refund.districts.sentence", "rate", share(city.Settled, city.Eligible), "due", yuan(city.Eligible), "paid", yuan(city.Settled),
			"review", city.States[assess.RefundReview].Cases, "open", city.States[assess.RefundApproved].Cases)
	}
	return s.render(w, r, http.StatusOK, "refunddistricts", refundPage(v.words.T("web.refund.districts.title"), body))
}

func plus(a, b assess.RefundSum) assess.RefundSum {
	a.Cases, a.Paid, a.Refund = a.Cases+b.Cases, a.Paid+b.Paid, a.Refund+b.Refund
	return a
}

func districtRowOf(v *visit, d *ledger.District) districtRow {
	row := districtRow{Rate: share(d.Settled, d.Eligible), Timely: share(int64(d.OnTime), int64(d.Due)), Days: "—"}
	if d.MedianDays >= 0 {
		row.Days = strconv.Itoa(d.MedianDays)
	}
	for _, one := range stages() {
		var sum assess.RefundSum
		for _, state := range one.states {
			sum = plus(sum, d.States[state])
		}
		cell := stageCell{Count: strconv.Itoa(sum.Cases), Yuan: yuan(sum.Refund)}
		if one.paid {
			cell.Yuan = yuan(sum.Paid)
		}
		if sum.Cases > 0 {
			f := refundFilter{unit: d.Unit, state: one.name}
			if one.name == string(assess.RefundReview) {
				f.state = ""
			}
			cell.URL = refundRoot + "/review" + f.String()
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// share writes a part of a whole in percent, — where there is no whole.
func share(part, of int64) string {
	if of == 0 {
		return "—"
	}
	return i18n.Percent(float64(part) * 100 / float64(of))
}
