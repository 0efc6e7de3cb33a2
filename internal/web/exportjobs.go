package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/takeout"
)

// watchSeconds is after how long a page that watches files looks again.
const watchSeconds = 5

// jobRow is a file that is made in the background, or by the clock.
type jobRow struct {
	ID, File, By, At, Size string
	State, Class, Problem  string
	Until                  string // when it is removed
	Percent                int    // of one that is being made
	Making                 bool
	Download               string
	Cancel, Retry, Drop    bool
}

// exportJobs fills in the files that the reader asked for, and those of the clock.
func (s *site) exportJobs(r *http.Request, v *visit, wish wish, body *exportBody) error {
	jobs, err := s.Takeaway.Jobs(r.Context(), v.user)
	if err != nil {
		return err
	}
	plans, err := s.Takeaway.Planned(r.Context(), v.user)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		row := s.jobRow(v, j)
		row.By = v.user.DisplayName
		row.Drop = !j.State.Waits()
		body.Jobs = append(body.Jobs, row)
		body.Waiting = body.Waiting || j.State.Waits()
	}
	for _, j := range plans {
		row := s.jobRow(v, j)
		row.File, row.By, row.At, row.Until = string(j.Plan), "", s.moment(j.Slot), ""
		if !takeout.MayMovePlans(v.user) {
			row.Cancel, row.Retry = false, false
		}
		row.Download = ""
		body.Plans = append(body.Plans, row)
		body.Waiting = body.Waiting || j.State.Waits()
	}
	const mostPlans = 10
	body.Plans = body.Plans[:min(len(body.Plans), mostPlans)]
	body.SeesPlans = takeout.SeesPlans(v.user)
	body.Watched = r.URL.Query().Get("watch") == "1"
	body.WatchURL, body.StopURL = "/export"+wish.query("table", wish.table, "watch", "1")+"#jobs", "/export"+wish.query("table", wish.table)+"#jobs"
	return nil
}

func (s *site) jobRow(v *visit, j assess.ExportJob) jobRow {
	row := jobRow{
		ID: j.ID, File: j.File, At: s.moment(j.AskedAt), Class: map[assess.ExportState]string{assess.ExportDone: "done", assess.ExportFailed: "open"}[j.State],
		Cancel: j.State.Waits(), Retry: j.State == assess.ExportFailed || j.State == assess.ExportCancelled,
	}
	row.State = v.words.T("web.export.state." + string(j.State))
	if j.State == assess.ExportMaking {
		row.Making, row.Percent = true, min(int(100*j.Done/max(j.Total, 1)), 99)
	}
	if j.Problem != nil {
		row.Problem = v.problem(j.Problem)
	}
	if j.Size > 0 {
		row.Size = evidence.Bytes(j.Size)
	}
	if j.State == assess.ExportDone {
		if j.Expires.After(s.Now()) {
			row.Download, row.Until = "/export/jobs/"+j.ID, s.moment(j.Expires)
		} else {
			row.Until = v.words.T("web.export.expired")
		}
	}
	return row
}

// askFile queues a file. What was chosen stands in the address, as on the page; the form says which table and format.
func (s *site) askFile(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "table", "format"); err != nil {
		return err
	}
	v := visitFrom(r)
	wish, err := s.wish(r, v)
	if err != nil {
		return err
	}
	order := s.order(wish, r.PostForm.Get("table"), takeout.Format(r.PostForm.Get("format")))
	_, err = s.Takeaway.Ask(r.Context(), v.user, order, s.line(r, v.user, "export.ask", ""))
	if problem := waits(err); problem != nil {
		return s.drawExport(w, r, http.StatusTooManyRequests, problem)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/export"+wish.query("table", wish.table, "watch", "1")+"#jobs", http.StatusSeeOther)
	return nil
}

// waits answers that so many files wait to be made that none is taken on now; nil for everything else that the server cannot do.
func waits(err error) *assess.Problem {
	if p, ok := errors.AsType[*assess.Problem](err); ok && p.Key == "problem.takeout_queue" {
		return p
	}
	return nil
}

// moveFile answers what cancels a file, tries it again or drops it.
func (s *site) moveFile(move func(ctx context.Context, u account.User, id string, line assess.AuditLine) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := only(r); err != nil {
			return err
		}
		v := visitFrom(r)
		err := move(r.Context(), v.user, mux.Vars(r)["job"], s.line(r, v.user, "export", ""))
		if problem, ok := errors.AsType[*assess.Problem](err); ok && (waits(err) != nil || errors.Is(err, assess.ErrConflict)) {
			return s.drawExport(w, r, http.StatusConflict, problem)
		}
		if err != nil {
			return err
		}
		q := ""
		if r.URL.RawQuery != "" {
			q = "?" + r.URL.Query().Encode()
		}
		http.Redirect(w, r, "/export"+q+"#jobs", http.StatusSeeOther)
		return nil
	}
}
