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

// runRow is a collection run as the pages show it.
type runRow struct {
	id, URL, Source, State, Class, Started, Problem string
	Taken, New, Changed, Same, Refused              int
	Current                                         bool
}

// Collecting is the sources at work.
type Collecting interface {
	// Standings answers where every source stands: those that can be asked first.
	Standings(ctx context.Context, now time.Time) ([]assess.Standing, error)
	// Collect asks a source now and answers its run; one that takes long is answered as running, without an ID, and goes on. A source that
	// is unknown is ErrNotFound, one that is being asked already ErrConflict.
	Collect(ctx context.Context, source assess.Code, now time.Time) (assess.Run, error)
}

// sourceRow is a source with where it stands and its newest run.
type sourceRow struct {
	runRow
	Good, Fresh, Next string
	Ask               string // address that asks it now, "" where it cannot be, or not by this reader
	Waiting           string // pieces of it that wait, in words; "" for none
	trouble           bool   // somebody should look after it
}

// sourceTable is a list of sources under a heading.
type sourceTable struct {
	Title string
	Rows  []sourceRow
}

// sourcesBody is what the page of collection shows.
type sourcesBody struct {
	Sentence, Alarm string
	MayAsk          bool
	Filters         []link
	Tables          []sourceTable
	Rejected        []rejectionRow
}

// refusedShown is how many refused rows of each source the list shows; its own page shows all.
const refusedShown = 10

// sourceShows are what the list can be narrowed to: all, those that somebody should look after, those of which pieces wait.
func sourceShows() []string { return []string{"", "trouble", "waiting"} }

// in says whether a source belongs to what the list is narrowed to.
func (row *sourceRow) in(show string) bool {
	return show == "" || show == "trouble" && row.trouble || show == "waiting" && row.Waiting != ""
}

func (s *site) listSources(w http.ResponseWriter, r *http.Request) error {
	v, now := visitFrom(r), s.Now()
	all, err := s.Collecting.Standings(r.Context(), now)
	if err != nil {
		return fmt.Errorf("where the sources stand: %w", err)
	}
	waiting, err := s.waitingPieces(r, v)
	if err != nil {
		return err
	}
	show := r.URL.Query().Get("show")
	if !slices.Contains(sourceShows(), show) {
		show = ""
	}
	body := sourcesBody{
		MayAsk: v.user.May(account.Collect, ""),
		Tables: []sourceTable{{Title: v.words.T("web.collect.last")}, {Title: v.words.T("web.collect.others")}},
	}
	count := map[string]int{}
	failing, refused, alarms := 0, 0, 0
	for i := range all {
		one := &all[i]
		if one.Last.Refused > 0 { // the list comes without what was refused, and the first of it says why in the reader's words
			if one.Last, err = s.Runs.Run(r.Context(), one.Last.ID); err != nil {
				return fmt.Errorf("last runs: %w", err)
			}
		}
		refused += one.Last.Refused
		if failed(one.Last.State) {
			failing++
		}
		if one.Stale || one.Sick {
			alarms++
		}
		row := s.sourceRow(v, one, waiting[one.Source], now)
		for _, name := range sourceShows() {
			if row.in(name) {
				count[name]++
			}
		}
		if !row.in(show) {
			continue
		}
		table := &body.Tables[0]
		if !one.Declared {
			table = &body.Tables[1]
		}
		table.Rows = append(table.Rows, row)
		if one.Last.Refused > 0 {
			rows, err := s.refusedRows(r, v, &one.Last)
			if err != nil {
				return err
			}
			body.Rejected = append(body.Rejected, s.firstRefused(v, &row, rows)...)
		}
	}
	for _, name := range sourceShows() {
		if name != "waiting" || body.MayAsk {
			body.Filters = append(body.Filters, link{URL: v.with("show", name), Current: name == show, Text: v.words.T("web.collect.show."+orAll(name), "n", count[name])})
		}
	}
	body.Sentence = v.words.T("web.collect.sentence", "n", len(all), "failing", failing, "refused", refused)
	if failing == 0 && refused == 0 {
		body.Sentence = v.words.T("web.collect.fine", "n", len(all))
	}
	if pieces := total(waiting); pieces > 0 {
		body.Sentence += v.words.T("common.space") + v.words.T("web.collect.waits", "n", pieces)
	}
	if alarms > 0 {
		body.Alarm = v.words.T("web.collect.alarm", "n", alarms)
	}
	return s.render(w, r, http.StatusOK, "collect", page{Title: v.words.T("web.nav.collect"), Body: body, Style: "work.css"})
}

// waitingPieces counts the pieces that wait by their source, for those who may see them.
func (s *site) waitingPieces(r *http.Request, v *visit) (map[assess.Code]int, error) {
	if !v.user.May(account.Collect, "") {
		return nil, nil
	}
	waiting, err := s.Quarantine.Book.WaitingPieces(r.Context())
	if err != nil {
		return nil, fmt.Errorf("pieces that wait: %w", err)
	}
	return waiting, nil
}

func total(waiting map[assess.Code]int) (n int) {
	for _, pieces := range waiting {
		n += pieces
	}
	return n
}

// firstRefused answers the first refused rows of a source, the last with the way to the others. Where a source failed as a whole its
// line has said so already.
func (s *site) firstRefused(v *visit, row *sourceRow, rows []rejectionRow) []rejectionRow {
	rows = slices.DeleteFunc(rows, func(x rejectionRow) bool { return x.whole })
	shown := rows[:min(len(rows), refusedShown)]
	for i := range shown {
		shown[i].Source, shown[i].SourceURL = row.Source, row.URL
	}
	if more := row.Refused - len(shown); more > 0 && len(shown) > 0 {
		shown[len(shown)-1].More = v.words.T("web.collect.more", "n", more)
	}
	return shown
}

func failed(state assess.RunState) bool {
	return state == assess.RunFailed || state == assess.RunInterrupted
}

// sourceRow puts into words where a source stands: how well it is comes before how its newest run ended.
func (s *site) sourceRow(v *visit, one *assess.Standing, waiting int, now time.Time) sourceRow {
	run := one.Last
	run.Source = one.Source
	never := run.ID == ""
	if never {
		run.State = assess.RunDone
	}
	row := sourceRow{runRow: s.runRow(v, &run), trouble: one.Sick || one.Stale || failed(run.State) || run.Refused > 0 || waiting > 0}
	switch {
	case never:
		row.State, row.Started = v.words.T("web.health.never"), ""
	case one.Sick:
		row.Class, row.State = "open", v.words.T("web.health.sick", "n", one.Failures)
	case one.Stale:
		row.Class, row.State = "open", v.words.T("web.health.stale")
	case run.State == assess.RunDone && run.Taken == 0:
		row.State = v.words.T("web.health.nothing")
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
	if waiting > 0 {
		row.Waiting = v.words.T("web.collect.waiting", "n", waiting)
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
			URL: "/collect/" + string(one.Source), What: v.words.T(key, "source", s.sourceName(v, one.Source), "n", one.Failures), Do: v.words.T("web.todo.source.do"),
		})
	}
	if len(list) > 1 { // what ails many has one reason, and is one thing to look at
		list[0].What, list[0].URL = v.words.T("web.collect.silent", "n", len(list)), "/collect?show=trouble"
		list = list[:1]
	}
	waiting, err := s.waitingPieces(r, v)
	if err != nil {
		return nil, err
	}
	if pieces := total(waiting); pieces > 0 {
		list = append(list, todo{URL: "/collect?show=waiting", What: v.words.T("web.todo.pieces", "n", pieces), Do: v.words.T("web.todo.pieces.do")})
	}
	return list, nil
}

func (s *site) runRow(v *visit, run *assess.Run) runRow {
	row := runRow{
		id: run.ID, URL: "/collect/" + string(run.Source), Source: s.sourceName(v, run.Source), State: v.words.T("web.run." + string(run.State)),
		Class: "done", Started: s.moment(run.Started), Problem: run.Problem,
		Taken: run.Taken, New: run.New, Changed: run.Changed, Same: run.Same, Refused: run.Refused,
	}
	if run.State != assess.RunDone {
		row.Class = "open"
	}
	if len(run.Rejected) > 0 && run.Rejected[0].Problem != nil {
		row.Problem = v.problem(run.Rejected[0].Problem)
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
