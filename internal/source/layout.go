package source

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/tabular"
)

// tidyHeads are the heads of the promised form of a table, with their roles.
func tidyHeads() []Column {
	return []Column{
		{Head: "unit", Role: RoleUnit},
		{Head: "period", Role: RolePeriod},
		{Head: "code", Role: RoleItem},
		{Head: "value", Role: RoleValue},
		{Head: "state", Role: RoleState},
		{Head: "note", Role: RoleNote},
		{Head: "part", Role: RolePart},
		{Head: "ref", Role: RoleRef},
	}
}

// field answers what a role is called in an entry.
func (r Role) field() string {
	if r == RoleItem {
		return "code"
	}
	return string(r)
}

// What marks the workbook that is the form of a district: a hidden sheet with this name, and in its first cell this text.
const (
	FormSheet = "unionboard"
	FormMark  = "unionboard/form/1"
)

// laid is a table that is read by its columns.
type laid struct {
	piece   Piece
	mapping *Mapping
	lexicon *lexicon
	view    *tabular.View
	text    bool // it was text: places are lines of the file
	comma   rune
	most    int

	line   map[Role]int // of the columns of one role
	values []valueColumn
	unit   assess.UnitCode // of rows that name none
	period string
	total  *Reading
	hidden []int
	left   int
}

// valueColumn is a column of figures.
type valueColumn struct {
	Column
	line    int
	columns map[string]int
	heads   map[string]string
}

// readBook reads the tables of a workbook, or of a text that is laid out like one, by a mapping.
func (p Piece) readBook(m *Mapping, most int) (r Reading, err error) {
	b, err := openBook(p.Name, p.Data)
	if p.Form == Workbook && b.text {
		_, err = sheet.Read(p.Name, p.Data) // says what is wrong with it
	}
	if err != nil {
		return r, err
	}
	if s, ok := b.book.Sheet(FormSheet); ok && s.Hidden && len(s.Rows) > 0 && s.Rows[0].Cell(1).Text == FormMark {
		return r, assess.Invalid("problem.file_form",
			"this is the form of a district; its people hand it in on their page of the quarter, where it is shown before it counts").At(assess.Place{File: p.Name})
	}
	if m == nil {
		m = &Mapping{}
	}
	return p.readSheets(b, m, most)
}

// readSheets reads the sheets of an opened table that a mapping names.
func (p Piece) readSheets(b opened, m *Mapping, most int) (r Reading, err error) {
	r.Notes = b.notes
	sheets, fault := m.sheets(b)
	if fault != nil {
		return Reading{}, fault
	}
	for _, s := range sheets {
		l := &laid{piece: p, mapping: m, lexicon: newLexicon(m), text: b.text, comma: b.comma, most: most, line: map[Role]int{}, total: &r}
		l.view = tabular.NewView(s, m.Transposed, sheet.MostRows, sheet.MostRows)
		if fault := l.read(b.ragged); fault != nil {
			return Reading{}, fault
		}
	}
	return r, nil
}

// sheets answers the sheets of a workbook that are read.
func (m *Mapping) sheets(b opened) (all []*sheet.Sheet, fault *assess.Problem) {
	var names []string
	for i := range b.book.Sheets {
		s := &b.book.Sheets[i]
		if s.Hidden || len(s.Rows) == 0 {
			continue
		}
		names = append(names, s.Name)
		if m.Sheet == "*" || m.Sheet == "" && all == nil || m.Sheet == s.Name || b.text {
			all = append(all, s)
		}
	}
	if all == nil {
		found := strings.Join(names, ", ")
		return nil, assess.Invalid("problem.mapping_sheet",
			fmt.Sprintf("there is no shown sheet %s with cells, the workbook has %s; correct the sheet, or the mapping", quoted(m.Sheet), quoted(found)),
			"sheet", Excerpt(m.Sheet), "found", Excerpt(found)).At(assess.Place{File: b.book.File})
	}
	return all, nil
}

// at answers the place of a cell.
func (l *laid) at(line, step int, head string) assess.Place {
	p := l.view.Place(line, step, head)
	if l.text {
		p.File = l.piece.Name
	}
	return p
}

// read reads one sheet. ragged is the row at which a text was cut off, 0 for none.
func (l *laid) read(ragged int) *assess.Problem {
	if fault := l.columns(); fault != nil {
		return fault
	}
	if fault := l.constants(); fault != nil {
		return fault
	}
	rows := map[int]sheet.Row{}
	for _, r := range l.view.Sheet.Rows {
		rows[r.Number] = r
	}
	for step := l.mapping.Skip + max(1, l.mapping.Heads) + 1; step <= l.view.Steps; step++ {
		if l.view.Blank(step) {
			continue
		}
		if l.ends(step) {
			break
		}
		if ragged > 0 && ragged == step && !l.mapping.Transposed {
			return fileCut(l.piece.Name, step)
		}
		if !l.mapping.Transposed && rows[step].Hidden {
			l.hidden = append(l.hidden, step)
		}
		for _, c := range l.values {
			if fault := l.figure(c, step); fault != nil {
				return fault
			}
		}
	}
	l.total.left(l.left, l.piece.Name)
	if len(l.hidden) > 0 {
		l.total.Notes = append(l.total.Notes, assess.Invalid("problem.rows_hidden",
			fmt.Sprintf("%d hidden rows were read like the others, the first is row %d; delete those that should not count", len(l.hidden), l.hidden[0]),
			"n", strconv.Itoa(len(l.hidden)), "row", strconv.Itoa(l.hidden[0])).At(l.at(0, l.hidden[0], "")))
	}
	return nil
}

// head answers the head of a line: those of its rows, each once, joined by "/".
func (l *laid) head(line int) string {
	var parts []string
	for step := l.mapping.Skip + 1; step <= l.mapping.Skip+max(1, l.mapping.Heads); step++ {
		text := strings.Join(strings.Fields(l.view.Text(line, step)), " ")
		if text != "" && (len(parts) == 0 || parts[len(parts)-1] != text) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "/")
}

// columns finds the columns of the mapping in the table, by number or head.
func (l *laid) columns() *assess.Problem {
	wanted, tidy := l.mapping.Columns, len(l.mapping.Columns) == 0
	if tidy {
		wanted = tidyHeads()
	}
	top := l.mapping.Skip + max(1, l.mapping.Heads)
	byHead, heads := map[string]int{}, make([]string, l.view.Lines+1)
	for line := 1; line <= l.view.Lines; line++ {
		heads[line] = l.head(line)
		key := tabular.Fold(heads[line])
		if byHead[key] > 0 && slices.ContainsFunc(wanted, func(c Column) bool { return c.At == 0 && tabular.Fold(c.Head) == key }) {
			return assess.Invalid("problem.column_twice", fmt.Sprintf("the column %s is there twice; keep one of them", Excerpt(heads[line])),
				"column", Excerpt(heads[line])).At(l.at(line, top, heads[line]))
		}
		if key != "" && byHead[key] == 0 {
			byHead[key] = line
		}
	}
	known := map[int]bool{}
	var lack []string
	for _, c := range wanted {
		line := c.At
		if line == 0 {
			line = byHead[tabular.Fold(c.Head)]
		}
		switch {
		case line == 0 || line > l.view.Lines:
			if !tidy || slices.Contains([]Role{RoleUnit, RolePeriod, RoleItem, RoleValue}, c.Role) && !l.given(c.Role) {
				lack = append(lack, c.name())
			}
			continue
		case known[line]:
			return assess.Invalid("problem.column_twice", fmt.Sprintf("the column %s is there twice; keep one of them", c.name()), "column", c.name()).
				At(l.at(line, top, heads[line]))
		}
		known[line] = true
		switch c.Role {
		case RoleNone:
		case RoleValue:
			c.Head = cmp.Or(c.Head, heads[line])
			l.values = append(l.values, valueColumn{Column: c, line: line})
		default:
			l.line[c.Role] = line
		}
	}
	if lack != nil {
		found := strings.Join(slices.DeleteFunc(heads, func(s string) bool { return s == "" }), ", ")
		return assess.Invalid("problem.column_missing",
			fmt.Sprintf("the first row has no column %s, it names %s; put the names of the columns into the first row, or say in the mapping of the source how its tables are laid out", strings.Join(lack, ", "), quoted(found)),
			"column", strings.Join(lack, ", "), "found", Excerpt(found)).At(l.at(0, top, ""))
	}
	l.note(heads, known, top)
	l.placeValues(heads)
	return nil
}

// given says whether the mapping says what a column would.
func (l *laid) given(r Role) bool {
	return r == RoleUnit && (l.mapping.Unit != Constant{} || l.piece.Unit != "") || r == RolePeriod && (l.mapping.Period != Constant{} || !l.piece.Period.IsZero())
}

// note notes the columns that nobody asked for.
func (l *laid) note(heads []string, known map[int]bool, top int) {
	for line, head := range heads {
		if line > 0 && head != "" && !known[line] {
			l.total.Notes = append(l.total.Notes, assess.Invalid("problem.column_ignored",
				fmt.Sprintf("the column %s is not known and was ignored", quoted(head)), "column", Excerpt(head)).At(l.at(line, top, head)))
		}
	}
}

// placeValues lets the entries of each column of values know the places and heads of their fields.
func (l *laid) placeValues(heads []string) {
	for i := range l.values {
		c := &l.values[i]
		c.columns, c.heads = map[string]int{"value": c.line}, map[string]string{"value": heads[c.line]}
		for role, line := range l.line {
			c.columns[role.field()], c.heads[role.field()] = line, heads[line]
		}
		for _, said := range []struct {
			field string
			given bool
		}{{"unit", c.Unit != ""}, {"period", c.Period != ""}, {"code", c.Item != ""}} {
			if said.given { // by the head of the column of values itself
				c.columns[said.field], c.heads[said.field] = c.line, heads[c.line]
			}
		}
		if l.mapping.Transposed {
			c.columns = nil
		}
	}
}

// ends says whether a step is the first after the table.
func (l *laid) ends(step int) bool {
	begin := tabular.Fold(tabular.Text(l.view.Begin(step)))
	return slices.ContainsFunc(l.mapping.End, func(word string) bool { return strings.HasPrefix(begin, tabular.Fold(word)) })
}

// figure reads the figure of one column of values in one step.
func (l *laid) figure(c valueColumn, step int) *assess.Problem {
	cell := l.view.Cell(c.line, step)
	e := said{factor: c.Factor, Entry: assess.Entry{
		Place: assess.Place{File: l.at(c.line, step, "").File, Line: step}, Columns: c.columns, Heads: c.heads,
		Unit:       cmp.Or(c.Unit, assess.UnitCode(l.word(RoleUnit, step)), l.unit),
		PeriodText: cmp.Or(c.Period, l.periodWord(step), l.period),
		Code:       cmp.Or(c.Item, assess.Code(l.word(RoleItem, step))),
		State:      l.word(RoleState, step), Note: l.word(RoleNote, step), Part: l.word(RolePart, step), Ref: l.word(RoleRef, step),
		Value: strings.TrimSpace(cell.String()),
	}}
	if l.mapping.Transposed {
		e.Place = l.at(c.line, step, "")
	}
	raw := e.Entry
	leave, fault := l.lexicon.understand(&e)
	if leave {
		l.left++
		return nil
	}
	if len(l.total.Entries)+len(l.total.Refused) >= l.most && l.most > 0 {
		return TooManyRows(l.piece.Name, l.most)
	}
	if fault == nil {
		fault = l.sound(&e, cell, step, c.line)
	}
	if fault != nil {
		l.total.Refused = append(l.total.Refused, assess.Rejection{Place: fault.Place, Unit: e.Unit, Code: e.Code, Value: raw.Value, Problem: fault})
		return nil
	}
	l.total.Entries = append(l.total.Entries, e.Entry)
	return nil
}

// word answers the words of a column in a step, those of the merged cell it is part of.
func (l *laid) word(r Role, step int) string {
	if line := l.line[r]; line > 0 {
		return l.view.Text(line, step)
	}
	return ""
}

// periodWord answers the period of a step; one that is a date by its format, or by its size alone, is written as a date.
func (l *laid) periodWord(step int) string {
	line := l.line[RolePeriod]
	if line == 0 {
		return ""
	}
	c := l.view.Spread(line, step)
	if n, err := strconv.Atoi(c.Text); err == nil && c.Kind == sheet.Number && n > firstSerial && n < lastSerial {
		c.Kind = sheet.Date
	}
	if t, ok := c.Time(); ok {
		return t.Format("2006-01-02")
	}
	return tabular.Text(c)
}

// A whole number between these, days since the end of 1899, is a date whose format was lost: from 2000 to 2099.
const firstSerial, lastSerial = 36_525, 73_051

// sound answers what no figure can be read from: faults, formulas without a result, dates, one cell for several rows.
func (l *laid) sound(e *said, c sheet.Cell, step, line int) (fault *assess.Problem) {
	switch {
	case c.Kind == sheet.Text && l.comma == ';' && decimalComma.MatchString(e.Value):
		fault = numberComma(e.Value)
	case c.Kind == sheet.Boolean:
		e.Value = strings.ToLower(c.Text)
	case c.Kind != sheet.Blank && l.view.Over(line, step) > 1:
		fault = assess.Invalid("problem.table_merged", "one cell stands for the figures of several rows; split it and write the figure of each row")
	default:
		fault = NoFigure(c)
	}
	if fault != nil {
		return fault.At(e.At("value"))
	}
	return nil
}

// NoFigure answers why no figure can be read from a cell: it is a fault, a formula without its result, or a date; nil for others.
func NoFigure(c sheet.Cell) *assess.Problem {
	switch c.Kind {
	case sheet.Fault:
		return assess.Invalid("problem.cell_fault", fmt.Sprintf("the cell shows the error %s; correct its formula, or write the figure", c.Text), "value", c.Text)
	case sheet.Uncached:
		return assess.Invalid("problem.cell_uncached",
			"the cell holds a formula without its result; open the file in a spreadsheet program, save it and hand it in again, or write the figure")
	case sheet.Date:
		return assess.Invalid("problem.cell_date", fmt.Sprintf("the cell holds the date %s; set its format to number and write the figure", c),
			"value", c.String())
	}
	return nil
}

// constants finds the unit and period of rows that do not say theirs.
func (l *laid) constants() *assess.Problem {
	l.unit, l.period = l.piece.Unit, l.piece.Period.String()
	if c := l.mapping.Unit; c != (Constant{}) {
		text, at := l.constant(c)
		unit, ok := l.lexicon.unitIn(text)
		if c.From == "" && !ok {
			unit, ok = text, true // a code, which the gate knows
		}
		if !ok {
			return assess.Invalid("problem.mapping_no_unit",
				fmt.Sprintf("%s names no unit, or several; write its code, or add the word to the mapping", quoted(text)), "value", Excerpt(text)).At(at)
		}
		l.unit = assess.UnitCode(unit)
	}
	if c := l.mapping.Period; c != (Constant{}) {
		text, at := l.constant(c)
		period, ok := l.lexicon.periodIn(text)
		if !ok {
			return assess.Invalid("problem.mapping_no_period",
				fmt.Sprintf("%s names no period, or several; write one such as 2026年三季度", quoted(text)), "value", Excerpt(text)).At(at)
		}
		l.period = period.String()
	}
	return nil
}

// constant answers the text that a constant stands in.
func (l *laid) constant(c Constant) (text string, at assess.Place) {
	switch c.From {
	case FromFile:
		name := path.Base(strings.ReplaceAll(l.piece.Name, `\`, "/"))
		return strings.TrimSuffix(name, path.Ext(name)), assess.Place{File: l.piece.Name}
	case FromSheet:
		return l.view.Sheet.Name, l.at(0, 0, "")
	case FromCell:
		row, column, _ := sheet.ParseCell(c.Cell) // was checked
		if l.mapping.Transposed {
			row, column = column, row
		}
		cell := l.view.Spread(column, row)
		if t, ok := cell.Time(); ok {
			return t.Format("2006-01-02"), l.at(column, row, "")
		}
		return tabular.Text(cell), l.at(column, row, "")
	}
	return c.Value, assess.Place{File: l.piece.Name}
}

// unitIn answers the unit that a text names: the whole of it, or else the longest word in it.
func (l *lexicon) unitIn(text string) (string, bool) {
	text = tabular.Fold(text)
	if w, ok := l.units[text]; ok {
		return w.Code, w.Code != ""
	}
	longest, unit := "", ""
	for word, w := range l.units {
		if w.Code != "" && strings.Contains(text, word) && (len(word) > len(longest) || len(word) == len(longest) && word < longest) {
			longest, unit = word, w.Code
		}
	}
	for word, w := range l.units { // 和平 and 沈河 in one name are no unit
		if w.Code != "" && w.Code != unit && strings.Contains(text, word) && !strings.Contains(longest, word) {
			return "", false
		}
	}
	if unit == "" && codeLike(text) {
		return text, true
	}
	return unit, unit != ""
}

// codeLike says whether a text may be the code of a unit itself.
func codeLike(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// periodIn answers the period that a text names: the whole of it, or else the only one in it.
func (l *lexicon) periodIn(text string) (assess.Period, bool) {
	p, ok := tabular.Period(text, l.mapping.Year)
	if !ok {
		all := tabular.PeriodsIn(text)
		for _, other := range all {
			if other != all[0] {
				return p, false
			}
		}
		if len(all) == 0 {
			return p, false
		}
		p = all[0]
	}
	return l.mapping.Length.of(p)
}
