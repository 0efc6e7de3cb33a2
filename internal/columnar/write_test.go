package columnar_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/columnar"
	"github.com/unionboard/unionboard/internal/export"
)

func rowsOf(rows ...export.Row) iter.Seq2[export.Row, error] {
	return func(yield func(export.Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// write writes a book and answers its bytes and what the library's reader makes of them.
func write(t testing.TB, b *export.Book) (data []byte, f *parquet.File) {
	t.Helper()
	var out bytes.Buffer
	if err := columnar.Write(&out, b, map[string]string{"edition": "published 1"}); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), f
}

// read answers the rows of a file as words: decimals with their point, "" for null.
func read(t testing.TB, f *parquet.File) (rows [][]string) {
	t.Helper()
	fields := f.Schema().Fields()
	for _, group := range f.RowGroups() {
		reader := group.Rows()
		buffer := make([]parquet.Row, 64)
		for {
			n, err := reader.ReadRows(buffer)
			for _, row := range buffer[:n] {
				var said []string
				for i, v := range row {
					said = append(said, say(fields[i], v))
				}
				rows = append(rows, said)
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		reader.Close()
	}
	return rows
}

func say(f parquet.Field, v parquet.Value) string {
	if v.IsNull() {
		return ""
	}
	switch f.Type().String() {
	case "DECIMAL(18,6)":
		return decimal.New(v.Int64(), -6).String()
	case "DATE":
		return time.Unix(int64(v.Int32())*24*60*60, 0).UTC().Format(time.DateOnly)
	}
	return v.String()
}

// sample is a book of two tables with every kind of column and every kind of cell.
func sample() *export.Book {
	columns := []export.Column{
		{Code: "name", Head: "名称"},
		{Code: "value", Head: "数值", Measure: "家", Kind: export.Number, Mixed: true},
		{Code: "share", Head: "占比", Kind: export.Percent},
		{Code: "rank", Head: "名次", Kind: export.Place},
		{Code: "exact", Head: "得分", Kind: export.Real},
		{Code: "due", Head: "期限", Kind: export.Date},
		{Code: "light", Head: "亮灯", Kind: export.Light},
	}
	figure := func(text string) export.Cell { return export.Cell{Is: export.Figure, Text: text} }
	words := func(text string) export.Cell { return export.Cell{Is: export.Words, Text: text} }
	first := &export.Table{
		Name: "sample", Period: assess.NewQuarter(2026, 1), Unit: "210102", UnitName: "和平区", Columns: columns,
		Rows: rowsOf(
			export.Row{Cells: []export.Cell{words("=1+1"), figure("-1204.50"), figure("92.1"), figure("3"), figure("0.1234567890123456"), {Is: export.Day, Text: "2026-04-18"}, {Is: export.Lamp, Text: "red"}}},
			export.Row{Cells: []export.Cell{words("优"), words("优"), {Is: export.NotApplicable}, {}, {}, {Is: export.Pending}, {}}},
			export.Row{Kind: export.Subtotal, Cells: []export.Cell{words("小计"), figure("123456789012345678.25"), {Is: export.NotDue}, {}, figure("-1"), {}, {}}},
			export.Row{Kind: export.Total, Cells: []export.Cell{words("合计"), {Is: export.NotReported}, {}, {}, {}, {}, {}}},
		),
	}
	second := &export.Table{
		Name: "sample", Period: assess.NewQuarter(2026, 2), Unit: "210103", UnitName: "沈河区", Columns: []export.Column{columns[3], columns[0]},
		Rows: rowsOf(export.Row{Cells: []export.Cell{figure("1"), words("𠮷")}}),
	}
	return &export.Book{
		Name: "sample", Title: "样表", Tables: []*export.Table{first, second},
		Stands: []export.Stand{{Period: first.Period, Version: 2, Edition: "2026/1"}, {Period: second.Period, Version: 1, Edition: "2026/1"}},
	}
}

// TestAFileIsReadBackAsItWas: types, names in order, every figure to the last digit, and of what is not there why.
func TestAFileIsReadBackAsItWas(t *testing.T) {
	t.Parallel()
	_, f := write(t, sample())
	var names []string
	for _, field := range f.Schema().Fields() {
		names = append(names, field.Name()+" "+field.Type().String())
	}
	if diff := cmp.Diff([]string{
		"period STRING", "unit_code STRING", "unit STRING", "row STRING", "name STRING", "value DECIMAL(18,6)", "value_state STRING", "value_text STRING",
		"share DECIMAL(18,6)", "share_state STRING", "rank INT(64,true)", "exact DOUBLE", "due DATE", "due_state STRING", "light STRING",
	}, names); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]string{
		{"2026Q1", "210102", "和平区", "plain", "=1+1", "-1204.5", "", "", "92.1", "", "3", "0.1234567890123456", "2026-04-18", "", "red"},
		{"2026Q1", "210102", "和平区", "plain", "优", "", "", "优", "", "not_applicable", "", "", "", "pending", ""},
		{"2026Q1", "210102", "和平区", "subtotal", "小计", "", "", "123456789012345678.25", "", "not_due", "", "-1", "", "", ""},
		{"2026Q1", "210102", "和平区", "total", "合计", "", "not_reported", "", "", "", "", "", "", "", ""},
		{"2026Q2", "210103", "沈河区", "plain", "𠮷", "", "", "", "", "", "1", "", "", "", ""},
	}, read(t, f)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	for key, want := range map[string]string{
		"unionboard.schema": "unionboard/table/1", "unionboard.table": "sample", "unionboard.title": "样表", "unionboard.periods": "2026Q1, 2026Q2",
		"unionboard.data_versions": "2026Q1 v2, 2026Q2 v1", "unionboard.definitions": "2026/1", "unionboard.edition": "published 1",
	} {
		if got, _ := f.Lookup(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

// TestTheSameBookHasTheSameBytes.
func TestTheSameBookHasTheSameBytes(t *testing.T) {
	t.Parallel()
	first, _ := write(t, sample())
	for range 5 {
		if again, _ := write(t, sample()); !bytes.Equal(first, again) {
			t.Fatal("the same book has other bytes")
		}
	}
}

// TestNoDigitIsLost: a figure is read back as it was written, stands in words beside, or the file is refused.
func TestNoDigitIsLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,8})?`).Draw(r, "figure")
		mixed := rapid.Bool().Draw(r, "mixed")
		b := &export.Book{Name: "x", Tables: []*export.Table{{
			Name: "x", Columns: []export.Column{{Code: "value", Head: "数值", Kind: export.Number, Mixed: mixed}},
			Rows: rowsOf(export.Row{Cells: []export.Cell{{Is: export.Figure, Text: text}}}),
		}}}
		var out bytes.Buffer
		err := columnar.Write(&out, b, nil)
		d := decimal.RequireFromString(text)
		fits := d.Equal(d.Truncate(6)) && d.Abs().LessThan(decimal.New(1, 12))
		if !fits && !mixed {
			if wrong, ok := errors.AsType[*assess.Problem](err); !ok || wrong.Key != "problem.takeout_digits" || wrong.Place.Field != "format" {
				r.Fatalf("%s: %v", text, err)
			}
			return
		}
		if err != nil {
			r.Fatal(err)
		}
		f, err := parquet.OpenFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil {
			r.Fatal(err)
		}
		row := read(t, f)[0] // row, value, state, words
		if fits && row[1] != d.String() || !fits && (row[1] != "" || row[3] != text) {
			r.Fatalf("%s is read back as %q", text, row)
		}
	})
}

// TestRowsAreWrittenInGroups, each with the least and the greatest figure by which a reader skips it, negative ones too.
func TestRowsAreWrittenInGroups(t *testing.T) {
	t.Parallel()
	const rows = 250_000
	b := &export.Book{Name: "x", Tables: []*export.Table{{
		Name: "x", Tidy: true, Columns: []export.Column{{Code: "value", Kind: export.Number}},
		Rows: func(yield func(export.Row, error) bool) {
			for i := range rows {
				if !yield(export.Row{Cells: []export.Cell{{Is: export.Figure, Text: fmt.Sprint(i - rows/2)}}}, nil) {
					return
				}
			}
		},
	}}}
	_, f := write(t, b)
	if n := len(f.RowGroups()); n != 3 {
		t.Fatalf("%d groups, want 3", n)
	}
	from := -rows / 2
	for i, group := range f.RowGroups() {
		least, most, ok := group.ColumnChunks()[0].(*parquet.FileColumnChunk).Bounds()
		to := from + int(group.NumRows()) - 1
		if !ok || least.Int64() != int64(from)*1_000_000 || most.Int64() != int64(to)*1_000_000 {
			t.Errorf("group %d goes from %v to %v, want %d to %d millionths", i, least, most, from, to)
		}
		from = to + 1
	}
}

// TestAFailureIsTold: of rows that cannot be read no whole file is made.
func TestAFailureIsTold(t *testing.T) {
	t.Parallel()
	broken := errors.New("the log cannot be read")
	b := &export.Book{Name: "x", Tables: []*export.Table{{
		Name: "x", Columns: []export.Column{{Code: "name"}}, Rows: func(yield func(export.Row, error) bool) { yield(export.Row{}, broken) },
	}}}
	var out bytes.Buffer
	if err := columnar.Write(&out, b, nil); !errors.Is(err, broken) {
		t.Error(err)
	}
	if bytes.HasSuffix(out.Bytes(), []byte("PAR1")) && out.Len() > 4 {
		t.Error("a whole file was made")
	}
}
