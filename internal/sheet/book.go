package sheet

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Book is a workbook of which every part was read to its last byte and found good.
type Book struct {
	File     string // name, for places
	Sheets   []Sheet
	Unpacked int64 // bytes of all parts
}

// Sheet is one sheet with cells, in the order of the workbook.
type Sheet struct {
	File   string // of the book
	Name   string
	Hidden bool
	Rows   []Row // that hold something, by number
	Merged []Area
}

// Row is a row of a sheet.
type Row struct {
	Number int // from 1
	Hidden bool
	Cells  []Cell // that hold something, by column
}

// Cell is one value. A cell without a value is not there: nothing stands for zero.
type Cell struct {
	Column int // from 1
	Kind   Kind
	// Formula: the value is what a formula came to when the file was saved.
	Formula bool
	// Text is the value. Numbers, percents and dates are plain decimals, exactly as stored and whatever they are shown as: 98.5 shown
	// as 99 is "98.5", 12.5% is "0.125", a date is its days since the end of 1899. Booleans are "TRUE" and "FALSE", faults "#DIV/0!".
	Text string
}

// Kind is what a cell holds.
type Kind uint8

// The kinds. Uncached is a formula whose value the file does not hold.
const (
	Blank Kind = iota
	Text
	Number
	Percent
	Date
	Boolean
	Fault
	Uncached
)

// String names the kind in English.
func (k Kind) String() string {
	return [...]string{"blank", "text", "number", "percent", "date", "boolean", "fault", "uncached formula"}[k]
}

// Area is a rectangle of cells, both corners included.
type Area struct{ Top, Left, Bottom, Right int }

// Sheet answers the sheet with a name.
func (b *Book) Sheet(name string) (*Sheet, bool) {
	for i := range b.Sheets {
		if b.Sheets[i].Name == name {
			return &b.Sheets[i], true
		}
	}
	return nil, false
}

// Cell answers the cell in a column, a Blank one where there is none.
func (r Row) Cell(column int) Cell {
	for _, c := range r.Cells {
		if c.Column == column {
			return c
		}
	}
	return Cell{Column: column}
}

// At answers the place of a cell; head is the head of its column or "". Its file reads [form.xlsx]填报表, as spreadsheets write it.
func (s *Sheet) At(row, column int, head string) assess.Place {
	return assess.Place{File: "[" + s.File + "]" + s.Name, Line: row, Column: column, Field: head}
}

// SheetAt answers the name of the sheet that a place of the book stands in.
func (b *Book) SheetAt(p assess.Place) string { return strings.TrimPrefix(p.File, "["+b.File+"]") }

// Time answers the moment a Date stands for, in no zone.
func (c Cell) Time() (time.Time, bool) {
	days, err := strconv.ParseFloat(c.Text, 64)
	if c.Kind != Date || err != nil || days < 0 || days >= 2_958_466 { // the year 10000
		return time.Time{}, false
	}
	if days < 60 {
		days++ // spreadsheets count a 29 February 1900, which was not
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Add(time.Duration(days*24*60*60*1000+0.5) * time.Millisecond), true
}

// String writes the value as a person would read it aloud: 12.5%, 2026-03-31.
func (c Cell) String() string {
	switch c.Kind {
	case Percent:
		if d, err := exact(c.Text); err == nil {
			return d.Shift(2).String() + "%"
		}
	case Date:
		if t, ok := c.Time(); ok && t.Equal(t.Truncate(24*time.Hour)) {
			return t.Format(time.DateOnly)
		} else if ok {
			return t.Format("2006-01-02 15:04:05")
		}
	}
	return c.Text
}

// ColumnName answers the letters of a column: A for 1, AA for 27.
func ColumnName(column int) string {
	var name []byte
	for n := column; n > 0; n = (n - 1) / 26 {
		name = append([]byte{byte('A' + (n-1)%26)}, name...)
	}
	return string(name)
}

// CellName answers the name of a cell: G12.
func CellName(row, column int) string { return fmt.Sprintf("%s%d", ColumnName(column), row) }

// ParseCell reads the name of a cell, G12; false for anything else.
func ParseCell(name string) (row, column int, ok bool) {
	letters := strings.IndexAny(name, "0123456789")
	if letters < 1 || letters > 3 || len(name)-letters > 7 || name[letters] == '0' {
		return 0, 0, false
	}
	for _, c := range name[:letters] {
		if c < 'A' || c > 'Z' {
			return 0, 0, false
		}
		column = column*26 + int(c-'A') + 1
	}
	for _, c := range name[letters:] {
		if c < '0' || c > '9' {
			return 0, 0, false
		}
		row = row*10 + int(c-'0')
	}
	return row, column, true
}

// parseArea reads A1:C3, or A1 alone.
func parseArea(name string) (Area, bool) {
	from, to, two := strings.Cut(name, ":")
	if !two {
		to = from
	}
	top, left, ok := ParseCell(from)
	bottom, right, too := ParseCell(to)
	return Area{top, left, bottom, right}, ok && too && top <= bottom && left <= right
}
