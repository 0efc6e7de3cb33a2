package workbook

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/sheet"
)

// Mark is what is said of one cell in the copy that goes back.
type Mark struct {
	Sheet       string
	Row, Column int
	Text        string
	Warning     bool // wants a note; otherwise it is an error
}

// Bounds of what is copied, for the library makes a multiple of it in memory: rows times columns of all sheets, and bytes of all parts.
// A form of ours has some 2,000 cells and 1 MiB.
const (
	mostMarked      = 300_000
	mostMarkedBytes = 4 << 20
)

// markSign begins the notes of marks, so that they are known when the copy comes back; ownNote stands before a note that was there.
const (
	markSign = "✎ "
	ownNote  = "\n――\n"
)

// Marked answers a copy of a workbook with notes and colours at its cells; marks of an earlier copy are taken out. data is what book
// was read from, or nothing for a table of text, which becomes a workbook. A workbook too large to be copied is ErrInvalid.
func Marked(book *sheet.Book, data []byte, marks []Mark) (copied []byte, err error) {
	defer func() {
		if p := recover(); p != nil { // the library does not expect every file that is whole
			copied, err = nil, unmarkable(book).Because(fmt.Errorf("panic: %v", p))
		}
	}()
	if area(book) > mostMarked || book.Unpacked > mostMarkedBytes {
		return nil, unmarkable(book)
	}
	file, err := openCopy(book, data)
	if err != nil {
		return nil, unmarkable(book).Because(err)
	}
	defer file.Close()
	m := &marker{file: file, styles: map[styleFill]int{}}
	for i := range book.Sheets {
		s := &book.Sheets[i]
		if err := m.sheet(s, marks); err != nil {
			return nil, unmarkable(book).Because(fmt.Errorf("sheet %s: %w", s.Name, err))
		}
	}
	var b bytes.Buffer
	if err := file.Write(&b); err != nil {
		return nil, unmarkable(book).Because(err)
	}
	return b.Bytes(), nil
}

func unmarkable(book *sheet.Book) *assess.Problem {
	return assess.Invalid("problem.workbook_unmarkable", "no copy with marks can be made of this file; go by the list on the page").
		At(assess.Place{File: book.File})
}

func area(book *sheet.Book) int {
	total := 0
	for _, s := range book.Sheets {
		right := 0
		for _, r := range s.Rows {
			right = max(right, r.Cells[len(r.Cells)-1].Column)
		}
		if len(s.Rows) > 0 {
			total += right * s.Rows[len(s.Rows)-1].Number
		}
	}
	return total
}

// openCopy opens the file, or makes one of a table of text.
func openCopy(book *sheet.Book, data []byte) (*excelize.File, error) {
	if data != nil {
		const limit = sheet.MostUnpacked
		return excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: limit, UnzipXMLSizeLimit: limit})
	}
	file := excelize.NewFile()
	for i, s := range book.Sheets {
		if i > 0 {
			break // a table of text is one sheet
		}
		if err := file.SetSheetName("Sheet1", s.Name); err != nil {
			return nil, err
		}
		for _, r := range s.Rows {
			for _, c := range r.Cells {
				if err := file.SetCellStr(s.Name, sheet.CellName(r.Number, c.Column), c.Text); err != nil {
					return nil, err
				}
			}
		}
	}
	return file, nil
}

// styleFill is a style of the file with another fill.
type styleFill struct {
	style int
	fill  string
}

// marker puts marks into a file.
type marker struct {
	file   *excelize.File
	styles map[styleFill]int
}

// sheet takes old marks out of a sheet and puts the new ones in.
func (m *marker) sheet(s *sheet.Sheet, marks []Mark) error {
	notes, err := m.clear(s.Name)
	if err != nil {
		return err
	}
	said := map[string]Mark{}
	var order []string
	for _, mark := range marks {
		if mark.Sheet != s.Name {
			continue
		}
		cell := sheet.CellName(mark.Row, mark.Column)
		if before, twice := said[cell]; twice {
			mark.Text = before.Text + "\n" + mark.Text
			mark.Warning = mark.Warning && before.Warning
		} else {
			order = append(order, cell)
		}
		said[cell] = mark
	}
	for _, cell := range order {
		if err := m.mark(s.Name, cell, said[cell], notes[cell]); err != nil {
			return err
		}
	}
	return nil
}

// clear takes out the marks of an earlier copy, and answers the notes of others by cell.
func (m *marker) clear(name string) (map[string]string, error) {
	comments, err := m.file.GetComments(name)
	if err != nil {
		return nil, err
	}
	notes := map[string]string{}
	for _, c := range comments {
		words := commentText(c)
		if !strings.HasPrefix(words, markSign) {
			notes[c.Cell] = words
			continue
		}
		if err := m.file.DeleteComment(name, c.Cell); err != nil {
			return nil, err
		}
		if err := m.fill(name, c.Cell, ""); err != nil {
			return nil, err
		}
		if _, own, ok := strings.Cut(words, ownNote); ok {
			notes[c.Cell] = own
			if err := m.file.AddComment(name, comment(c.Cell, own)); err != nil {
				return nil, err
			}
		}
	}
	return notes, nil
}

// commentText answers the words of a note. Programs write its author in front of some.
func commentText(c excelize.Comment) string {
	var b strings.Builder
	b.WriteString(c.Text)
	for _, run := range c.Paragraph {
		b.WriteString(run.Text)
	}
	return strings.TrimPrefix(strings.TrimSpace(b.String()), author+":\n")
}

func (m *marker) mark(name, cell string, mark Mark, own string) error {
	words := markSign + mark.Text
	if own != "" {
		if err := m.file.DeleteComment(name, cell); err != nil {
			return err
		}
		words += ownNote + own
	}
	if err := m.file.AddComment(name, comment(cell, words)); err != nil {
		return err
	}
	fill := markFill
	if mark.Warning {
		fill = warnFill
	}
	return m.fill(name, cell, fill)
}

// fill colours a cell; "" takes a mark's colour out.
func (m *marker) fill(name, cell, fill string) error {
	id, err := m.file.GetCellStyle(name, cell)
	if err != nil {
		return err
	}
	key := styleFill{id, fill}
	if _, known := m.styles[key]; !known {
		style, err := m.file.GetStyle(id)
		if err != nil {
			return err
		}
		if fill == "" { // the cells of a form have the colour of what can be typed into
			style.Fill = excelize.Fill{}
			if style.Protection != nil && !style.Protection.Locked {
				fill = inputFill
			}
		}
		if fill != "" {
			style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}
		}
		if m.styles[key], err = m.file.NewStyle(style); err != nil {
			return err
		}
	}
	return m.file.SetCellStyle(name, cell, cell, m.styles[key])
}
