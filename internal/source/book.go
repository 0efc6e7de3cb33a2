package source

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/sheet"
)

// ReadBook reads a table of any layout by its content: a workbook (.xlsx) as package sheet does, everything else as text, by commas,
// semicolons or tabs, in UTF-8, UTF-16 or GB18030. A table of text becomes a workbook of one sheet whose cells are all text. The
// notes harm nothing; errors are Problems.
func ReadBook(file string, data []byte) (*sheet.Book, []*assess.Problem, error) {
	b, err := openBook(file, data)
	return b.book, b.notes, err
}

// opened is a table of any layout as cells.
type opened struct {
	book  *sheet.Book
	notes []*assess.Problem
	// Of a text: what parts its cells, and the row at which it ends too early, 0 for none.
	text   bool
	comma  rune
	ragged int
}

// notWhatItsNameSays refuses what is called a workbook and is none: it was broken on the way, or somebody gave another file the name.
func notWhatItsNameSays(file string, data []byte) error {
	_, err := sheet.Read(file, data)
	if p, ok := errors.AsType[*assess.Problem](err); ok && p.Key != "problem.workbook_none" {
		return err // an older kind, or one with a password
	}
	return assess.Invalid("problem.workbook_named",
		"it is called .xlsx and holds no Excel workbook: it is damaged, or another file was renamed; open it with a spreadsheet program, save it as .xlsx and hand that in").
		At(assess.Place{File: file})
}

func openBook(file string, data []byte) (opened, error) {
	if formOf(data) == Workbook {
		book, err := sheet.Read(file, data)
		return opened{book: book}, err
	}
	if strings.EqualFold(path.Ext(file), ".xlsx") {
		return opened{}, notWhatItsNameSays(file, data)
	}
	text, notes, fault := decode(file, data)
	if fault != nil {
		return opened{}, fault
	}
	t := &table{file: file, text: bytes.ReplaceAll(text, []byte("\r\n"), []byte{'\n'}), notes: notes}
	t.text = bytes.ReplaceAll(t.text, []byte{'\r'}, []byte{'\n'})
	if len(bytes.TrimSpace(t.text)) == 0 {
		return opened{}, assess.Invalid("problem.table_empty", "the file is empty; put the table into it and hand it in again").At(assess.Place{File: file})
	}
	var err error
	if t.comma, err = t.separator(); err != nil {
		return opened{}, err
	}
	name := strings.TrimSuffix(path.Base(strings.ReplaceAll(file, `\`, "/")), path.Ext(file))
	s, ragged, err := t.sheet(name)
	if err != nil {
		return opened{}, err
	}
	if err := t.finish(); err != nil {
		return opened{}, err
	}
	return opened{&sheet.Book{File: file, Sheets: []sheet.Sheet{*s}}, t.notes, true, t.comma, ragged}, nil
}

// looked is how many rows tell the separator.
const looked = 50

// separator answers the sign that parts most of the first rows into the same number of cells, at least two.
func (t *table) separator() (rune, error) {
	best, most, width := ',', 0, 0
	var damage error
	for _, comma := range []rune{',', '\t', ';'} {
		r := t.reader(comma)
		widths := map[int]int{}
		var err error
		for range looked {
			var record []string
			if record, err = r.Read(); err != nil {
				break
			}
			if len(record) > 1 {
				widths[len(record)]++
			}
		}
		if err != nil && !errors.Is(err, io.EOF) {
			if damage == nil {
				damage = t.damage(err)
			}
			continue
		}
		for n, rows := range widths {
			if rows > most || rows == most && n > width {
				best, most, width = comma, rows, n
			}
		}
	}
	if most == 0 && damage != nil {
		return 0, damage
	}
	return best, nil
}

// sheet reads all rows as cells of text. ragged is the last row, when it has fewer cells than another and no end, 0 otherwise.
func (t *table) sheet(name string) (s *sheet.Sheet, ragged int, err error) {
	s = &sheet.Sheet{File: t.file, Name: sheetName(name)}
	r, widest := t.reader(t.comma), 0
	for number := 1; ; number++ {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return s, ragged, nil
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok || err != nil {
			if bad != nil {
				return nil, 0, t.damage(bad)
			}
			return nil, 0, t.damage(err)
		}
		row := sheet.Row{}
		row.Number, _ = r.FieldPos(0)
		if row.Number > sheet.MostRows {
			return nil, 0, TooManyRows(t.file, sheet.MostRows)
		}
		widest = max(widest, len(record))
		if len(record) < widest && r.InputOffset() == int64(len(t.text)) && t.text[len(t.text)-1] != '\n' {
			ragged = row.Number
		}
		for i, value := range record {
			if value = strings.TrimSpace(value); value == "" {
				continue
			}
			if i >= sheet.MostColumns || len(value) > sheet.LongestCell {
				return nil, 0, tooWide(s.At(row.Number, i+1, ""))
			}
			row.Cells = append(row.Cells, sheet.Cell{Column: i + 1, Kind: sheet.Text, Text: value})
		}
		if len(row.Cells) > 0 {
			s.Rows = append(s.Rows, row)
		}
	}
}

func tooWide(at assess.Place) error {
	return assess.Invalid("problem.table_wide", "the table has more than 200 columns, or a cell of more than 32 KiB; hand in the part that is needed").At(at)
}

// sheetName answers a name that a sheet may have.
func sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`:\/?*[]'`, r) {
			return '_'
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 31 {
		name = string(runes[:31])
	}
	if name == "" {
		return "table"
	}
	return name
}
