package web

import (
	"net/http"
	"net/url"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// showForms leads to the form whose collection is open, else the newest. Who reads the forms of every district chooses one.
func (s *site) showForms(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r)
	p, err := s.collecting(r)
	if err != nil {
		return err
	}
	if v.user.May(account.ReadDrafts, v.user.Unit) && v.user.Unit != "" {
		http.Redirect(w, r, "/fill/"+p.String(), http.StatusSeeOther)
		return nil
	}
	sheet, err := s.Board.Sheet(r.Context(), p)
	if err != nil {
		return err
	}
	body := struct {
		Quarters []link
		Rows     []formRow
	}{}
	if body.Quarters, err = s.collections(r, "/fill?q=", p); err != nil {
		return err
	}
	states := map[assess.UnitCode]assess.FilingState{}
	for _, f := range sheet.Filings {
		states[f.Unit] = f.State
	}
	for _, u := range sheet.Edition.Roster.Units {
		state := states[u.Code]
		if state == "" {
			state = assess.NotStarted
		}
		body.Rows = append(body.Rows, formRow{
			link:  link{URL: "/fill/" + p.String() + "?" + url.Values{"unit": {string(u.Code)}}.Encode(), Text: u.Name.In(v.lang())},
			State: v.words.T("filing." + string(state)), Class: filingClass(state),
		})
	}
	return s.render(w, r, http.StatusOK, "forms", page{Title: v.words.T("fill.forms", "period", v.words.Period(p.String())), Body: body})
}

// formRow is the form of a district in the list of all of them.
type formRow struct {
	link
	State, Class string
}
