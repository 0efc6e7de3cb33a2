package workbook_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strconv"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/workbook"
)

// madeLog is a log of so many figures, which are made as they are read: every item of every unit, some missing.
type madeLog struct {
	export.Log
	edition *assess.Edition
	rows    int
}

func (l madeLog) figure(i int) assess.Observation {
	items, units := l.edition.Items, l.edition.Roster.Units
	o := assess.Observation{CellKey: assess.CellKey{Unit: units[i/len(items)%len(units)].Code, Period: quarter, Item: items[i%len(items)].Code}}
	if o.State = assess.Reported; i%50 == 0 {
		o.State, o.Note = assess.Missing, "系统停用"
		return o
	}
	o.Value = strconv.Itoa(i) + ".25"
	return o
}

func (l madeLog) Each(_ context.Context, _ assess.CellQuery, visit func(assess.Observation) error) error {
	for i := range l.rows {
		if err := visit(l.figure(i)); err != nil {
			return err
		}
	}
	return nil
}

// oneEdition is a board that knows the shipped definitions alone.
type oneEdition struct {
	results.Board
	edition *assess.Edition
}

func (b oneEdition) Edition(context.Context, int) (*assess.Edition, error) { return b.edition, nil }

// madeBook is the tidy table of so many figures, and the log they come from.
func madeBook(t testing.TB, rows int) (*export.Book, madeLog) {
	t.Helper()
	edition, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	log := madeLog{edition: edition, rows: rows}
	room := export.Room{Board: oneEdition{edition: edition}, Log: log, Words: words, Zone: zone}
	book, err := room.Book(t.Context(), export.Order{Table: "observations", Periods: []assess.Period{quarter}, Lang: i18n.Chinese, Now: morning})
	if err != nil {
		t.Fatal(err)
	}
	return book, log
}

// TestLongTablesGoOnOnFurtherSheets: what has more rows than a sheet goes on on the next, below the same heads, and nothing is lost or twice.
func TestLongTablesGoOnOnFurtherSheets(t *testing.T) {
	t.Parallel()
	const rows, most, first = 1000, 203, 4 // 200 rows on a sheet below title, unit and heads
	book, log := madeBook(t, rows)
	var out bytes.Buffer
	if err := workbook.WriteBookInSheets(&out, book, most); err != nil {
		t.Fatal(err)
	}
	read, err := sheet.Read("book", out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if len(read.Sheets) != 6 || read.Sheets[1].Name != read.Sheets[0].Name+" (2)" { // five of the table, one of its sources
		t.Fatalf("%d sheets, the second %q", len(read.Sheets), read.Sheets[1].Name)
	}
	i := 0
	for n, s := range read.Sheets[:5] {
		byNumber := map[int]sheet.Row{}
		for _, r := range s.Rows {
			byNumber[r.Number] = r
		}
		for j, c := range book.Tables[0].Columns {
			if got := byNumber[3].Cell(j + 1).Text; got != c.Head {
				t.Errorf("a head of sheet %d is %q, want %q", n+1, got, c.Head)
			}
		}
		for at := first; at <= most; at++ {
			o := log.figure(i)
			if got := byNumber[at].Cell(4).Text; got != string(o.Item) {
				t.Fatalf("row %d of sheet %d is of %q, want %q", at, n+1, got, o.Item)
			}
			if got := byNumber[at].Cell(7); o.Value != "" && (got.Kind != sheet.Number || got.Text != o.Value) {
				t.Fatalf("row %d of sheet %d has %q, want %q", at, n+1, got.Text, o.Value)
			}
			i++
		}
	}
	if i != rows {
		t.Errorf("%d rows, want %d", i, rows)
	}
}

// TestTheSameBookHasTheSameBytes, so that the sum of a file says whether it is the same.
func TestTheSameBookHasTheSameBytes(t *testing.T) {
	t.Parallel()
	book, _ := madeBook(t, 100)
	var files [4]bytes.Buffer
	for i := range files {
		if err := workbook.WriteBookInSheets(&files[i], book, 23); err != nil { // several sheets: their order is what excelize does not keep
			t.Fatal(err)
		}
		if !bytes.Equal(files[0].Bytes(), files[i].Bytes()) {
			t.Fatal("the same book has other bytes")
		}
	}
	all, err := zip.NewReader(bytes.NewReader(files[0].Bytes()), int64(files[0].Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all.File { // the reader checks length and sum of each
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if all.File[0].Name != "[Content_Types].xml" {
		t.Errorf("the first part is %s; by it others know what the file is", all.File[0].Name)
	}
}
