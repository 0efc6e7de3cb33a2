package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
)

// recordBody is the page of a record, or of one that is to be added.
type recordBody struct {
	Up               link
	Path             string // of the record; of the form of a new one
	Done, Fault      string
	New, Editing     bool
	Own              bool // the program keeps it by what it does
	Key, Unit        string
	Closed           bool
	Facts            []recordFact
	Wrong, Ask       []remark
	Fields           []recordField
	Version          string
	Reason           string
	May              bool
	Edit             string
	Last             string
	Children         []recordChildren
	History          []recordStep
	Personal         []option // columns that may be uncovered
	Shown, ShownText string   // the column that was just uncovered, and what stands in it
	UncoverWhy       string
	CloseWhy         string
}

// recordFact is a column as it is read.
type recordFact struct{ Label, Text string }

// recordChildren are the records of a child table that belong to a record.
type recordChildren struct {
	Name, URL, New, Key string
	Heads               []registerHead
	Rows                []registerRow
	More                string
}

// recordStep is a version in the history of a record.
type recordStep struct {
	What, By, At, Reason string
	Changes              []recordChange
}

// recordChange is what a version changed of a column.
type recordChange struct{ Label, Text string }

// The deeds that the page of a record says once.
const (
	recordAdded = iota + 1
	recordChanged
	recordClosed
	recordBack
)

func (s *site) showRecord(w http.ResponseWriter, r *http.Request) error {
	l, err := s.openRegister(r)
	if err != nil {
		return err
	}
	body := recordBody{Editing: r.URL.Query().Get("edit") != ""}
	if done := s.popDone(r, r.URL.Path); done > 0 {
		body.Done = l.say("done." + strconv.Itoa(done))
	}
	return s.drawRecord(w, r, http.StatusOK, l, body, nil)
}

// drawRecord draws the page of a record. written is what stands in its form, nil for what is kept.
func (s *site) drawRecord(w http.ResponseWriter, r *http.Request, status int, l *registerView, body recordBody, written map[string]string) error {
	id, user := mux.Vars(r)["record"], l.v.user
	_, versions, err := s.Registers.History(r.Context(), l.Code, id, user, s.Now())
	if err != nil {
		return err
	}
	now := &versions[len(versions)-1].Record
	l.own = versions[0].Role == register.Program
	body.Own = l.own
	body.Up, body.Path, body.Key, body.Closed, body.Unit = link{URL: l.path(), Text: l.name()}, l.at(now), now.Key, now.Closed, l.unit(now.Unit)
	body.May = user.May(account.KeepRegisters, now.Unit, l.Keeper())
	body.Last = l.say("last", "n", now.Version, "by", now.By, "at", s.stamp(l.v, now.At))
	for _, f := range l.Fields {
		if !f.System {
			body.Facts = append(body.Facts, recordFact{l.label(f), l.shown(f, now.Values[f.Name])})
		}
	}
	if body.Version == "" {
		body.Version = strconv.Itoa(now.Version)
	}
	if body.May && !now.Closed {
		if err := s.recordForm(r, l, &body, now, written); err != nil {
			return err
		}
	}
	body.Editing = body.Editing && body.May && !now.Closed
	for i := range slices.Backward(versions) {
		body.History = append(body.History, s.recordStep(l, versions, i))
	}
	for _, name := range s.Registers.Uncoverable(l.Table, now, user) {
		f, _ := l.Column(name)
		body.Personal = append(body.Personal, option{name, l.label(f), r.PostForm.Get("column") == name})
	}
	if body.Children, err = s.recordChildren(r, l, now); err != nil {
		return err
	}
	return s.render(w, r, status, "record", page{Title: l.say("record", "register", l.name(), "key", now.Key), Body: body, Style: "work.css", Wrong: len(body.Wrong) > 0 || body.Fault != ""})
}

// recordForm makes the form of a record that is changed, and says what is worth a look.
func (s *site) recordForm(r *http.Request, l *registerView, body *recordBody, now *assess.Record, written map[string]string) error {
	body.Edit = body.Path + "?edit=1"
	if written == nil {
		written = map[string]string{}
		for _, f := range l.Fields {
			if !f.Personal {
				written[f.Name] = now.Values[f.Name]
			}
		}
		found, err := s.Registers.Findings(r.Context(), l.Code, now.ID, l.v.user, s.Now())
		if err != nil {
			return err
		}
		body.Ask = append(l.notices(found, register.Warn), l.notices(found, register.Error)...)
	}
	if body.Fields == nil {
		body.Fields = l.form(written, now.Values, nil)
	}
	return nil
}

// recordStep words a version: what it did, and what it changed. Of personal columns it says only that they changed.
func (s *site) recordStep(l *registerView, versions []register.Version, i int) recordStep {
	now := &versions[i]
	step := recordStep{By: now.By, At: s.stamp(l.v, now.At), Reason: now.Reason, What: l.say("step.change")}
	switch {
	case i == 0:
		step.What = l.say("step.add")
	case now.Closed && !versions[i-1].Closed:
		step.What = l.say("step.close")
	case !now.Closed && versions[i-1].Closed:
		step.What = l.say("step.back")
	}
	if i == 0 {
		return step
	}
	before := &versions[i-1]
	for _, name := range now.Changed {
		f, ok := l.Column(name)
		if !ok {
			continue
		}
		text := l.say("changed.covered")
		if !f.Personal {
			text = l.say("changed.from", "from", orDash(l.shown(f, before.Values[name])), "to", orDash(l.shown(f, now.Values[name])))
		}
		step.Changes = append(step.Changes, recordChange{l.label(f), text})
	}
	return step
}

func orDash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

// childrenShown is how many records of a child table stand on the page of the one they belong to.
const childrenShown = 20

func (s *site) recordChildren(r *http.Request, l *registerView, of *assess.Record) (all []recordChildren, err error) {
	for _, t := range l.Children {
		c := &registerView{Table: t, v: l.v, e: l.e}
		records, n, err := s.Registers.List(r.Context(), assess.RecordQuery{Table: t.Code, Above: of.ID, Sort: "changed_at", Down: true, Limit: childrenShown}, l.v.user, s.Now())
		if err != nil {
			return nil, err
		}
		one := recordChildren{Name: c.name(), Key: c.keyLabel()}
		var columns []assess.Field
		for _, f := range c.columns(false) {
			if f.Name != c.Through {
				columns = append(columns, f)
				one.Heads = append(one.Heads, registerHead{Text: c.label(f), Num: numeric(f)})
			}
		}
		for i := range records {
			one.Rows = append(one.Rows, c.row(&records[i], columns))
		}
		if n > len(records) {
			one.URL, one.More = c.path()+"?above="+of.ID, l.say("children.all", "n", many(n))
		}
		if !of.Closed && l.v.user.May(account.KeepRegisters, of.Unit, c.Keeper()) {
			one.New = c.path() + "/new?above=" + of.ID
		}
		all = append(all, one)
	}
	return all, nil
}

// newRecord shows the empty form of a record.
func (s *site) newRecord(w http.ResponseWriter, r *http.Request) error {
	l, err := s.openRegister(r)
	if err != nil {
		return err
	}
	if !l.mayKeep() {
		return errNoPermission()
	}
	written := map[string]string{}
	if id := r.URL.Query().Get("above"); id != "" && l.Above != nil {
		_, versions, err := s.Registers.One(r.Context(), l.Above.Code, id, l.v.user, s.Now())
		if err != nil {
			return err
		}
		written[l.Through] = versions[len(versions)-1].Key
	}
	return s.drawNew(w, r, http.StatusOK, l, recordBody{Fields: l.form(written, nil, nil)})
}

func (s *site) drawNew(w http.ResponseWriter, r *http.Request, status int, l *registerView, body recordBody) error {
	body.Up, body.Path, body.New, body.Editing = link{URL: l.path(), Text: l.name()}, l.path()+"/new", true, true
	return s.render(w, r, status, "record", page{Title: l.say("record.new", "register", l.name()), Body: body, Style: "work.css", Wrong: len(body.Wrong) > 0})
}

// addRecord puts a new record on the register.
func (s *site) addRecord(w http.ResponseWriter, r *http.Request) error {
	l, err := s.openRegister(r)
	if err != nil {
		return err
	}
	if err := only(r, l.fieldNames()...); err != nil {
		return err
	}
	written := l.written(r)
	saved, err := s.Registers.Save(r.Context(), register.Change{Table: l.Code, Written: written}, l.v.user, s.line(r, l.v.user, "", ""))
	if p, ok := spoken(err); ok {
		return s.drawNew(w, r, http.StatusUnprocessableEntity, l, recordBody{Fault: l.v.problem(p), Fields: l.form(written, nil, nil)})
	}
	if err != nil {
		return err
	}
	if register.HasError(saved.Findings) {
		return s.drawNew(w, r, http.StatusUnprocessableEntity, l, recordBody{Wrong: l.notices(saved.Findings, register.Error), Fields: l.form(written, nil, saved.Findings)})
	}
	return s.leadToRecord(w, r, l.at(&saved.Record), recordAdded)
}

func (s *site) leadToRecord(w http.ResponseWriter, r *http.Request, path string, done int) error {
	s.putDone(r, path, done)
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// changeRecord makes a new version of a record.
func (s *site) changeRecord(w http.ResponseWriter, r *http.Request) error {
	l, err := s.openRegister(r)
	if err != nil {
		return err
	}
	_, versions, err := s.Registers.One(r.Context(), l.Code, mux.Vars(r)["record"], l.v.user, s.Now())
	if err != nil {
		return err
	}
	l.own = versions[0].Role == register.Program
	if err := only(r, append(l.fieldNames(), "version", "reason")...); err != nil {
		return err
	}
	written, version, reason := l.written(r), r.PostForm.Get("version"), strings.TrimSpace(r.PostForm.Get("reason"))
	n, err := strconv.Atoi(version)
	if err != nil {
		return errField("version")
	}
	c := register.Change{Table: l.Code, ID: mux.Vars(r)["record"], Version: n, Written: written, Reason: reason}
	saved, err := s.Registers.Save(r.Context(), c, l.v.user, s.line(r, l.v.user, "", ""))
	body := recordBody{Editing: true, Version: version, Reason: reason}
	if p, ok := spoken(err); ok {
		if errors.Is(err, assess.ErrConflict) {
			body.Version = "" // what was written stands over what is kept now, whose version holds
		}
		body.Fault = l.v.problem(p)
		return s.drawRecord(w, r, http.StatusUnprocessableEntity, l, body, written)
	}
	if err != nil {
		return err
	}
	if register.HasError(saved.Findings) {
		body.Wrong = l.notices(saved.Findings, register.Error)
		return s.refuseRecord(w, r, l, body, written, saved.Findings)
	}
	return s.leadToRecord(w, r, l.at(&saved.Record), recordChanged)
}

// refuseRecord draws the form again, with what is wrong at its fields.
func (s *site) refuseRecord(w http.ResponseWriter, r *http.Request, l *registerView, body recordBody, written map[string]string, found []register.Finding) error {
	_, versions, err := s.Registers.One(r.Context(), l.Code, mux.Vars(r)["record"], l.v.user, s.Now())
	if err != nil {
		return err
	}
	body.Fields = l.form(written, versions[len(versions)-1].Values, found)
	return s.drawRecord(w, r, http.StatusUnprocessableEntity, l, body, written)
}

// closeRecord takes a record off its register with a reason, or puts it back.
func (s *site) closeRecord(back bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := only(r, "version", "reason"); err != nil {
			return err
		}
		l, err := s.openRegister(r)
		if err != nil {
			return err
		}
		version, err := strconv.Atoi(r.PostForm.Get("version"))
		if err != nil {
			return errField("version")
		}
		id, reason := mux.Vars(r)["record"], strings.TrimSpace(r.PostForm.Get("reason"))
		err = s.Registers.Close(r.Context(), l.Code, id, version, back, reason, l.v.user, s.line(r, l.v.user, "", ""))
		if p, ok := spoken(err); ok {
			return s.drawRecord(w, r, http.StatusUnprocessableEntity, l, recordBody{Fault: l.v.problem(p), CloseWhy: reason}, nil)
		}
		if err != nil {
			return err
		}
		return s.leadToRecord(w, r, l.path()+"/records/"+id, map[bool]int{false: recordClosed, true: recordBack}[back])
	}
}

// uncoverColumn shows a personal column of a record once, with a reason that is logged.
func (s *site) uncoverColumn(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "column", "reason"); err != nil {
		return err
	}
	l, err := s.openRegister(r)
	if err != nil {
		return err
	}
	column, reason := r.PostForm.Get("column"), strings.TrimSpace(r.PostForm.Get("reason"))
	text, err := s.Registers.Uncover(r.Context(), l.Code, mux.Vars(r)["record"], column, reason, l.v.user, s.line(r, l.v.user, "", ""))
	if p, ok := spoken(err); ok {
		return s.drawRecord(w, r, http.StatusUnprocessableEntity, l, recordBody{Fault: l.v.problem(p), UncoverWhy: reason}, nil)
	}
	if err != nil {
		return err
	}
	f, _ := l.Column(column)
	w.Header().Set("Cache-Control", "no-store")
	return s.drawRecord(w, r, http.StatusOK, l, recordBody{Shown: l.label(f), ShownText: orDash(text)}, nil)
}
