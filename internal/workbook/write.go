package workbook

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/i18n"
)

// FileName answers the name of a form's file, as offices name them: 2026年第一季度_和平区总工会_填报表.xlsx.
func FileName(f *desk.Form, words i18n.Words) string {
	name := words.T("book.file", "period", words.Period(f.Period.String()), "unit", unionName(f.Unit, words.Lang()))
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name) + ".xlsx"
}

// Write makes the workbook of a form: protected, filled in as the form is, with last quarter's figures, choices, limits and notes.
// zone is that of its times.
func Write(form *desk.Form, words i18n.Words, zone *time.Location) ([]byte, error) {
	words = words.Named(form.Edition.Naming(words.Lang()))
	w := &writer{
		stylist: stylist{excelize.NewFile(), map[look]int{}}, form: form, words: words, zone: zone, layout: lay(form), typed: map[assess.Code]bool{},
	}
	defer w.file.Close()
	for _, l := range w.lines {
		if l.field != nil && l.field.Kind == desk.Typed {
			w.typed[l.field.Item.Code] = true
		}
	}
	w.sheet = words.T("book.sheet")
	for _, step := range []func() error{w.properties, w.table, w.help, w.codes} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("workbook of %s %s: %w", form.Unit.Code, form.Period, err)
		}
	}
	var b bytes.Buffer
	if err := w.file.Write(&b); err != nil {
		return nil, fmt.Errorf("workbook of %s %s: %w", form.Unit.Code, form.Period, err)
	}
	return b.Bytes(), nil
}

// writer makes one workbook.
type writer struct {
	layout
	stylist
	form  *desk.Form
	words i18n.Words
	zone  *time.Location
	sheet string               // name of the sheet with the form
	typed map[assess.Code]bool // the fields that are typed
}

func (w *writer) properties() error {
	yes := true
	if err := w.file.SetSheetName("Sheet1", w.sheet); err != nil {
		return err
	}
	if err := w.file.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &yes}); err != nil {
		return err
	}
	if err := w.file.ProtectWorkbook(&excelize.WorkbookProtectionOptions{LockStructure: true}); err != nil {
		return err
	}
	return w.file.SetDocProps(&excelize.DocProperties{
		Title: w.title(), Creator: "unionboard", Subject: w.form.Period.String() + " " + string(w.form.Unit.Code), Language: w.words.Lang(),
	})
}

func (w *writer) title() string {
	return w.words.T("book.title", "period", w.words.Period(w.form.Period.String()))
}

// table writes the sheet with the form.
func (w *writer) table() error {
	if err := w.paper(); err != nil { // the stream begins with it
		return err
	}
	stream, err := w.file.NewStreamWriter(w.sheet)
	if err != nil {
		return err
	}
	if err := w.frame(stream); err != nil {
		return err
	}
	for _, step := range []func(*excelize.StreamWriter) error{w.heading, w.rows, w.signatures} {
		if err := step(stream); err != nil {
			return err
		}
	}
	if err := w.guard(); err != nil {
		return err
	}
	return stream.Flush()
}

// frame sets the columns and what stays in sight.
func (w *writer) frame(stream *excelize.StreamWriter) error {
	for _, c := range columns() {
		if err := stream.SetColWidth(int(c.column), int(c.column), c.width); err != nil {
			return err
		}
	}
	err := stream.SetPanes(&excelize.Panes{
		Freeze: true, XSplit: int(nameColumn), YSplit: headRow, TopLeftCell: definitionColumn.ref(firstRow), ActivePane: "bottomRight",
	})
	if err != nil {
		return err
	}
	return stream.SetColVisible(int(codeColumn), int(codeColumn), false)
}

// paper sets how the sheet is printed: A4 across, one page wide, the heads on every page.
func (w *writer) paper() error {
	var (
		landscape, paper, no, yes = "landscape", 9, false, true // 9 is A4
		wide, high                = 1, 0                        // one page wide, as high as it needs
		side, top, edge           = 0.4, 0.5, 0.25              // inches
		zoom                      = 100.0
	)
	if err := w.file.SetPageLayout(w.sheet, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &paper, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	if err := w.file.SetSheetProps(w.sheet, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	err := w.file.SetPageMargins(w.sheet, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &top, Bottom: &top, Header: &edge, Footer: &edge, Horizontally: &yes,
	})
	if err != nil {
		return err
	}
	if err := w.file.SetSheetView(w.sheet, 0, &excelize.ViewOptions{ShowGridLines: &no, ZoomScale: &zoom}); err != nil {
		return err
	}
	err = w.file.SetHeaderFooter(w.sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&9" + w.words.T("book.foot.left") + "&R&9" + w.words.T("book.foot.page")})
	if err != nil {
		return err
	}
	quoted := "'" + w.sheet + "'"
	for name, area := range map[string]string{
		"_xlnm.Print_Titles": fmt.Sprintf("%s!$%d:$%d", quoted, headRow, headRow),
		"_xlnm.Print_Area":   fmt.Sprintf("%s!$%s$%d:$%s$%d", quoted, numberColumn.name(), titleRow, lastColumn.name(), w.foot),
	} {
		if err := w.file.SetDefinedName(&excelize.DefinedName{Name: name, RefersTo: area, Scope: w.sheet}); err != nil {
			return err
		}
	}
	return nil
}

// cells is a row under construction.
type cells [lastColumn]any

func (c *cells) set(at column, v excelize.Cell) { c[at-1] = v }

func (w *writer) put(stream *excelize.StreamWriter, row int, c *cells, height float64) error {
	return stream.SetRow(codeColumn.ref(row), c[:], excelize.RowOpts{Height: height})
}

// heading writes the title, whose form it is and as of when, and the heads of the columns.
func (w *writer) heading(stream *excelize.StreamWriter) error {
	title, err := w.style(look{font: titleFont, size: 20, align: "center"})
	if err != nil {
		return err
	}
	c := &cells{}
	c.set(numberColumn, excelize.Cell{StyleID: title, Value: w.title()})
	if err := w.put(stream, titleRow, c, 36); err != nil {
		return err
	}
	if err := stream.MergeCell(numberColumn.ref(titleRow), lastColumn.ref(titleRow)); err != nil {
		return err
	}
	if err := w.unitRow(stream); err != nil {
		return err
	}
	c = &cells{}
	hidden, err := w.style(look{color: muted})
	if err != nil {
		return err
	}
	head, err := w.style(look{fill: headFill, font: headFont, align: "center", border: true, wrap: true})
	if err != nil {
		return err
	}
	c.set(codeColumn, excelize.Cell{StyleID: hidden, Value: codesHead})
	for _, col := range columns()[1:] {
		c.set(col.column, excelize.Cell{StyleID: head, Value: w.words.T(col.word)})
	}
	return w.put(stream, headRow, c, 40)
}

func (w *writer) unitRow(stream *excelize.StreamWriter) error {
	c := &cells{}
	for _, part := range []struct {
		from, to    column
		align, text string
	}{
		{numberColumn, definitionColumn, "left", w.words.T("book.unit", "unit", unionName(w.form.Unit, w.words.Lang()))},
		{measureColumn, netColumn, "center", w.words.T("book.as_of", "day", w.words.Date(w.form.Period.LastDay()))},
		{onYearColumn, lastColumn, "right", w.deadline()},
	} {
		style, err := w.style(look{align: part.align, redBelow: true, size: 10.5})
		if err != nil {
			return err
		}
		for at := part.from; at <= part.to; at++ {
			c.set(at, excelize.Cell{StyleID: style})
		}
		c.set(part.from, excelize.Cell{StyleID: style, Value: part.text})
		if err := stream.MergeCell(part.from.ref(unitRow), part.to.ref(unitRow)); err != nil {
			return err
		}
	}
	return w.put(stream, unitRow, c, 22)
}

func (w *writer) deadline() string {
	if w.form.Deadline.IsZero() {
		return ""
	}
	due := w.form.Deadline.In(w.zone)
	return w.words.T("book.deadline", "day", w.words.Date(due), "time", due.Format("15:04"))
}

func (w *writer) rows(stream *excelize.StreamWriter) error {
	for i := range w.lines {
		l := &w.lines[i]
		write := w.fieldRow
		if l.section != nil {
			write = w.bandRow
		}
		if err := write(stream, l); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) bandRow(stream *excelize.StreamWriter, l *line) error {
	style, err := w.style(look{fill: bandFill, font: headFont, border: false, below: true})
	if err != nil {
		return err
	}
	c := &cells{}
	for at := numberColumn; at <= lastColumn; at++ {
		c.set(at, excelize.Cell{StyleID: style})
	}
	lang := w.words.Lang()
	name := w.words.T("book.band", "n", counted(l.ordinal, lang == i18n.Chinese), "name", l.section.Name.In(lang))
	if of := frameworkName(w.form.Edition, l.section.Framework).In(lang); of != "" {
		name = w.words.T("book.band.of", "n", counted(l.ordinal, lang == i18n.Chinese), "name", l.section.Name.In(lang), "framework", of)
	}
	c.set(numberColumn, excelize.Cell{StyleID: style, Value: name})
	return w.put(stream, l.row, c, 19)
}

// signatures writes the last line: who made, checked and signed the form.
func (w *writer) signatures(stream *excelize.StreamWriter) error {
	c := &cells{}
	for at := numberColumn; at <= lastColumn; at++ {
		style, err := w.style(look{open: true, size: 10.5, vertical: "bottom"})
		if err != nil {
			return err
		}
		c.set(at, excelize.Cell{StyleID: style})
	}
	style, err := w.style(look{open: true, size: 10.5, vertical: "bottom"})
	if err != nil {
		return err
	}
	for at, word := range map[column]string{
		numberColumn: "book.foot.made", definitionColumn: "book.foot.checked", netColumn: "book.foot.signed", checkColumn: "book.foot.date",
	} {
		c.set(at, excelize.Cell{StyleID: style, Value: w.words.T(word)})
	}
	return w.put(stream, w.foot, c, 30)
}

// stands is what stands in a field when the file is made, as its cell holds it.
func (w *writer) stands(f *desk.Field) string {
	switch value := plainly(f); {
	case f.State == assess.Exempt:
		return w.words.T("book.state.not_applicable")
	case f.Shown == "":
		return value
	case len(f.Item.Levels) > 0:
		return w.words.T("level." + value)
	case f.Item.Type == assess.Boolean:
		return w.words.T("book.bool." + value)
	default:
		return value
	}
}

// plainly is what stands in a field, as the form keeps it: a plain number, a code, or what was typed and cannot be read.
func plainly(f *desk.Field) string {
	switch {
	case f.State == assess.Exempt || f.State == assess.Missing:
		return ""
	case f.Shown == "":
		return f.Draft.Value
	}
	return f.Shown
}

// figure answers a value as a cell holds it: a number as a number, exactly, or else a text.
func figure(text string) any {
	d, err := decimal.NewFromString(text)
	if err != nil || d.NumDigits() > 15 {
		return text
	}
	if d.IsInteger() {
		if n, err := strconv.ParseInt(d.String(), 10, 64); err == nil {
			return n
		}
	}
	return d.InexactFloat64()
}
