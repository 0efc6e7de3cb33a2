package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// sendTasks sends the list of what is being put right (问题整改清单) as a file.
func (s *site) sendTasks(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r)
	all, err := s.Matters.List(r.Context(), assess.MatterQuery{Kind: assess.Task}, v.user)
	if err != nil {
		return err
	}
	var head []string
	for _, key := range []string{"problem", "origin", "owner", "measure", "due", "progress", "closed"} {
		head = append(head, v.words.T("web.task."+key))
	}
	edition := s.editionFor(r, nil)
	var rows [][]string
	for i := range all {
		full, err := s.Matters.One(r.Context(), all[i].ID, v.user)
		if err != nil {
			return err
		}
		row, closed := s.matterRow(v, &full, edition), ""
		if final(&full) {
			closed = s.moment(full.UpdatedAt)
		}
		due := ""
		if !full.Due.IsZero() {
			due = full.Due.Format(time.DateOnly)
		}
		rows = append(rows, []string{row.Title, row.OriginText, row.OwnerText, row.Measure, due, row.StateText + " " + row.LastNote, closed})
	}
	var buf bytes.Buffer
	if err := export.List(&buf, head, rows); err != nil {
		return err
	}
	if r.Method == http.MethodGet {
		if err := s.Audit.Record(r.Context(), s.line(r, v.user, "export", "actions.csv")); err != nil {
			return fmt.Errorf("export the list of tasks: %w", err)
		}
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="actions.csv"; filename*=UTF-8''`+url.PathEscape(v.words.T("web.task.file")))
	_, _ = w.Write(buf.Bytes()) // a reader who went away is no fault
	return nil
}
