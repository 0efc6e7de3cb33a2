package workbook

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/export"
)

// mostRows are the rows of a sheet, some fewer than the format allows: what is below the rows needs room, too.
const mostRows = 1_048_000

// WriteBook writes a book as a workbook: a sheet for each table, then those that stand beside, the charts, and what the figures are.
// Rows are written as they are read, so that a large table needs no more memory than a small one.
func WriteBook(w io.Writer, b *export.Book) error { return writeBook(w, b, mostRows) }

func writeBook(w io.Writer, b *export.Book, most int) error {
	k := &bookWriter{stylist: stylist{excelize.NewFile(), map[look]int{}}, taken: map[string]bool{}, most: most}
	defer k.file.Close()
	k.file.SetActiveSheet(0) // it reads every sheet there is: later they would be read back whole, and written for nothing
	if err := k.book(b); err != nil {
		return fmt.Errorf("workbook of %s: %w", b.Name, err)
	}
	if err := k.file.SetZipWriter(packTo(w)).Write(io.Discard); err != nil {
		return fmt.Errorf("workbook of %s: %w", b.Name, err)
	}
	return nil
}

// bookWriter writes one book.
type bookWriter struct {
	stylist
	taken  map[string]bool // names of sheets, folded
	charts []placedChart
	most   int // the last row of a sheet that may hold one of a table
}

func (k *bookWriter) book(b *export.Book) error {
	tables := slices.Concat(b.Tables, b.Aside)
	for _, t := range tables {
		if err := k.table(t); err != nil {
			return err
		}
	}
	if len(k.charts) > 0 {
		if err := k.chartSheet(tables[0].Word("export.charts")); err != nil {
			return err
		}
	}
	if b.Sources != nil {
		if err := k.table(b.Sources); err != nil {
			return err
		}
	}
	lang := "zh-CN"
	if len(tables) > 0 && tables[0].Lang() == "en" {
		lang = "en"
	}
	if types := k.file.ContentTypes; types != nil { // charts add to them in the order of a map
		sort.Slice(types.Defaults, func(i, j int) bool { return types.Defaults[i].Extension < types.Defaults[j].Extension })
	}
	return k.file.SetDocProps(&excelize.DocProperties{Title: b.File, Creator: "unionboard", Subject: b.Name, Language: lang})
}

// newSheet makes a sheet of a name that Excel takes and that is not taken yet.
func (k *bookWriter) newSheet(name string) (string, error) {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return ' '
		}
		return r
	}, name)
	const longest = 31
	base := []rune(name)
	base = base[:min(len(base), longest)]
	name = string(base)
	for i := 2; k.taken[strings.ToLower(name)]; i++ {
		more := fmt.Sprintf(" (%d)", i)
		name = string(base[:min(len(base), longest-len(more))]) + more
	}
	first := len(k.taken) == 0
	k.taken[strings.ToLower(name)] = true
	if first {
		return name, k.file.SetSheetName("Sheet1", name)
	}
	_, err := k.file.NewSheet(name)
	return name, err
}

// table writes a table, on more than one sheet where it has more rows than a sheet.
func (k *bookWriter) table(t *export.Table) error {
	var s *tableSheet
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		if s != nil && s.next > k.most {
			if err := s.end(); err != nil {
				return err
			}
			s = nil
		}
		if s == nil {
			if s, err = k.begin(t); err != nil {
				return err
			}
		}
		if err := s.row(row); err != nil {
			return err
		}
	}
	if s == nil {
		var err error
		if s, err = k.begin(t); err != nil {
			return err
		}
	}
	return s.end()
}
