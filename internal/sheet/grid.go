package sheet

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/unionboard/unionboard/internal/assess"
)

// grid reads the cells of one sheet.
type grid struct {
	sheet    Sheet
	contents *contents

	row         Row
	column      int
	kind, style string // of the cell, as its attributes say
	text        []byte
	formula     bool
	valued      bool // the cell has a value, if only an empty one
	long        bool
	data        bool // the table of cells was there
}

func (g *grid) visitor() visitor {
	return visitor{open: g.open, text: g.read, close: g.end}
}

// Where the cells stand.
func inCell(at trail, names ...string) bool {
	return len(at) == 4+len(names) && at[3] == "c" && at[2] == "row" && at[1] == "sheetData" && at[0] == "worksheet" && at[4:].is(names...)
}

func (g *grid) open(at trail, as attributes) error {
	switch {
	case at.is("worksheet", "sheetData", "row"):
		return g.openRow(as)
	case inCell(at):
		return g.openCell(as)
	case inCell(at, "f"):
		g.formula = true
	case inCell(at, "v"), inCell(at, "is"):
		if g.valued {
			return g.twice(g.row.Number, g.column)
		}
		g.valued = true
	case at.is("worksheet", "sheetData"):
		if g.data {
			return errShape
		}
		g.data = true
	case at.is("worksheet", "mergeCells", "mergeCell"):
		return g.merge(as.get("ref"))
	}
	return nil
}

func (g *grid) read(at trail, b []byte) {
	if !inCell(at, "v") && !inCell(at, "is", "t") && !inCell(at, "is", "r", "t") {
		return
	}
	if len(g.text)+len(b) > LongestCell {
		g.long = true
		return
	}
	g.text = append(g.text, b...)
}

func (g *grid) end(at trail) error {
	switch {
	case inCell(at):
		return g.endCell()
	case at.is("worksheet", "sheetData", "row") && len(g.row.Cells) > 0:
		g.sheet.Rows = append(g.sheet.Rows, g.row)
	}
	return nil
}

// openRow begins a row. One without a number follows the one before.
func (g *grid) openRow(as attributes) error {
	number := g.row.Number + 1
	if text := as.get("r"); text != "" {
		n, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			return errShape
		}
		number = int(n)
	}
	if number > MostRows {
		return assess.Invalid("problem.workbook_rows",
			fmt.Sprintf("the sheet has cells below row %d; delete the rows below the table, also empty ones with a format, or hand the table in in parts", MostRows),
			"limit", strconv.Itoa(MostRows)).At(g.sheet.At(number, 0, ""))
	}
	if number <= g.row.Number {
		return g.twice(number, 0)
	}
	g.row = Row{Number: number, Hidden: truth(as.get("hidden"))}
	g.column = 0
	return nil
}

func (g *grid) openCell(as attributes) error {
	column := g.column + 1
	if name := as.get("r"); name != "" {
		row, named, ok := ParseCell(name)
		if !ok || row != g.row.Number {
			return errShape
		}
		column = named
	}
	if column > MostColumns {
		return assess.Invalid("problem.workbook_columns",
			fmt.Sprintf("the sheet has cells right of column %s; delete the columns right of the table, also empty ones with a format", ColumnName(MostColumns)),
			"limit", ColumnName(MostColumns)).At(g.sheet.At(g.row.Number, column, ""))
	}
	if column <= g.column {
		return g.twice(g.row.Number, column)
	}
	g.column, g.kind, g.style = column, as.get("t"), as.get("s")
	g.text, g.formula, g.valued, g.long = g.text[:0], false, false, false
	return nil
}

func (g *grid) twice(row, column int) *assess.Problem {
	return assess.Invalid("problem.workbook_twice",
		"a row or cell of the sheet is there twice or out of order, so the workbook is damaged; save it again with a spreadsheet program").
		At(g.sheet.At(row, column, ""))
}

func (g *grid) merge(ref string) error {
	area, ok := parseArea(ref)
	if !ok || len(g.sheet.Merged) == mostMerged {
		return errShape
	}
	if area.Bottom > MostRows || area.Right > MostColumns {
		return assess.Invalid("problem.workbook_merged",
			fmt.Sprintf("the merged cells %s reach beyond row %d or column %s; split them", ref, MostRows, ColumnName(MostColumns)),
			"cells", ref, "row", strconv.Itoa(MostRows), "column", ColumnName(MostColumns)).At(g.sheet.At(area.Top, area.Left, ""))
	}
	g.sheet.Merged = append(g.sheet.Merged, area)
	return nil
}

// endCell keeps the cell that ends, when it holds something.
func (g *grid) endCell() error {
	if g.long {
		return g.tooLong()
	}
	kind, text, err := g.value()
	if errors.Is(err, errShape) {
		return assess.Invalid("problem.workbook_cell",
			"the cell holds what no spreadsheet program writes, so the workbook is damaged; save it again with one and hand it in again").
			At(g.sheet.At(g.row.Number, g.column, ""))
	}
	if err != nil {
		return err
	}
	if kind == Text && text == "" {
		kind = Blank
	}
	if kind != Blank {
		g.row.Cells = append(g.row.Cells, Cell{Column: g.column, Kind: kind, Formula: g.formula, Text: text})
	}
	return nil
}

func (g *grid) tooLong() error {
	return assess.Invalid("problem.cell_long", fmt.Sprintf("the cell holds more than %d bytes; shorten it", LongestCell),
		"limit", strconv.Itoa(LongestCell)).At(g.sheet.At(g.row.Number, g.column, ""))
}

// value reads what the cell holds by its type.
func (g *grid) value() (Kind, string, error) {
	raw := string(g.text)
	if g.kind != "inlineStr" && g.kind != "str" {
		raw = strings.TrimSpace(raw)
	}
	if g.formula && (!g.valued || raw == "" && g.kind != "str") {
		return Uncached, "", nil
	}
	if !g.valued || raw == "" {
		return Blank, "", nil
	}
	switch g.kind {
	case "s":
		n, err := strconv.Atoi(raw)
		if err != nil || n < 0 || n >= len(g.contents.strings) {
			return Blank, "", assess.Invalid("problem.workbook_string",
				"the cell points to a text that the workbook does not have, so the workbook is damaged; save it again with a spreadsheet program").
				At(g.sheet.At(g.row.Number, g.column, ""))
		}
		if len(g.contents.strings[n]) > LongestCell {
			return Blank, "", g.tooLong()
		}
		return Text, unescape(g.contents.strings[n]), nil
	case "inlineStr", "str":
		return Text, unescape(raw), nil
	case "b":
		switch raw {
		case "1", "true":
			return Boolean, "TRUE", nil
		case "0", "false":
			return Boolean, "FALSE", nil
		}
	case "e":
		if raw[0] == '#' {
			return Fault, excerpt(raw), nil
		}
	case "d":
		if text, err := serial(raw); err == nil {
			return Date, text, nil
		}
	case "", "n":
		return g.number(raw)
	}
	return Blank, "", errShape
}

func (g *grid) number(raw string) (Kind, string, error) {
	text, err := plain(raw)
	if err != nil {
		return Blank, "", errShape
	}
	kind := Number
	if g.style != "" && g.contents.kinds != nil {
		n, err := strconv.Atoi(g.style)
		if err != nil || n < 0 || n >= len(g.contents.kinds) {
			return Blank, "", errShape
		}
		kind = g.contents.kinds[n]
	}
	if kind == Date && g.contents.from04 {
		if text, err = shifted(text); err != nil {
			return Blank, "", errShape
		}
	}
	return kind, text, nil
}

var escaped = regexp.MustCompile(`(_x[0-9A-Fa-f]{4}_)+`)

// unescape reads the characters that spreadsheets write as _x000D_, and makes line ends and control characters harmless.
func unescape(text string) string {
	if strings.Contains(text, "_x") {
		text = escaped.ReplaceAllStringFunc(text, func(run string) string {
			var units []uint16
			for ; run != ""; run = run[7:] {
				n, _ := strconv.ParseUint(run[2:6], 16, 16) // the pattern let four such digits through only
				units = append(units, uint16(n))
			}
			return string(utf16.Decode(units))
		})
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return ' '
		}
		return r
	}, text)
}
