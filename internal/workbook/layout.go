package workbook

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/source"
)

// column is a column of the form's table, from 1. The first is hidden; the others are in the order of the quarterly form, with the
// state of a figure behind them.
type column int

const (
	codeColumn column = iota + 1
	numberColumn
	nameColumn
	definitionColumn
	measureColumn
	previousColumn
	valueColumn
	netColumn
	onYearColumn
	noteColumn
	evidenceColumn
	checkColumn
	stateColumn
)

// The first rows.
const (
	titleRow   = 1
	unitRow    = 2
	headRow    = 3
	firstRow   = 4 // below the heads
	lastColumn = stateColumn
)

// columns answers the words of the columns and how wide they are, in characters of the basic font.
func columns() []struct {
	column
	word  string
	width float64
} {
	return []struct {
		column
		word  string
		width float64
	}{
		{codeColumn, "", 4},
		{numberColumn, "book.col.number", 4.5},
		{nameColumn, "book.col.name", 22},
		{definitionColumn, "book.col.definition", 31},
		{measureColumn, "book.col.measure", 7},
		{previousColumn, "book.col.previous", 12.5},
		{valueColumn, "book.col.value", 13.5},
		{netColumn, "book.col.net", 12.5},
		{onYearColumn, "book.col.on_year", 8.5},
		{noteColumn, "book.col.note", 19},
		{evidenceColumn, "book.col.evidence", 7.5},
		{checkColumn, "book.col.check", 21},
		{stateColumn, "book.col.state", 9},
	}
}

// codesHead stands above the hidden codes and tells the row of the heads.
const codesHead = "code"

// The hidden sheet, by which the file is known for a form of ours: what it was made of, then a row for each figure.
const (
	codesSheet   = source.FormSheet
	formMark     = source.FormMark
	codesUnit    = 2 // rows
	codesPeriod  = 3
	codesEdition = 4
	codesHeads   = 5
	codesFirst   = 6
)

// line is a row of the table: the band of a section, or a field.
type line struct {
	row     int
	section *desk.Section
	ordinal int // of the section, from 1
	field   *desk.Field
}

// layout is where everything of a form stands.
type layout struct {
	lines []line
	foot  int                 // row of the signatures
	at    map[assess.Code]int // row of an item; rates are under their indicator's code
}

func lay(f *desk.Form) layout {
	l := layout{at: map[assess.Code]int{}}
	row := firstRow
	for i := range f.Sections {
		s := &f.Sections[i]
		l.lines = append(l.lines, line{row: row, section: s, ordinal: i + 1})
		row++
		for j := range s.Fields {
			field := &s.Fields[j]
			l.lines = append(l.lines, line{row: row, field: field})
			if _, rate := l.at[field.Item.Code]; !rate || field.Of == nil {
				l.at[field.Item.Code] = row
			}
			row++
		}
	}
	l.foot = row + 1
	return l
}

// key names a field in the hidden column: a rate may carry the code of an item.
func key(f *desk.Field) string {
	if f.Of != nil {
		return "rate:" + string(f.Item.Code)
	}
	return string(f.Item.Code)
}

// open says whether a field can be typed into.
func open(form *desk.Form, f *desk.Field) bool {
	return form.Shut == nil && f.Kind == desk.Typed && f.Locked == nil && f.State != assess.Exempt
}

// ref names a cell in a formula.
func (c column) ref(row int) string { return sheet.CellName(row, int(c)) }

// name answers the letters of a column.
func (c column) name() string { return sheet.ColumnName(int(c)) }

// counted answers 一, 十二 for Chinese, 1, 12 for others.
func counted(n int, chinese bool) string {
	if !chinese || n > 99 {
		return strconv.Itoa(n)
	}
	digits := []rune("零一二三四五六七八九")
	tens, ones := n/10, n%10
	var text []rune
	if tens > 1 {
		text = append(text, digits[tens])
	}
	if tens > 0 {
		text = append(text, '十')
	}
	if ones > 0 || tens == 0 {
		text = append(text, digits[ones])
	}
	return string(text)
}

// frameworkName answers the name of the framework that a section belongs to.
func frameworkName(e *assess.Edition, code assess.Code) assess.Text {
	i := slices.IndexFunc(e.Frameworks, func(f assess.Framework) bool { return f.Code == code })
	if i < 0 {
		return assess.Text{}
	}
	return e.Frameworks[i].Name
}

// unionName answers the name of a district's union, the district's where it has none of its own.
func unionName(u assess.Unit, lang string) string { return cmp.Or(u.Union.In(lang), u.Name.In(lang)) }
