package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/takeout"
)

// tablesAtOnce answers how many files are made at a time while their readers wait: half of the processors are left to everybody's pages.
func tablesAtOnce() int { return max(1, runtime.GOMAXPROCS(0)/2) }

// sendTable sends a table as a file. It is made whole before the first byte leaves, so that a broken one is never taken for a
// short one.
func (s *site) sendTable(w http.ResponseWriter, r *http.Request) error {
	v, vars := visitFrom(r), mux.Vars(r)
	if _, err := takeout.OfferOf(vars["table"]); err != nil {
		return err
	}
	wish, err := s.wish(r, v)
	if err != nil {
		return err
	}
	order := s.order(wish, vars["table"], takeout.Format(vars["format"]))
	if err := order.Check(); err != nil {
		return err
	}
	switch _, large, err := s.Takeaway.Estimate(r.Context(), order); {
	case err != nil:
		return err
	case large:
		return assess.Conflict("problem.takeout_large", "the file is large; ask for it on the export page, where it is made in the background")
	}
	done, err := s.oneTable(r.Context())
	if err != nil {
		return err
	}
	defer done()
	file, err := s.Takeaway.File(r.Context(), v.user, order)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := file.Write(r.Context(), &buf); err != nil {
		return fmt.Errorf("export %s of %s: %w", order.Table, order.Span(), err)
	}
	if r.Method == http.MethodGet {
		if err := s.Audit.Record(r.Context(), file.Line(s.line(r, v.user, "export", ""), int64(buf.Len()))); err != nil {
			return fmt.Errorf("export %s of %s: %w", order.Table, order.Span(), err)
		}
	}
	h := w.Header()
	h.Set("Content-Type", file.Media)
	h.Set("Content-Disposition", `attachment; filename="`+tableName(order)+`"; filename*=UTF-8''`+url.PathEscape(file.Name))
	_, _ = w.Write(buf.Bytes()) // a reader who went away is no fault
	return nil
}

// tableName is what a file is called where names are in ASCII alone: scores-2026Q1.csv.
func tableName(o takeout.Order) string {
	return o.Table + "-" + strings.ReplaceAll(o.Span(), "..", "-") + "." + string(o.Format)
}

// oneTable waits until a file may be made: few are at a time, so that one person's files do not hold up everybody's pages.
func (s *site) oneTable(ctx context.Context) (done func(), err error) {
	select {
	case s.tables <- struct{}{}:
		return func() { <-s.tables }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sendMade sends a file that was made in the background to the person who asked for it.
func (s *site) sendMade(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r)
	f, job, err := s.Takeaway.Open(r.Context(), v.user, mux.Vars(r)["job"], s.line(r, v.user, "export", ""))
	if err != nil {
		return err
	}
	defer f.Close()
	ending := job.File[strings.LastIndexByte(job.File, '.')+1:]
	w.Header().Set("Content-Type", takeout.Format(ending).Media())
	w.Header().Set("Content-Disposition", evidence.Disposition(job.File))
	s.sendFile(w, r, f)
	return nil
}
