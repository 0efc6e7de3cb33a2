package web

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// The fields of a cell in the form of a section: each is one of these letters, a dot, and the code of the item.
const (
	valueField = "v." // as typed
	noteField  = "n." // the note
	lackField  = "m." // "1": the figure cannot be had
	baseField  = "b." // the revision that was shown
	overField  = "o." // after a conflict: the revision that is to be overwritten, or keepTheirs
	keepTheirs = "theirs"
)

// saveSection saves the cells of a section, each by itself. What another has changed meanwhile is shown with both values.
func (s *site) saveSection(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openForm(r, account.Fill)
	if err != nil {
		return err
	}
	section, err := o.section(r)
	if err != nil {
		return err
	}
	saves, err := o.read(r, section)
	if err != nil {
		return err
	}
	failed, err := s.save(r, saves)
	if err != nil {
		return err
	}
	if d, ok := o.differs[assess.Code(r.PostForm.Get("mine"))]; ok && d.Held.Revision > 0 {
		if err := s.Differing.Gate.Keep(r.Context(), d.ID, o.say("fill.mine.note"), o.v.user.Name, s.Now()); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		if o, err = s.openForm(r, account.Fill); err != nil {
			return err
		}
		if section, err = o.section(r); err != nil {
			return err
		}
		return s.drawSection(w, r, o, section, statusOf(failed), "layout", failed)
	}
	http.Redirect(w, r, o.next(section, r.PostForm.Get("then")), http.StatusSeeOther)
	return nil
}

// next answers where a saved section leads: where its button said, else back to itself, to what is wrong in it.
func (o *opened) next(section *desk.Section, then string) string {
	switch after := o.after(section); {
	case then == "check":
		return o.at("check")
	case then == "next" && after != nil:
		return after.URL
	}
	return o.at(string(section.Code)) + "#top"
}

// read reads the form of a section. A cell that was closed since the page was opened is read as the others: the desk says why it is
// not taken.
func (o *opened) read(r *http.Request, section *desk.Section) ([]desk.Save, error) {
	names := []string{"request", "then", "theirs", "mine"}
	var saves []desk.Save
	for i := range section.Fields {
		f := &section.Fields[i]
		if f.Kind != desk.Typed {
			continue // whoever posts it all the same is told that the form has no such field
		}
		code := string(f.Item.Code)
		for _, field := range []string{valueField, noteField, lackField, baseField, overField} {
			names = append(names, field+code)
		}
		if !r.PostForm.Has(valueField + code) {
			continue
		}
		save, err := o.readCell(r.PostForm, f)
		if err != nil {
			return nil, err
		}
		if d, ok := o.differs[f.Item.Code]; ok && r.PostForm.Get("theirs") == code {
			save.Value, save.Missing = d.SaidValue, false
		}
		if r.PostForm.Get(overField+code) != keepTheirs {
			saves = append(saves, save)
		}
	}
	return saves, only(r, names...)
}

func (o *opened) readCell(form url.Values, f *desk.Field) (desk.Save, error) {
	code := string(f.Item.Code)
	base := form.Get(baseField + code)
	if over := form.Get(overField + code); over != "" && over != keepTheirs {
		base = over
	}
	save := desk.Save{
		Unit: o.Unit.Code, Period: o.Period, Item: f.Item.Code, Value: form.Get(valueField + code), Note: form.Get(noteField + code),
		Missing: form.Get(lackField+code) == "1", Request: form.Get("request") + "." + code,
	}
	return save, readBase(&save, base)
}

// readBase reads the revision that an editor saw.
func readBase(save *desk.Save, text string) error {
	base, err := strconv.ParseInt(text, 10, 64)
	if err != nil || base < 0 {
		return assess.Invalid("problem.form_base", fmt.Sprintf("%q is no revision of a cell; load the page again and repeat", text), "base", text)
	}
	save.Base = base
	return nil
}

// save saves cells of one form and answers those that could not be: each is saved or not by itself. A cell that was sent along as it was shown
// is no conflict, for its editor has not touched it.
func (s *site) save(r *http.Request, saves []desk.Save) (map[assess.Code]unsaved, error) {
	if len(saves) == 0 {
		return nil, nil
	}
	unit, period := saves[0].Unit, saves[0].Period
	done, err := s.Desk.SaveAll(r.Context(), unit, period, saves, visitFrom(r).user.Name, s.Now())
	if fault := problemOf(err); fault != nil && errors.Is(fault, assess.ErrUnavailable) { // that of the server, which every cell meets
		return s.unsavedBy(r, fault, saves)
	} else if fault != nil && len(saves) > 1 {
		return s.saveEach(r, saves)
	} else if fault != nil {
		if touched, err := s.touched(r, saves[0]); err != nil || !touched && errors.Is(fault, assess.ErrConflict) {
			return nil, err
		}
		return map[assess.Code]unsaved{saves[0].Item: {save: saves[0], fault: fault}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("save the form of %s for %s: %w", unit, period, err)
	}
	failed := map[assess.Code]unsaved{}
	for i, d := range done {
		if !d.Conflict {
			continue
		}
		touched, err := s.touched(r, saves[i])
		if err != nil {
			return nil, err
		}
		if touched {
			failed[saves[i].Item] = unsaved{save: saves[i], holds: d.Draft}
		}
	}
	return failed, nil
}

// unsavedBy answers the cells that were typed into, which a fault of the server kept from being saved.
func (s *site) unsavedBy(r *http.Request, fault *assess.Problem, saves []desk.Save) (map[assess.Code]unsaved, error) {
	failed := map[assess.Code]unsaved{}
	for _, one := range saves {
		touched, err := s.touched(r, one)
		if err != nil {
			return nil, err
		}
		if touched {
			failed[one.Item] = unsaved{save: one, fault: fault}
		}
	}
	if len(failed) == 0 {
		return nil, fault
	}
	return failed, nil
}

// saveEach saves cells one by one, after something was wrong with one of them.
func (s *site) saveEach(r *http.Request, saves []desk.Save) (map[assess.Code]unsaved, error) {
	failed := map[assess.Code]unsaved{}
	for _, save := range saves {
		one, err := s.save(r, []desk.Save{save})
		if err != nil {
			return nil, err
		}
		maps.Copy(failed, one)
	}
	return failed, nil
}

// touched says whether a save differs from the revision that its editor saw.
func (s *site) touched(r *http.Request, save desk.Save) (bool, error) {
	seen := assess.DraftCell{}
	if save.Base > 0 {
		cell, err := s.Desk.Cell(r.Context(), save.Unit, save.Period, save.Item, s.Now())
		if err != nil {
			return false, err
		}
		for _, d := range cell.Revisions {
			if d.Revision == save.Base {
				seen = d
			}
		}
	}
	return save.Value != seen.Value || save.Note != seen.Note || save.Missing != (seen.State == assess.Missing), nil
}

// saveCell saves one cell for the script, and answers its section as it now stands.
func (s *site) saveCell(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "item", "value", "note", "missing", "base", "request"); err != nil {
		return err
	}
	unit, period, err := formNamed(r, account.Fill)
	if err != nil {
		return err
	}
	form := r.PostForm
	save := desk.Save{
		Unit: unit, Period: period, Item: assess.Code(form.Get("item")), Value: form.Get("value"), Note: form.Get("note"),
		Missing: form.Get("missing") == "1", Request: form.Get("request"),
	}
	if err := readBase(&save, form.Get("base")); err != nil {
		return err
	}
	failed, err := s.save(r, []desk.Save{save})
	if err != nil {
		return err
	}
	if u := failed[save.Item]; statusOf(failed) == http.StatusServiceUnavailable {
		return u.fault // the script keeps what was typed and tries again
	}
	o, err := s.openForm(r, account.Fill)
	if err != nil {
		return err
	}
	section := o.sectionOf(save.Item)
	if section == nil {
		return errNoForm()
	}
	return s.drawSection(w, r, o, section, statusOf(failed), "live", failed)
}

// sectionOf answers the section that a typed item stands in, nil for none.
func (o *opened) sectionOf(item assess.Code) *desk.Section {
	for i := range o.Sections {
		for j := range o.Sections[i].Fields {
			if f := &o.Sections[i].Fields[j]; f.Item.Code == item && f.Kind == desk.Typed {
				return &o.Sections[i]
			}
		}
	}
	return nil
}
