package source

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// longestCell is what one cell may hold, in bytes.
const longestCell = 32 << 10

// table is a CSV file (RFC 4180, by commas, semicolons or tabs) whose first row names its columns. Places in it are the line and
// the number of the column.
type table struct {
	file    string
	text    []byte
	comma   rune
	columns map[string]int // known heads → column number from 1
	width   int
	notes   []*assess.Problem
	most    int // rows below the heads, 0 for any number
}

// row is one row of a table.
type row struct {
	table *table
	line  int
	cells []string
	// fault is why the row cannot be read; its cells are then unreliable.
	fault *assess.Problem
}

// openTable reads the heads of a file. Columns in need must be there, those in may can be; further ones are ignored with a note.
func openTable(file string, data []byte, need, may []string) (*table, error) {
	text, notes, fault := decode(file, data)
	if fault != nil {
		return nil, fault
	}
	if !bytes.ContainsRune(text, '\n') { // the line ends of old Macintosh programs
		text = bytes.ReplaceAll(text, []byte{'\r'}, []byte{'\n'})
	}
	t := &table{file: file, text: text, notes: notes}
	heads, err := t.heads(need, may)
	if err != nil {
		return nil, err
	}
	t.width = len(heads)
	t.columns = make(map[string]int, len(need)+len(may))
	for i, head := range heads {
		at := assess.Place{File: file, Line: 1, Column: i + 1, Field: head}
		switch known := slices.Contains(need, head) || slices.Contains(may, head); {
		case known && t.columns[head] > 0:
			return nil, assess.Invalid("problem.column_twice",
				fmt.Sprintf("the column %s is there twice; keep one of them", head), "column", head).At(at)
		case known:
			t.columns[head] = i + 1
		case head != "":
			t.notes = append(t.notes, assess.Invalid("problem.column_ignored",
				fmt.Sprintf("the column %s is not known and was ignored", quoted(head)), "column", Excerpt(head)).At(at))
		}
	}
	return t, t.complete(heads, need)
}

// heads reads the first row with the separator that makes the most known heads of it.
func (t *table) heads(need, may []string) ([]string, error) {
	var best []string
	most := -1
	for _, comma := range []rune{',', ';', '\t'} {
		record, err := t.reader(comma).Read()
		if err != nil {
			if comma == ',' && errors.Is(err, io.EOF) {
				return nil, assess.Invalid("problem.file_empty",
					fmt.Sprintf("the file is empty; its first row must name the columns %s", strings.Join(need, ", ")),
					"columns", strings.Join(need, ", ")).At(assess.Place{File: t.file})
			}
			if comma == ',' {
				return nil, t.damage(err)
			}
			continue
		}
		known := 0
		for i, head := range record {
			record[i] = strings.ToLower(strings.TrimSpace(head))
			if slices.Contains(need, record[i]) || slices.Contains(may, record[i]) {
				known++
			}
		}
		if known > most {
			most, best, t.comma = known, record, comma
		}
	}
	return best, nil
}

func (t *table) complete(heads, need []string) error {
	var missing []string
	for _, head := range need {
		if t.columns[head] == 0 {
			missing = append(missing, head)
		}
	}
	if missing == nil {
		return nil
	}
	lack, found := strings.Join(missing, ", "), strings.Join(heads, ", ")
	return assess.Invalid("problem.column_missing",
		fmt.Sprintf("the first row has no column %s, it names %s; put the names of the columns into the first row, or say in the mapping of the source how its tables are laid out", lack, quoted(found)),
		"column", lack, "found", Excerpt(found)).At(assess.Place{File: t.file, Line: 1})
}

func (t *table) reader(comma rune) *csv.Reader {
	r := csv.NewReader(bytes.NewReader(t.text))
	r.Comma = comma
	r.FieldsPerRecord = -1 // counted in each, which says more
	return r
}

// each calls visit for every row below the heads that holds anything. An error means that the file is damaged, or has too many
// rows, and must be refused as a whole, whatever visit has seen.
func (t *table) each(visit func(row)) error {
	r := t.reader(t.comma)
	r.ReuseRecord = true
	if _, err := r.Read(); err != nil {
		return t.damage(err)
	}
	for rows := 0; ; {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t.finish()
		}
		if err != nil {
			return t.damage(err)
		}
		if !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue
		}
		line, _ := r.FieldPos(0)
		cut := len(cells) < t.width && r.InputOffset() == int64(len(t.text)) && t.text[len(t.text)-1] != '\n'
		if cut {
			return fileCut(t.file, line)
		}
		if rows++; t.most > 0 && rows > t.most {
			return TooManyRows(t.file, t.most)
		}
		row := row{table: t, line: line, cells: cells}
		row.fault = row.check()
		visit(row)
	}
}

func fileCut(file string, line int) *assess.Problem {
	return assess.Invalid("problem.file_cut", "the file ends in the middle of its last row, so it was cut off; hand the whole file in again").
		At(assess.Place{File: file, Line: line})
}

// finish notes a file that may have been cut off inside its last cell.
func (t *table) finish() error {
	if n := len(t.text); n > 0 && t.text[n-1] != '\n' {
		t.notes = append(t.notes, assess.Invalid("problem.file_end",
			"the last row has no line end; if the file was cut off, hand it in again").At(assess.Place{File: t.file}))
	}
	return nil
}

// damage says what is wrong with a file that is no CSV.
func (t *table) damage(err error) error {
	place := assess.Place{File: t.file}
	if bad, ok := errors.AsType[*csv.ParseError](err); ok {
		place.Line = bad.StartLine
	}
	return assess.Invalid("problem.file_quote",
		"a quotation mark stands wrong or is never closed, so the file cannot be read; put cells with quotation marks into quotation marks and double those inside").
		At(place).Because(err)
}

// check answers why the cells of a row cannot be told apart.
func (r row) check() *assess.Problem {
	width := r.table.width
	surplus := r.cells[min(width, len(r.cells)):]
	if len(r.cells) < width || slices.ContainsFunc(surplus, func(s string) bool { return s != "" }) {
		return assess.Invalid("problem.row_width",
			fmt.Sprintf("the row has %d cells and the first row %d; put cells that hold a separator into quotation marks and write every separator",
				len(r.cells), width),
			"cells", strconv.Itoa(len(r.cells)), "heads", strconv.Itoa(width)).At(r.at(""))
	}
	for head, column := range r.table.columns {
		if len(r.cells[column-1]) > longestCell {
			return assess.Invalid("problem.cell_long",
				fmt.Sprintf("the cell holds more than %d bytes; shorten it", longestCell), "limit", strconv.Itoa(longestCell)).At(r.at(head))
		}
	}
	return nil
}

// cell answers a cell without the space around it, "" where the table has no such column.
func (r row) cell(head string) string {
	column := r.table.columns[head]
	if column == 0 || column > len(r.cells) {
		return ""
	}
	return strings.TrimSpace(r.cells[column-1])
}

// at answers the place of a cell, of the whole row for the head "".
func (r row) at(head string) assess.Place {
	return assess.Place{File: r.table.file, Line: r.line, Column: r.table.columns[head], Field: head}
}
