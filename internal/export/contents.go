package export

import (
	"context"
	"strconv"
)

// Content is a file of a package.
type Content struct {
	File  string // with its folder
	What  string
	Bytes int
	Sum   string // SHA-256 in hexadecimal
}

// Contents describes the files of a package of one period: what they are, how large, by which sum they are known, and of which state their
// figures are. state says that in words; the table of the order is taken for none.
func (r Room) Contents(ctx context.Context, o Order, files []Content, state string) (*Book, error) {
	p := o.Periods[0]
	s, err := r.Board.Sheet(ctx, p)
	if err != nil {
		return nil, err
	}
	m := &maker{Room: r, order: o, words: r.Words.In(o.Lang)}
	m.book = &Book{Name: "contents", Title: m.words.T("export.contents.title"), File: m.words.T("export.contents")}
	t := m.table(s.Edition, p, m.standOf(s))
	t.Signed = false
	t.Columns = []Column{m.frozen("no", Number, 6), m.col("file", Text, 58), m.col("what", Text, 30), m.col("bytes", Number, 12), m.col("sum", Text, 68)}
	rows := make([]Row, len(files))
	for i, f := range files {
		rows[i] = Row{Cells: []Cell{whole(i + 1), words(f.File), words(f.What), {Is: Figure, Text: strconv.Itoa(f.Bytes)}, words(f.Sum)}}
	}
	t.Rows = rowsOf(rows)
	t.Notes = append([]string{state}, m.sources(s.Edition).Notes...)
	t.Notes = append(t.Notes, m.words.T("export.contents.sums", "file", SumsFile))
	m.book.Sources = nil
	return m.book, nil
}

// SumsFile is the file of a package that programs check the others by: sha256sum -c.
const SumsFile = "SHA256SUMS"
