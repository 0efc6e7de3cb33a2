package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
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

// Collecting is the sources at work.
type Collecting interface {
	// Standings answers where every source stands: those that can be asked first.
	Standings(ctx context.Context, now time.Time) ([]assess.Standing, error)
	// Collect asks a source now and answers its run; one that takes long is answered as running, without an ID, and goes on. A source that
	// is unknown is ErrNotFound, one that is being asked already ErrConflict.
	Collect(ctx context.Context, source assess.Code, now time.Time) (assess.Run, error)
}

// sourceRow is a source with its newest run.
type sourceRow struct {
	runRow
	Good, Fresh, Next string
	Ask               string // address that asks it now, "" where it cannot be, or not by this reader
}

// refusedShown is how many refused rows of each source the list shows; its own page shows all.
const refusedShown = 10

func (s *site) listSources(w http.ResponseWriter, r *http.Request) error {
	now := s.Now()
	all, err := s.Collecting.Standings(r.Context(), now)
	if err != nil {
		return fmt.Errorf("where the sources stand: %w", err)
	}
	v := visitFrom(r)
	body := struct {
		Sentence, Alarm string
		MayAsk          bool
		Last            []sourceRow
	}{MayAsk: v.user.May(account.Collect, "")}
	failing, refused, alarms := 0, 0, 0
	for i := range all {
		one := &all[i]
		if one.Last.Refused > 0 { // the list comes without what was refused, and the first of it says why in the reader's words
			if one.Last, err = s.Runs.Run(r.Context(), one.Last.ID); err != nil {
				return fmt.Errorf("last runs: %w", err)
			}
		}
		refused += one.Last.Refused
		if one.Last.State == assess.RunFailed || one.Last.State == assess.RunInterrupted {
			failing++
		}
		if one.Stale || one.Sick {
			alarms++
		}
		body.Last = append(body.Last, s.sourceRow(v, one, now))
	}
	body.Sentence = v.words.T("web.collect.sentence", "n", len(all), "failing", failing, "refused", refused)
	if failing == 0 && refused == 0 {
		body.Sentence = v.words.T("web.collect.fine", "n", len(all))
	}
	if alarms > 0 {
		body.Alarm = v.words.T("web.collect.alarm", "n", alarms)
	}
	return s.render(w, r, http.StatusOK, "collect", page{Title: v.words.T("web.nav.collect"), Body: body})
}

// sourceRow puts into words where a source stands: how well it is comes before how its newest run ended.
func (s *site) sourceRow(v *visit, one *assess.Standing, now time.Time) sourceRow {
	run := one.Last
	run.Source = one.Source
	never := run.ID == ""
	if never {
		run.State = assess.RunDone
	}
	row := sourceRow{runRow: s.runRow(v, &run)}
	row.Rejected = row.Rejected[:min(len(row.Rejected), refusedShown)]
	if never {
		row.State, row.Started, row.URL = v.words.T("web.health.never"), "", ""
	}
	switch {
	case one.Sick:
		row.Class, row.State = "open", v.words.T("web.health.sick", "n", one.Failures)
	case one.Stale:
		row.Class, row.State = "open", v.words.T("web.health.stale")
	}
	if !one.Good.IsZero() {
		row.Good = s.moment(one.Good)
	}
	if !one.Figures.IsZero() {
		row.Fresh = age(v, now.Sub(one.Figures))
	}
	if !one.Next.IsZero() {
		row.Next = s.moment(one.Next)
	}
	if one.Declared && v.user.May(account.Collect, "") {
		row.Ask = "/collect/" + string(one.Source) + "/run"
	}
	return row
}

// runSource asks a source now, whatever its schedule and its health, and shows the run.
func (s *site) runSource(w http.ResponseWriter, r *http.Request) error {
	if err := only(r); err != nil {
		return err
	}
	source, v := assess.Code(mux.Vars(r)["source"]), visitFrom(r)
	run, err := s.Collecting.Collect(r.Context(), source, s.Now())
	line := s.line(r, v.user, "collect.ask", string(source))
	line.After = string(run.State)
	if err != nil {
		line.Result = "failed"
	}
	if err := errors.Join(err, s.Audit.Record(context.WithoutCancel(r.Context()), line)); err != nil {
		if p, ok := errors.AsType[*assess.Problem](err); ok {
			return p
		}
		return err
	}
	to := "/collect/" + string(source)
	if run.ID != "" {
		to += "?" + url.Values{"run": {run.ID}}.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// sourceTodos asks those who run collections to look after sources that nothing comes from any more.
func (s *site) sourceTodos(r *http.Request, v *visit, now time.Time) ([]todo, error) {
	if !v.user.May(account.Collect, "") {
		return nil, nil
	}
	all, err := s.Collecting.Standings(r.Context(), now)
	if err != nil {
		return nil, fmt.Errorf("where the sources stand: %w", err)
	}
	var list []todo
	for i := range all {
		one := &all[i]
		key := "web.todo.stale"
		switch {
		case one.Sick:
			key = "web.todo.sick"
		case !one.Stale:
			continue
		}
		list = append(list, todo{
			URL: "/collect", What: v.words.T(key, "source", s.sourceName(v, one.Source), "n", one.Failures), Do: v.words.T("web.todo.source.do"),
		})
	}
	if len(list) > 1 { // what ails many has one reason, and is one thing to look at
		list[0].What = v.words.T("web.collect.silent", "n", len(list))
		list = list[:1]
	}
	return list, nil
}

// showSource lists the newest runs of a source and what one of them refused: the one in the address, else the newest.
func (s *site) showSource(w http.ResponseWriter, r *http.Request) error {
	return s.drawSource(w, r, nil)
}

// drawSource is showSource with a piece that was just tried; nil for none.
func (s *site) drawSource(w http.ResponseWriter, r *http.Request, tried *pieceRow) error {
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
		Ask     string // address that asks it now
		Pieces  []pieceRow
	}{Chosen: s.runRow(v, &run)}
	if _, known := s.SourceTitles[source]; known && v.user.May(account.Collect, "") {
		body.Mapping = "/collect/" + string(source) + "/mapping"
		if slices.ContainsFunc(runs, func(r assess.Run) bool { return r.Door == assess.DoorPull || r.Door == assess.DoorDrop }) { // others come by themselves
			body.Ask = "/collect/" + string(source) + "/run"
		}
		if body.Pieces, err = s.pieceRows(r, v, source); err != nil {
			return err
		}
		for i := range body.Pieces {
			if tried != nil && body.Pieces[i].ID == tried.ID {
				row := &body.Pieces[i]
				row.Tried, row.Outcome, row.Ready, row.Newer = tried.Tried, tried.Outcome, tried.Ready, tried.Newer
			}
		}
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
