package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/i18n"
)

// yearsBody is the calendar of working days, year by year, with one of them to edit.
type yearsBody struct {
	Sentence     string
	Years        []calendarYearRow
	Year         string
	Text, Reason string
	Faults       []string // what is wrong with what was sent, with line and column
	Edits        []changeRow
}

// calendarYearRow is a year of the calendar.
type calendarYearRow struct {
	Year, State, Class, Source, URL string
	Holidays, MakeUp                []string
	Current                         bool
}

func (s *site) showYears(w http.ResponseWriter, r *http.Request) error {
	year := s.Now().In(s.Location).Year()
	if text := r.URL.Query().Get("year"); text != "" {
		var err error
		if year, err = strconv.Atoi(text); err != nil || year < 2000 || year > 2199 {
			return assess.Invalid("problem.year", "the year is not one between 2000 and 2199; choose one of the list", "year", text)
		}
	}
	text, err := s.CalendarText(r.Context(), year)
	if err != nil {
		return fmt.Errorf("calendar of %d: %w", year, err)
	}
	if text == "" {
		text = fmt.Sprintf("year: %d\nofficial: false\nsource:\n\nholidays: []\n", year)
	}
	return s.drawYears(w, r, http.StatusOK, yearsBody{Year: strconv.Itoa(year), Text: text})
}

// editYear replaces a year of the calendar from tomorrow on, or says line by line why not.
func (s *site) editYear(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "year", "text", "reason"); err != nil {
		return err
	}
	v, form := visitFrom(r), r.PostForm
	err := s.Timetable.EditCalendar(r.Context(), assess.CalendarEdit{Text: form.Get("text"), Reason: form.Get("reason")}, s.line(r, v.user, "", ""))
	if err == nil {
		http.Redirect(w, r, "/admin/calendar", http.StatusSeeOther)
		return nil
	}
	_, status, ok := refusal(err)
	if !ok {
		return err
	}
	body := yearsBody{Year: form.Get("year"), Text: form.Get("text"), Reason: form.Get("reason"), Faults: v.faults(err)}
	return s.drawYears(w, r, status, body)
}

// faults words every problem of an error, each with its line and column where it has one.
func (v *visit) faults(err error) (lines []string) {
	var all assess.Problems
	if !errors.As(err, &all) {
		var one *assess.Problem
		if errors.As(err, &one) {
			all = assess.Problems{one}
		}
	}
	for _, p := range all {
		text := v.problem(p)
		if p.Place.Line > 0 {
			text = v.words.T("web.years.fault", "line", strconv.Itoa(p.Place.Line), "column", strconv.Itoa(p.Place.Column), "text", text)
		}
		lines = append(lines, text)
	}
	return lines
}

func (s *site) drawYears(w http.ResponseWriter, r *http.Request, status int, body yearsBody) error {
	v, now := visitFrom(r), s.Now().In(s.Location)
	edits, err := s.Timetable.CalendarEdits(r.Context())
	if err != nil {
		return fmt.Errorf("calendar: %w", err)
	}
	days := assess.Calendar{}
	if e := s.editionFor(r, nil); e != nil {
		days = e.Calendar
	}
	edited := map[int]bool{}
	for _, e := range edits {
		edited[e.Year] = true
		body.Edits = append([]changeRow{{What: strconv.Itoa(e.Year), Reason: e.Reason, By: e.By, At: s.moment(e.At)}}, body.Edits...)
	}
	provisional := 0
	years := cycle.Amend(days, edits, s.Location).Years
	for _, y := range years {
		body.Years = append(body.Years, v.yearRow(y, edited[y.Year], body.Year))
		if !y.Official && y.Year >= now.Year() {
			provisional++
		}
	}
	next := now.Year() + 1
	if n := len(years); n > 0 {
		next = years[n-1].Year + 1
	}
	body.Years = append(body.Years, v.yearRow(assess.CalendarYear{Year: next}, false, body.Year))
	body.Sentence = v.words.T("web.years.sentence", "n", strconv.Itoa(len(years)), "provisional", strconv.Itoa(provisional))
	return s.render(w, r, status, "years", page{Title: v.words.T("web.years.title"), Body: body})
}

// yearRow words a year; one without a source is not there yet.
func (v *visit) yearRow(y assess.CalendarYear, edited bool, shown string) calendarYearRow {
	year := strconv.Itoa(y.Year)
	row := calendarYearRow{Year: year, URL: "/admin/calendar?year=" + year, Current: year == shown, Source: y.Source, Class: "open"}
	switch {
	case y.Source == "":
		row.State = v.words.T("web.years.state.none")
		return row
	case y.Official:
		row.State, row.Class = v.words.T("web.years.state.official"), "done"
	default:
		row.State = v.words.T("web.years.state.provisional")
	}
	if edited {
		row.State += v.words.T("web.years.state.edited")
	}
	for _, h := range y.Blocks {
		row.Holidays = append(row.Holidays, v.holiday(h, h.From))
	}
	for _, d := range y.MakeUp {
		row.MakeUp = append(row.MakeUp, i18n.ShortDate(d))
	}
	return row
}
