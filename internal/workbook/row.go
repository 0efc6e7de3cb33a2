package workbook

import (
	"cmp"
	"math"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/width"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// fieldRow writes the row of a field.
func (w *writer) fieldRow(stream *excelize.StreamWriter, l *line) error {
	f, lang := l.field, w.words.Lang()
	c := &cells{}
	plain := look{border: true, wrap: true}
	name := plain
	if f.Kind == desk.Computed { // it follows from what stands above
		name.indent, name.color = 1, muted
	}
	number := ""
	if f.Number > 0 {
		number = decimal.NewFromInt(int64(f.Number)).String()
	}
	for _, cell := range []struct {
		at    column
		look  look
		value any
	}{
		{codeColumn, look{color: muted}, key(f)},
		{numberColumn, plain.with("center", muted), figure(number)},
		{nameColumn, name, f.Item.Name.In(lang)},
		{definitionColumn, look{border: true, wrap: true, color: muted, size: 9}, f.Item.Definition.In(lang)},
		{measureColumn, plain.with("center", ""), f.Item.Measure.In(lang)},
		{previousColumn, w.numeric(f, number0), w.past(f)},
		{noteColumn, w.input(f, look{border: true, wrap: true}), cmp.Or(f.Draft.Note, "")},
		{evidenceColumn, plain.with("center", ""), w.evidence(f)},
		{stateColumn, w.input(f, plain.with("center", "")), w.stateOf(f)},
	} {
		style, err := w.style(cell.look)
		if err != nil {
			return err
		}
		c.set(cell.at, excelize.Cell{StyleID: style, Value: cell.value})
	}
	if err := w.figures(c, f, l.row); err != nil {
		return err
	}
	return w.put(stream, l.row, c, w.height(f))
}

func (l look) with(align, color string) look {
	l.align, l.color = align, color
	return l
}

// input marks the look of a cell that can be typed into.
func (w *writer) input(f *desk.Field, l look) look {
	if open(w.form, f) {
		l.open, l.fill = true, inputFill
	}
	return l
}

// figures writes the value with what follows from it.
func (w *writer) figures(c *cells, f *desk.Field, row int) error {
	value := excelize.Cell{Value: figure(w.stands(f))}
	if f.Kind == desk.Computed {
		value.Formula, _ = w.computed(w.form.Edition, f)
	}
	change := excelize.Cell{Formula: net(f, w.form.Period, row), Value: figure(f.Net)}
	year := excelize.Cell{Formula: onYear(f, row, w.hidden(row))}
	yearFormat := `+0.0%;-0.0%;0.0%`
	switch {
	case f.Item.Type == assess.Percent:
		yearFormat = `+0.0;-0.0;0.0`
		if f.OnYear != nil {
			year.Value = *f.OnYear
		}
	case f.OnYear != nil:
		year.Value = *f.OnYear / 100
	}
	check, remark := excelize.Cell{Value: w.remark(f)}, look{border: true, wrap: true, size: 9, color: muted}
	if open(w.form, f) {
		check.Formula, remark.color = w.check(f, row), ink
	}
	for _, cell := range []struct {
		at   column
		look look
		cell excelize.Cell
	}{
		{valueColumn, w.input(f, w.numeric(f, number0)), value},
		{netColumn, w.numeric(f, signed), change},
		{onYearColumn, look{border: true, align: "right", color: muted, format: yearFormat}, year},
		{checkColumn, remark, check},
	} {
		if cell.cell.Value == nil || cell.cell.Value == "" {
			cell.cell.Value = nil
			if cell.cell.Formula == "" && cell.at != valueColumn && cell.at != checkColumn {
				cell.cell.Value, cell.look.align, cell.look.color = "—", "center", muted
			} else if cell.cell.Formula != "" {
				cell.cell.Value = ""
			}
		}
		style, err := w.style(cell.look)
		if err != nil {
			return err
		}
		cell.cell.StyleID = style
		c.set(cell.at, cell.cell)
	}
	return nil
}

// How numbers are written: plain, and as a change with its sign.
const (
	number0 = "#,##0"
	signed  = "+#,##0;-#,##0;0"
)

// numeric is the look of a number of an item.
func (w *writer) numeric(f *desk.Field, format string) look {
	if isWord(f.Item) {
		return look{border: true, align: "center"}
	}
	places := 0
	switch {
	case f.Of != nil:
		if _, node, ok := w.form.Edition.Indicator(f.Item.Code); ok {
			places = node.Indicator.Decimals
		}
	case f.Item.Type == assess.Money:
		places = 2
	case f.Item.Type != assess.Count:
		places = 1
	}
	if places > 0 {
		format = strings.ReplaceAll(format, "#,##0", "#,##0."+strings.Repeat("0", places))
	}
	l := look{border: true, align: "right", format: format}
	if f.Kind != desk.Typed {
		l.color = muted
	}
	return l
}

// past writes last quarter's figure.
func (w *writer) past(f *desk.Field) any {
	switch p := f.Previous; {
	case p.State == assess.Exempt || p.State == assess.Missing:
		return w.words.T("book.state." + string(p.State))
	case p.Value == "":
		return "—"
	case len(f.Item.Levels) > 0:
		return w.words.T("level." + p.Value)
	case f.Item.Type == assess.Boolean:
		return w.words.T("book.bool." + p.Value)
	default:
		return figure(p.Value)
	}
}

func (w *writer) evidence(f *desk.Field) string {
	switch {
	case f.EvidenceCount > 0:
		return w.words.T("book.evidence.files", "n", f.EvidenceCount)
	case f.EvidenceAsked:
		return w.words.T("book.evidence.asked")
	}
	return "—"
}

func (w *writer) stateOf(f *desk.Field) string {
	if f.State == assess.Missing && f.Kind == desk.Typed {
		return w.words.T("book.state.lacking")
	}
	return ""
}

// remark is what the last column says while no formula has worked it out.
func (w *writer) remark(f *desk.Field) string {
	switch {
	case open(w.form, f):
		if said := w.said(f); said != "" || w.stands(f) != "" || f.State == assess.Missing {
			return said
		}
		return w.words.T("book.check.empty")
	case f.Kind != desk.Typed && f.Of != nil:
		return w.words.T("book.computed")
	case f.Explained != nil && f.Kind == desk.Computed:
		return w.words.T("book.computed")
	case f.Kind == desk.Supplied:
		return w.words.T("book.supplied." + string(f.Item.Origin))
	case f.Locked != nil && w.form.Shut == nil:
		return w.problem(f.Locked)
	}
	return ""
}

// height answers how high a row must be for its texts, in points. A character of the basic font is 7 pixels wide, half a Chinese one
// two thirds of its size in points.
func (w *writer) height(f *desk.Field) float64 {
	lang, lines := w.words.Lang(), 1.0
	for _, c := range columns() {
		text, size := "", 10.0
		switch c.column {
		case nameColumn:
			text = f.Item.Name.In(lang)
		case definitionColumn:
			text, size = f.Item.Definition.In(lang), 9
		case measureColumn:
			text = f.Item.Measure.In(lang)
		case noteColumn:
			text = f.Draft.Note
		case checkColumn:
			text, size = w.remark(f), 9
		}
		lines = max(lines, math.Ceil(broad(text)*size*2/3/(c.width*7-10)))
	}
	return max(21, lines*12.5+7)
}

// broad answers how wide a text is: Chinese characters count two.
func broad(text string) float64 {
	n := 0.0
	for _, r := range text {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth, width.EastAsianAmbiguous:
			n += 2
		default:
			n++
		}
	}
	return n
}
