package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
)

// cityBody is what the city owes of a quarter.
type cityBody struct {
	Sentence, Until, Cases, CasesURL string
	Ways, Periods                    []link
	Rows                             []cityRow
}

// cityRow is a department of the overview.
type cityRow struct {
	Name, URL, Items, People, Last string
	city.Counts
	Open         int
	Own          bool
	State, Class string // in words
}

// showCity draws what the city owes of a quarter, by department.
func (s *site) showCity(w http.ResponseWriter, r *http.Request) error {
	v, q := visitFrom(r), quarterOf(r)
	o, err := s.City.Overview(r.Context(), q, s.Now())
	if err != nil {
		return err
	}
	body := cityBody{
		Ways: s.cityWays(r, q, "figures"), Until: v.words.T("web.city.until", "date", v.words.Date(o.Until.In(s.Location))),
		Sentence: v.words.T("web.city.sentence", "period", v.words.Period(q.String()), "due", o.Due, "done", o.Done, "waiting", o.Waiting, "open", o.Open()),
	}
	if o.Open() == 0 && o.Waiting == 0 {
		body.Sentence = v.words.T("web.city.complete", "period", v.words.Period(q.String()), "due", o.Due)
	}
	if o.Cases > 0 {
		body.Cases = v.words.T("web.city.cases", "n", o.Cases)
		body.CasesURL = "/city/" + strconv.Itoa(q.CalendarYear()) + "/points"
	}
	if body.Periods, err = s.collections(r, "/city/", q); err != nil {
		return err
	}
	for _, d := range o.Departments {
		body.Rows = append(body.Rows, s.cityRow(v, q, d))
	}
	return s.render(w, r, http.StatusOK, "city", page{Title: v.words.T("web.city.title", "period", v.words.Period(q.String())), Body: body})
}

func (s *site) cityRow(v *visit, q assess.Period, d city.Owed) cityRow {
	row := cityRow{
		Name: d.Department.Name.In(v.lang()), URL: "/city/" + q.String() + "/" + url.PathEscape(string(d.Department.Code)), Counts: d.Counts, Open: d.Open(),
		Own: v.user.May(account.SupplyCity, "", d.Department.Code), People: "—", Last: "—", Class: "open", State: v.words.T("web.city.state.open"),
	}
	switch {
	case d.Due == 0:
		row.Class, row.State = "done", v.words.T("web.city.state.none")
	case d.Open() == 0 && d.Waiting == 0:
		row.Class, row.State = "done", v.words.T("web.city.state.done")
	case d.Open() == 0:
		row.Class, row.State = "", v.words.T("web.city.state.waiting")
	case d.Done+d.Waiting+d.Typed > 0:
		row.Class, row.State = "", v.words.T("web.city.state.begun")
	}
	var items, people []string
	for _, c := range d.Columns {
		if c.Due {
			items = append(items, c.Item.Name.In(v.lang()))
		}
	}
	row.Items = v.words.List(items)
	if len(items) == 0 {
		row.Items = "—"
	}
	for _, u := range d.People {
		people = append(people, u.DisplayName)
	}
	if len(people) > 0 {
		row.People = v.words.List(people)
	}
	if !d.Last.RecordedAt.IsZero() {
		row.Last = s.moment(d.Last.RecordedAt)
	}
	return row
}
