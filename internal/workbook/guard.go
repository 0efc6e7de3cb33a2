package workbook

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// author signs the notes of the form.
const author = "unionboard"

// Limits of what spreadsheets take, in characters.
const (
	longestPrompt = 250
	longestTitle  = 30
)

// guard limits what can be typed, notes what counts, and locks the rest. The protection has no password: it is against slips, and
// everything is checked when the file comes back.
func (w *writer) guard() error {
	for i := range w.lines {
		if l := &w.lines[i]; l.field != nil {
			if err := w.limit(l); err != nil {
				return err
			}
			if err := w.note(l); err != nil {
				return err
			}
		}
	}
	if err := w.colours(); err != nil {
		return err
	}
	// What stays allowed; a list without a password.
	return w.file.ProtectSheet(w.sheet, &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true, FormatRows: true, AutoFilter: true,
	})
}

// limit says what the cells of a field take.
func (w *writer) limit(l *line) error {
	f := l.field
	if !open(w.form, f) {
		return nil
	}
	value := excelize.NewDataValidation(true)
	value.SetSqref(valueColumn.ref(l.row))
	value.SetInput(clip(f.Item.Name.In(w.words.Lang()), longestTitle), clip(w.prompt(f), longestPrompt))
	stop := func(key string) {
		value.SetError(excelize.DataValidationErrorStyleStop, w.words.T("book.limit"), w.words.T(key))
	}
	var err error
	switch {
	case len(f.Item.Levels) > 0:
		var names []string
		for _, level := range f.Item.Levels {
			names = append(names, w.words.T("level."+string(level)))
		}
		err = value.SetDropList(names)
		stop("book.limit.list")
	case f.Item.Type == assess.Boolean:
		err = value.SetDropList([]string{w.words.T("book.bool.1"), w.words.T("book.bool.0")})
		stop("book.limit.list")
	case f.Item.Type == assess.Count:
		err = value.SetRange(0, 999_999_999_999, excelize.DataValidationTypeWhole, excelize.DataValidationOperatorBetween)
		stop("book.limit.count")
	default:
		err = value.SetRange(-999_999_999_999, 999_999_999_999, excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorBetween)
		stop("book.limit.number")
	}
	if err != nil {
		return err
	}
	note := excelize.NewDataValidation(true)
	note.SetSqref(noteColumn.ref(l.row))
	note.SetError(excelize.DataValidationErrorStyleStop, w.words.T("book.limit"), w.words.T("book.limit.note"))
	if err := note.SetRange(0, assess.LongestNote, excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorBetween); err != nil {
		return err
	}
	state := excelize.NewDataValidation(true)
	state.SetSqref(stateColumn.ref(l.row))
	state.SetError(excelize.DataValidationErrorStyleStop, w.words.T("book.limit"), w.words.T("book.limit.list"))
	if err := state.SetDropList([]string{w.words.T("book.state.lacking")}); err != nil {
		return err
	}
	for _, v := range []*excelize.DataValidation{value, note, state} {
		if err := w.file.AddDataValidation(w.sheet, v); err != nil {
			return err
		}
	}
	return nil
}

// prompt is what is shown when the cell is chosen.
func (w *writer) prompt(f *desk.Field) string {
	text := f.Item.Definition.In(w.words.Lang())
	if measure := f.Item.Measure.In(w.words.Lang()); measure != "" {
		text = w.words.T("book.prompt.measure", "measure", measure) + "\n" + text
	}
	return text
}

// note hangs the definition and what else is to be known of a figure on its name.
func (w *writer) note(l *line) error {
	f, lang := l.field, w.words.Lang()
	lines := []string{f.Item.Definition.In(lang)}
	if name := w.department(f.Item.Department); name != "" {
		lines = append(lines, w.words.T("book.note.department", "name", name))
	}
	if f.Explained != nil {
		lines = append(lines, w.problem(f.Explained))
	}
	lines = append(lines, w.sayings(f)...)
	for _, r := range w.rulesOf(f) {
		if r.AppliesTo == "" && f.Kind == desk.Typed {
			lines = append(lines, w.words.T("book.note.rule", "rule", r.Name.In(lang)))
		}
	}
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	if text == "" {
		return nil
	}
	return w.file.AddComment(w.sheet, comment(nameColumn.ref(l.row), text))
}

// comment is a note of a size that shows its text.
func comment(cell, text string) excelize.Comment {
	rows := 1
	for line := range strings.Lines(text) {
		rows += 1 + int(broad(line))/44
	}
	return excelize.Comment{
		Author: author, Cell: cell, Width: 320, Height: uint(18 * rows),
		Paragraph: []excelize.RichTextRun{{Text: text, Font: &excelize.Font{Family: textFont, Size: 9, Color: ink}}},
	}
}

func (w *writer) department(code assess.Code) string {
	for _, d := range w.form.Edition.Departments {
		if d.Code == code {
			return d.Name.In(w.words.Lang())
		}
	}
	return ""
}

// colours shows what the last column says, in the column itself and at the figure.
func (w *writer) colours() error {
	wrong, err := w.file.NewConditionalStyle(&excelize.Style{
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{markFill}}, Font: &excelize.Font{Color: markInk},
	})
	if err != nil {
		return err
	}
	ask, err := w.file.NewConditionalStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{warnFill}}})
	if err != nil {
		return err
	}
	check := "$" + checkColumn.ref(firstRow)
	begins := func(word string) string { return "LEFT(" + check + "," + literalLength(word) + ")=" + literal(word) }
	for _, l := range w.open() {
		check = "$" + checkColumn.ref(l.row)
		for _, at := range []column{valueColumn, checkColumn} {
			err := w.file.SetConditionalFormat(w.sheet, at.ref(l.row), []excelize.ConditionalFormatOptions{
				{Type: "formula", Criteria: begins(w.words.T("book.check.error")), Format: &wrong, StopIfTrue: true},
				{Type: "formula", Criteria: "AND(" + valueColumn.ref(l.row) + `<>"",` + check + `<>"")`, Format: &ask},
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// open answers the rows that can be typed into.
func (w *writer) open() []*line {
	var rows []*line
	for i := range w.lines {
		if l := &w.lines[i]; l.field != nil && open(w.form, l.field) {
			rows = append(rows, l)
		}
	}
	return rows
}

// clip shortens a text to so many characters.
func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
