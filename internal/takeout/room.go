package takeout

import (
	"context"
	"io"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/workbook"
)

// Room is where everything is that files are made of.
type Room struct {
	export.Room
	// Page answers the definition of a page that is in force.
	Page func(code assess.Code) (dashboard.Definition, error)
	// Demo: the figures are made up, and papers say so.
	Demo bool
}

// File is a file that can be written.
type File struct {
	Name  string // as offices call it, with its ending: 2026年第一季度_得分汇总表.xlsx
	Media string
	// Lost are characters for which a box stands in a paper, since its typeface lacks them; known after Write.
	Lost  []rune
	write func(ctx context.Context, w io.Writer) (lost []rune, err error)
}

// Write writes the file. What fails half-way has written the half of it.
func (f *File) Write(ctx context.Context, w io.Writer) (err error) {
	f.Lost, err = f.write(ctx, w)
	return err
}

// File answers the file of an order. Errors are Problems: what Check says, a period, a unit, an indicator that there is not.
func (r Room) File(ctx context.Context, o Order) (*File, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	f := &File{Media: o.Format.Media()}
	var err error
	switch {
	case o.paper():
		f.Name, err = r.name(ctx, o)
		f.write = r.paper(o)
	case o.tidy():
		f.Name, err = r.name(ctx, o)
		f.write = r.rows(o)
	default:
		var book *export.Book
		if book, err = r.Book(ctx, o.Order); err == nil {
			f.Name, f.write = book.File, table(book, o.Format)
		}
	}
	if err != nil {
		return nil, err
	}
	f.Name += "." + string(o.Format)
	return f, nil
}

// table answers what writes a book.
func table(book *export.Book, format Format) func(context.Context, io.Writer) ([]rune, error) {
	return func(_ context.Context, w io.Writer) ([]rune, error) {
		switch format {
		case XLSX:
			return nil, workbook.WriteBook(w, book)
		case JSON:
			return nil, book.JSON(w)
		}
		return nil, book.CSV(w)
	}
}

// name answers what offices call a file that is no book, without its ending.
func (r Room) name(ctx context.Context, o Order) (string, error) {
	words := r.Words.In(o.Lang)
	first, last := o.Periods[0], o.Periods[len(o.Periods)-1]
	span := words.Period(first.String())
	if first != last {
		span = words.T("export.span", "from", span, "to", words.Period(last.String()))
	}
	unit := ""
	if len(o.Units) == 1 {
		edition, err := r.Board.Edition(ctx, last.CalendarYear())
		if err != nil {
			return "", err
		}
		if u, ok := edition.Roster.Unit(o.Units[0]); ok {
			unit = export.UnionName(u, o.Lang)
		}
	}
	return export.FileName(span, unit, words.T("export.table."+o.Table)), nil
}
