package workbook_test

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/workbook"
	"github.com/unionboard/unionboard/seeds"
)

// benchRows are the figures of `make bench-export`.
const benchRows = 1_000_000

// manyFigures is a log of benchRows figures that are made as they are read.
type manyFigures struct {
	export.Log
	items []assess.Item
}

func (l manyFigures) Each(_ context.Context, _ assess.CellQuery, visit func(assess.Observation) error) error {
	for i := range benchRows {
		o := assess.Observation{
			CellKey: assess.CellKey{Unit: heping, Period: quarter, Item: l.items[i%len(l.items)].Code}, State: assess.Reported, Value: strconv.Itoa(i) + ".25",
		}
		if err := visit(o); err != nil {
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

// benchBook is the tidy table of many figures.
func benchBook(b *testing.B) *export.Book {
	edition, err := catalog.Load(seeds.Files())
	if err != nil {
		b.Fatal(err)
	}
	words, err := i18n.New()
	if err != nil {
		b.Fatal(err)
	}
	room := export.Room{Board: oneEdition{edition: edition}, Log: manyFigures{items: edition.Items}, Words: words, Zone: zone}
	book, err := room.Book(b.Context(), export.Order{Table: "observations", Periods: []assess.Period{quarter}, Lang: i18n.Chinese, Now: morning})
	if err != nil {
		b.Fatal(err)
	}
	return book
}

// BenchmarkExportBook writes a million figures as a workbook, BenchmarkExportBareBook the same cells with nothing but excelize's stream.
func BenchmarkExportBook(b *testing.B) {
	book := benchBook(b)
	for b.Loop() {
		if err := workbook.WriteBook(io.Discard, book); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExportBareBook(b *testing.B) {
	book := benchBook(b)
	for b.Loop() {
		f := excelize.NewFile()
		stream, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			b.Fatal(err)
		}
		line, t := 0, book.Tables[0]
		cells := make([]any, len(t.Columns))
		for row := range t.Rows {
			line++
			for i, c := range row.Cells {
				if cells[i] = t.Say(c); c.Is == export.Figure {
					cells[i], _ = strconv.ParseFloat(c.Text, 64)
				}
			}
			if err := stream.SetRow(sheet.CellName(line, 1), cells); err != nil {
				b.Fatal(err)
			}
		}
		if err := stream.Flush(); err != nil {
			b.Fatal(err)
		}
		if err := f.Write(io.Discard); err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}

// BenchmarkExportCSV writes a million figures as tidy CSV, BenchmarkExportBareCSV the same rows with nothing but encoding/csv.
func BenchmarkExportCSV(b *testing.B) {
	for b.Loop() {
		out, err := export.NewObservations(io.Discard, false)
		if err != nil {
			b.Fatal(err)
		}
		if err := benchLog(b).Each(b.Context(), assess.CellQuery{}, out.Write); err != nil {
			b.Fatal(err)
		}
		if err := out.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExportBareCSV(b *testing.B) {
	for b.Loop() {
		out := csv.NewWriter(io.Discard)
		err := benchLog(b).Each(b.Context(), assess.CellQuery{}, func(o assess.Observation) error {
			return out.Write([]string{string(o.Unit), o.Period.String(), string(o.Item), o.Value, string(o.State), o.Note, o.Part, o.Ref})
		})
		if err != nil {
			b.Fatal(err)
		}
		if out.Flush(); out.Error() != nil {
			b.Fatal(out.Error())
		}
	}
}

func benchLog(b *testing.B) manyFigures {
	edition, err := catalog.Load(seeds.Files())
	if err != nil {
		b.Fatal(err)
	}
	return manyFigures{items: edition.Items}
}
