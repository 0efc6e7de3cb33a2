package web

import (
	"html/template"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/chart"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/i18n"
)

// course is the collection of a quarter as a reader sees it at a time: the words of the calendar page.
type course struct {
	v             *visit
	plan          cycle.Plan
	edition       *assess.Edition
	state         assess.CycleState
	now           time.Time
	unit          assess.UnitCode // of the reader, "" for the city
	reported, all int             // of all districts, 0 of 0 for those who may not know
}

func (c course) words() i18n.Words { return c.v.words }

// day writes a day of the calendar: 4-10 周五, with its time where it has one, and with its year where that is not this one.
func (c course) day(at time.Time) string { return dayOf(c.v, at, c.now) }

// left answers how many working days there are until a time, today not counted.
func (c course) left(until time.Time) int { return c.plan.Calendar().Count(c.now, until) }

// sentence says where the collection stands and what comes next.
func (c course) sentence() string {
	deadline := c.plan.Deadline(c.unit)
	key, at := "", time.Time{}
	switch {
	case c.state == assess.CyclePublished || c.state == assess.CycleArchived:
		key = "published"
	case c.state == assess.CycleScored:
		key, at = "scored", c.plan.Step(cycle.StepPublish).At
	case c.state == assess.CycleClosing:
		key, at = "closing", c.plan.Step(cycle.StepScored).At
	case neverBegun(c.plan, c.state, c.now):
		key = "never"
	case c.now.Before(c.plan.OpensAt()) && c.state == assess.CycleScheduled:
		key, at = "scheduled", c.plan.OpensAt()
	case !c.now.After(deadline):
		key, at = "open", deadline
	case c.now.Before(c.plan.CutOff()):
		key, at = "late", c.plan.CutOff()
	default:
		key, at = "closing", c.plan.Step(cycle.StepScored).At
	}
	text := c.words().T("web.calendar.now."+key, "period", c.words().Period(c.plan.Period().String()), "date", c.day(at), "n", itoa(c.left(at)),
		"deadline", c.day(deadline))
	if c.all > 0 && c.state != assess.CycleScheduled {
		text += c.words().T("web.calendar.reported", "n", itoa(c.reported), "all", itoa(c.all))
	}
	return text
}

// notes say what is not certain: years whose calendar is provisional, or missing.
func (c course) notes() (notes []string) {
	first, last := c.plan.Step(cycle.StepNotice).At.Year(), c.plan.Step(cycle.StepPublish).At.Year()
	for year := first; year <= last; year++ {
		y, known := c.plan.Calendar().Year(year)
		switch {
		case !known:
			notes = append(notes, c.words().T("web.calendar.unknown_year", "year", itoa(year)))
		case !y.Official:
			notes = append(notes, c.words().T("web.calendar.provisional_year", "year", itoa(year), "source", y.Source))
		}
	}
	return notes
}

// steps are the list of dates. The deadline is the reader's own.
func (c course) steps() (rows []stepRow) {
	for _, s := range c.plan.Steps() {
		at := c.plan.When(s.Code, c.unit)
		row := stepRow{
			Day: c.day(at), Offset: offsetText(s), Name: c.words().T("calendar.step." + string(s.Code)), Who: c.words().T("calendar.who." + string(s.Code)),
		}
		row.State, row.Class, row.Now = c.stepState(s.Code, at)
		if !at.Equal(s.Planned) {
			row.Note = c.words().T("web.calendar.planned", "date", c.day(s.Planned))
		}
		rows = append(rows, row)
	}
	return rows
}

func (c course) stepState(code assess.Code, at time.Time) (text, class string, now bool) {
	today := at.Format(time.DateOnly) == c.now.Format(time.DateOnly)
	switch {
	case c.plan.Overtaken(code, c.state, c.now):
		return c.words().T("web.calendar.overtaken"), "done", false
	case !c.now.Before(at) && code == cycle.StepPublish && c.state == assess.CycleScored:
		return c.words().T("web.calendar.awaited"), "open", true // published by people only
	case !c.now.Before(at):
		return c.words().T("web.calendar.done"), "done", today
	case today:
		return c.words().T("web.calendar.today"), "open", true
	}
	return c.words().T("web.calendar.in_days", "n", itoa(c.left(at))), "", false
}

// offsetText writes the place of a step in the plan: D−10, D+7; that of the archive is counted from the next quarter.
func offsetText(s cycle.Step) string {
	switch {
	case s.Code == cycle.StepArchive:
		return "—"
	case s.Offset < 0:
		return "D−" + itoa(-s.Offset)
	}
	return "D+" + itoa(s.Offset)
}

// holidays names the holidays and make-up days among the dates.
func (c course) holidays() (names []string) {
	calendar, last := c.plan.Calendar(), c.plan.Step(cycle.StepPublish).At
	first := c.plan.Step(cycle.StepNotice).At
	for year := first.Year(); year <= last.Year(); year++ {
		y, _ := calendar.Year(year)
		for _, h := range y.Blocks {
			if h.To.Before(first) || h.From.After(last) {
				continue
			}
			names = append(names, c.v.holiday(h, c.now))
		}
		for _, d := range y.MakeUp {
			if !d.Before(first) && !d.After(last) {
				names = append(names, c.words().T("web.calendar.made_up", "day", i18n.DateNear(d, c.now)))
			}
		}
	}
	return names
}

// holiday writes a holiday with its days, for a reader of now: 清明节 4-4～4-6.
func (v *visit) holiday(h assess.Holiday, now time.Time) string {
	days := i18n.DateNear(h.From, now)
	if h.To.After(h.From) {
		days = v.words.T("sentence.range", "from", days, "to", i18n.DateNear(h.To, h.From))
	}
	return h.Name.In(v.lang()) + " " + days
}

func (c course) reminders() (times []string) {
	for _, r := range c.plan.Reminders(c.unit) {
		times = append(times, c.words().T("web.calendar.reminder", "at", c.day(r.At), "to", c.words().T("calendar.audience."+string(r.To))))
	}
	return times
}

// changes are those of the quarter, the newest first. Of outages only those among its dates, and a district sees nobody else's.
func (c course) changes() (list []assess.Adjustment) {
	first, last := c.plan.OpensAt(), c.plan.Step(cycle.StepPublish).At
	for _, a := range c.plan.Changes() {
		if a.Kind == assess.Outage && (a.Day.Before(first.AddDate(0, 0, -1)) || a.Day.After(last)) || c.unit != "" && a.Unit != "" && a.Unit != c.unit {
			continue
		}
		list = append([]assess.Adjustment{a}, list...)
	}
	return list
}

// work is a row of the picture: from one step, or the day after it, to another.
type work struct {
	name, who   string // keys
	from        assess.Code
	afterwards  bool // begins the day after from
	to          assess.Code
	untilBefore bool // ends the day before to
}

func works() []work {
	return []work{
		{name: "notice", who: "notice", from: cycle.StepNotice, to: cycle.StepOpen, untilBefore: true},
		{name: "fill", who: "deadline", from: cycle.StepOpen, to: cycle.StepDeadline},
		{name: "review", who: "reviewed", from: cycle.StepDeadline, afterwards: true, to: cycle.StepReviewed},
		{name: "refill", who: "second_review", from: cycle.StepReviewed, afterwards: true, to: cycle.StepCutOff},
		{name: "score", who: "scored", from: cycle.StepScored, to: cycle.StepScored},
		{name: "draft", who: "draft", from: cycle.StepDraft, to: cycle.StepDraft},
		{name: "publish", who: "published", from: cycle.StepPublish, to: cycle.StepPublish},
	}
}

// picture draws the weeks of the collection, from its notice to its publication.
func (c course) picture() template.HTML {
	first := midnight(c.plan.Step(cycle.StepNotice).At)
	last := midnight(c.plan.Step(cycle.StepPublish).At)
	t := chart.Timeline{Now: -1, NowText: c.words().T("web.calendar.today")}
	column := map[string]int{}
	for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
		column[day.Format(time.DateOnly)] = len(t.Days)
		if day.Format(time.DateOnly) == c.now.Format(time.DateOnly) {
			t.Now = len(t.Days)
		}
		t.Days = append(t.Days, c.pictureDay(day, first))
	}
	c.joinHolidays(t.Days)
	for _, w := range works() {
		from, to := midnight(c.plan.When(w.from, c.unit)), midnight(c.plan.When(w.to, c.unit))
		if w.afterwards {
			from = c.plan.Calendar().Shift(from, 1)
		}
		if w.untilBefore {
			to = to.AddDate(0, 0, -1)
		}
		if to.Before(from) {
			to = from
		}
		begin, known := column[from.Format(time.DateOnly)]
		end, ends := column[to.Format(time.DateOnly)]
		if !known || !ends {
			continue
		}
		row := chart.TimelineRow{Name: c.words().T("web.calendar.work." + w.name), Who: c.words().T("calendar.who." + w.who), From: begin, To: end}
		row.State, row.Note = c.workState(w, from, to)
		t.Rows = append(t.Rows, row)
	}
	return template.HTML(t.Draw(c.sentence()))
}

func (c course) pictureDay(day, first time.Time) chart.TimelineDay {
	d := chart.TimelineDay{Text: itoa(day.Day()), Week: day.Weekday() == time.Monday, Off: !c.plan.Calendar().Working(day), Holiday: c.plan.Calendar().Holiday(day).In(c.v.lang())}
	if day.Day() == 1 || day.Equal(first) {
		d.Month = c.words().T("calendar.month." + itoa(int(day.Month())))
	}
	return d
}

// joinHolidays leaves the name of a holiday at its first day, with its length.
func (c course) joinHolidays(days []chart.TimelineDay) {
	for i := 0; i < len(days); {
		name, begin := days[i].Holiday, i
		for i++; i < len(days) && name != "" && days[i].Holiday == name; i++ {
			days[i].Holiday = ""
		}
		days[begin].Length = i - begin
	}
}

func (c course) workState(w work, from, to time.Time) (chart.TimelineState, string) {
	end := c.plan.When(w.to, c.unit)
	if w.untilBefore || end.Hour() == 0 {
		end = to.AddDate(0, 0, 1)
	}
	switch {
	case !c.now.Before(end) || c.plan.Overtaken(w.to, c.state, c.now):
		return chart.Done, c.words().T("web.calendar.done")
	case !c.now.Before(from):
		note := c.words().T("web.calendar.in_days", "n", itoa(c.left(end)))
		if to.Format(time.DateOnly) == c.now.Format(time.DateOnly) {
			note = c.words().T("web.calendar.today")
		}
		if w.name == "fill" && c.all > 0 {
			note = strings.Join([]string{note, c.words().T("web.state.reported", "n", itoa(c.reported), "all", itoa(c.all))}, c.words().T("web.calendar.comma"))
		}
		return chart.UnderWay, note
	}
	return chart.ToCome, c.words().T("web.calendar.from", "date", i18n.DateNear(from, c.now))
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}
