package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// sentForm is a form that was sent and could not be carried out: which one, what was typed, and why.
type sentForm struct {
	Name  string
	Typed url.Values
	Fault string
}

// calendarForms are the forms of the calendar that the reader may use; the empty ones are left out.
type calendarForms struct {
	Period                                string
	Postpone, Extend, Open, Outage        bool
	Proceed                               string // the state that comes next, "" for none
	ProceedText                           string
	Publish                               string // where a scored quarter is published, "" where it is not its turn
	Steps, OutageUnits, ExtendUnits, Ways []option
	Sent                                  sentForm
}

// Typed answers what was typed into a field of a form, so that a refused form comes back as it was sent.
func (f calendarForms) Typed(form, field string) string {
	if f.Sent.Name != form {
		return ""
	}
	return f.Sent.Typed.Get(field)
}

// reasonField is the field of a form that asks why.
type reasonField struct{ ID, Text string }

// Reason answers the field of a form that asks why, with what was typed into it.
func (f calendarForms) Reason(form string) reasonField {
	return reasonField{form + "-reason", f.Typed(form, "reason")}
}

// Fault answers why a form was refused, "" for the others.
func (f calendarForms) Fault(form string) string {
	if f.Sent.Name != form {
		return ""
	}
	return f.Sent.Fault
}

// Any says whether the reader may use any of them.
func (f calendarForms) Any() bool {
	return f.Postpone || f.Extend || f.Open || f.Outage || f.Proceed != "" || f.Publish != ""
}

func (s *site) calendarForms(v *visit, c course, sent sentForm) calendarForms {
	f := calendarForms{Period: c.plan.Period().String(), Sent: sent, Outage: v.user.May(account.ConfirmOutage, "")}
	closed := c.state == assess.CyclePublished || c.state == assess.CycleArchived
	if v.user.May(account.RunCycle, "") && !closed {
		f.Extend = true
		for _, step := range c.plan.Steps() {
			if step.Code != cycle.StepArchive && c.now.Before(step.At) {
				f.Steps = append(f.Steps, option{string(step.Code), v.words.T("calendar.step."+string(step.Code)) + " " + dayOf(v, step.At, c.now), f.Typed("postpone", "step") == string(step.Code)})
			}
		}
		f.Postpone = len(f.Steps) > 0
		f.Open = c.plan.CheckOpening(c.now) == nil && c.state == assess.CycleScheduled
	}
	switch next := cycle.Following(c.state); next {
	case assess.CycleOpen, assess.CycleArchived:
	case assess.CyclePublished:
		if v.user.May(account.Propose, "") || v.user.May(account.Publish, "") {
			f.Publish = scoringPath(c.plan.Period())
		}
	default:
		if v.user.May(account.RunCycle, "") {
			f.Proceed, f.ProceedText = string(next), v.words.T("web.calendar.proceed."+string(next))
		}
	}
	f.OutageUnits = []option{{"", v.words.T("web.calendar.everybody"), false}}
	for _, u := range c.edition.Roster.Units {
		if !u.In(c.plan.Period()) {
			continue
		}
		code, name := string(u.Code), u.Name.In(v.lang())
		f.ExtendUnits = append(f.ExtendUnits, option{code, name, f.Typed("extend", "district") == code})
		f.OutageUnits = append(f.OutageUnits, option{code, name, f.Typed("outage", "district") == code})
	}
	for _, void := range []string{"0", "1"} {
		f.Ways = append(f.Ways, option{void, v.words.T("web.calendar.outage_void." + void), f.Typed("outage", "void") == void})
	}
	return f
}

// postponeStep moves a step of a collection, and what follows it.
func (s *site) postponeStep(w http.ResponseWriter, r *http.Request) error {
	return s.adjust(w, r, "postpone", func(a *assess.Adjustment, form url.Values) (err error) {
		a.Kind, a.Step = assess.Postponed, assess.Code(form.Get("step"))
		a.Day, err = dayIn(form.Get("day"))
		return err
	}, "step", "day")
}

// extendDeadline gives one district more time.
func (s *site) extendDeadline(w http.ResponseWriter, r *http.Request) error {
	return s.adjust(w, r, "extend", func(a *assess.Adjustment, form url.Values) (err error) {
		a.Kind, a.Unit = assess.Extended, assess.UnitCode(form.Get("district"))
		a.Day, err = dayIn(form.Get("day"))
		return err
	}, "district", "day")
}

// openEarly opens the forms before their day.
func (s *site) openEarly(w http.ResponseWriter, r *http.Request) error {
	return s.adjust(w, r, "open", func(a *assess.Adjustment, _ url.Values) error {
		a.Kind = assess.OpenedEarly
		return nil
	})
}

// confirmOutage keeps a day on which the program could not be used, or takes it back.
func (s *site) confirmOutage(w http.ResponseWriter, r *http.Request) error {
	return s.adjust(w, r, "outage", func(a *assess.Adjustment, form url.Values) (err error) {
		a.Kind, a.Unit, a.Void = assess.Outage, assess.UnitCode(form.Get("district")), form.Get("void") == "1"
		a.Day, err = dayIn(form.Get("day"))
		return err
	}, "day", "district", "void")
}

// adjust carries out one of the forms that change a date: read puts its fields into the change.
func (s *site) adjust(w http.ResponseWriter, r *http.Request, name string, read func(*assess.Adjustment, url.Values) error, fields ...string) error {
	return s.calendarAct(w, r, name, func(p assess.Period) error {
		a := assess.Adjustment{Period: p, Reason: r.PostForm.Get("reason")}
		if err := read(&a, r.PostForm); err != nil {
			return err
		}
		line := s.line(r, visitFrom(r).user, "", "")
		if a.Kind == assess.Outage {
			return s.Timetable.ConfirmOutage(r.Context(), a, line)
		}
		return s.Timetable.Adjust(r.Context(), a, line)
	}, fields...)
}

// proceed takes a collection on to its next state. Whose step that is depends on the state, so the policy is asked here again.
func (s *site) proceed(w http.ResponseWriter, r *http.Request) error {
	return s.calendarAct(w, r, "proceed", func(p assess.Period) error {
		to := assess.CycleState(r.PostForm.Get("to"))
		if to == assess.CyclePublished { // takes two persons, on a page of its own
			return errNoPermission()
		}
		return s.Timetable.Proceed(r.Context(), p, to, r.PostForm.Get("reason"), s.line(r, visitFrom(r).user, "", ""))
	}, "to")
}

// calendarAct carries out a form of the calendar and leads back to it, or says beside what was typed why nothing was done.
func (s *site) calendarAct(w http.ResponseWriter, r *http.Request, name string, do func(assess.Period) error, fields ...string) error {
	if err := only(r, append(fields, "q", "reason")...); err != nil {
		return err
	}
	p, err := quarterIn(r.PostForm.Get("q"))
	if err != nil {
		return err
	}
	err = do(p)
	if problem, status, ok := refusal(err); ok {
		return s.drawCalendar(w, r, status, p, sentForm{name, r.PostForm, visitFrom(r).problem(problem)})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, calendarAddress(p)+"&done="+name, http.StatusSeeOther)
	return nil
}

// calendarDone says what was done by the form that led here.
func calendarDone(r *http.Request) string {
	v := visitFrom(r)
	switch name := r.URL.Query().Get("done"); name {
	case "open", "postpone", "extend", "proceed", "outage":
		return v.words.T("web.calendar.done." + name)
	}
	return ""
}

// dayIn reads a day as browsers send it, 2026-04-14, at midnight UTC.
func dayIn(text string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return day, assess.Invalid("problem.day", "the day is not written as year-month-day, such as 2026-04-14; write it so", "day", text)
	}
	return day, nil
}
