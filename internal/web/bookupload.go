package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/workbook"
)

// takeBook takes an uploaded workbook or table through the gate and keeps it until its sender has looked at what it would change.
// Nothing of it is stored in the form.
func (s *site) takeBook(w http.ResponseWriter, r *http.Request) error {
	if err := only(r); err != nil {
		return err
	}
	o, err := s.openForm(r, account.Fill)
	if err != nil {
		return err
	}
	if why := o.refusesFiles(); why != nil {
		return s.refuseBook(w, r, o, why)
	}
	u, err := s.receive(r, o)
	if err != nil {
		return s.refuseBook(w, r, o, err)
	}
	if u.Mapping, u.Mark, err = s.recogniseBook(r, o, u); err != nil {
		return s.refuseBook(w, r, o, err)
	}
	if err := s.Uploads.KeepUpload(r.Context(), u); err != nil {
		return fmt.Errorf("upload for %s: %w", o.Period, err)
	}
	http.Redirect(w, r, o.at("upload", u.ID), http.StatusSeeOther)
	return nil
}

// receive reads the one file of the form.
func (s *site) receive(r *http.Request, o *opened) (assess.Upload, error) {
	now := s.Now()
	u := assess.Upload{
		ID: rand.Text(), Unit: o.Unit.Code, Period: o.Period, Account: o.v.user.ID, AddedAt: now, ExpiresAt: now.Add(uploadWaits),
	}
	err := receiveOne(r, &u)
	return u, err
}

// receiveOne reads the one file of a form.
func receiveOne(r *http.Request, u *assess.Upload) error {
	err := eachFile(r, "file", func(name string, content io.Reader) error {
		if u.Content != nil {
			return assess.Invalid("problem.upload_several", "several files came at once; upload one at a time")
		}
		data, err := io.ReadAll(io.LimitReader(content, mostBook+1))
		if err != nil {
			return err
		}
		if len(data) > mostBook {
			return assess.Invalid("problem.too_large", "it is larger than 10 MiB; hand it in in parts", "limit", "10 MiB")
		}
		u.Name, u.Content = plainName(name), data
		return nil
	})
	if err == nil && len(u.Content) == 0 {
		err = assess.Invalid("problem.upload_none", "no file was chosen, or it is empty; choose the filled form and upload it")
	}
	return err
}

// plainName answers the last part of a name as the sender's machine wrote it: short, on one line, without signs that cannot be seen.
func plainName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case !unicode.IsPrint(r):
			return -1
		case strings.ContainsRune(`:*?"<>|[]`, r):
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	if runes := []rune(name); len(runes) > 100 {
		name = string(runes[:100])
	}
	return name
}

// recogniseBook looks whether a file is a form of ours or a table, and of a table how it may be read.
func (s *site) recogniseBook(r *http.Request, o *opened, u assess.Upload) (mapping, mark string, err error) {
	done, err := s.oneBook(r.Context())
	if err != nil {
		return "", "", err
	}
	defer done()
	book, _, err := source.ReadBook(u.Name, u.Content)
	if err != nil {
		return "", "", err
	}
	if workbook.IsForm(book) {
		_, err := workbook.ReadForm(book, o.Form, s.Words)
		return "", "", err
	}
	m, named, err := workbook.Propose(book, o.Form)
	if err != nil {
		return "", "", err
	}
	mark = m.Fingerprint(book)
	before, err := s.Uploads.TableMapping(r.Context(), o.Unit.Code, mark)
	if err != nil {
		return "", "", err
	}
	if before != "" {
		var known workbook.Mapping
		if err := json.Unmarshal([]byte(before), &known); err != nil {
			return "", "", fmt.Errorf("mapping of %s: %w", o.Unit.Code, err)
		}
		m = m.Remembered(known, book, named)
	}
	text, err := json.Marshal(m)
	return string(text), mark, err
}

// refuseBook says why a file was not taken, on the page it was sent from.
func (s *site) refuseBook(w http.ResponseWriter, r *http.Request, o *opened, err error) error {
	fault := ofFile(err)
	if fault == nil {
		return err
	}
	status := faultOf(fault).status
	if status == http.StatusBadRequest {
		status = http.StatusUnprocessableEntity
	}
	return s.drawForm(w, r, o, status, o.v.bookProblem(fault))
}

// looked is a waiting file as it reads now.
type looked struct {
	*opened
	upload  assess.Upload
	book    *sheet.Book
	filled  *workbook.Filled
	mapping *workbook.Mapping // nil for forms of our own
	rows    []workbook.TableRow
	notes   []*assess.Problem
	after   *desk.Form // with what the file types
	fields  map[assess.Code]*desk.Field
	then    map[assess.Code]*desk.Field // of after
}

// openBook answers the waiting file that the address names. One that was taken is nil with the form.
func (s *site) openBook(r *http.Request) (o *opened, l *looked, err error) {
	if o, err = s.openForm(r, account.Fill); err != nil {
		return nil, nil, err
	}
	u, err := s.Uploads.Upload(r.Context(), mux.Vars(r)["upload"], o.v.user.ID, s.Now())
	if err != nil {
		return nil, nil, err
	}
	if u.Unit != o.Unit.Code || u.Period != o.Period {
		return nil, nil, errNoForm()
	}
	if !u.TakenAt.IsZero() {
		return o, nil, nil
	}
	done, err := s.oneBook(r.Context())
	if err != nil {
		return nil, nil, err
	}
	defer done()
	l, err = s.look(r.Context(), o, u)
	return o, l, err
}

func (s *site) look(ctx context.Context, o *opened, u assess.Upload) (*looked, error) {
	l := &looked{opened: o, upload: u, fields: fieldsOf(o.Form)}
	var err error
	if l.book, l.notes, err = source.ReadBook(u.Name, u.Content); err != nil {
		return nil, err
	}
	if u.Mapping == "" {
		l.filled, err = workbook.ReadForm(l.book, o.Form, s.Words)
	} else {
		l.mapping = &workbook.Mapping{}
		if err := json.Unmarshal([]byte(u.Mapping), l.mapping); err != nil {
			return nil, fmt.Errorf("mapping of an upload: %w", err)
		}
		l.filled, l.rows, err = workbook.ReadTable(l.book, o.Form, s.Words, *l.mapping)
	}
	if err != nil {
		return nil, err
	}
	l.notes = append(l.notes, l.filled.Notes...)
	l.after, err = s.Desk.Try(ctx, o.Unit.Code, o.Period, l.filled.Saves(func(assess.Code) bool { return false }), s.Now())
	if err != nil {
		return nil, err
	}
	l.then = fieldsOf(l.after)
	return l, nil
}

// fieldsOf answers the fields of a form that are no rates, by item.
func fieldsOf(f *desk.Form) map[assess.Code]*desk.Field {
	all := map[assess.Code]*desk.Field{}
	for i := range f.Sections {
		for j := range f.Sections[i].Fields {
			if field := &f.Sections[i].Fields[j]; field.Of == nil {
				all[field.Item.Code] = field
			}
		}
	}
	return all
}

// showBook draws what a waiting file would change.
func (s *site) showBook(w http.ResponseWriter, r *http.Request) error {
	o, l, err := s.openBook(r)
	if err != nil {
		return err
	}
	if l == nil {
		http.Redirect(w, r, o.at("check"), http.StatusSeeOther)
		return nil
	}
	return s.drawBook(w, r, l, http.StatusOK, nil)
}

// The fields of the confirmation: the version of the form that was seen, and for each cell that has moved on, whose value holds.
const (
	seenField = "seen"
	takeField = "t." // followed by the item: "mine" or "theirs"
)

// confirmBook keeps what a waiting file types, as a draft.
func (s *site) confirmBook(w http.ResponseWriter, r *http.Request) error {
	o, l, err := s.openBook(r)
	if err != nil {
		return err
	}
	if l == nil { // confirmed before; its answer was lost
		http.Redirect(w, r, o.at("check"), http.StatusSeeOther)
		return nil
	}
	saves, err := l.confirmed(r)
	if err != nil {
		return err
	}
	if l.toChoose() {
		return s.drawBook(w, r, l, http.StatusUnprocessableEntity, workbook.ToChoose(""))
	}
	if r.PostForm.Get(seenField) != o.version() {
		return s.drawBook(w, r, l, http.StatusConflict, assess.Conflict("problem.book_changed",
			"the form was changed since this page was made; look at what the file would change now, and confirm again"))
	}
	if len(saves) > 0 {
		_, err := s.Desk.SaveAll(r.Context(), o.Unit.Code, o.Period, saves, o.v.user.Name, s.Now())
		if fault := problemOf(err); fault != nil {
			return s.drawBook(w, r, l, faultOf(err).status, fault)
		}
		if err != nil {
			return fmt.Errorf("upload for %s: %w", o.Period, err)
		}
	}
	line := s.line(r, o.v.user, "form.upload", l.upload.Name)
	line.After = strconv.Itoa(len(saves)) + " cells of " + o.Period.String()
	if err := s.Uploads.TakeUpload(r.Context(), l.upload, o.v.user.Name, s.Now(), line); err != nil {
		return fmt.Errorf("upload for %s: %w", o.Period, err)
	}
	http.Redirect(w, r, o.at("check"), http.StatusSeeOther)
	return nil
}

// confirmed answers what is to be kept. Of a cell that has moved on the file's value is taken only where that was chosen, over the
// revision that was shown.
func (l *looked) confirmed(r *http.Request) ([]desk.Save, error) {
	names, mine := []string{seenField}, map[assess.Code]bool{}
	for _, c := range l.filled.Cells {
		if c.Moved {
			names = append(names, takeField+string(c.Item))
			mine[c.Item] = r.PostForm.Get(takeField+string(c.Item)) == "mine"
		}
	}
	if err := only(r, names...); err != nil {
		return nil, err
	}
	saves := l.filled.Saves(func(item assess.Code) bool { return mine[item] })
	for i := range saves {
		if mine[saves[i].Item] {
			saves[i].Base = l.fields[saves[i].Item].Draft.Revision
		}
		saves[i].Request = l.upload.ID + "." + string(saves[i].Item)
	}
	return saves, nil
}

// sendMarked sends the copy of a waiting file with marks at its cells.
func (s *site) sendMarked(w http.ResponseWriter, r *http.Request) error {
	o, l, err := s.openBook(r)
	if err != nil {
		return err
	}
	if l == nil {
		http.Redirect(w, r, o.at("check"), http.StatusSeeOther)
		return nil
	}
	content := l.upload.Content
	if !isWorkbook(content) {
		content = nil
	}
	done, err := s.oneBook(r.Context())
	if err != nil {
		return err
	}
	defer done()
	data, err := workbook.Marked(l.book, content, l.marks())
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(l.upload.Name, path.Ext(l.upload.Name)) + o.say("fill.book.marked.name") + ".xlsx"
	s.sendBook(w, r, name, data)
	return nil
}

// isWorkbook knows a zip file, as every .xlsx is.
func isWorkbook(data []byte) bool { return len(data) > 4 && string(data[:4]) == "PK\x03\x04" }

// marks answers what is to be said at the cells of the file.
func (l *looked) marks() []workbook.Mark {
	var marks []workbook.Mark
	for _, c := range l.filled.Cells {
		put := func(warning bool, text string) {
			marks = append(marks, workbook.Mark{Sheet: l.book.SheetAt(c.At), Row: c.At.Line, Column: c.At.Column, Text: text, Warning: warning})
		}
		switch {
		case c.Fault != nil:
			put(false, l.v.problem(c.Fault))
			continue
		case c.Moved:
			f := l.fields[c.Item]
			put(false, l.say("fill.book.moved", "who", l.who(f.Draft.By), "when", l.clock(f.Draft.At), "value", l.typed(f, f.Draft.Value, f.Draft.State == assess.Missing)))
			continue
		}
		for _, n := range l.still(c.Item) {
			put(n.Level != string(desk.Error), n.Text)
		}
	}
	return marks
}

// still answers what is said of a figure with what the file types in place: errors, and warnings without their note.
func (l *looked) still(item assess.Code) []notice {
	f := l.then[item]
	if f == nil || f.Kind != desk.Typed {
		return nil
	}
	var all []notice
	for _, m := range f.Messages {
		if m.Level == desk.Error || f.Draft.Note == "" {
			all = append(all, notice{Level: string(m.Level), Text: l.message(m)})
		}
	}
	slices.SortStableFunc(all, func(a, b notice) int { return strings.Compare(a.Level, b.Level) }) // errors before warnings
	return all
}

// sheetName answers the sheet of a place, which reads [file]sheet.
func sheetName(at assess.Place) string {
	_, name, ok := strings.Cut(at.File, "]")
	if !ok || at.File == "" || at.File[0] != '[' {
		return ""
	}
	return name
}

// cellName answers the name of a cell, or of a whole row.
func cellName(at assess.Place) string {
	if at.Column == 0 {
		return strconv.Itoa(at.Line)
	}
	return sheet.CellName(at.Line, at.Column)
}

var errNoMapping = errors.New("a form of our own has no mapping")
