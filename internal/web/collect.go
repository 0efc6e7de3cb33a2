package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// runsShown is how many runs of a source its page lists.
const runsShown = 20

// runRow is a collection run as the pages show it.
type runRow struct {
	URL, Source, State, Class, Started, Finished, Age, Problem string
	Taken, New, Changed, Same, Refused                         int
	Current                                                    bool
	Rejected                                                   []rejectionRow
}

// rejectionRow is a refused row: where it stood, what it said, why not.
type rejectionRow struct{ Place, Unit, Code, Value, Reason string }

func (s *site) listSources(w http.ResponseWriter, r *http.Request) error {
	runs, err := s.Runs.LastRuns(r.Context())
	if err != nil {
		return fmt.Errorf("last runs: %w", err)
	}
	v := visitFrom(r)
	body := struct {
		Sentence string
		Last     []runRow
	}{}
	failing, refused := 0, 0
	for i := range runs {
		if runs[i].Refused > 0 { // the list comes without what was refused, and the first of it says why in the reader's words
			if runs[i], err = s.Runs.Run(r.Context(), runs[i].ID); err != nil {
				return fmt.Errorf("last runs: %w", err)
			}
		}
		body.Last = append(body.Last, s.runRow(v, &runs[i]))
		refused += runs[i].Refused
		if runs[i].State == assess.RunFailed || runs[i].State == assess.RunInterrupted {
			failing++
		}
	}
	body.Sentence = v.words.T("web.collect.sentence", "n", len(runs), "failing", failing, "refused", refused)
	if failing == 0 && refused == 0 {
		body.Sentence = v.words.T("web.collect.fine", "n", len(runs))
	}
	return s.render(w, r, http.StatusOK, "collect", page{Title: v.words.T("web.nav.collect"), Body: body})
}

// showSource lists the newest runs of a source and what one of them refused: the one in the address, else the newest.
func (s *site) showSource(w http.ResponseWriter, r *http.Request) error {
	source := assess.Code(mux.Vars(r)["source"])
	runs, err := s.Runs.Runs(r.Context(), source, runsShown)
	if err != nil {
		return fmt.Errorf("runs of %s: %w", source, err)
	}
	if len(runs) == 0 {
		return assess.NotFound("problem.no_runs", fmt.Sprintf("there is no run of a source %q; choose one from the list", source), "source", string(source))
	}
	chosen := r.URL.Query().Get("run")
	if chosen == "" {
		chosen = runs[0].ID
	}
	run, err := s.Runs.Run(r.Context(), chosen)
	if err != nil {
		return err
	}
	if run.Source != source {
		return assess.NotFound("problem.no_runs", fmt.Sprintf("there is no such run of %q; choose one from the list", source), "source", string(source))
	}
	v := visitFrom(r)
	body := struct {
		Runs    []runRow
		Chosen  runRow
		Mapping string // address of how it is read, "" for those who may not change it
	}{Chosen: s.runRow(v, &run)}
	if _, known := s.SourceTitles[source]; known && v.user.May(account.Collect, "") {
		body.Mapping = "/collect/" + string(source) + "/mapping"
	}
	for i := range runs {
		row := s.runRow(v, &runs[i])
		row.URL += "?" + url.Values{"run": {runs[i].ID}}.Encode()
		row.Current = runs[i].ID == chosen
		body.Runs = append(body.Runs, row)
	}
	return s.render(w, r, http.StatusOK, "source", page{Title: v.words.T("web.collect.source", "name", s.sourceName(v, source)), Body: body})
}

func (s *site) runRow(v *visit, run *assess.Run) runRow {
	row := runRow{
		URL: "/collect/" + string(run.Source), Source: s.sourceName(v, run.Source), State: v.words.T("web.run." + string(run.State)),
		Class: "done", Started: s.moment(run.Started), Problem: run.Problem,
		Taken: run.Taken, New: run.New, Changed: run.Changed, Same: run.Same, Refused: run.Refused,
	}
	if run.State != assess.RunDone {
		row.Class = "open"
	}
	if !run.Finished.IsZero() {
		row.Finished, row.Age = s.moment(run.Finished), age(v, s.Now().Sub(run.Finished))
	}
	if len(run.Rejected) > 0 && run.Rejected[0].Problem != nil {
		row.Problem = v.problem(run.Rejected[0].Problem)
	}
	for _, x := range run.Rejected {
		reason := ""
		if x.Problem != nil {
			reason = v.problem(x.Problem)
		}
		row.Rejected = append(row.Rejected, rejectionRow{Place: x.Place.String(), Unit: string(x.Unit), Code: string(x.Code), Value: x.Value, Reason: reason})
	}
	return row
}

// sourceName answers what a source is called, its code where it has no name.
func (s *site) sourceName(v *visit, source assess.Code) string {
	if title := s.SourceTitles[source]; title.ZH != "" {
		return title.In(v.lang())
	}
	return string(source)
}

// moment writes a time where the city's clocks stand, to the minute: 2026-04-09 10:32.
func (s *site) moment(t time.Time) string { return t.In(s.Location).Format("2006-01-02 15:04") }

// itoa is strconv.Itoa for templates.
func itoa(n int) string { return strconv.Itoa(n) }

// age words how long ago something was: minutes, hours or days, rounded down.
func age(v *visit, since time.Duration) string {
	switch {
	case since < time.Minute:
		return v.words.T("web.age.now")
	case since < time.Hour:
		return v.words.T("web.age.minutes", "n", strconv.Itoa(int(since.Minutes())))
	case since < 48*time.Hour:
		return v.words.T("web.age.hours", "n", strconv.Itoa(int(since.Hours())))
	}
	return v.words.T("web.age.days", "n", strconv.Itoa(int(since.Hours()/24)))
}
