package workbook

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/sheet"
)

// longestCell is what a cell takes, in characters.
const longestCell = 32_000

// tableSheet is a table on its way into a sheet.
type tableSheet struct {
	*bookWriter
	t      *export.Table
	name   string
	stream *excelize.StreamWriter
	heads  int // row of the heads
	first  int // first row of the table proper
	next   int // row
	// page is the last column of the first page of paper, on which title and foot stand; from is the first that is seen.
	from, page int
	cells      []any
	looks      map[cellLook]int
}

// cellLook is what the look of a cell depends on.
type cellLook struct {
	column int
	is     export.Is
	kind   export.RowKind
	places int
}

// begin begins a sheet: its paper, its columns, title and heads.
func (k *bookWriter) begin(t *export.Table) (*tableSheet, error) {
	name, err := k.newSheet(t.Tab)
	if err != nil {
		return nil, err
	}
	s := &tableSheet{bookWriter: k, t: t, name: name, heads: 3, cells: make([]any, len(t.Columns)), looks: map[cellLook]int{}}
	for i := range t.Columns {
		if t.Columns[i].Over != "" {
			s.heads = 4
		}
		if s.from == 0 && !t.Columns[i].Hidden {
			s.from = i + 1
		}
	}
	s.page = len(t.Columns)
	for i, c := range t.Columns {
		if c.Breaks {
			s.page = i
			break
		}
	}
	s.first = s.heads + 1
	s.next = s.first
	if err := s.paper(); err != nil {
		return nil, err
	}
	if s.stream, err = k.file.NewStreamWriter(name); err != nil {
		return nil, err
	}
	for _, step := range []func() error{s.frame, s.title, s.headRows} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// frame sets the columns and what stays in sight.
func (s *tableSheet) frame() error {
	frozen := 0
	for i, c := range s.t.Columns {
		if err := s.stream.SetColWidth(i+1, i+1, c.Width); err != nil {
			return err
		}
		if c.Frozen {
			frozen = i + 1
		}
		if c.Hidden {
			if err := s.stream.SetColVisible(i+1, i+1, false); err != nil {
				return err
			}
		}
	}
	pane := "bottomLeft"
	if frozen > 0 {
		pane = "bottomRight"
	}
	return s.stream.SetPanes(&excelize.Panes{
		Freeze: true, XSplit: frozen, YSplit: s.heads, TopLeftCell: sheet.CellName(s.first, frozen+1), ActivePane: pane,
	})
}

// title writes the first two rows: what it is; whose it is and as of when.
func (s *tableSheet) title() error {
	big, err := s.style(look{font: titleFont, size: 18, align: "center"})
	if err != nil {
		return err
	}
	if err := s.merged(titleRow, big, s.t.Title, 34); err != nil {
		return err
	}
	left, err := s.style(look{redBelow: true, size: 10.5, align: "left"})
	if err != nil {
		return err
	}
	right, err := s.style(look{redBelow: true, size: 10.5, align: "right"})
	if err != nil {
		return err
	}
	middle := s.from + (s.page-s.from+1)/2
	cells := make([]any, s.page)
	for at := s.from; at <= s.page; at++ {
		cells[at-1] = excelize.Cell{StyleID: left}
	}
	cells[s.from-1] = excelize.Cell{StyleID: left, Value: export.Harmless(s.t.Issuer)}
	if middle > s.from {
		for at := middle; at <= s.page; at++ {
			cells[at-1] = excelize.Cell{StyleID: right}
		}
		cells[middle-1] = excelize.Cell{StyleID: right, Value: export.Harmless(s.t.Stand)}
	}
	if err := s.stream.SetRow(sheet.CellName(unitRow, 1), cells, excelize.RowOpts{Height: 22}); err != nil {
		return err
	}
	if middle-1 > s.from {
		if err := s.stream.MergeCell(sheet.CellName(unitRow, s.from), sheet.CellName(unitRow, middle-1)); err != nil {
			return err
		}
	}
	if middle > s.from && middle < s.page {
		return s.stream.MergeCell(sheet.CellName(unitRow, middle), sheet.CellName(unitRow, s.page))
	}
	return nil
}

// merged writes a row of one text across the first page.
func (s *tableSheet) merged(row, style int, text string, height float64) error {
	cells := make([]any, s.page)
	for at := s.from; at <= s.page; at++ {
		cells[at-1] = excelize.Cell{StyleID: style}
	}
	cells[s.from-1] = excelize.Cell{StyleID: style, Value: export.Harmless(text)}
	if err := s.stream.SetRow(sheet.CellName(row, 1), cells, excelize.RowOpts{Height: height}); err != nil {
		return err
	}
	if s.page == s.from {
		return nil
	}
	return s.stream.MergeCell(sheet.CellName(row, s.from), sheet.CellName(row, s.page))
}

// headRows writes the heads, those above several columns in a row of their own.
func (s *tableSheet) headRows() error {
	style, err := s.style(look{fill: headFill, font: headFont, align: "center", border: true, wrap: true})
	if err != nil {
		return err
	}
	columns := s.t.Columns
	if s.heads == 4 {
		cells := make([]any, len(columns))
		for i, c := range columns {
			cells[i] = excelize.Cell{StyleID: style}
			if c.Over != "" && (i == 0 || columns[i-1].Over != c.Over) {
				cells[i] = excelize.Cell{StyleID: style, Value: export.Harmless(c.Over)}
			}
		}
		if err := s.stream.SetRow(sheet.CellName(3, 1), cells, excelize.RowOpts{Height: s.overHeight()}); err != nil {
			return err
		}
		if err := s.mergeOver(); err != nil {
			return err
		}
	}
	cells, lines := make([]any, len(columns)), 1
	for i, c := range columns {
		label := s.label(c)
		cells[i] = excelize.Cell{StyleID: style, Value: export.Harmless(label)}
		if !c.Hidden {
			lines = max(lines, linesOf(label, c.Width))
		}
	}
	return s.stream.SetRow(sheet.CellName(s.heads, 1), cells, excelize.RowOpts{Height: float64(lines)*14 + 8})
}

// label is the head of a column, with its measure in a line of its own where both together are too wide.
func (s *tableSheet) label(c export.Column) string {
	label := s.t.Label(c)
	if measure := strings.TrimPrefix(label, c.Head); measure != "" && linesOf(label, c.Width) > 1 {
		return c.Head + "\n" + strings.TrimSpace(measure)
	}
	return label
}

// overHeight is what the heads above need: they break where their columns are narrow.
func (s *tableSheet) overHeight() float64 {
	lines, width := 1, 0.0
	for i, c := range s.t.Columns {
		width += c.Width
		if i+1 == len(s.t.Columns) || s.t.Columns[i+1].Over != c.Over {
			if c.Over != "" {
				lines = max(lines, linesOf(c.Over, width))
			}
			width = 0
		}
	}
	return float64(lines)*14 + 8
}

// mergeOver merges the heads above several columns.
func (s *tableSheet) mergeOver() error {
	columns, from := s.t.Columns, 0
	for i := range columns {
		if i+1 < len(columns) && columns[i+1].Over == columns[i].Over && columns[i].Over != "" {
			continue
		}
		if i > from {
			if err := s.stream.MergeCell(sheet.CellName(3, from+1), sheet.CellName(3, i+1)); err != nil {
				return err
			}
		}
		from = i + 1
	}
	return nil
}

// linesOf says how many lines a text takes in a column.
func linesOf(text string, width float64) (lines int) {
	for part := range strings.SplitSeq(text, "\n") {
		lines += max(1, int(math.Ceil(broad(part)/max(width-1.5, 1))))
	}
	return lines
}

// row writes a row of the table.
func (s *tableSheet) row(r export.Row) error {
	for i, c := range r.Cells {
		value, places := s.cellValue(s.t.Columns[i].Kind, c)
		style, err := s.lookOf(cellLook{i, c.Is, r.Kind, places})
		if err != nil {
			return err
		}
		s.cells[i] = excelize.Cell{StyleID: style, Value: value}
	}
	cell, err := excelize.CoordinatesToCellName(1, s.next)
	if err != nil {
		return err
	}
	s.next++
	if s.t.Long {
		return s.stream.SetRow(cell, s.cells[:len(r.Cells)])
	}
	return s.stream.SetRow(cell, s.cells[:len(r.Cells)], excelize.RowOpts{Height: s.rowHeight(r)})
}

// rowHeight is what the longest text of a row needs: programs differ in whether they find it themselves.
func (s *tableSheet) rowHeight(r export.Row) float64 {
	const least, line, most = 18.0, 13.0, 400.0
	lines := 1
	for i, c := range r.Cells {
		if col := s.t.Columns[i]; c.Is == export.Words && col.Kind == export.Text && !col.Hidden {
			lines = max(lines, linesOf(c.Text, col.Width-1))
		}
	}
	return min(most, max(least, float64(lines)*line+5))
}

// cellValue answers what stands in a cell: a number, a day, or words; and of a number its decimals.
func (s *tableSheet) cellValue(kind export.Kind, c export.Cell) (value any, places int) {
	switch c.Is {
	case export.Figure:
		if dot := strings.IndexByte(c.Text, '.'); dot >= 0 {
			places = len(c.Text) - dot - 1
		}
		if x, ok := numberOf(c.Text, kind); ok {
			return x, places
		}
		return c.Text, places
	case export.Day:
		if d, err := time.Parse(time.DateOnly, c.Text); err == nil {
			return d, 0
		}
	}
	text := s.t.Say(c)
	if len(text) > longestCell {
		if runes := []rune(text); len(runes) > longestCell {
			text = string(runes[:longestCell])
		}
	}
	text = export.Harmless(text)
	if strings.IndexByte(text, '\r') >= 0 { // line ends of other systems, which programs draw as a box or a blank
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return text, 0
}

// numberOf answers a figure as a spreadsheet calculates with it. ok is false for one with more digits than it keeps.
func numberOf(text string, kind export.Kind) (x any, ok bool) {
	const digits = 15
	if kind == export.Percent {
		d, err := decimal.NewFromString(text)
		if err != nil {
			return nil, false
		}
		return d.Shift(-2).InexactFloat64(), true
	}
	if len(text) > digits+2 {
		d, err := decimal.NewFromString(text)
		if err != nil || d.NumDigits() > digits {
			return nil, false
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) <= digits {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}

// lookOf answers the style of a cell, made once.
func (s *tableSheet) lookOf(key cellLook) (int, error) {
	if id, known := s.looks[key]; known {
		return id, nil
	}
	c := s.t.Columns[key.column]
	l := look{border: !s.t.Long, wrap: c.Kind == export.Text && !s.t.Long, align: "left"}
	if c.Kind.Numeric() {
		l.align = "right"
	} else {
		l.indent = 1 // words stand apart from the numbers before them
	}
	if c.Kind == export.Light || c.Kind == export.Place || c.Kind == export.Date {
		l.align, l.indent = "center", 0
	}
	switch key.is {
	case export.Figure:
		l.format = numberFormat(c.Kind, key.places)
	case export.Day:
		l.format = s.t.Word("export.format.day")
	case export.NotReported, export.NotApplicable, export.NotDue, export.Pending, export.None:
		l.color = muted
	}
	switch key.kind {
	case export.Subtotal:
		l.fill, l.bold = bandFill, true
	case export.Total:
		l.fill, l.bold = headFill, true
	}
	id, err := s.style(l)
	if err == nil {
		s.looks[key] = id
	}
	return id, err
}

func numberFormat(kind export.Kind, places int) string {
	format := "#,##0"
	if kind == export.Place {
		format = "0"
	}
	if places > 0 {
		format += "." + strings.Repeat("0", places)
	}
	if kind == export.Percent {
		format += "%"
	}
	return format
}

// end writes what stands below the rows and how the sheet is filtered, coloured and printed.
func (s *tableSheet) end() error {
	last := s.next - 1
	if err := s.foot(); err != nil {
		return err
	}
	if err := s.filter(last); err != nil {
		return err
	}
	if err := s.lights(last); err != nil {
		return err
	}
	if err := s.printed(s.next - 1); err != nil {
		return err
	}
	for _, c := range s.t.Charts {
		if c.To > c.From {
			s.charts = append(s.charts, placedChart{Chart: c, t: s.t, sheet: s.name, first: s.first})
		}
	}
	return s.stream.Flush()
}

// foot writes the notes and the line of signatures.
func (s *tableSheet) foot() error {
	note, err := s.style(look{color: muted, size: 9, wrap: true, align: "left"})
	if err != nil {
		return err
	}
	width := 0.0
	for at := s.from; at <= s.page; at++ {
		if !s.t.Columns[at-1].Hidden {
			width += s.t.Columns[at-1].Width
		}
	}
	for i, text := range s.t.Notes {
		if i == 0 {
			text = s.t.Word("export.note", "text", text)
		}
		if err := s.merged(s.next, note, text, float64(linesOf(text, width))*13+3); err != nil {
			return err
		}
		s.next++
	}
	if !s.t.Signed {
		return nil
	}
	style, err := s.style(look{size: 10.5, vertical: "bottom", align: "left"})
	if err != nil {
		return err
	}
	if err := s.merged(s.next, style, s.t.Word("export.foot"), 30); err != nil {
		return err
	}
	s.next++
	return nil
}

// filter lets the rows be filtered by their heads.
func (s *tableSheet) filter(last int) error {
	if last < s.first {
		return nil
	}
	return s.file.AutoFilter(s.name, sheet.CellName(s.heads, 1)+":"+sheet.CellName(last, len(s.t.Columns)), nil)
}

// lights colours the lights by their words, so that the colour follows when somebody changes the word.
func (s *tableSheet) lights(last int) error {
	colours := map[assess.Light][2]string{assess.Green: {"D9EFDD", "14532D"}, assess.Yellow: {"FFF1C2", "6B4700"}, assess.Red: {"F9D3CC", "7A1F0C"}}
	for i, c := range s.t.Columns {
		if c.Kind != export.Light || last < s.first {
			continue
		}
		var rules []excelize.ConditionalFormatOptions
		words := s.t.Lights()
		for _, light := range []assess.Light{assess.Green, assess.Yellow, assess.Red} {
			format, err := s.file.NewConditionalStyle(&excelize.Style{
				Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colours[light][0]}}, Font: &excelize.Font{Color: colours[light][1], Bold: light == assess.Red},
			})
			if err != nil {
				return err
			}
			rules = append(rules, excelize.ConditionalFormatOptions{Type: "cell", Criteria: "==", Value: literal(words[light]), Format: &format})
		}
		area := sheet.CellName(s.first, i+1) + ":" + sheet.CellName(last, i+1)
		if err := s.file.SetConditionalFormat(s.name, area, rules); err != nil {
			return err
		}
	}
	return nil
}
