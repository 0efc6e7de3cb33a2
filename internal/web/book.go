package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/workbook"
)

// Uploads are files of figures that wait for their senders, and how the tables of units were read before. account is an ID.
type Uploads interface {
	// KeepUpload keeps a file in place of what its account had waiting for the same quarter.
	KeepUpload(ctx context.Context, u assess.Upload) error
	// Upload answers a file of an account; assess.ErrNotFound where there is none, or its time is over.
	Upload(ctx context.Context, id, account string, now time.Time) (assess.Upload, error)
	// MapUpload sets how a waiting table is read.
	MapUpload(ctx context.Context, id, account, mapping string) error
	// TakeUpload settles a file whose figures were kept, and remembers how its table was read.
	TakeUpload(ctx context.Context, u assess.Upload, by string, at time.Time, line assess.AuditLine) error
	// TableMapping answers how a table of a layout was read last, "" where none was.
	TableMapping(ctx context.Context, unit assess.UnitCode, mark string) (string, error)
}

// Limits of an uploaded workbook or table.
const (
	mostBook      = 10 << 20         // bytes of the file
	bookForm      = mostBook + 1<<20 // bytes of the form that carries it
	uploadWaits   = 2 * time.Hour    // for its sender to confirm it
	booksAtOnce   = 2                // that are read at a time: one may take 200 MB of memory
	workbookMedia = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// sendForm sends the form as a workbook.
func (s *site) sendForm(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openForm(r, account.ReadDrafts)
	if err != nil {
		return err
	}
	data, err := workbook.Write(o.Form, o.v.words, s.Location)
	if err != nil {
		return err
	}
	name := workbook.FileName(o.Form, o.v.words)
	if r.Method == http.MethodGet {
		line := s.line(r, o.v.user, "export", "form "+o.Period.String())
		line.Unit = o.Unit.Code
		if err := s.Audit.Record(r.Context(), line); err != nil {
			return fmt.Errorf("form of %s for %s: %w", o.Unit.Code, o.Period, err)
		}
	}
	s.sendBook(w, r, name, data)
	return nil
}

// sendBook sends a workbook to be kept under a name in any script.
func (s *site) sendBook(w http.ResponseWriter, r *http.Request, name string, data []byte) {
	w.Header().Set("Content-Type", workbookMedia)
	w.Header().Set("Content-Disposition", evidence.Disposition(name))
	s.sendFile(w, r, bytes.NewReader(data))
}

// oneBook waits until a workbook may be read: few are at a time.
func (s *site) oneBook(ctx context.Context) (done func(), err error) {
	select {
	case s.books <- struct{}{}:
		return func() { <-s.books }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// bookProblem words what is wrong with a file, with its place.
func (v *visit) bookProblem(p *assess.Problem) string {
	at := p.Place
	if at.Line == 0 {
		return v.problem(p)
	}
	return v.words.T("fill.book.at", "sheet", sheetName(at), "cell", cellName(at), "says", v.problem(p))
}

// refusesFiles says whether a form takes no file at all.
func (o *opened) refusesFiles() *assess.Problem {
	if o.Shut != nil {
		return o.Shut
	}
	for i := range o.Sections {
		for j := range o.Sections[i].Fields {
			if f := &o.Sections[i].Fields[j]; f.Kind == desk.Typed && f.Locked == nil {
				return nil
			}
		}
	}
	return assess.Conflict("problem.form_locked", "no figure of the form can be changed now")
}

// ofFile answers the fault of the sender's file in an error, which the page explains; nil where the error is the program's own.
func ofFile(err error) *assess.Problem {
	p, ok := errors.AsType[*assess.Problem](err)
	if !ok || errors.Is(err, assess.ErrUnavailable) {
		return nil
	}
	return p
}
