package source_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/source"
)

// TestTablesOfTextBecomeSheets: whatever the separator and the encoding, preamble and ragged rows included, with their places.
func TestTablesOfTextBecomeSheets(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("指标名称,数值\r\n会员数,\"30,412\"\r\n")
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("指标名称\t数值\r\n会员数\t30,412\r\n")
	if err != nil {
		t.Fatal(err)
	}
	plain := "A1 指标名称 B1 数值 A2 会员数 B2 30,412"
	for _, tt := range []struct{ name, text, want string }{
		{"commas", "指标名称,数值\n会员数,\"30,412\"\n", plain},
		{"byte order mark", "\xEF\xBB\xBF指标名称,数值\n会员数,\"30,412\"\n", plain},
		{"semicolons with decimal commas", "指标名称;数值\n会员数;30,412\n", plain},
		{"GB18030", gb, plain},
		{"UTF-16 by tabs", wide, plain},
		{
			"preamble and notes", "季度表,,\n单位：和平区,,\n指标名称,单位,数值\n会员数,人,30412\n,,\n注：略\n",
			"A1 季度表 A2 单位：和平区 A3 指标名称 B3 单位 C3 数值 A4 会员数 B4 人 C4 30412 A6 注：略",
		},
		{"old line ends", "a,b\rc,d\r", "A1 a B1 b A2 c B2 d"},
		{"one column", "a\nb\n", "A1 a A2 b"},
		{"line ends in a cell", "a,\"b\nb\"\nc,d\n", "A1 a B1 b\nb A3 c B3 d"},
	} {
		book, _, err := source.ReadBook(`C:\表\a.csv`, []byte(tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []string
		for _, r := range book.Sheets[0].Rows {
			for _, c := range r.Cells {
				if c.Kind != sheet.Text {
					t.Errorf("%s: %+v", tt.name, c)
				}
				got = append(got, sheet.CellName(r.Number, c.Column)+" "+c.Text)
			}
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" || book.Sheets[0].Name != "a" {
			t.Errorf("%s: sheet %q (-want +got):\n%s", tt.name, book.Sheets[0].Name, diff)
		}
	}
}

// TestTablesThatAreRefused: empty, damaged, cut in a quotation, too long, too wide.
func TestTablesThatAreRefused(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "problem.table_empty"},
		{"blanks", " \n \n", "problem.table_empty"},
		{"zero bytes", "a,b\n\x00,c\n", "problem.file_nul"},
		{"cut in a quotation", "a,b\nc,\"d", "problem.file_quote"},
		{"cut inside a character", "指标,数值\n会员"[:len("指标,数值\n会员")-1], "problem.encoding"},
		{"too many rows", strings.Repeat("a,b\n", sheet.MostRows+1), "problem.too_many_rows"},
		{"too many columns", strings.Repeat("a,", sheet.MostColumns) + "a\n", "problem.table_wide"},
		{"too long a cell", "a," + strings.Repeat("x", sheet.LongestCell+1) + "\n", "problem.table_wide"},
		{"broken workbook", "PK\x03\x04", "problem.workbook_damaged"},
	} {
		book, _, err := source.ReadBook("a.csv", []byte(tt.text))
		problem, _ := errors.AsType[*assess.Problem](err)
		if problem == nil || problem.Key != tt.want || book != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func FuzzReadBook(f *testing.F) {
	f.Add([]byte("指标名称;数值\n会员数;30,412\n"))
	f.Add([]byte("a,\"b\n\"\r\nc\td"))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, _, err := source.ReadBook("a.csv", data)
		if err != nil {
			if _, ok := errors.AsType[*assess.Problem](err); !ok || book != nil {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		for _, s := range book.Sheets {
			for i, r := range s.Rows {
				if len(r.Cells) == 0 || i > 0 && r.Number <= s.Rows[i-1].Number || r.Number > sheet.MostRows {
					t.Fatalf("row %+v", r)
				}
			}
		}
	})
}
