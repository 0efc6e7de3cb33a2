package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/workbook"
)

// itemField names the item that a name of the table means; the number of the name follows.
const itemField = "i."

// mapBook takes how a person says that a table is to be read.
func (s *site) mapBook(w http.ResponseWriter, r *http.Request) error {
	o, l, err := s.openBook(r)
	if err != nil {
		return err
	}
	if l == nil {
		http.Redirect(w, r, o.at("check"), http.StatusSeeOther)
		return nil
	}
	if l.mapping == nil {
		return assess.NotFound("problem.no_page", "there is no page at this address; start from the home page").Because(errNoMapping)
	}
	if err := only(r, l.mappingFields()...); err != nil {
		return err
	}
	m, err := l.chosen(r)
	if err == nil {
		err = s.keepMapping(r, l, m)
	}
	if fault := ofFile(err); fault != nil {
		return s.drawBook(w, r, l, http.StatusUnprocessableEntity, fault)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, l.at("upload", l.upload.ID)+"#read", http.StatusSeeOther)
	return nil
}

func (s *site) keepMapping(r *http.Request, l *looked, m workbook.Mapping) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return s.Uploads.MapUpload(r.Context(), l.upload.ID, l.upload.Account, string(text))
}

// mappingFields are the fields of the form of a mapping.
func (l *looked) mappingFields() []string {
	names := []string{"sheet", "across", "labels", "figures", "measure", "notes", "first", "whole"}
	for i := range l.mapping.Items {
		names = append(names, itemField+strconv.Itoa(i))
	}
	return names
}

// chosen reads the form of a mapping. Another sheet, or items the other way round, is a new table: its lines are proposed anew.
func (l *looked) chosen(r *http.Request) (workbook.Mapping, error) {
	form := r.PostForm
	across := form.Get("across") == "1"
	if form.Get("sheet") != l.mapping.Sheet || across != l.mapping.Across {
		m, _, err := workbook.ProposeFor(l.book, l.Form, form.Get("sheet"), across)
		return m, err
	}
	m := *l.mapping
	m.Whole = strings.TrimSpace(form.Get("whole"))
	for name, line := range map[string]*int{"labels": &m.Labels, "figures": &m.Figures, "measure": &m.Measure, "notes": &m.Notes, "first": &m.First} {
		n, err := strconv.Atoi(form.Get(name))
		if err != nil {
			return m, assess.Invalid("problem.form_number", fmt.Sprintf("%s is no number; choose from the list", name), "field", name)
		}
		*line = n
	}
	items := append([]workbook.Match(nil), m.Items...)
	for i := range items {
		field := itemField + strconv.Itoa(i)
		if !form.Has(field) {
			continue
		}
		said := strings.TrimSpace(form.Get(field))
		item, ok := workbook.Named(l.Form, said)
		if !ok && said != "" {
			return m, assess.Invalid("problem.table_item",
				fmt.Sprintf("%q is no figure of the form; choose a name from the list, or leave it empty", said), "value", said)
		}
		items[i] = workbook.Match{Label: items[i].Label, Item: item}
	}
	m.Items = items
	return workbook.Remap(l.book, l.Form, m)
}
