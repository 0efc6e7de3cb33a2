package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/columnar"
	"github.com/unionboard/unionboard/internal/export"
)

// readParquet writes a book as Parquet and compares what the library's reader makes of it with the book cell by cell: figures to the last
// digit, days, words, and of what is not there why.
func readParquet(t *testing.T, book *export.Book) {
	t.Helper()
	var out bytes.Buffer
	if err := columnar.Write(&out, book, nil); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, field := range f.Schema().Fields() {
		at[field.Name()] = i
	}
	rows := parquetRows(t, f)
	for _, table := range book.Tables {
		for row, err := range table.Rows {
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) == 0 {
				t.Fatalf("%s as Parquet has too few rows", book.Name)
			}
			read := rows[0]
			rows = rows[1:]
			for j, c := range row.Cells {
				column := table.Columns[j]
				value, beside := read[at[column.Code]], ""
				for _, more := range []string{"_state", "_text"} {
					if i, there := at[column.Code+more]; there && !read[i].IsNull() {
						beside = string(read[i].ByteArray())
					}
				}
				if got, want := parquetSays(value, column.Kind), parquetWants(c, column); got != want && (got != "" || beside != want) {
					t.Fatalf("%s: %s of %q is %q, beside it %q, want %q", table.Title, column.Code, row.Cells[0].Text, got, beside, want)
				}
			}
		}
	}
	if len(rows) > 0 {
		t.Errorf("%s as Parquet has %d rows too many", book.Name, len(rows))
	}
}

func parquetRows(t *testing.T, f *parquet.File) (all []parquet.Row) {
	t.Helper()
	for _, group := range f.RowGroups() {
		reader := group.Rows()
		for {
			buffer := make([]parquet.Row, 100)
			n, err := reader.ReadRows(buffer)
			for _, row := range buffer[:n] {
				all = append(all, row.Clone())
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
	return all
}

func parquetSays(v parquet.Value, kind export.Kind) string {
	switch {
	case v.IsNull():
		return ""
	case kind == export.Number || kind == export.Percent:
		return decimal.New(v.Int64(), -6).String()
	case kind == export.Date:
		return time.Unix(int64(v.Int32())*24*60*60, 0).UTC().Format(time.DateOnly)
	}
	return v.String()
}

func parquetWants(c export.Cell, column export.Column) string {
	if c.Is == export.Figure && column.Kind != export.Text {
		return decimal.RequireFromString(c.Text).String()
	}
	if code := c.Is.Code(); code != "" {
		return code
	}
	return c.Text
}

// TestTidyParquetSaysWhatTidyCSVSays: the same rows under the same names, figures as numbers, and what is missing is null.
func TestTidyParquetSaysWhatTidyCSVSays(t *testing.T) {
	dir := demonstration(t)
	for _, table := range []string{"scores", "observations"} {
		file := filepath.Join(t.TempDir(), table+".parquet")
		text := good(t, "export", "--data", dir, "--table", table, "--period", "2026Q1..2026Q2")
		good(t, "export", "--data", dir, "--table", table, "--period", "2026Q1..2026Q2", "--format", "parquet", "--out", file)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		want, read := rows(t, text), parquetRows(t, f)
		if len(read) != len(want) || len(read) < 1000 {
			t.Fatalf("%s: %d rows, want %d", table, len(read), len(want))
		}
		for i, row := range read {
			got := map[string]string{}
			for j, field := range f.Schema().Fields() {
				kind := export.Text
				if field.Name() == "value" && table == "observations" {
					kind = export.Number
				}
				name, said := field.Name(), parquetSays(row[j], kind)
				if name == "value_text" && said != "" {
					name = "value"
				} else if name == "value_text" {
					continue
				}
				got[name] = said
			}
			for name, says := range want[i] {
				d, err := decimal.NewFromString(says)
				number, other := decimal.NewFromString(got[name])
				if got[name] != says && (err != nil || other != nil || !d.Equal(number)) {
					t.Fatalf("%s, row %d: %s is %q, want %q", table, i+1, name, got[name], says)
				}
			}
		}
	}
}
