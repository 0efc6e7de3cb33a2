package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/i18n"
)

// Timetable is the calendar of the collections.
type Timetable interface {
	// Plan answers the dates of a quarter's collection; a year for which nothing is defined is assess.ErrNotFound. Stage answers where
	// it stands.
	Plan(ctx context.Context, p assess.Period) (cycle.Plan, error)
	Stage(ctx context.Context, p assess.Period) (assess.CycleState, error)
	// CalendarEdits answers the years of the calendar that were edited, oldest first.
	CalendarEdits(ctx context.Context) ([]assess.CalendarEdit, error)
	// Adjust, ConfirmOutage, Proceed and EditCalendar change the dates, for a reason; line begins the line of the audit log.
	Adjust(ctx context.Context, a assess.Adjustment, line assess.AuditLine) error
	ConfirmOutage(ctx context.Context, a assess.Adjustment, line assess.AuditLine) error
	Proceed(ctx context.Context, p assess.Period, to assess.CycleState, reason string, line assess.AuditLine) error
	EditCalendar(ctx context.Context, e assess.CalendarEdit, line assess.AuditLine) error
}

// calendarBody is the calendar of a quarter.
type calendarBody struct {
	Quarters []link
	Sentence string
	Done     string   // what the form that led here has done
	Notes    []string // what is not certain about the dates
	Picture  template.HTML
	Steps    []stepRow
	Reminded []string
	Holidays []string
	Changes  []changeRow
	Forms    calendarForms
	Account  bool // there is a page of the account, on which links are made
	Years    bool // the reader may edit the years of the calendar
}

// stepRow is a date of the list.
type stepRow struct {
	Day, Offset, Name, Who, State, Class, Note string
	Now                                        bool
}

// changeRow is a change of the dates, as it was made.
type changeRow struct{ What, Reason, By, At string }

func (s *site) showCalendar(w http.ResponseWriter, r *http.Request) error {
	p, err := s.calendarQuarter(r)
	if err != nil {
		return err
	}
	return s.drawCalendar(w, r, http.StatusOK, p, sentForm{})
}

// calendarQuarter answers the quarter that the address asks for, else the one that is under way or comes next: the first of the last
// ones that is neither published nor over.
func (s *site) calendarQuarter(r *http.Request) (assess.Period, error) {
	if text := r.URL.Query().Get("q"); text != "" {
		return quarterIn(text)
	}
	now := s.Now().In(s.Location)
	present := assess.NewQuarter(now.Year(), (int(now.Month())+2)/3)
	for _, p := range []assess.Period{present.Add(-2), present.Prev()} {
		plan, err := s.Timetable.Plan(r.Context(), p)
		if errors.Is(err, assess.ErrNotFound) {
			continue
		}
		if err != nil {
			return p, fmt.Errorf("calendar of %s: %w", p, err)
		}
		state, err := s.Timetable.Stage(r.Context(), p)
		if err != nil {
			return p, fmt.Errorf("calendar of %s: %w", p, err)
		}
		if state != assess.CyclePublished && state != assess.CycleArchived && now.Before(plan.Step(cycle.StepArchive).At) && !neverBegun(plan, state, now) {
			return p, nil
		}
	}
	return present, nil
}

// neverBegun says whether the collection of a quarter was over before anybody began it, as those are that lie before the installation.
func neverBegun(plan cycle.Plan, state assess.CycleState, now time.Time) bool {
	return (state == "" || state == assess.CycleScheduled) && now.After(plan.CutOff())
}

// quarterIn reads a quarter; another period is ErrInvalid and says which quarter would be right.
func quarterIn(text string) (assess.Period, error) {
	p, err := assess.ParsePeriod(text)
	if err == nil && p.Kind() != assess.Quarter {
		err = assess.Invalid("problem.not_quarter", fmt.Sprintf("%s is not a quarter; reports are collected by quarters, such as %s", p, p.LastQuarter()),
			"period", p.String(), "want", p.LastQuarter().String())
	}
	return p, err
}

// drawCalendar draws the calendar of a quarter, with what was typed into one of its forms and why it was not done.
func (s *site) drawCalendar(w http.ResponseWriter, r *http.Request, status int, p assess.Period, sent sentForm) error {
	v := visitFrom(r)
	plan, err := s.Timetable.Plan(r.Context(), p)
	if err != nil {
		return err
	}
	course, err := s.course(r, plan)
	if err != nil {
		return err
	}
	body := calendarBody{
		Sentence: course.sentence(), Done: calendarDone(r), Picture: course.picture(), Steps: course.steps(), Notes: course.notes(), Holidays: course.holidays(),
		Reminded: course.reminders(), Account: s.has("/account"), Years: v.user.May(account.EditCalendar, ""),
	}
	if body.Quarters, err = s.calendarQuarters(r, p); err != nil {
		return err
	}
	for _, a := range course.changes() {
		body.Changes = append(body.Changes, s.changeRow(v, course, a))
	}
	body.Forms = s.calendarForms(v, course, sent)
	return s.render(w, r, status, "calendar", page{
		Title: v.words.T("web.calendar.title", "period", v.words.Period(p.String())), Body: body,
	})
}

// course reads where the collection of a quarter stands. How many have reported is for those who may see all reports.
func (s *site) course(r *http.Request, plan cycle.Plan) (course, error) {
	v := visitFrom(r)
	c := course{v: v, plan: plan, now: s.Now().In(s.Location), unit: v.user.Unit}
	var err error
	if c.state, err = s.Timetable.Stage(r.Context(), plan.Period()); err != nil {
		return c, fmt.Errorf("calendar of %s: %w", plan.Period(), err)
	}
	if c.edition, err = s.Board.Edition(r.Context(), plan.Period().CalendarYear()); err != nil {
		return c, err
	}
	if !v.user.May(account.ReadFilings, "") {
		return c, nil
	}
	sheet, err := s.Board.Sheet(r.Context(), plan.Period())
	if errors.Is(err, assess.ErrNotFound) {
		return c, nil // nothing of it has begun
	}
	if err != nil {
		return c, fmt.Errorf("calendar of %s: %w", plan.Period(), err)
	}
	c.reported, c.all = sheet.Reported()
	return c, nil
}

// calendarQuarters answers links to the quarters around the present one.
func (s *site) calendarQuarters(r *http.Request, shown assess.Period) ([]link, error) {
	v, now := visitFrom(r), s.Now().In(s.Location)
	present := assess.NewQuarter(now.Year(), (int(now.Month())+2)/3)
	var links []link
	for n := -2; n <= 1; n++ {
		p := present.Add(n)
		plan, err := s.Timetable.Plan(r.Context(), p)
		if errors.Is(err, assess.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("calendar of %s: %w", p, err)
		}
		state, err := s.Timetable.Stage(r.Context(), p)
		if err != nil {
			return nil, fmt.Errorf("calendar of %s: %w", p, err)
		}
		if p != shown && neverBegun(plan, state, now) {
			continue
		}
		links = append(links, link{URL: calendarAddress(p), Text: v.words.Period(p.String()), Current: p == shown})
	}
	return links, nil
}

func calendarAddress(p assess.Period) string {
	return "/calendar?" + url.Values{"q": {p.String()}}.Encode()
}

func (s *site) changeRow(v *visit, c course, a assess.Adjustment) changeRow {
	day := i18n.DateNear(a.Day, c.now)
	unit := v.words.T("web.calendar.everybody")
	if u, ok := c.edition.Roster.Unit(a.Unit); ok {
		unit = u.Name.In(v.lang())
	}
	key := "web.calendar.change." + string(a.Kind)
	if a.Void {
		key += "_void"
	}
	return changeRow{
		What:   v.words.T(key, "step", v.words.T("calendar.step."+string(a.Step)), "day", day, "unit", unit),
		Reason: a.Reason, By: a.By, At: s.moment(a.At),
	}
}

// dayOf writes a day of the list for a reader of now: 4-10 周五, with its time where it has one.
func dayOf(v *visit, at, now time.Time) string {
	text := i18n.DateNear(at, now) + " " + v.words.T("calendar.weekday."+itoa(int(at.Weekday())))
	if at.Hour() != 0 || at.Minute() != 0 {
		text += at.Format(" 15:04")
	}
	return text
}
