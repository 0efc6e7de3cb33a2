package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// deskBar is the state of a form that is always visible.
type deskBar struct {
	Unit, Period, State, Class, Filled, Due, Left, Saved string
	Periods                                              []link
	// What the script keeps unsaved input under, where it saves, and whether the form has changed since.
	Account, Code, Quarter, Version, Address string
}

func (s *site) deskBar(r *http.Request, o *opened) (*deskBar, error) {
	periods, err := s.collections(r, "/fill/", o.Period)
	if err != nil {
		return nil, err
	}
	for i := range periods {
		periods[i].URL += o.query
	}
	bar := &deskBar{
		Unit: o.text(o.Unit.Name), Period: o.v.words.Period(o.Period.String()), Periods: periods,
		State: o.say("filing." + string(o.state())), Class: filingClass(o.state()),
		Filled: o.say("fill.filled", "n", o.Counts.Filled, "all", o.Counts.Typed),
		Due:    o.say("fill.due", "at", o.day(o.Due)), Left: o.left(),
		Account: o.v.user.ID, Code: string(o.Unit.Code), Quarter: o.Period.String(), Version: o.version(), Address: o.at(),
	}
	if !o.SavedAt.IsZero() {
		bar.Saved = o.say("fill.saved", "at", o.clock(o.SavedAt))
	}
	return bar, nil
}

func (o *opened) state() assess.FilingState {
	if o.Filing.State == "" {
		return assess.NotStarted
	}
	return o.Filing.State
}

// clock writes a moment as short as it can be: the time of today, else with its day.
func (o *opened) clock(t time.Time) string {
	t, now := t.In(o.zone), o.now.In(o.zone)
	if t.Year() == now.Year() && t.YearDay() == now.YearDay() {
		return t.Format("15:04")
	}
	return o.day(t)
}

// day writes a moment with its day, and with the year where that is not this one.
func (o *opened) day(t time.Time) string {
	t = t.In(o.zone)
	if t.Year() != o.now.In(o.zone).Year() {
		return t.Format("2006-01-02 15:04")
	}
	return i18n.ShortDate(t) + " " + t.Format("15:04")
}

// left says how long there is until the deadline, or since when it is over; "" once the report is with the city.
func (o *opened) left() string {
	switch o.state() {
	case assess.NotStarted, assess.Draft, assess.PendingSignature, assess.SentBack, assess.Returned:
	default:
		return ""
	}
	left := o.Due.Sub(o.now)
	switch {
	case o.Due.IsZero():
		return ""
	case o.now.Before(o.OpensAt):
		return o.say("fill.opens", "at", o.day(o.OpensAt))
	case left < 0:
		return o.say("fill.overdue")
	case left < 24*time.Hour:
		return o.say("fill.left.hours", "n", int(left.Hours()))
	}
	return o.say("fill.left.days", "n", calendarDays(o.now, o.Due, o.zone))
}

// version changes with every save and every step of the report.
func (o *opened) version() string {
	return strconv.FormatInt(o.saves(), 10) + "." + string(o.state()) + "." + strconv.Itoa(o.Filing.Rounds)
}

// saves is how often something was saved in the form: revisions count from 1 within a cell.
func (o *opened) saves() int64 {
	var saves int64
	for _, s := range o.Sections {
		for i := range s.Fields {
			saves += s.Fields[i].Draft.Revision
		}
	}
	return saves
}
