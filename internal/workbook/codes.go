package workbook

import (
	"strconv"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/desk"
)

// The columns of the hidden sheet.
const (
	codesCode column = iota + 1
	codesKind
	codesRevision
	codesValue // that stood there, as the form keeps it
	codesNote
	codesState
	codesYearAgo
)

// hidden answers the row of the hidden sheet that belongs to a row of the form.
func (w *writer) hidden(row int) int { return codesFirst + row - firstRow }

// codes writes the hidden sheet: whose form it is, made of which edition, and what each cell held at which revision, so that what
// was changed in the file can be told from what was changed in the meantime.
func (w *writer) codes() error {
	if _, err := w.file.NewSheet(codesSheet); err != nil {
		return err
	}
	heads := map[column]string{}
	for _, c := range columns()[1:] {
		heads[c.column] = w.words.T(c.word)
	}
	rows := map[int][]any{
		1:            {formMark, w.sheet},
		codesUnit:    {"unit", string(w.form.Unit.Code)},
		codesPeriod:  {"period", w.form.Period.String()},
		codesEdition: {"edition", w.form.Edition.Year, w.form.Edition.Number, w.form.Edition.Digest},
		codesHeads:   {"columns", heads[nameColumn], heads[valueColumn], heads[noteColumn], heads[stateColumn]},
	}
	for _, l := range w.lines {
		if f := l.field; f != nil {
			rows[w.hidden(l.row)] = []any{
				key(f), string(f.Kind), strconv.FormatInt(f.Draft.Revision, 10), plainly(f), f.Draft.Note, w.stateOf(f), yearAgo(f),
			}
		}
	}
	for row, values := range rows { // each writes its own
		if err := w.file.SetSheetRow(codesSheet, codesCode.ref(row), &values); err != nil {
			return err
		}
	}
	if err := w.file.ProtectSheet(codesSheet, &excelize.SheetProtectionOptions{SelectLockedCells: true}); err != nil {
		return err
	}
	return w.file.SetSheetVisible(codesSheet, false, true)
}

func yearAgo(f *desk.Field) any {
	if isWord(f.Item) || f.YearAgo.Value == "" {
		return nil
	}
	return figure(f.YearAgo.Value)
}

// help writes the sheet that says how the form is filled in.
func (w *writer) help() error {
	name := w.words.T("book.help")
	if _, err := w.file.NewSheet(name); err != nil {
		return err
	}
	no, yes, paper, wide, high := false, true, 9, 1, 0
	if err := w.file.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &no}); err != nil {
		return err
	}
	if err := w.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	if err := w.file.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &paper, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	if err := w.file.SetColWidth(name, "A", "A", 96); err != nil {
		return err
	}
	head, err := w.style(look{font: headFont, size: 14, redBelow: true})
	if err != nil {
		return err
	}
	text, err := w.style(look{wrap: true, size: 11, vertical: "top"})
	if err != nil {
		return err
	}
	lines := []string{name}
	for n := 1; w.words.Has("book.help." + strconv.Itoa(n)); n++ {
		lines = append(lines, w.words.T("book.help."+strconv.Itoa(n)))
	}
	for i, line := range lines {
		cell, style := "A"+strconv.Itoa(i+1), text
		if i == 0 {
			style = head
		}
		if err := w.file.SetCellStr(name, cell, line); err != nil {
			return err
		}
		if err := w.file.SetCellStyle(name, cell, cell, style); err != nil {
			return err
		}
		if err := w.file.SetRowHeight(name, i+1, max(24, 8+16*float64(1+int(broad(line)/94)))); err != nil {
			return err
		}
	}
	return w.file.ProtectSheet(name, &excelize.SheetProtectionOptions{SelectLockedCells: true, SelectUnlockedCells: true})
}

// literalLength writes how long a word is, as spreadsheets count.
func literalLength(word string) string { return strconv.Itoa(len(utf16.Encode([]rune(word)))) }
