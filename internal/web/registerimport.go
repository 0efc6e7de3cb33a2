package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/workbook"
)

// importBody is the page on which a file of records is taken.
type importBody struct {
	Up      link
	Path    string
	Fault   string
	Columns []importColumn
	Waiting *waitingImport // a file that was read
}

// importColumn is a column as the page says what a file may have.
type importColumn struct {
	Label, Required, Form string
}

// waitingImport is what would become of a file that waits.
type waitingImport struct {
	Path, Name, Sentence, Seen, Marked string
	Rows                               []importRow
	More, Ignored                      string
	Notes                              []string
	Takes                              bool // there is something to take
}

// importRow is a row that is refused, or that brings something to look at.
type importRow struct {
	Place, Key, Text string
	Refused          bool
}

// rowsAnswered is how many rows the page lists; the marked copy has all.
const rowsAnswered = 200

// keptImport is a file of records that was read.
type keptImport struct {
	*registerView
	upload assess.Upload
	book   *sheet.Book
	sheet  *sheet.Sheet
	notes  []*assess.Problem
}

func (s *site) showImport(w http.ResponseWriter, r *http.Request) error {
	l, err := s.openKept(r)
	if err != nil {
		return err
	}
	return s.drawImport(w, r, http.StatusOK, l, importBody{})
}

// openKept answers the table that the address names, to somebody who keeps it.
func (s *site) openKept(r *http.Request) (*registerView, error) {
	l, err := s.openRegister(r)
	if err == nil && !l.mayKeep() {
		err = errNoPermission()
	}
	return l, err
}

func (s *site) drawImport(w http.ResponseWriter, r *http.Request, status int, l *registerView, body importBody) error {
	body.Up, body.Path = link{URL: l.path(), Text: l.name()}, l.path()+"/import"
	for _, f := range l.writable() {
		c := importColumn{Label: l.label(f), Required: "—", Form: l.formOf(f)}
		switch {
		case f.Required:
			c.Required = l.v.words.T("web.yes")
		case f.RequiredWhen != "":
			c.Required = l.say("field.sometimes")
		}
		body.Columns = append(body.Columns, c)
	}
	return s.render(w, r, status, "registerimport", page{Title: l.say("import.title", "register", l.name()), Body: body, Style: "work.css", Wrong: body.Fault != ""})
}

// formOf says how a column is written in a file.
func (l *registerView) formOf(f assess.Field) string {
	parts := l.hints(f, "")
	switch f.Type {
	case "enum", "enum_set":
		var words []string
		for _, g := range f.Values {
			words = append(words, g.Name.In(l.v.lang()))
		}
		key := map[bool]string{true: "form.several", false: "form.one"}[f.Type == "enum_set"]
		parts = append([]string{l.say(key, "words", strings.Join(words, l.v.words.T("common.list_separator")))}, parts...)
	case "bool":
		parts = append([]string{l.say("form.bool")}, parts...)
	case "ref":
		if f.Name == l.Sign() {
			parts = append([]string{l.say("form.unit")}, parts...)
		}
	}
	return orDash(strings.Join(parts, " "))
}

// takeImport reads a file and keeps it, sealed, until its sender has seen what would become of it.
func (s *site) takeImport(w http.ResponseWriter, r *http.Request) error {
	if err := only(r); err != nil {
		return err
	}
	l, err := s.openKept(r)
	if err != nil {
		return err
	}
	now := s.Now()
	u := assess.Upload{
		ID: rand.Text(), Unit: l.v.user.Unit, Period: assess.NewYear(now.In(s.Location).Year()), Account: l.v.user.ID, Mapping: string(l.Code),
		AddedAt: now, ExpiresAt: now.Add(uploadWaits),
	}
	err = receiveOne(r, &u)
	if err == nil {
		_, _, err = s.tryImport(r, l, u, true)
	}
	if fault := ofFile(err); fault != nil {
		return s.drawImport(w, r, http.StatusUnprocessableEntity, l, importBody{Fault: l.v.bookProblem(fault)})
	}
	if err != nil {
		return err
	}
	sealed, err := s.Registers.Vault.Seal(string(u.Content), u.ID)
	if err != nil {
		return err
	}
	u.Content = []byte(sealed)
	if err := s.Uploads.KeepUpload(r.Context(), u); err != nil {
		return fmt.Errorf("import into %s: %w", l.Code, err)
	}
	http.Redirect(w, r, l.path()+"/import/"+u.ID, http.StatusSeeOther)
	return nil
}

// tryImport reads a file whose bytes are open, and takes its records unless dry.
func (s *site) tryImport(r *http.Request, l *registerView, u assess.Upload, dry bool) (*keptImport, register.Imported, error) {
	done, err := s.oneBook(r.Context())
	if err != nil {
		return nil, register.Imported{}, err
	}
	defer done()
	k := &keptImport{registerView: l, upload: u}
	if k.book, k.notes, err = source.ReadBook(u.Name, u.Content); err != nil {
		return nil, register.Imported{}, err
	}
	var first error
	for i := range k.book.Sheets { // the first sheet with the heads of the register
		k.sheet = &k.book.Sheets[i]
		imported, err := s.Registers.Import(r.Context(), l.Code, k.sheet, dry, l.v.user, s.line(r, l.v.user, "", ""))
		if p := problemOf(err); p != nil && p.Key == "problem.record_heads" {
			if first == nil {
				first = err
			}
			continue
		}
		return k, imported, err
	}
	if first == nil {
		first = assess.Invalid("problem.table_empty", "the file is empty; put the table into it and hand it in again")
	}
	return nil, register.Imported{}, first
}

// openImport answers the waiting file that the address names, nil where it was taken.
func (s *site) openImport(r *http.Request, dry bool) (*registerView, *keptImport, register.Imported, error) {
	l, err := s.openKept(r)
	if err != nil {
		return nil, nil, register.Imported{}, err
	}
	u, err := s.Uploads.Upload(r.Context(), mux.Vars(r)["upload"], l.v.user.ID, s.Now())
	if err == nil && u.Mapping != string(l.Code) {
		err = assess.NotFound("problem.no_upload", "the uploaded file is not there any more: it was replaced by another, or waited too long; upload it again")
	}
	if err != nil || !u.TakenAt.IsZero() {
		return l, nil, register.Imported{}, err
	}
	content, err := s.Registers.Vault.Open(string(u.Content), u.ID)
	if err != nil {
		return nil, nil, register.Imported{}, err
	}
	u.Content = []byte(content)
	k, imported, err := s.tryImport(r, l, u, dry)
	return l, k, imported, err
}

// showTried says row by row what would become of a waiting file.
func (s *site) showTried(w http.ResponseWriter, r *http.Request) error {
	l, k, imported, err := s.openImport(r, true)
	if err != nil {
		return err
	}
	if k == nil {
		http.Redirect(w, r, l.path(), http.StatusSeeOther)
		return nil
	}
	return s.drawTried(w, r, http.StatusOK, k, imported, "")
}

func (s *site) drawTried(w http.ResponseWriter, r *http.Request, status int, k *keptImport, imported register.Imported, fault string) error {
	l := k.registerView
	at := l.path() + "/import/" + k.upload.ID
	wait := &waitingImport{
		Path: at, Name: k.upload.Name, Seen: seenImport(imported), Takes: imported.Added+imported.Changed > 0,
		Sentence: l.say("import.sentence", "added", imported.Added, "changed", imported.Changed, "same", imported.Same, "refused", imported.Refused),
	}
	for _, n := range k.notes {
		wait.Notes = append(wait.Notes, l.v.bookProblem(n))
	}
	if len(imported.Ignored) > 0 {
		wait.Ignored = l.say("import.ignored", "columns", l.v.words.List(imported.Ignored))
	}
	for _, row := range imported.Rows {
		for _, f := range row.Findings {
			wait.Rows = append(wait.Rows, importRow{Place: k.place(row, f), Key: orDash(row.Key), Text: l.finding(f), Refused: f.Level == register.Error})
		}
	}
	if len(wait.Rows) > 0 {
		wait.Marked = at + "/marked.xlsx"
	}
	if n := len(wait.Rows); n > rowsAnswered {
		wait.Rows, wait.More = wait.Rows[:rowsAnswered], l.say("import.more", "n", n-rowsAnswered)
	}
	return s.drawImport(w, r, status, l, importBody{Waiting: wait, Fault: fault})
}

// place names the place of a finding: the cell and its column, or the row.
func (k *keptImport) place(row register.ImportedRow, f register.Finding) string {
	if f.Problem != nil && f.Problem.Place.Line > 0 && f.Problem.Place.Column > 0 {
		column, _ := k.Column(f.Column)
		return k.say("import.cell", "cell", sheet.CellName(f.Problem.Place.Line, f.Problem.Place.Column), "column", k.label(column))
	}
	if column, ok := k.Column(f.Column); ok {
		return k.say("import.row", "n", row.Line) + " " + k.label(column)
	}
	return k.say("import.row", "n", row.Line)
}

// seenImport writes what would become of a file, so that who takes it takes what was shown.
func seenImport(i register.Imported) string {
	return strings.Join([]string{strconv.Itoa(i.Added), strconv.Itoa(i.Changed), strconv.Itoa(i.Same), strconv.Itoa(i.Refused)}, ".")
}

// confirmImport takes the good rows of a waiting file.
func (s *site) confirmImport(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, seenField); err != nil {
		return err
	}
	l, k, imported, err := s.openImport(r, true)
	if err != nil {
		return err
	}
	if k == nil { // taken before; its answer was lost
		http.Redirect(w, r, l.path(), http.StatusSeeOther)
		return nil
	}
	if r.PostForm.Get(seenField) != seenImport(imported) {
		return s.drawTried(w, r, http.StatusConflict, k, imported, l.say("import.moved"))
	}
	if _, imported, err = s.tryImport(r, l, k.upload, false); err != nil {
		if p := problemOf(err); p != nil && errors.Is(err, assess.ErrConflict) {
			return s.drawTried(w, r, http.StatusConflict, k, imported, l.v.problem(p))
		}
		return err
	}
	line := s.line(r, l.v.user, "register.import", string(l.Code))
	line.After = fmt.Sprintf("%d added, %d changed, %d same, %d refused of %s", imported.Added, imported.Changed, imported.Same, imported.Refused, k.upload.Name)
	if err := s.Uploads.TakeUpload(r.Context(), k.upload, l.v.user.Name, s.Now(), line); err != nil {
		return fmt.Errorf("import into %s: %w", l.Code, err)
	}
	s.putDone(r, l.path(), imported.Added+imported.Changed)
	http.Redirect(w, r, l.path(), http.StatusSeeOther)
	return nil
}

// sendImportMarks sends the file back with what is said of its cells.
func (s *site) sendImportMarks(w http.ResponseWriter, r *http.Request) error {
	l, k, imported, err := s.openImport(r, true)
	if err != nil {
		return err
	}
	if k == nil {
		http.Redirect(w, r, l.path(), http.StatusSeeOther)
		return nil
	}
	done, err := s.oneBook(r.Context())
	if err != nil {
		return err
	}
	defer done()
	content := k.upload.Content
	if !isWorkbook(content) {
		content = nil
	}
	data, err := workbook.Marked(k.book, content, k.marks(imported))
	if err != nil {
		return err
	}
	s.sendBook(w, r, strings.TrimSuffix(k.upload.Name, path.Ext(k.upload.Name))+l.v.words.T("fill.book.marked.name")+".xlsx", data)
	return nil
}

// marks are the findings at their cells; one of a whole row stands in its first.
func (k *keptImport) marks(imported register.Imported) (marks []workbook.Mark) {
	for _, row := range imported.Rows {
		for _, f := range row.Findings {
			m := workbook.Mark{Sheet: k.sheet.Name, Row: row.Line, Column: k.first(row.Line), Text: k.finding(f), Warning: f.Level == register.Warn}
			if f.Problem != nil && f.Problem.Place.Column > 0 {
				m.Column = f.Problem.Place.Column
			}
			marks = append(marks, m)
		}
	}
	return marks
}

// first answers the first column of a row that holds something.
func (k *keptImport) first(line int) int {
	i := slices.IndexFunc(k.sheet.Rows, func(row sheet.Row) bool { return row.Number == line })
	if i < 0 || len(k.sheet.Rows[i].Cells) == 0 {
		return 1
	}
	return k.sheet.Rows[i].Cells[0].Column
}

// sendHeads sends an empty table with the heads of a register, to be filled and brought back.
func (s *site) sendHeads(w http.ResponseWriter, r *http.Request) error {
	l, err := s.openKept(r)
	if err != nil {
		return err
	}
	var heads []string
	for _, f := range l.writable() {
		heads = append(heads, l.label(f))
	}
	data, err := workbook.Heads(l.name(), heads)
	if err != nil {
		return err
	}
	s.sendBook(w, r, l.say("import.heads.file", "register", l.name())+".xlsx", data)
	return nil
}
