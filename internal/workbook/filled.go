package workbook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/tabular"
)

// Filled is what a file says of the figures of a form.
type Filled struct {
	Cells []FilledCell // in the order of the file
	// Notes harm nothing: what was left aside, and why.
	Notes []*assess.Problem
}

// FilledCell is one figure of a file.
type FilledCell struct {
	Item assess.Code
	At   assess.Place // of the figure, where marks are put
	// Save is what the file types into the form; nil where it changes nothing or cannot be taken.
	Save *desk.Save
	// Fault says why what stands there cannot be taken.
	Fault *assess.Problem
	// Moved: the form's cell was changed by somebody after the file was made, and the file says otherwise.
	Moved bool
}

// Saves answers what the file types, in its order; of cells that have moved on only those that take names.
func (f *Filled) Saves(take func(assess.Code) bool) []desk.Save {
	var saves []desk.Save
	for _, c := range f.Cells {
		if c.Save != nil && (!c.Moved || take(c.Item)) {
			saves = append(saves, *c.Save)
		}
	}
	return saves
}

// IsForm says whether a workbook was made by Write.
func IsForm(book *sheet.Book) bool {
	_, ok := codesOf(book)
	return ok
}

func codesOf(book *sheet.Book) (*sheet.Sheet, bool) {
	s, ok := book.Sheet(codesSheet)
	return s, ok && at(s, 1, int(codesCode)).Text == formMark
}

func at(s *sheet.Sheet, row, column int) sheet.Cell {
	i, found := slices.BinarySearchFunc(s.Rows, row, func(r sheet.Row, n int) int { return r.Number - n })
	if !found {
		return sheet.Cell{}
	}
	return s.Rows[i].Cell(column)
}

// ReadForm reads a filled form of ours. form is the one the file is handed in for, as it stands: a file of another unit or quarter is
// ErrForbidden, one that is no form of ours ErrInvalid.
func ReadForm(book *sheet.Book, form *desk.Form, words *i18n.Catalogue) (*Filled, error) {
	codes, ok := codesOf(book)
	if !ok {
		return nil, assess.Invalid("problem.form_file_none", "the file is not a form made by this program; download the form and fill that in").
			At(assess.Place{File: book.File})
	}
	if err := belongs(codes, form); err != nil {
		return nil, err
	}
	r := &formReader{book: book, codes: codes, form: form, words: words, made: map[string]madeCell{}, fields: map[string]*desk.Field{}}
	for i := range form.Sections {
		for j := range form.Sections[i].Fields {
			f := &form.Sections[i].Fields[j]
			r.fields[key(f)] = f
		}
	}
	if err := r.readCodes(); err != nil {
		return nil, err
	}
	if err := r.findTable(); err != nil {
		return nil, err
	}
	r.readRows()
	return &r.filled, nil
}

// belongs refuses a form of another unit or quarter: whose figures a file brings is said by the address, never by the file.
func belongs(codes *sheet.Sheet, form *desk.Form) error {
	unit, period := at(codes, codesUnit, 2).Text, at(codes, codesPeriod, 2).Text
	if unit != string(form.Unit.Code) {
		return assess.Forbidden("problem.form_file_unit", "the file is the form of another unit; download your own and fill that in").
			At(assess.Place{File: codes.File})
	}
	if period != form.Period.String() {
		return assess.Forbidden("problem.form_file_period",
			fmt.Sprintf("the file is the form of %s, not of %s; hand it in there, or download the one of this quarter", source.Excerpt(period), form.Period),
			"period", source.Excerpt(period), "asked", form.Period.String()).At(assess.Place{File: codes.File})
	}
	return nil
}

// madeCell is a cell as it was when the file was made.
type madeCell struct {
	revision           int64
	value, note, state string
}

// formReader reads one file.
type formReader struct {
	book   *sheet.Book
	codes  *sheet.Sheet
	form   *desk.Form
	words  *i18n.Catalogue
	made   map[string]madeCell
	fields map[string]*desk.Field

	table              *sheet.Sheet
	head               int // row
	value, note, state int // columns
	filled             Filled
}

func (r *formReader) readCodes() error {
	for _, row := range r.codes.Rows {
		code := row.Cell(int(codesCode)).Text
		if row.Number < codesFirst || code == "" {
			continue
		}
		revision, err := strconv.ParseInt(row.Cell(int(codesRevision)).Text, 10, 64)
		if _, twice := r.made[code]; err != nil || revision < 0 || twice {
			return r.changed()
		}
		r.made[code] = madeCell{
			revision, row.Cell(int(codesValue)).Text, row.Cell(int(codesNote)).Text, row.Cell(int(codesState)).Text,
		}
	}
	edition := r.form.Edition
	if digest := at(r.codes, codesEdition, 4).Text; digest != edition.Digest {
		r.filled.Notes = append(r.filled.Notes, assess.Invalid("problem.form_file_edition",
			"the definitions have changed since the file was made; look at the definitions of the figures again").At(assess.Place{File: r.book.File}))
	}
	return nil
}

func (r *formReader) changed() error {
	return assess.Invalid("problem.form_file_changed",
		"the hidden codes of the form are damaged or missing, so its figures cannot be told apart; download the form again and copy your figures over").
		At(assess.Place{File: r.book.File})
}

// findTable finds the sheet with the form by its hidden codes, and its columns by their heads: sheets may have been renamed, rows
// and columns moved.
func (r *formReader) findTable() error {
	for i := range r.book.Sheets {
		s := &r.book.Sheets[i]
		for _, row := range s.Rows {
			if row.Cell(int(codeColumn)).Text != codesHead {
				continue
			}
			if r.table != nil {
				return r.changed()
			}
			r.table, r.head = s, row.Number
			for n, column := range []*int{&r.value, &r.note, &r.state} {
				head := at(r.codes, codesHeads, n+3).Text // behind "columns" and the name
				for _, c := range row.Cells {
					if c.Text == head && head != "" {
						*column = c.Column
					}
				}
			}
		}
	}
	if r.table == nil || r.value == 0 || r.note == 0 || r.state == 0 {
		return r.changed()
	}
	return nil
}

func (r *formReader) readRows() {
	seen := map[string]int{}
	for _, row := range r.table.Rows {
		code := row.Cell(int(codeColumn)).Text
		if row.Number <= r.head || code == "" {
			continue
		}
		made, known := r.made[code]
		f := r.fields[code]
		place := r.table.At(row.Number, r.value, r.headOf(r.value))
		switch {
		case !known:
			continue // not ours
		case seen[code] > 0:
			r.fault(code, place, assess.Invalid("problem.form_file_twice",
				fmt.Sprintf("the row is there twice, also as row %d; keep one of them", seen[code]), "row", strconv.Itoa(seen[code])))
		case f == nil:
			if tabular.Text(row.Cell(r.value)) != "" {
				r.fault(code, place, assess.Invalid("problem.form_file_item", "the figure is not on the form any more; it is left out"))
			}
		default:
			r.readRow(row, f, made, place)
		}
		seen[code] = row.Number
	}
	for code := range r.made {
		if f := r.fields[code]; f != nil && open(r.form, f) && seen[code] == 0 {
			r.filled.Notes = append(r.filled.Notes, assess.Invalid("problem.form_file_row",
				fmt.Sprintf("the row of %s is not in the file; the figure stays as it is", f.Item.Name.EN), "item", f.Item.Name.ZH).At(assess.Place{File: r.book.File}))
		}
	}
	slices.SortFunc(r.filled.Notes, func(a, b *assess.Problem) int { return strings.Compare(a.Message, b.Message) })
}

func (r *formReader) headOf(column int) string { return at(r.table, r.head, column).Text }

func (r *formReader) fault(code string, place assess.Place, p *assess.Problem) {
	r.filled.Cells = append(r.filled.Cells, FilledCell{Item: assess.Code(strings.TrimPrefix(code, "rate:")), At: place, Fault: p.At(place)})
}

// readRow compares a row with what it was when the file was made.
func (r *formReader) readRow(row sheet.Row, f *desk.Field, made madeCell, place assess.Place) {
	if f.Kind == desk.Computed { // its cell holds a formula
		return
	}
	value, fault := typedValue(row.Cell(r.value), f.Item, r.words)
	if f.State == assess.Exempt && r.isWord("book.state.not_applicable", value) {
		value = ""
	}
	note, state := tabular.Text(row.Cell(r.note)), tabular.Text(row.Cell(r.state))
	same := fault == nil && sameValue(value, made.value) && note == made.note && state == made.state
	cell := FilledCell{Item: f.Item.Code, At: place}
	switch {
	case same:
	case !open(r.form, f):
		if fault == nil && value == "" && f.Kind == desk.Supplied {
			break // emptied, which takes nothing away
		}
		cell.Fault = r.closed(f)
	case fault != nil:
		cell.Fault = fault
	default:
		cell.Save, cell.Fault = r.save(f, made, value, note, state)
		cell.Moved = cell.Save != nil && f.Draft.Revision != made.revision
	}
	if cell.Fault != nil {
		cell.Fault = cell.Fault.At(place)
	}
	if cell.Save != nil && r.holds(f, cell.Save) {
		cell.Save, cell.Moved = nil, false // somebody typed the same
	}
	r.filled.Cells = append(r.filled.Cells, cell)
}

// closed says why the figure of a locked cell is not taken.
func (r *formReader) closed(f *desk.Field) *assess.Problem {
	switch {
	case r.form.Shut != nil:
		return again(r.form.Shut)
	case f.Locked != nil:
		return again(f.Locked)
	case f.Explained != nil:
		return again(f.Explained)
	}
	return assess.Conflict("problem.form_file_locked", "the figure is not typed into this form; what was written there is left out")
}

// again answers a problem to be placed.
func again(p *assess.Problem) *assess.Problem {
	copied := *p
	return &copied
}

// save makes what the form is told of a cell.
func (r *formReader) save(f *desk.Field, made madeCell, value, note, state string) (*desk.Save, *assess.Problem) {
	save := &desk.Save{
		Unit: r.form.Unit.Code, Period: r.form.Period, Item: f.Item.Code, Value: value, Note: note, Base: made.revision,
	}
	switch {
	case state == "":
	case r.isWord("book.state.lacking", state):
		save.Missing = true
	default:
		return nil, assess.Invalid("problem.form_file_state", fmt.Sprintf("%q is no state; choose from the list, or leave the cell empty", source.Excerpt(state)),
			"value", source.Excerpt(state))
	}
	switch {
	case save.Missing && value != "":
		return nil, assess.Invalid("problem.missing_value", "a figure that cannot be had has no value; empty the cell, or do not declare it missing")
	case utf8.RuneCountInString(note) > assess.LongestNote:
		return nil, assess.TooLong("note", assess.LongestNote)
	case utf8.RuneCountInString(value) > assess.LongestFigure:
		return nil, assess.TooLong("value", assess.LongestFigure)
	}
	return save, nil
}

func (r *formReader) isWord(key, text string) bool { return inSomeLanguage(r.words, key, text) }

func inSomeLanguage(words *i18n.Catalogue, key, text string) bool {
	return text == words.In(i18n.Chinese).T(key) || strings.EqualFold(text, words.In(i18n.English).T(key))
}

// holds says whether the form holds already what a save would type.
func (r *formReader) holds(f *desk.Field, s *desk.Save) bool {
	return f.Draft.Revision > 0 && s.Missing == (f.Draft.State == assess.Missing) && s.Note == f.Draft.Note &&
		(sameValue(s.Value, f.Draft.Value) || f.Shown != "" && sameValue(s.Value, f.Shown))
}

// typedValue answers what a cell types as the value of an item, or why it is none. A text stays as it was typed: the form says how it
// is read; one whose digits are not clear is refused.
func typedValue(c sheet.Cell, item assess.Item, words *i18n.Catalogue) (string, *assess.Problem) {
	if fault := source.NoFigure(c); fault != nil {
		return "", fault
	}
	switch c.Kind {
	case sheet.Blank:
		return "", nil
	case sheet.Text:
		if fault := source.Unclear(c.Text); fault != nil && !isWord(item) {
			return "", fault // an input of one line would glue the digits
		}
		return inCodes(strings.TrimSpace(c.Text), item, words), nil
	case sheet.Boolean:
		if item.Type == assess.Boolean {
			return map[string]string{"TRUE": "1", "FALSE": "0"}[c.Text], nil
		}
		return "", assess.Invalid("problem.cell_boolean", "the cell holds TRUE or FALSE; write the figure")
	case sheet.Percent:
		d, err := decimal.NewFromString(c.Text)
		if err != nil {
			break
		}
		if item.Type == assess.Percent || strings.HasPrefix(item.Measure.ZH, "%") {
			return d.Shift(2).String(), nil
		}
		return "", assess.Invalid("problem.cell_percent",
			fmt.Sprintf("the cell shows %s, and the figure is no percentage; set its format to number and write the figure", c), "value", c.String())
	}
	return c.Text, nil
}

// inCodes answers the code of a level or truth that is written in words; other texts as they are.
func inCodes(text string, item assess.Item, words *i18n.Catalogue) string {
	for _, level := range item.Levels {
		if inSomeLanguage(words, "level."+string(level), text) {
			return string(level)
		}
	}
	if item.Type == assess.Boolean {
		for _, truth := range []string{"1", "0"} {
			if inSomeLanguage(words, "book.bool."+truth, text) {
				return truth
			}
		}
	}
	return text
}

// sameValue says whether two values are the same figure, or the same words.
func sameValue(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := decimal.NewFromString(a)
	y, errY := decimal.NewFromString(b)
	return errX == nil && errY == nil && x.Equal(y)
}
