package web

import (
	"net/http"
	"strings"

	"github.com/unionboard/unionboard/internal/takeout"
)

// soughtBody is the page on which one looks for what stands of a person.
type soughtBody struct {
	Up             link
	Fault          string
	Person, Reason string
	Asked          bool
	Sentence       string
	Rows           []soughtRow
	Formats        []option
}

// soughtRow is a record in which something stands of the person.
type soughtRow struct {
	URL, Key, Register, Unit, Columns string
	Closed                            bool
}

func (s *site) showPersons(w http.ResponseWriter, r *http.Request) error {
	return s.drawPersons(w, r, http.StatusOK, soughtBody{})
}

func (s *site) drawPersons(w http.ResponseWriter, r *http.Request, status int, body soughtBody) error {
	v := visitFrom(r)
	body.Up = link{URL: "/registers", Text: v.words.T("register.all")}
	for _, f := range takeout.RegisterFormats() {
		body.Formats = append(body.Formats, option{string(f), strings.ToUpper(string(f)), false})
	}
	return s.render(w, r, status, "persons", page{Title: v.words.T("register.person"), Body: body, Style: "work.css", Wrong: body.Fault != ""})
}

// findPerson shows the records in which something stands of a person, or with a format sends what stands there. Who is looked for comes in
// the body, and so stands in no address and no log.
func (s *site) findPerson(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "person", "reason", "format"); err != nil {
		return err
	}
	v, form := visitFrom(r), r.PostForm
	body := soughtBody{Person: strings.TrimSpace(form.Get("person")), Reason: strings.TrimSpace(form.Get("reason"))}
	line := s.line(r, v.user, "", "")
	if format := form.Get("format"); format != "" {
		room, err := s.Takeout()
		if err != nil {
			return err
		}
		file, err := room.Person(r.Context(), s.counter(), v.user, body.Person, body.Reason, takeout.Format(format), v.lang(), line)
		if p, ok := spoken(err); ok {
			body.Fault = v.problem(p)
			return s.drawPersons(w, r, http.StatusUnprocessableEntity, body)
		}
		if err != nil {
			return err
		}
		return s.sendRegister(w, r, file, line)
	}
	found, err := s.Registers.Find(r.Context(), body.Person, body.Reason, v.user, line)
	if p, ok := spoken(err); ok {
		body.Fault = v.problem(p)
		return s.drawPersons(w, r, http.StatusUnprocessableEntity, body)
	}
	if err != nil {
		return err
	}
	_, e, err := s.Registers.Tables(r.Context(), s.Now())
	if err != nil {
		return err
	}
	body.Asked, body.Sentence = true, v.words.T("register.person.sentence", "n", len(found))
	for i := range found {
		l := &registerView{Table: found[i].Table, v: v, e: e}
		var columns []string
		for _, name := range found[i].Columns {
			f, _ := l.Column(name)
			columns = append(columns, l.label(f))
		}
		if found[i].Beside {
			columns = append(columns, v.words.T("register.person.beside"))
		}
		body.Rows = append(body.Rows, soughtRow{
			URL: l.at(&found[i].Record), Key: found[i].Record.Key, Register: l.name(), Unit: l.unit(found[i].Record.Unit), Columns: v.words.List(columns), Closed: found[i].Record.Closed,
		})
	}
	w.Header().Set("Cache-Control", "no-store")
	return s.drawPersons(w, r, http.StatusOK, body)
}
