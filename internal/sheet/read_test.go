package sheet_test

import (
	"bytes"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/sheet"
)

// TestValuesKeepTheirTypeAndDigits: what a cell is shown as changes nothing, kinds are told apart, and nothing becomes zero.
func TestValuesKeepTheirTypeAndDigits(t *testing.T) {
	for _, tt := range []struct {
		name, cell string
		want       sheet.Cell
		says       string
	}{
		{"98.5 shown as 99", number("A1", 1, "98.5"), sheet.Cell{Kind: sheet.Number, Text: "98.5"}, "98.5"},
		{"dust of the binary fraction", number("A1", 0, "1.1000000000000001"), sheet.Cell{Kind: sheet.Number, Text: "1.1"}, "1.1"},
		{"exponent", number("A1", 0, "1.2345E-2"), sheet.Cell{Kind: sheet.Number, Text: "0.012345"}, "0.012345"},
		{"long integer keeps its digits", number("A1", 0, "9007199254740993"), sheet.Cell{Kind: sheet.Number, Text: "9007199254740993"}, "9007199254740993"},
		{"zero", number("A1", 0, "0"), sheet.Cell{Kind: sheet.Number, Text: "0"}, "0"},
		{"negative zero", number("A1", 0, "-0"), sheet.Cell{Kind: sheet.Number, Text: "0"}, "0"},
		{"percent", number("A1", 3, "0.985"), sheet.Cell{Kind: sheet.Percent, Text: "0.985"}, "98.5%"},
		{"date", number("A1", 2, "46112"), sheet.Cell{Kind: sheet.Date, Text: "46112"}, "2026-03-31"},
		{"Chinese date", number("A1", 4, "46112.5"), sheet.Cell{Kind: sheet.Date, Text: "46112.5"}, "2026-03-31 12:00:00"},
		{"span of time", number("A1", 6, "1.5"), sheet.Cell{Kind: sheet.Date, Text: "1.5"}, "1900-01-01 12:00:00"},
		{"letters in quotes are no date", number("A1", 5, "12"), sheet.Cell{Kind: sheet.Number, Text: "12"}, "12"},
		{"date as text of ISO 8601", `<c r="A1" t="d"><v>2026-03-31</v></c>`, sheet.Cell{Kind: sheet.Date, Text: "46112"}, "2026-03-31"},
		{"true", `<c r="A1" t="b"><v>1</v></c>`, sheet.Cell{Kind: sheet.Boolean, Text: "TRUE"}, "TRUE"},
		{"fault", `<c r="A1" t="e"><v>#DIV/0!</v></c>`, sheet.Cell{Kind: sheet.Fault, Text: "#DIV/0!"}, "#DIV/0!"},
		{"formula with its value", `<c r="A1"><f>1+1</f><v>2</v></c>`, sheet.Cell{Kind: sheet.Number, Formula: true, Text: "2"}, "2"},
		{"formula with a text", `<c r="A1" t="str"><f>B1</f><v>无</v></c>`, sheet.Cell{Kind: sheet.Text, Formula: true, Text: "无"}, "无"},
		{"formula without a value", `<c r="A1"><f>1+1</f></c>`, sheet.Cell{Kind: sheet.Uncached, Formula: true}, ""},
		{"formula with an empty value", `<c r="A1"><f>1+1</f><v></v></c>`, sheet.Cell{Kind: sheet.Uncached, Formula: true}, ""},
		{"shared text", `<c r="A1" t="s"><v>0</v></c>`, sheet.Cell{Kind: sheet.Text, Text: "会员数"}, "会员数"},
		{"rich text without its reading", `<c r="A1" t="s"><v>1</v></c>`, sheet.Cell{Kind: sheet.Text, Text: "会员"}, "会员"},
		{"escapes", `<c r="A1" t="s"><v>2</v></c>`, sheet.Cell{Kind: sheet.Text, Text: "a b_c"}, "a b_c"},
		{"text of its own", `<c r="A1" t="inlineStr"><is><t xml:space="preserve"> 1,204 </t></is></c>`, sheet.Cell{Kind: sheet.Text, Text: " 1,204 "}, " 1,204 "},
		{"style alone", `<c r="A1" s="1"/>`, sheet.Cell{Kind: sheet.Blank}, ""},
		{"empty text", `<c r="A1" t="inlineStr"><is><t></t></is></c>`, sheet.Cell{Kind: sheet.Blank}, ""},
		{"empty number", `<c r="A1"><v></v></c>`, sheet.Cell{Kind: sheet.Blank}, ""},
		{"cell without a name", `<c><v>7</v></c>`, sheet.Cell{Kind: sheet.Number, Text: "7"}, "7"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			book, err := sheet.Read("a.xlsx", pack(t, parts(oneRow(tt.cell))))
			if err != nil {
				t.Fatal(err)
			}
			var got sheet.Cell
			if rows := book.Sheets[0].Rows; len(rows) > 0 {
				got = rows[0].Cell(1)
			}
			tt.want.Column = got.Column
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.String() != tt.says {
				t.Errorf("says %q, want %q", got.String(), tt.says)
			}
		})
	}
}

// TestDatesFrom1904: a workbook may count its days from 1904.
func TestDatesFrom1904(t *testing.T) {
	all := edited(t, parts(oneRow(number("A1", 2, "44650"), number("B1", 0, "44650"))), "xl/workbook.xml", "<sheets>", `<workbookPr date1904="1"/><sheets>`)
	book, err := sheet.Read("a.xlsx", pack(t, all))
	if err != nil {
		t.Fatal(err)
	}
	row := book.Sheets[0].Rows[0]
	if row.Cell(1).String() != "2026-03-31" || row.Cell(2).String() != "44650" {
		t.Errorf("read %s and %s", row.Cell(1), row.Cell(2))
	}
}

// TestStructureIsRead: names, hidden sheets and rows, merged cells, both forms of the standard, absolute and relative targets.
func TestStructureIsRead(t *testing.T) {
	all := parts("")
	all = with(all, "xl/worksheets/sheet1.xml", sheetOf(`<row r="3" hidden="1">`+number("B3", 0, "1")+`</row><row><c><v>2</v></c></row>`,
		`<mergeCells count="1"><mergeCell ref="A1:C2"/></mergeCells>`))
	all = edited(t, all, "xl/workbook.xml", `name="填报表"`, `name="填报表" state="veryHidden"`)
	for _, strict := range []bool{false, true} {
		if strict {
			all = edited(t, all, "xl/worksheets/sheet1.xml", main, "http://purl.oclc.org/ooxml/spreadsheetml/main")
		}
		book, err := sheet.Read("a.xlsx", pack(t, all))
		if err != nil {
			t.Fatal(err)
		}
		want := []sheet.Sheet{{
			File: "a.xlsx", Name: "填报表", Hidden: true, Merged: []sheet.Area{{Top: 1, Left: 1, Bottom: 2, Right: 3}},
			Rows: []sheet.Row{
				{Number: 3, Hidden: true, Cells: []sheet.Cell{{Column: 2, Kind: sheet.Number, Text: "1"}}},
				{Number: 4, Cells: []sheet.Cell{{Column: 1, Kind: sheet.Number, Text: "2"}}},
			},
		}}
		if diff := cmp.Diff(want, book.Sheets); diff != "" {
			t.Errorf("strict %v (-want +got):\n%s", strict, diff)
		}
	}
}

// TestForeignElementsAreNotCells: an element that only looks like a cell, in a namespace of somebody else, is none.
func TestForeignElementsAreNotCells(t *testing.T) {
	row := `<row r="1"><x:c xmlns:x="http://example.org/" r="A1"><x:v>5</x:v></x:c><c r="B1"><x:f xmlns:x="http://example.org/"/><v>7</v></c></row>`
	book, err := sheet.Read("a.xlsx", pack(t, parts(row)))
	if err != nil {
		t.Fatal(err)
	}
	want := []sheet.Row{{Number: 1, Cells: []sheet.Cell{{Column: 2, Kind: sheet.Number, Text: "7"}}}}
	if diff := cmp.Diff(want, book.Sheets[0].Rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestAnEndingThatNoPartHasIsNoMacro: a common library declares ".bin" as macros in each workbook that it saves under a name.
func TestAnEndingThatNoPartHasIsNoMacro(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.xlsx")
	f := excelize.NewFile()
	if err := errors.Join(f.SetCellInt("Sheet1", "A1", 7), f.SaveAs(file)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	book, err := sheet.Read("a.xlsx", data)
	if err != nil {
		t.Fatal(err)
	}
	if got := book.Sheets[0].Rows[0].Cells[0].Text; got != "7" {
		t.Errorf("A1 reads %q; it holds 7", got)
	}
}

// TestWhatIsWrittenIsRead: import(export(x)) = x for the typed values of any small table, written by the library that writes ours.
func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := excelize.NewFile()
		percent, err := f.NewStyle(&excelize.Style{NumFmt: 10})
		if err != nil {
			t.Fatal(err)
		}
		var want []sheet.Row
		for r := 1; r <= rapid.IntRange(1, 5).Draw(t, "rows"); r++ {
			row := sheet.Row{Number: r}
			for c := 1; c <= rapid.IntRange(0, 5).Draw(t, "columns"); c++ {
				cell := sheet.Cell{Column: c}
				name := sheet.CellName(r, c)
				switch rapid.IntRange(0, 4).Draw(t, "kind") {
				case 0:
					cell.Kind, cell.Text = sheet.Text, rapid.StringMatching(`[ -~一-龥=+@]{1,20}`).Draw(t, "text")
					err = f.SetCellStr("Sheet1", name, cell.Text)
				case 1:
					n := rapid.Int64Range(-999_999_999_999_999, 999_999_999_999_999).Draw(t, "integer")
					cell.Kind, cell.Text = sheet.Number, strconv.FormatInt(n, 10)
					err = f.SetCellInt("Sheet1", name, n)
				case 2:
					n := rapid.Int64Range(-999_999_999, 999_999_999).Draw(t, "cents")
					d := decimal.New(n, -2)
					cell.Kind, cell.Text = sheet.Number, d.String()
					if d.Exponent() < 0 && strings.Contains(cell.Text, ".") {
						cell.Text = strings.TrimSuffix(strings.TrimRight(cell.Text, "0"), ".")
					}
					err = f.SetCellFloat("Sheet1", name, d.InexactFloat64(), -1, 64)
				case 3:
					n := rapid.IntRange(0, 1000).Draw(t, "permille")
					d := decimal.New(int64(n), -3)
					cell.Kind, cell.Text = sheet.Percent, d.String()
					err = errors.Join(f.SetCellFloat("Sheet1", name, d.InexactFloat64(), -1, 64), f.SetCellStyle("Sheet1", name, name, percent))
				case 4:
					cell.Kind, cell.Text = sheet.Boolean, "TRUE"
					err = f.SetCellBool("Sheet1", name, true)
				}
				if err != nil {
					t.Fatal(err)
				}
				row.Cells = append(row.Cells, cell)
			}
			if len(row.Cells) > 0 {
				want = append(want, row)
			}
		}
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		book, err := sheet.Read("a.xlsx", b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, book.Sheets[0].Rows); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestFifteenDigitsSurviveTheBinaryFraction: a decimal of up to fifteen digits, stored the way spreadsheets store it, is read as
// it was typed.
func TestFifteenDigitsSurviveTheBinaryFraction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.Int64Range(1, 999_999_999_999_999).Draw(t, "digits")
		d := decimal.New(digits, -rapid.Int32Range(0, 18).Draw(t, "places"))
		stored := new(big.Float).SetPrec(53)
		if _, ok := stored.SetString(d.String()); !ok {
			t.Fatal(d)
		}
		book, err := sheet.Read("a.xlsx", pack(t, parts(oneRow(number("A1", 0, stored.Text('g', 17))))))
		if err != nil {
			t.Fatal(err)
		}
		got, err := decimal.NewFromString(book.Sheets[0].Rows[0].Cell(1).Text)
		if err != nil || !got.Equal(d) {
			t.Fatalf("%s stored as %s was read as %s", d, stored.Text('g', 17), got)
		}
	})
}

func key(err error) string {
	if p, ok := errors.AsType[*assess.Problem](err); ok {
		return p.Key
	}
	return ""
}
