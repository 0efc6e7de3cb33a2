package takeout

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/columnar"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/workbook"
)

// Counter hands out copies of registers: who may have what, and by whose leave, is its to say.
type Counter interface {
	Copy(ctx context.Context, want assess.RegisterTaking, u account.User, line assess.AuditLine) (*assess.RegisterCopy, error)
	Person(ctx context.Context, text, reason string, u account.User, line assess.AuditLine) ([]*assess.RegisterCopy, error)
}

// RegisterOrder is what somebody wants of a register as a file.
type RegisterOrder struct {
	assess.RegisterTaking
	Format Format
	Lang   string
}

// RegisterFormats are those that a register comes in, the most asked for first.
func RegisterFormats() []Format { return []Format{XLSX, CSV, JSON, Parquet} }

// RegisterFile is a file of a register.
type RegisterFile struct {
	Name, Media string
	book        *export.Book
	format      Format
	lang        string
	said        assess.AuditLine // what the log says of it
}

// Register answers the file of a register as an account may have it. line says who, for what it takes to have it; that of the file is Line.
// Problems are those of the counter, and at the field "format" one that there is not.
func (r Room) Register(ctx context.Context, from Counter, u account.User, o RegisterOrder, line assess.AuditLine) (*RegisterFile, error) {
	f := &RegisterFile{format: o.Format, lang: o.Lang}
	if err := f.check(string(o.Table)); err != nil {
		return nil, err
	}
	copied, err := from.Copy(ctx, o.RegisterTaking, u, line)
	if err != nil {
		return nil, err
	}
	f.said.Object, f.said.After = "register "+string(o.Table), fmt.Sprintf("format %s; %d records; personal columns covered", o.Format, len(copied.Records))
	if o.Readable {
		why := o.Reason
		if o.Release != "" {
			why = "release " + o.Release
		}
		f.said.After = fmt.Sprintf("format %s; %d records; personal columns readable; %s", o.Format, len(copied.Records), why)
	}
	f.of(export.RegisterBook(r.Words.In(f.lang), copied, r.Zone))
	return f, nil
}

// Person answers the file of what stands of a person in the registers that an account handles, readable, which the person may ask for.
// Problems are those of the counter.
func (r Room) Person(ctx context.Context, from Counter, u account.User, text, reason string, format Format, lang string, line assess.AuditLine) (*RegisterFile, error) {
	f := &RegisterFile{format: format, lang: lang}
	if err := f.check("person"); err != nil {
		return nil, err
	}
	copies, err := from.Person(ctx, text, reason, u, line)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, c := range copies {
		n += len(c.Records)
	}
	f.said.Object, f.said.After = "registers", fmt.Sprintf("format %s; %d records; what stands of one person; personal columns readable; %s", format, n, strings.TrimSpace(reason))
	f.of(export.PersonBook(r.Words.In(f.lang), copies, r.Zone))
	return f, nil
}

// check refuses a format that there is not; a language that there is not is Chinese.
func (f *RegisterFile) check(table string) error {
	if f.lang != i18n.English {
		f.lang = i18n.Chinese
	}
	if slices.Contains(RegisterFormats(), f.format) {
		return nil
	}
	return assess.Invalid("problem.takeout_format", fmt.Sprintf("%s is not written as %s; choose xlsx, csv, json or parquet", table, f.format),
		"table", table, "format", string(f.format), "formats", "xlsx, csv, json or parquet").At(assess.Place{Field: "format"})
}

// of makes it the file of a book.
func (f *RegisterFile) of(book *export.Book) {
	f.book, f.Name, f.Media = book, book.File+"."+string(f.format), f.format.Media()
}

// Write writes the file, until ctx ends.
func (f *RegisterFile) Write(ctx context.Context, w io.Writer) error {
	w = untilEnd{ctx, w}
	switch f.format {
	case XLSX:
		return workbook.WriteBook(w, f.book)
	case JSON:
		return f.book.JSON(w)
	case Parquet:
		return columnar.Write(w, f.book, map[string]string{"notes": strings.Join(f.book.Tables[0].Notes, "\n"), "language": f.lang})
	}
	return f.book.CSV(w)
}

// Line fills in what was taken, for the audit log: who and where from is the caller's to say.
func (f *RegisterFile) Line(line assess.AuditLine) assess.AuditLine {
	line.Action, line.Object, line.After = "export", f.said.Object, f.said.After
	return line
}
