package source_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/unionboard/unionboard/internal/processor"
	"github.com/unionboard/unionboard/internal/testkit"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// sheetOf answers a workbook of one sheet with rows; change does what rows alone cannot.
func sheetOf(t testing.TB, rows [][]any, change func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		if err := change(f); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// edited answers a workbook with a text exchanged in one of its parts.
func edited(t testing.TB, data []byte, part, from, to string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	found := false
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == part && bytes.Contains(content, []byte(from)) {
			content, found = bytes.ReplaceAll(content, []byte(from), []byte(to)), true
		}
		out, err := w.Create(f.Name)
		if err == nil {
			_, err = out.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || !found {
		t.Fatalf("%s does not hold %q, %v", part, from, err)
	}
	return b.Bytes()
}

func gb18030(text string) []byte {
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		panic(err)
	}
	return b
}

func utf16le(text string) []byte {
	b := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return b
}

// fate is what becomes of a file: figures with their places, refusals with theirs, notes, or the damage for which all of it is refused.
type fate struct {
	Values  []value
	Refused []refusedAt
	Notes   []string
	Damage  string
	At      string
}

type refusedAt struct{ At, Key string }

func fateOf(t testing.TB, p source.Piece, m *source.Mapping) (f fate) {
	r, err := p.Read(m, source.MostRows)
	if err != nil {
		fault, ok := errors.AsType[*assess.Problem](err)
		if !ok {
			t.Fatalf("refused with %v, which is no problem", err)
		}
		return fate{Damage: fault.Key, At: fault.Place.String()}
	}
	f.Values = valuesOf(r)
	for _, x := range r.Refused {
		f.Refused = append(f.Refused, refusedAt{x.Place.String() + " " + x.Place.Field, x.Problem.Key})
	}
	for _, n := range r.Notes {
		f.Notes = append(f.Notes, n.Key)
	}
	return f
}

// wide is a mapping of a table with a unit in each row and two items side by side.
func wide() *source.Mapping {
	return &source.Mapping{
		Units: []source.Word{{Word: "和平", Code: "210102"}, {Word: "沈河", Code: "210103"}},
		Columns: []source.Column{
			{Head: "区县", Role: source.RoleUnit},
			{Head: "统计期", Role: source.RolePeriod},
			{Head: "会员", Role: source.RoleValue, Item: "members"},
			{Head: "建会率", Role: source.RoleValue, Item: "rate"},
		},
		Length: source.Quarters,
	}
}

// TestCorpusOfFiles is the corpus of odd files: each is accepted with the right value, or refused at the right row and column.
func TestCorpusOfFiles(t *testing.T) {
	testkit.Sequential(t)
	const rows = "unit,period,code,value,note\n210102,2026Q3,members,30412,和平\n"
	one := []value{{"210102", "2026Q3", "members", "30412", "f:2:4"}}
	heads := []any{"区县", "统计期", "会员", "建会率"}
	in := func(cell string) string { return "[f.xlsx]Sheet1:" + cell }
	taken := func(values ...value) fate { return fate{Values: values} }
	for _, c := range []struct {
		name    string
		data    []byte
		mapping *source.Mapping
		want    fate
	}{
		{"UTF-8", []byte(rows), nil, fate{Values: one}},
		{"UTF-8 with a byte order mark", []byte("\xEF\xBB\xBF" + rows), nil, fate{Values: one}},
		{"GB18030", gb18030(rows), nil, fate{Values: one, Notes: []string{"problem.encoding_read"}}},
		{"UTF-16", utf16le(rows), nil, fate{Values: one, Notes: []string{"problem.encoding_read"}}},
		{"semicolons", []byte(strings.ReplaceAll(rows, ",", ";")), nil, fate{Values: one}},
		{"tabs", []byte(strings.ReplaceAll(rows, ",", "\t")), nil, fate{Values: one}},
		{"semicolons and a comma that may be either", []byte("unit;period;code;value\n210102;2026Q3;members;1,204\n"), nil, fate{Refused: []refusedAt{{"f:2:4 value", "problem.number_comma"}}}},
		{
			"semicolons and a comma in a table of its own", []byte("区县;统计期;会员;建会率\n和平;三季度;1,204;92,5\n"), func() *source.Mapping { m := wide(); m.Year = 2026; return m }(),
			fate{Refused: []refusedAt{{"f:2:3 会员", "problem.number_comma"}, {"f:2:4 建会率", "problem.number_comma"}}},
		},
		{"full-width digits", []byte("区县,统计期,会员,建会率\n和平,２０２６年三季度,３０４１２,９２．５％\n"), wide(), taken(value{"210102", "2026Q3", "members", "３０４１２", "f:2:3"}, value{"210102", "2026Q3", "rate", "92.5", "f:2:4"})},
		{"dashes for missing", []byte("区县,统计期,会员,建会率\n和平,2026Q3,—,…\n沈河,2026Q3,/,0\n"), wide(), taken(
			value{"210102", "2026Q3", "members", "", "f:2:3"}, value{"210102", "2026Q3", "rate", "", "f:2:4"},
			value{"210103", "2026Q3", "members", "", "f:3:3"}, value{"210103", "2026Q3", "rate", "0", "f:3:4"})},
		{"a month inside a quarter", []byte("区县,统计期,会员,建会率\n和平,2026年8月,1,2\n"), wide(), fate{Refused: []refusedAt{{"f:2:2 统计期", "problem.mapping_length"}, {"f:2:2 统计期", "problem.mapping_length"}}}},
		{"no period at all", []byte("区县,统计期,会员,建会率\n和平,下季度,1,2\n"), wide(), fate{Refused: []refusedAt{{"f:2:2 统计期", "problem.mapping_period"}, {"f:2:2 统计期", "problem.mapping_period"}}}},
		{"a column that is not there", []byte("区县,统计期,会员\n和平,2026Q3,1\n"), wide(), fate{Damage: "problem.column_missing", At: "f:1"}},
		{"a column twice", []byte("区县,统计期,会员,会员,建会率\n和平,2026Q3,1,2,3\n"), wide(), fate{Damage: "problem.column_twice", At: "f:1:4"}},
		{"a file cut in its last row", []byte("区县,统计期,会员,建会率\n和平,2026Q3,1,2\n沈河,2026"), wide(), fate{Damage: "problem.file_cut", At: "f:3"}},
		{"cut in a character", []byte("区县,统计期,会员,建会率\n和平,2026Q3,1,2\n沈\xE6"), wide(), fate{Damage: "problem.encoding", At: "f:3:1"}},
		{"a zero byte", []byte("区县,统计期,会员,建会率\n和平,2026Q3,1\x00,2\n"), wide(), fate{Damage: "problem.file_nul", At: "f:2:3"}},
		{"an open quotation mark", []byte("区县,统计期,会员,建会率\n和平,2026Q3,\"1,2\n"), wide(), fate{Damage: "problem.file_quote", At: "f:2"}},

		{"a workbook in the promised form", sheetOf(t, [][]any{{"unit", "period", "code", "value"}, {"210102", "2026Q3", "members", 30412}}, nil), nil, taken(value{"210102", "2026Q3", "members", "30412", in("2:4")})},
		{"98.5 shown as 99, percent, full precision", sheetOf(t, [][]any{heads, {"和平", "2026Q3", 98.5, 0.925}}, func(f *excelize.File) error {
			return errors.Join(format(f, "C2", 1), format(f, "D2", 10))
		}), wide(), taken(value{"210102", "2026Q3", "members", "98.5", in("2:3")}, value{"210102", "2026Q3", "rate", "92.5", in("2:4")})},
		{"percent as text", sheetOf(t, [][]any{heads, {"和平", "2026Q3", "12", "92.5%"}}, nil), wide(), taken(value{"210102", "2026Q3", "members", "12", in("2:3")}, value{"210102", "2026Q3", "rate", "92.5", in("2:4")})},
		{"dates as serials, with a format and without", sheetOf(t, [][]any{heads, {"和平", 46295, 1, 2}, {"沈河", 46295, 3, 4}}, func(f *excelize.File) error { return format(f, "B2", 14) }), wide(), taken(
			value{"210102", "2026Q3", "members", "1", in("2:3")}, value{"210102", "2026Q3", "rate", "2", in("2:4")},
			value{"210103", "2026Q3", "members", "3", in("3:3")}, value{"210103", "2026Q3", "rate", "4", in("3:4")})},
		{"a date, a truth, a fault for a figure", edited(t, sheetOf(t, [][]any{heads, {"和平", "2026Q3", 46295, true}, {"沈河", "2026Q3", 1, 99}}, func(f *excelize.File) error { return format(f, "C2", 14) }),
			"xl/worksheets/sheet1.xml", `<c r="D3"><v>99</v></c>`, `<c r="D3" t="e"><v>#DIV/0!</v></c>`), wide(), fate{
			Values:  []value{{"210102", "2026Q3", "rate", "true", in("2:4")}, {"210103", "2026Q3", "members", "1", in("3:3")}},
			Refused: []refusedAt{{in("2:3") + " 会员", "problem.cell_date"}, {in("3:4") + " 建会率", "problem.cell_fault"}},
		}},
		{"formulas with and without their results", edited(t, sheetOf(t, [][]any{heads, {"和平", "2026Q3", 7, 8}}, nil),
			"xl/worksheets/sheet1.xml", `<c r="C2"><v>7</v></c><c r="D2"><v>8</v></c>`, `<c r="C2"><f>3+4</f><v>7</v></c><c r="D2"><f>4+4</f></c>`), wide(), fate{
			Values: []value{{"210102", "2026Q3", "members", "7", in("2:3")}}, Refused: []refusedAt{{in("2:4") + " 建会率", "problem.cell_uncached"}},
		}},
		{"merged cells name several rows, and hold no figure of several", sheetOf(t, [][]any{heads, {"和平", "2026Q3", 1, 2}, {"", "2026Q3", "", 3}}, func(f *excelize.File) error {
			return errors.Join(f.MergeCell("Sheet1", "A2", "A3"), f.MergeCell("Sheet1", "C2", "C3"))
		}), wide(), fate{
			Values:  []value{{"210102", "2026Q3", "rate", "2", in("2:4")}, {"210102", "2026Q3", "members", "", in("3:3")}, {"210102", "2026Q3", "rate", "3", in("3:4")}},
			Refused: []refusedAt{{in("2:3") + " 会员", "problem.table_merged"}},
		}},
		{"hidden rows are read, and said", sheetOf(t, [][]any{heads, {"和平", "2026Q3", 1, 2}, {"沈河", "2026Q3", 3, 4}}, func(f *excelize.File) error { return f.SetRowVisible("Sheet1", 3, false) }), wide(), fate{
			Values: []value{
				{"210102", "2026Q3", "members", "1", in("2:3")},
				{"210102", "2026Q3", "rate", "2", in("2:4")},
				{"210103", "2026Q3", "members", "3", in("3:3")},
				{"210103", "2026Q3", "rate", "4", in("3:4")},
			},
			Notes: []string{"problem.rows_hidden"},
		}},
		{"a decompression bomb", bomb(t), wide(), fate{Damage: "problem.workbook_unpacked", At: "f.xlsx"}},
		{"an external entity", edited(t, sheetOf(t, [][]any{heads}, nil), "xl/worksheets/sheet1.xml", "<worksheet", `<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet`), wide(), fate{Damage: "problem.workbook_doctype", At: "f.xlsx"}},
		{"macros", edited(t, sheetOf(t, [][]any{heads}, nil), "[Content_Types].xml", "openxmlformats-officedocument.spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml"), wide(), fate{Damage: "problem.workbook_macro", At: "f.xlsx"}},
		{"a form of the desk", sheetOf(t, [][]any{heads}, func(f *excelize.File) error {
			_, err := f.NewSheet(source.FormSheet)
			return errors.Join(err, f.SetCellStr(source.FormSheet, "A1", source.FormMark), f.SetSheetVisible(source.FormSheet, false, true))
		}), wide(), fate{Damage: "problem.file_form", At: "f.xlsx"}},
		{"a sheet that is not there", sheetOf(t, [][]any{heads}, nil), &source.Mapping{Sheet: "汇总"}, fate{Damage: "problem.mapping_sheet", At: "f.xlsx"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := source.Piece{Name: "f", Data: c.data}
			if bytes.HasPrefix(c.data, []byte("PK")) {
				p.Name = "f.xlsx"
			}
			got := fateOf(t, p, c.mapping)
			if got.Damage != "" {
				got.At = strings.TrimSuffix(got.At, " (xl/worksheets/sheet1.xml)")
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// format gives a cell a number format.
func format(f *excelize.File, cell string, id int) error {
	style, err := f.NewStyle(&excelize.Style{NumFmt: id})
	return errors.Join(err, f.SetCellStyle("Sheet1", cell, cell, style))
}

// bomb is a small workbook that unpacks to more than is let in.
func bomb(t testing.TB) []byte {
	return edited(t, sheetOf(t, [][]any{{"a"}}, nil), "docProps/app.xml", "</Properties>", strings.Repeat(" ", 80<<20)+"</Properties>")
}

// Figures of another unit or period than was asked for are refused where they stand (security checklist, row 34).
func TestPiecesOfOthersAreRefused(t *testing.T) {
	data := []byte("区县,统计期,会员,建会率\n和平,2026Q3,1,2\n沈河,2026Q3,3,4\n和平,2026Q2,5,6\n")
	got := fateOf(t, source.Piece{Name: "f", Data: data, Unit: "210102", Period: assess.NewQuarter(2026, 3)}, wide())
	want := fate{
		Values: []value{{"210102", "2026Q3", "members", "1", "f:2:3"}, {"210102", "2026Q3", "rate", "2", "f:2:4"}},
		Refused: []refusedAt{
			{"f:3:1 区县", "problem.source_unit"}, {"f:3:1 区县", "problem.source_unit"}, {"f:4:2 统计期", "problem.source_period"}, {"f:4:2 统计期", "problem.source_period"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestCutFilesAreRefused is row 31 of the security checklist: of 100 good files cut at a random byte none is taken for a shorter one.
func TestCutFilesAreRefused(t *testing.T) {
	chance := rand.New(rand.NewPCG(31, 2026))
	for n := range 100 {
		rows := [][]any{{"区县", "统计期", "会员", "建会率"}}
		for range 3 + chance.IntN(20) {
			rows = append(rows, []any{[]string{"和平", "沈河"}[chance.IntN(2)], "2026Q3", chance.IntN(1_000_000) + 10, fmt.Sprintf("%d.%02d", chance.IntN(100), chance.IntN(100))})
		}
		data := []byte(nil)
		if n%2 == 0 {
			data = sheetOf(t, rows, nil)
		} else {
			var b strings.Builder
			for _, row := range rows {
				fmt.Fprintf(&b, "%v,%v,%v,%v\n", row...)
			}
			data = []byte(b.String())
			if n%4 == 1 {
				data = gb18030(b.String())
			}
		}
		p := source.Piece{Name: "f", Data: data}
		whole, err := p.Read(wide(), 0)
		if err != nil {
			t.Fatal(err)
		}
		p.Data = data[:1+chance.IntN(len(data)-1)]
		short, err := p.Read(wide(), 0)
		if err != nil {
			continue
		}
		said := strings.Contains(fmt.Sprint(short.Notes), "was cut off")
		identical := cmp.Equal(valuesOf(whole), valuesOf(short))
		atRow := n%2 == 1 && bytes.HasSuffix(p.Data, []byte("\n")) // text has no end: whole rows are a whole file
		if !identical && !said && !atRow {
			t.Errorf("file %d cut at %d of %d was taken with %d of %d figures, and nothing was said", n, len(p.Data), len(data), len(short.Entries), len(whole.Entries))
		}
	}
}

// TestLimitsOfPieces is row 29 of the security checklist for what is collected: the limit is let in, one more and a hundred times as much
// are refused, and memory stays bounded.
func TestLimitsOfPieces(t *testing.T) {
	table := func(rows, columns, cell int) []byte {
		var b strings.Builder
		b.WriteString("区县,统计期,会员,建会率" + strings.Repeat(",x", max(0, columns-4)) + "\n")
		for range rows {
			b.WriteString("和平,2026Q3,—," + strings.Repeat("1", max(1, cell)) + strings.Repeat(",", max(0, columns-4)) + "\n")
		}
		return []byte(b.String())
	}
	one := wide()
	one.Columns = one.Columns[:3]
	for _, c := range []struct {
		name                string
		rows, columns, cell int
		want                string
	}{
		{"rows", 9_999, 4, 1, ""},
		{"rows and one", 10_001, 4, 1, "problem.too_many_rows"},
		{"a hundred times the rows", 1_000_000, 4, 1, "problem.too_many_rows"},
		{"columns", 2, 200, 1, ""},
		{"columns and one", 2, 201, 1, "problem.table_wide"},
		{"a hundred times the columns", 2, 20_000, 1, "problem.table_wide"},
		{"a cell", 2, 4, 32 << 10, ""},
		{"a cell and one", 2, 4, 32<<10 + 1, "problem.table_wide"},
		{"a hundred times the cell", 2, 4, 100 * 32 << 10, "problem.table_wide"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := table(c.rows, c.columns, c.cell)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			r, err := source.Piece{Name: "f", Data: data}.Read(one, source.MostRows)
			runtime.GC()
			runtime.ReadMemStats(&after)
			fault, _ := errors.AsType[*assess.Problem](err)
			if c.want == "" && (err != nil || len(r.Entries) != c.rows) || c.want != "" && (fault == nil || fault.Key != c.want) {
				t.Errorf("%d entries, %v; want %q", len(r.Entries), err, c.want)
			}
			if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 64<<20 {
				t.Errorf("it keeps %d MiB", kept>>20)
			}
			runtime.KeepAlive(r)
		})
	}
}

func FuzzParseMapping(f *testing.F) {
	f.Add([]byte(everything.Text()))
	f.Add([]byte(wide().Text()))
	f.Add([]byte(`{"schema":"unionboard/mapping/1","columns":[{"at":1,"role":"value","factor":"1e400"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := source.ParseMapping("m", data)
		if err != nil {
			if _, ok := errors.AsType[*assess.Problem](err); !ok || m != nil {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		back, err := source.ParseMapping("m", []byte(m.Text()))
		if err != nil {
			t.Fatalf("%s is not read back: %v", m.Text(), err)
		}
		if diff := cmp.Diff(m, back); diff != "" {
			t.Fatalf("-read +read back\n%s", diff)
		}
	})
}

// Whatever the bytes and the mapping are, a piece is read or refused, soon, and nothing of a refused one is kept.
func FuzzPiece(f *testing.F) {
	f.Add([]byte("区县,统计期,会员,建会率\n和平,2026Q3,1.2万,92.5%\n"), []byte(wide().Text()))
	f.Add([]byte("a;b\n1;2\n"), []byte(everything.Text()))
	f.Add([]byte(`{"schema":"unionboard/values/1","unit":"a","period":"2026","values":[]}`), []byte(`{"schema":"unionboard/mapping/1","length":"quarter"}`))
	f.Add(sheetOf(f, [][]any{{"区县", "统计期", "会员", "建会率"}, {"和平", 46295, 1, 2}}, nil), []byte(wide().Text()))
	f.Fuzz(func(t *testing.T, data, mapping []byte) {
		m, err := source.ParseMapping("m", mapping)
		if err != nil {
			m = wide()
		}
		begun := processor.Time()
		r, err := source.Piece{Name: "2026年三季度.x", Data: data}.Read(m, 1000)
		if err != nil {
			if _, ok := errors.AsType[*assess.Problem](err); !ok || len(r.Entries) > 0 {
				t.Fatalf("refused with %v", err)
			}
		}
		if len(r.Entries)+len(r.Refused) > 1000 {
			t.Fatalf("%d rows", len(r.Entries)+len(r.Refused))
		}
		if spent := processor.Time() - begun; spent > 10*time.Second && !processor.Raced {
			t.Fatalf("it took %s", spent)
		}
	})
}
