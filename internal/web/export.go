package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// fileRow is a table that can be taken out.
type fileRow struct{ Name, What, URL, File string }

func (s *site) showExport(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r)
	p, err := s.period(r, v)
	if err != nil {
		return err
	}
	bar, err := s.plainBar(r, v, p)
	if err != nil {
		return err
	}
	var files []fileRow
	for _, x := range s.Exports {
		files = append(files, fileRow{
			Name: v.words.T("web.export." + x.Code), What: v.words.T("web.export." + x.Code + ".what"),
			URL: "/export/" + x.Code + ".csv?q=" + url.QueryEscape(p.String()), File: fileName(x.Code, p),
		})
	}
	return s.render(w, r, http.StatusOK, "export", page{
		Title: v.words.T("web.export.title"), Bar: bar, Body: struct{ Files []fileRow }{files},
	})
}

// sendTable sends a table as a file. It is made whole before the first byte leaves, so that a broken one is never taken for a
// short one.
func (s *site) sendTable(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r)
	table := mux.Vars(r)["table"]
	var export *Export
	for i := range s.Exports {
		if s.Exports[i].Code == table {
			export = &s.Exports[i]
		}
	}
	if export == nil {
		return assess.NotFound("problem.no_table", fmt.Sprintf("there is no table %q; choose one from the export page", table), "table", table)
	}
	p, err := s.period(r, v)
	if err != nil {
		return err
	}
	var units []assess.UnitCode
	if !v.user.May(account.Export, "") {
		units = []assess.UnitCode{v.user.Unit}
	}
	board, err := results.Seen(r.Context(), s.Board, results.View{Published: v.readsPublished()})
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := export.Write(r.Context(), &buf, board, p, units); err != nil {
		return fmt.Errorf("export %s of %s: %w", table, p, err)
	}
	if r.Method == http.MethodGet {
		if err := s.Audit.Record(r.Context(), s.line(r, v.user, "export", fileName(table, p))); err != nil {
			return fmt.Errorf("export %s of %s: %w", table, p, err)
		}
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+fileName(table, p)+`"`)
	_, _ = w.Write(buf.Bytes()) // a reader who went away is no fault
	return nil
}

func fileName(table string, p assess.Period) string { return table + "-" + p.String() + ".csv" }
