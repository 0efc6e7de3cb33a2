package web

import (
	"net/http"
	"net/url"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
)

// exemptBody are the marks of not applicable of a quarter.
type exemptBody struct {
	Path, Sentence, Fault string
	Ways, Periods         []link
	Marks, Lapsed         []markRow
	Choices               []choiceRow
	May                   bool
	Units, Indicators     []option
	Reason                string
}

// markRow is a mark.
type markRow struct{ Of, Indicator, Unit, Name, Items, Period, Reason, By, At string }

// choiceRow is an indicator that may be marked, with when.
type choiceRow struct{ Name, When string }

func (s *site) showExempt(w http.ResponseWriter, r *http.Request) error {
	return s.drawExempt(w, r, http.StatusOK, nil, "")
}

func (s *site) drawExempt(w http.ResponseWriter, r *http.Request, status int, typed url.Values, fault string) error {
	v, q := visitFrom(r), quarterOf(r)
	sheet, err := s.City.Exemptions(r.Context(), q)
	if err != nil {
		return err
	}
	body := exemptBody{
		Path: "/city/" + q.String() + "/exempt", Fault: fault, Ways: s.cityWays(r, q, "exempt"), May: v.user.May(account.Exempt, ""), Reason: typed.Get("reason"),
		Sentence: v.words.T("web.exempt.sentence", "period", v.words.Period(q.String()), "n", len(sheet.Marks), "lapsed", len(sheet.Lapsed)),
		Units:    []option{{Text: v.words.T("web.choose")}}, Indicators: []option{{Text: v.words.T("web.choose")}},
	}
	if body.Periods, err = s.collections(r, "/city/", q); err != nil {
		return err
	}
	for i := range body.Periods {
		body.Periods[i].URL += "/exempt"
	}
	who := s.names(r.Context())
	for _, m := range sheet.Marks {
		body.Marks = append(body.Marks, s.markRow(v, sheet, m, who))
	}
	for _, m := range sheet.Lapsed {
		body.Lapsed = append(body.Lapsed, s.markRow(v, sheet, m, who))
	}
	for _, n := range sheet.Choices {
		name := n.Name.In(v.lang())
		body.Choices = append(body.Choices, choiceRow{name, n.Indicator.WhenNot.In(v.lang())})
		body.Indicators = append(body.Indicators, option{string(n.Code), name, typed.Get("indicator") == string(n.Code)})
	}
	for _, u := range sheet.Units {
		body.Units = append(body.Units, option{string(u.Code), u.Name.In(v.lang()), typed.Get("of") == string(u.Code)})
	}
	return s.render(w, r, status, "exempt", page{Title: v.words.T("web.exempt.title", "period", v.words.Period(q.String())), Body: body, Wrong: fault != ""})
}

func (s *site) markRow(v *visit, sheet *city.ExemptSheet, m city.Mark, who func(string) string) markRow {
	var items []string
	for _, code := range m.Items {
		if item, ok := sheet.Edition.Item(code); ok {
			items = append(items, item.Name.In(v.lang()))
		}
	}
	return markRow{
		Of: string(m.Unit), Indicator: string(m.Node.Code), Unit: unitName(v, sheet.Edition, m.Unit), Name: m.Node.Name.In(v.lang()), Items: v.words.List(items),
		Period: v.words.Period(m.Period.String()), Reason: m.Reason, By: who(m.By), At: s.moment(m.Since.RecordedAt),
	}
}

// setExempt marks an indicator as not applicable to a unit.
func (s *site) setExempt(w http.ResponseWriter, r *http.Request) error { return s.mark(w, r, true) }

// liftExempt takes a mark back.
func (s *site) liftExempt(w http.ResponseWriter, r *http.Request) error { return s.mark(w, r, false) }

func (s *site) mark(w http.ResponseWriter, r *http.Request, set bool) error {
	if err := only(r, "of", "indicator", "reason"); err != nil {
		return err
	}
	do := s.City.Lift
	if set {
		do = s.City.Exempt
	}
	q, form := quarterOf(r), r.PostForm
	err := do(r.Context(), q, assess.UnitCode(form.Get("of")), assess.Code(form.Get("indicator")), form.Get("reason"), s.act(r))
	if p, status, ok := refusal(err); ok {
		return s.drawExempt(w, r, status, form, visitFrom(r).problem(p))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/city/"+q.String()+"/exempt", http.StatusSeeOther)
	return nil
}
