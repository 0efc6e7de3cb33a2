package takeout

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/columnar"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/paper"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/workbook"
)

// Room is where everything is that files are made of.
type Room struct {
	export.Room
	// Page answers the definition of a page that is in force.
	Page func(code assess.Code) (dashboard.Definition, error)
	// MattersOf answers the matters of a kind that an account may know, each with its steps, newest first.
	MattersOf func(ctx context.Context, q assess.MatterQuery, u account.User) ([]assess.Matter, error)
	// Seals answers what was published; nil where nothing ever is.
	Seals results.Seals
	// reader is what somebody may see; see For.
	reader dashboard.Reader
	// Demo: the figures are made up, and papers say so.
	Demo bool
	// press is kept for several papers, since it unpacks a typeface; nil for none.
	press func() (*paper.Press, error)
}

// File is a file that can be written.
type File struct {
	Name  string // as offices call it, with its ending: 2026年第一季度_得分汇总表.xlsx
	Media string
	Order Order
	// Edition names what the figures are, see Room.Edition.
	Edition string
	// Lost are characters for which a box stands in a paper, since its typeface lacks them; known after Write.
	Lost []rune
	// Step, where set, is called while the file is written, with the number of rows (of a paper, of units) that are done.
	Step  func(rows int64)
	write writing
}

// Write writes the file, until ctx ends. What fails half-way has written the half of it.
func (f *File) Write(ctx context.Context, w io.Writer) (err error) {
	rows := int64(0)
	step := func() {
		if rows++; f.Step != nil {
			f.Step(rows)
		}
	}
	f.Lost, err = f.write(ctx, untilEnd{ctx, w}, step)
	return err
}

// untilEnd writes until a context ends.
type untilEnd struct {
	ctx context.Context
	to  io.Writer
}

// Write implements io.Writer.
func (w untilEnd) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.to.Write(p)
}

// Line fills in what was taken out, for the audit log: who and where from is the caller's to say. size is in bytes.
func (f *File) Line(line assess.AuditLine, size int64) assess.AuditLine {
	units := "all"
	if n := len(f.Order.Units); n > 0 {
		names := make([]string, n)
		for i, u := range f.Order.Units {
			names[i] = string(u)
		}
		units = strings.Join(names, " ")
	}
	line.Action, line.Object, line.Unit = "export", f.Order.Table+" "+f.Order.Span(), ""
	if len(f.Order.Units) == 1 {
		line.Unit = f.Order.Units[0]
	}
	line.After = fmt.Sprintf("format %s; units %s; edition %s; language %s; %d bytes", f.Order.Format, units, f.Edition, f.Order.Lang, size)
	if f.Order.Personal {
		line.After += "; personal numbers readable"
	}
	return line
}

// FileFor answers the file of an order as an account may have it. Errors are those of For and File.
func (r Room) FileFor(ctx context.Context, u account.User, o Order) (*File, error) {
	r, o, err := r.For(ctx, u, o)
	if err != nil {
		return nil, err
	}
	return r.File(ctx, o)
}

// File answers the file of an order. Errors are Problems: what Check says, a period, a unit, an indicator that there is not.
func (r Room) File(ctx context.Context, o Order) (*File, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	r, err := r.seen(ctx, o)
	if err != nil {
		return nil, err
	}
	f := &File{Media: o.Format.Media(), Order: o}
	if f.Edition, err = r.Edition(ctx, o); err != nil {
		return nil, err
	}
	switch {
	case o.Table == Package:
		f.Name, err = r.name(ctx, o)
		f.write = func(ctx context.Context, w io.Writer, step func()) ([]rune, error) { return r.pack(ctx, w, o, step) }
	case o.paper():
		f.Name, err = r.name(ctx, o)
		f.write = r.paper(o)
	case o.tidy():
		f.Name, err = r.name(ctx, o)
		f.write = r.rows(o)
	default:
		var book *export.Book
		if book, err = r.Book(ctx, o.Order); err == nil {
			f.Name, f.write = book.File, r.table(o, book)
		}
	}
	if err != nil {
		return nil, err
	}
	f.Name += "." + string(o.Format)
	return f, nil
}

// writing writes a file. step is called after each row, or unit of a paper.
type writing = func(ctx context.Context, w io.Writer, step func()) (lost []rune, err error)

// counted answers rows that are counted, and end when a context does.
func counted(ctx context.Context, rows iter.Seq2[export.Row, error], step func()) iter.Seq2[export.Row, error] {
	return func(yield func(export.Row, error) bool) {
		for row, err := range rows {
			if err == nil {
				err = ctx.Err()
			}
			if !yield(row, err) || err != nil {
				return
			}
			step()
		}
	}
}

// count lets the rows of a book be counted.
func count(ctx context.Context, book *export.Book, step func()) {
	for _, t := range book.Tables {
		t.Rows = counted(ctx, t.Rows, step)
	}
}

// table answers what writes a book.
func (r Room) table(o Order, book *export.Book) writing {
	return func(ctx context.Context, w io.Writer, step func()) ([]rune, error) {
		count(ctx, book, step)
		switch o.Format {
		case XLSX:
			return nil, workbook.WriteBook(w, book)
		case JSON:
			return nil, book.JSON(w)
		case Parquet:
			return nil, r.parquet(ctx, w, o, book)
		}
		return nil, book.CSV(w)
	}
}

// parquet writes a book as Parquet, with what the figures are in its metadata.
func (r Room) parquet(ctx context.Context, w io.Writer, o Order, book *export.Book) error {
	edition, err := r.Edition(ctx, o)
	if err != nil {
		return err
	}
	return columnar.Write(w, book, map[string]string{"edition": edition, "language": o.Lang, "program": r.Version})
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
