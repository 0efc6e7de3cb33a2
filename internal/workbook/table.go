package workbook

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/tabular"
)

// TableRow is one name of a table as it is read.
type TableRow struct {
	Match
	At      assess.Place // of the figure
	Raw     string       // as it stands in the table
	Value   string       // as it is read; "" where nothing is
	Measure string       // that the table gives it
	Note    string
}

// ReadTable reads a table by a mapping that a person has looked at; as long as the figures are to be chosen, nothing of it is typed. Rows
// of other units or quarters are refused. What stands blank types nothing: a table of one's own never
// empties a cell.
func ReadTable(book *sheet.Book, form *desk.Form, words *i18n.Catalogue, m Mapping) (*Filled, []TableRow, error) {
	v, ok := viewOf(book, m.Sheet, m.Across)
	if !ok {
		return nil, nil, badMapping(book.File)
	}
	r := &tableReader{view: v, form: form, words: words, mapping: m, names: namesOf(form), seen: map[assess.Code]int{}}
	rows := v.ledger(r.names, form, m)
	for step := m.First; step <= v.Steps; step++ {
		label := v.Cell(m.Labels, step)
		if err := rows.strange(step); err != nil {
			r.leave(label, step, err)
			continue
		}
		if match, ok := m.item(label.Text); ok && label.Kind == sheet.Text {
			r.read(match, step)
		}
	}
	return &r.filled, r.rows, nil
}

type tableReader struct {
	view
	form    *desk.Form
	words   *i18n.Catalogue
	mapping Mapping
	names   *names
	seen    map[assess.Code]int
	filled  Filled
	rows    []TableRow
}

// leave refuses a figure of another unit or quarter.
func (r *tableReader) leave(label sheet.Cell, step int, why error) {
	match, ok := r.mapping.item(label.Text)
	fault, _ := errors.AsType[*assess.Problem](why)
	if !ok || label.Kind != sheet.Text || r.names.items[match.Item] == nil || tabular.Text(r.Cell(r.mapping.Figures, step)) == "" {
		return
	}
	at := r.Place(r.mapping.Figures, step, match.Label)
	r.filled.Cells = append(r.filled.Cells, FilledCell{Item: match.Item, At: at, Fault: fault.At(at)})
}

func (r *tableReader) read(match Match, step int) {
	figure := r.Cell(r.mapping.Figures, step)
	row := TableRow{Match: match, At: r.Place(r.mapping.Figures, step, match.Label), Raw: figure.String()}
	f := r.names.items[match.Item]
	if f == nil {
		row.Item = ""
		r.rows = append(r.rows, row)
		return
	}
	row.Measure = r.measureOf(match.Label, step, f)
	if r.mapping.Notes > 0 {
		row.Note = tabular.Text(r.Cell(r.mapping.Notes, step))
	}
	cell := FilledCell{Item: match.Item, At: row.At}
	var fault *assess.Problem
	row.Value, fault = r.value(figure, f, row.Measure)
	switch {
	case fault != nil:
		cell.Fault = fault
	case row.Value == "" && row.Note == "":
		r.rows = append(r.rows, row)
		return // nothing is said
	case r.seen[match.Item] > 0:
		cell.Fault = assess.Invalid("problem.table_twice", fmt.Sprintf("the figure is there twice, also at %s; leave one of them out", r.spot(r.seen[match.Item])),
			"cell", r.spot(r.seen[match.Item]))
	case !open(r.form, f):
		if !sameValue(row.Value, f.Shown) {
			reader := formReader{form: r.form}
			cell.Fault = reader.closed(f)
		}
	default:
		cell.Save, cell.Fault = r.save(f, row)
	}
	r.seen[match.Item] = step
	if cell.Fault != nil {
		cell.Fault = cell.Fault.At(row.At)
	}
	r.filled.Cells = append(r.filled.Cells, cell)
	r.rows = append(r.rows, row)
}

func (r *tableReader) spot(step int) string {
	at := r.Place(r.mapping.Figures, step, "")
	return sheet.CellName(at.Line, at.Column)
}

// save types a figure where it says something new. A note that the table does not give stays as it is.
func (r *tableReader) save(f *desk.Field, row TableRow) (*desk.Save, *assess.Problem) {
	save := &desk.Save{
		Unit: r.form.Unit.Code, Period: r.form.Period, Item: f.Item.Code, Value: row.Value, Note: f.Draft.Note, Base: f.Draft.Revision,
	}
	if row.Note != "" {
		save.Note = row.Note
	}
	if row.Value == "" {
		save.Value, save.Missing = f.Draft.Value, f.Draft.State == assess.Missing
		if f.Draft.Revision == 0 {
			save.Value = f.Shown
		}
	}
	switch reader := (&formReader{}); {
	case utf8.RuneCountInString(save.Value) > assess.LongestFigure:
		return nil, assess.TooLong("value", assess.LongestFigure)
	case utf8.RuneCountInString(save.Note) > assess.LongestNote:
		return nil, assess.TooLong("note", assess.LongestNote)
	case reader.holds(f, save), f.Draft.Revision == 0 && save.Note == "" && f.Shown != "" && sameValue(save.Value, f.Shown):
		return nil, nil
	}
	return save, nil
}

// measureOf answers the unit of measure of an item in the table: beside it, in its name, in the head of the figures, or of the whole.
func (r *tableReader) measureOf(label string, step int, f *desk.Field) string {
	if r.mapping.Measure > 0 {
		if text := r.Text(r.mapping.Measure, step); r.names.isMeasure(text) {
			return tabular.Fold(text)
		}
	}
	if measure := r.names.measureIn(label); measure != "" {
		return measure
	}
	for above := r.mapping.First - 1; above > 0; above-- {
		if measure := r.names.measureIn(r.view.Text(r.mapping.Figures, above)); measure != "" {
			return measure
		}
	}
	return r.names.wholeFor(r.mapping.Whole, f.Item.Measure.ZH)
}

// value answers what a cell types as the figure of an item, in the item's own measure.
func (r *tableReader) value(c sheet.Cell, f *desk.Field, measure string) (string, *assess.Problem) {
	if c.Kind == sheet.Text && tabular.Nothing(c.Text) {
		return "", nil
	}
	value, fault := typedValue(c, f.Item, r.words)
	if fault != nil || value == "" || isWord(f.Item) {
		return value, fault
	}
	by, ok := tabular.Power(measure, f.Item.Measure.ZH)
	if !ok {
		return "", assess.Invalid("problem.table_measure",
			fmt.Sprintf("the table counts in %s, the form in %s; write the figure in the measure of the form", measure, f.Item.Measure.ZH),
			"measure", measure, "asked", f.Item.Measure.ZH)
	}
	if c.Kind == sheet.Text {
		n, err := source.ParseTyped(c.Text, cmp.Or(measure, f.Item.Measure.ZH))
		if err != nil {
			n, err = source.ParseTyped(c.Text, f.Item.Measure.ZH)
		}
		if err != nil {
			return value, nil // the form says what is wrong with it
		}
		if strings.ContainsAny(strings.TrimSuffix(tabular.Fold(c.Text), tabular.Fold(measure)), "万亿") { // it brings its own
			return n.String(), nil
		}
		value = n.String()
	}
	if by == 0 {
		return value, nil
	}
	if larger, ok := scaled(value, by); ok {
		return larger, nil
	}
	return value, nil
}
