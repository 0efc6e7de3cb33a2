package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/cycle"
)

// saveCityForm keeps what was typed, hands it in when that was asked for, or shows a pasted column in its fields.
func (s *site) saveCityForm(w http.ResponseWriter, r *http.Request) error {
	f, err := s.cityForm(r)
	if err != nil {
		return err
	}
	if err := only(r, cityFields(f)...); err != nil {
		return err
	}
	if r.PostForm.Get("do") == "paste" {
		return s.pasteCity(w, r, f)
	}
	saves, err := citySaves(f, r.PostForm)
	if err != nil {
		return err
	}
	act := s.act(r)
	conflicts, err := s.City.Save(r.Context(), f.Quarter, f.Department.Code, saves, act)
	if p, status, ok := refusal(err); ok {
		return s.drawCityForm(w, r, status, f, cityTyped{values: r.PostForm, fault: visitFrom(r).problem(p)})
	}
	if err != nil {
		return err
	}
	if len(conflicts) > 0 {
		return s.afterConflict(w, r, conflicts)
	}
	if r.PostForm.Get("do") != "hand_in" {
		http.Redirect(w, r, r.URL.Path+"?done=saved", http.StatusSeeOther)
		return nil
	}
	handed, err := s.City.HandIn(r.Context(), f.Quarter, f.Department.Code, r.PostForm.Get("reason"), act)
	if p, status, ok := refusal(err); ok {
		if f, err = s.cityForm(r); err != nil { // what was typed is kept by now, and the rules have looked at it
			return err
		}
		return s.drawCityForm(w, r, status, f, cityTyped{values: url.Values{"reason": {r.PostForm.Get("reason")}}, fault: visitFrom(r).problem(p)})
	}
	if err != nil {
		return err
	}
	done := url.Values{"done": {"handed"}, "n": {strconv.Itoa(handed.Accepted)}, "w": {strconv.Itoa(handed.Waiting)}}
	http.Redirect(w, r, r.URL.Path+"?"+done.Encode(), http.StatusSeeOther)
	return nil
}

// afterConflict shows the form as it is now, with what somebody else typed and what was not saved because of it.
func (s *site) afterConflict(w http.ResponseWriter, r *http.Request, conflicts []assess.DraftOutcome) error {
	f, err := s.cityForm(r)
	if err != nil {
		return err
	}
	return s.drawCityForm(w, r, http.StatusConflict, f, cityTyped{
		values: url.Values{"reason": {r.PostForm.Get("reason")}}, fault: visitFrom(r).words.T("web.city.conflicts", "n", len(conflicts)), conflicts: conflicts,
		lost: r.PostForm,
	})
}

// cityFields are the fields of a department's form.
func cityFields(f *city.Form) []string {
	fields := []string{"do", "reason", "column", "rows"}
	for _, u := range f.Units {
		for _, c := range f.Columns {
			key := cellKey(u.Code, c.Item.Code)
			fields = append(fields, "v."+key, "b."+key, "n."+key)
		}
	}
	return fields
}

// citySaves reads the cells that were typed into: those that say something else than the form showed. Each carries what it showed,
// so that what a colleague saves into other cells meanwhile is no conflict.
func citySaves(f *city.Form, form url.Values) (saves []city.Save, err error) {
	for i := range f.Units {
		for j := range f.Columns {
			c := f.Rows[i][j]
			key := cellKey(c.Unit, c.Item)
			if _, ok := form["v."+key]; !ok {
				continue
			}
			save := city.Save{Unit: c.Unit, Item: c.Item, Value: strings.TrimSpace(form.Get("v." + key)), Note: c.Draft.Note}
			if _, ok := form["n."+key]; ok {
				save.Note = strings.TrimSpace(form.Get("n." + key))
			}
			revision, shown, _ := strings.Cut(form.Get("b."+key), "|")
			if save.Base, err = strconv.ParseInt(revision, 10, 64); err != nil {
				return nil, assess.Invalid("problem.form", "the form could not be read; load the page again and repeat")
			}
			if save.Value == shown && save.Note == c.Draft.Note {
				continue // nobody touched it
			}
			saves = append(saves, save)
		}
	}
	return saves, nil
}

// pasteCity puts a column that was copied from a sheet into the fields of an item, to be looked at before it is saved: a value for
// each unit in the order of the form, or the name of a unit and its value.
func (s *site) pasteCity(w http.ResponseWriter, r *http.Request, f *city.Form) error {
	v, form := visitFrom(r), r.PostForm
	item, values := assess.Code(form.Get("column")), url.Values{"reason": {form.Get("reason")}}
	for name, typed := range form {
		if strings.HasPrefix(name, "v.") || strings.HasPrefix(name, "n.") {
			values[name] = typed
		}
	}
	pasted, n := pastedRows(f, form.Get("rows")), 0
	for _, u := range f.Units {
		if value, ok := pasted[u.Code]; ok {
			values.Set("v."+cellKey(u.Code, item), value)
			n++
		}
	}
	if n == 0 {
		return s.drawCityForm(w, r, http.StatusUnprocessableEntity, f, cityTyped{values: values, fault: v.words.T("web.city.paste.nothing")})
	}
	return s.drawCityForm(w, r, http.StatusOK, f, cityTyped{values: values, done: v.words.T("web.city.paste.done", "n", n)})
}

// pastedRows reads lines of "value" or "unit value", separated by tabs as sheets copy them. Lines whose first word is a unit go to it;
// others count through the units.
func pastedRows(f *city.Form, text string) map[assess.UnitCode]string {
	pasted, next := map[assess.UnitCode]string{}, 0
	for line := range strings.Lines(text) {
		words := strings.Split(strings.Trim(line, "\r\n"), "\t")
		if len(words) > 1 {
			if unit, ok := unitCalled(f, strings.TrimSpace(words[0])); ok {
				pasted[unit] = strings.TrimSpace(words[len(words)-1])
				continue
			}
		}
		if next < len(f.Units) {
			if value := strings.TrimSpace(words[len(words)-1]); value != "" {
				pasted[f.Units[next].Code] = value
			}
			next++
		}
	}
	return pasted
}

// unitCalled answers the unit of a name, short name, alias or code.
func unitCalled(f *city.Form, name string) (assess.UnitCode, bool) {
	for _, u := range f.Units {
		names := append([]string{string(u.Code), u.Name.ZH, u.Name.EN, u.Short.ZH, u.Short.EN, u.Union.ZH}, u.Aliases...)
		for _, n := range names {
			if n != "" && n == name {
				return u.Code, true
			}
		}
	}
	return "", false
}

// decideCityFigure confirms, refuses or withdraws a figure that waits for a second person.
func (s *site) decideCityFigure(w http.ResponseWriter, r *http.Request) error {
	f, err := s.cityForm(r)
	if err != nil {
		return err
	}
	if err := only(r, "proposal", "do", "note"); err != nil {
		return err
	}
	form := r.PostForm
	err = assess.NotFound("problem.proposal_unknown", "there is no such proposal; choose one from the list")
	for _, p := range f.Proposals { // those of other forms are not decided here
		if p.ID == form.Get("proposal") {
			err = s.City.Decide(r.Context(), p.ID, cycle.Action(form.Get("do")), form.Get("note"), s.act(r))
		}
	}
	if p, status, ok := refusal(err); ok {
		return s.drawCityForm(w, r, status, f, cityTyped{fault: visitFrom(r).problem(p)})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, strings.TrimSuffix(r.URL.Path, "/decide")+"?done=decided", http.StatusSeeOther)
	return nil
}
