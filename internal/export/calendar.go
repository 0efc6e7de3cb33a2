package export

import (
	"fmt"
	"io"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/i18n"
)

// Collection is what a calendar says of the collection of a quarter.
type Collection struct {
	Plan  cycle.Plan
	State assess.CycleState
}

// Deadlines are the dates of collections as calendar programs take them.
type Deadlines struct {
	Collections []Collection
	// City is the installation, Unit whose own deadlines are shown: "" shows those of all.
	City, Unit assess.UnitCode
	// Edits is how often the calendar of working days was edited: each may have moved any date.
	Edits int
	Zone  *time.Location
	Now   time.Time
}

// Forms of time in an iCalendar file.
const (
	icalDay    = "20060102"
	icalMoment = "20060102T150405"
)

// Calendar writes deadlines as an iCalendar file (RFC 5545). An event keeps its UID whatever happens to it; its SEQUENCE grows each
// time its step is moved, and a step that was overtaken is cancelled. The deadline and the cut-off have a time and an alarm on the day
// before, the other steps are whole days; the archive, which asks nothing of anybody, is left out.
func Calendar(w io.Writer, d Deadlines, words i18n.Words) error {
	file := ics.NewCalendarFor("unionboard")
	file.SetMethod(ics.MethodPublish)
	name := words.T("calendar.feed.name")
	file.SetName(name)
	file.SetXWRCalName(name)
	file.SetXWRTimezone(d.Zone.String())
	file.SetRefreshInterval("PT6H", ics.WithValue("DURATION"))
	file.SetXPublishedTTL("PT6H")
	d.addZone(file)
	for _, c := range d.Collections {
		for _, s := range c.Plan.Steps() {
			if s.Code != cycle.StepArchive {
				d.addStep(file, c, s, words)
			}
		}
	}
	if err := file.SerializeTo(w, ics.WithNewLineWindows); err != nil {
		return fmt.Errorf("write the calendar: %w", err)
	}
	return nil
}

// addZone describes the zone, which has one offset throughout: China's clocks are not changed.
func (d Deadlines) addZone(file *ics.Calendar) {
	offset := d.Now.In(d.Zone).Format("-0700")
	standard := file.AddTimezone(d.Zone.String()).AddStandard()
	standard.SetProperty(ics.ComponentPropertyDtStart, "19700101T000000")
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), offset)
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), offset)
}

func (d Deadlines) addStep(file *ics.Calendar, c Collection, s cycle.Step, words i18n.Words) {
	period := c.Plan.Period()
	event := file.AddEvent(fmt.Sprintf("%s.%s.%s@%s.unionboard", period, s.Code, d.unit(), d.City))
	sequence := d.Edits + c.Plan.Moves(s.Code, d.Unit)
	at := c.Plan.When(s.Code, d.Unit)
	event.SetDtStampTime(d.Now)
	event.SetSummary(harmlessLine(words.Period(period.String()) + " " + words.T("calendar.step."+string(s.Code))))
	event.SetDescription(harmlessLine(describe(c.Plan, s, d.Unit, words)))
	event.SetTimeTransparency(ics.TransparencyTransparent)
	switch {
	case s.Code == cycle.StepDeadline || s.Code == cycle.StepCutOff:
		d.setMoment(event, at)
		alarm := event.AddAlarm()
		alarm.SetAction(ics.ActionDisplay)
		alarm.SetTrigger("-P1D")
		alarm.SetProperty(ics.ComponentPropertyDescription, harmlessLine(words.T("calendar.step."+string(s.Code))))
	default:
		event.SetProperty(ics.ComponentPropertyDtStart, at.In(d.Zone).Format(icalDay), ics.WithValue("DATE"))
	}
	event.SetStatus(ics.ObjectStatusConfirmed)
	if c.Plan.Overtaken(s.Code, c.State, d.Now) {
		event.SetStatus(ics.ObjectStatusCancelled)
		sequence++
	}
	event.SetSequence(sequence)
}

// setMoment sets the time of an event in the zone; where its clocks are changed in summer, in universal time.
func (d Deadlines) setMoment(event *ics.VEvent, at time.Time) {
	local := at.In(d.Zone)
	if local.Format("-0700") != d.Now.In(d.Zone).Format("-0700") {
		event.SetStartAt(at)
		return
	}
	event.SetProperty(ics.ComponentPropertyDtStart, local.Format(icalMoment), ics.WithTZID(d.Zone.String()))
}

func (d Deadlines) unit() string {
	if d.Unit == "" {
		return "all"
	}
	return string(d.Unit)
}

// describe says who takes the step, and why it is not where the plan puts it.
func describe(p cycle.Plan, s cycle.Step, unit assess.UnitCode, words i18n.Words) string {
	lines := []string{words.T("calendar.who." + string(s.Code))}
	for _, a := range p.Changes() {
		switch {
		case a.Kind == assess.Postponed && a.Step == s.Code && !s.At.Equal(s.Planned):
			lines = append(lines[:1], words.T("calendar.moved", "date", words.Date(s.Planned), "reason", a.Reason))
		case a.Kind == assess.Extended && a.Unit == unit && s.Code == cycle.StepDeadline:
			if lines = lines[:1]; !a.Void {
				lines = append(lines, words.T("calendar.extended", "date", words.Date(s.At), "reason", a.Reason))
			}
		}
	}
	return strings.Join(lines, "\n")
}

// harmlessLine takes control signs out of a text: a carriage return would begin a line of its own in the file.
func harmlessLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}
