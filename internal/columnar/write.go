package columnar

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/unionboard/unionboard/internal/export"
)

const (
	// groupRows are the rows of a row group: what is held in memory, and what a reader skips as a whole.
	groupRows = 100_000
	// batchRows are handed over at a time.
	batchRows = 500
)

// Write writes the tables of a book below one another as one Parquet file, with what it is in its metadata; notes are added to these. Of a
// figure that there is not the value is null, and the column beside it says why. Rows are written as they are read. A figure that the type
// of its column cannot hold to the last digit is a Problem.
func Write(w io.Writer, b *export.Book, notes map[string]string) error {
	f, err := begin(w, b, notes)
	if err != nil {
		return fmt.Errorf("parquet of %s: %w", b.Name, err)
	}
	for _, t := range b.Tables {
		if err := f.table(t); err != nil {
			return fmt.Errorf("parquet of %s: %w", b.Name, err)
		}
	}
	if err := f.flush(); err != nil {
		return fmt.Errorf("parquet of %s: %w", b.Name, err)
	}
	if err := f.out.Close(); err != nil {
		return fmt.Errorf("parquet of %s: %w", b.Name, err)
	}
	return nil
}

// file is a Parquet file on its way.
type file struct {
	out     *parquet.GenericWriter[any]
	columns []export.Column
	fields  []field
	rows    []parquet.Row
	used    int // of rows
}

func begin(w io.Writer, b *export.Book, notes map[string]string) (*file, error) {
	f := &file{rows: make([]parquet.Row, batchRows)}
	f.fields, f.columns = fieldsOf(b)
	node := &ordered{Group: parquet.Group{}}
	for _, field := range f.fields {
		node.add(field.name, field.node)
	}
	about, err := metadata(b)
	if err != nil {
		return nil, err
	}
	options := []parquet.WriterOption{parquet.NewSchema(b.Name, node), parquet.Compression(&zstd.Codec{}), parquet.MaxRowsPerRowGroup(groupRows)}
	for _, list := range []map[string]string{about, notes} {
		for key, text := range list {
			options = append(options, parquet.KeyValueMetadata("unionboard."+key, text))
		}
	}
	f.out = parquet.NewGenericWriter[any](w, options...)
	return f, nil
}

// table adds the rows of a table.
func (f *file) table(t *export.Table) error {
	at := export.Places(t, f.columns)
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		values := f.rows[f.used][:0]
		for i, field := range f.fields {
			cell := export.Cell{}
			if field.column >= 0 && at[field.column] >= 0 {
				cell = row.Cells[at[field.column]]
			}
			v, err := field.value(t, row, cell)
			if err != nil {
				return err
			}
			level := 1
			if v.IsNull() {
				level = 0
			}
			values = append(values, v.Level(0, level, i))
		}
		f.rows[f.used] = values
		if f.used++; f.used == batchRows {
			if err := f.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *file) flush() error {
	_, err := f.out.WriteRows(f.rows[:f.used])
	f.used = 0
	return err
}

// ordered is a group of columns in the order in which they were added; the library's own sorts them by name.
type ordered struct {
	parquet.Group
	fields []parquet.Field
}

func (o *ordered) add(name string, node parquet.Node) {
	o.Group[name] = node
	o.fields = append(o.fields, parquet.Group{name: node}.Fields()...)
}

// Fields implements parquet.Node.
func (o *ordered) Fields() []parquet.Field { return o.fields }

// metadata says what a file is.
func metadata(b *export.Book) (map[string]string, error) {
	type column struct {
		Code    string `json:"code"`
		Head    string `json:"head"`
		Over    string `json:"over,omitempty"`
		Measure string `json:"measure,omitempty"`
	}
	about := map[string]string{"schema": "unionboard/table/1", "table": b.Name, "title": b.Title}
	var columns []column
	_, all := b.Flat(true)
	for _, c := range all {
		if c.Kind == export.Percent {
			c.Measure = "%"
		}
		columns = append(columns, column{c.Code, c.Head, c.Over, c.Measure})
	}
	text, err := json.Marshal(columns)
	if err != nil {
		return nil, err
	}
	about["columns"] = string(text)
	var periods, versions, editions []string
	for _, s := range b.Stands {
		periods, editions = append(periods, s.Period.String()), append(editions, s.Edition)
		if s.Version > 0 {
			versions = append(versions, s.Period.String()+" v"+strconv.Itoa(s.Version))
		}
	}
	for key, list := range map[string][]string{"periods": periods, "data_versions": versions, "definitions": slices.Compact(editions)} {
		if len(list) > 0 {
			about[key] = strings.Join(list, ", ")
		}
	}
	return about, nil
}
