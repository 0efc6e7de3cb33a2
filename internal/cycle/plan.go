package cycle

import (
	"cmp"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Plan is the collection of one quarter on the calendar: its steps with what people postponed, the deadline of every district, and
// what is late.
type Plan struct {
	calendar    Calendar
	period      assess.Period
	rules       assess.Assessment
	adjustments []assess.Adjustment

	steps    []Step
	extended map[assess.UnitCode]date
	outages  map[outage]bool
}

// outage is a day on which a unit, or everybody for "", could not use the program.
type outage struct {
	day  date
	unit assess.UnitCode
}

// NewPlan makes the plan of the quarter a period ends in: a year is collected with its fourth quarter. The adjustments are those of
// the quarter and the outages, oldest first; those of other quarters are passed over.
func NewPlan(c Calendar, period assess.Period, rules assess.Assessment, adjustments []assess.Adjustment) Plan {
	p := Plan{
		calendar: c, period: period.LastQuarter(), rules: rules, adjustments: adjustments,
		extended: map[assess.UnitCode]date{}, outages: map[outage]bool{},
	}
	postponed := map[assess.Code]date{}
	opened := time.Time{}
	for _, a := range adjustments {
		if a.Kind != assess.Outage && a.Period != p.period {
			continue
		}
		switch a.Kind {
		case assess.Postponed:
			postponed[a.Step] = dateOf(a.Day)
		case assess.Extended:
			p.extended[a.Unit] = dateOf(a.Day)
			if a.Void {
				delete(p.extended, a.Unit)
			}
		case assess.Outage:
			p.outages[outage{dateOf(a.Day), a.Unit}] = !a.Void
		case assess.OpenedEarly:
			opened = a.At
		}
	}
	p.lay(cmp.Or(rules.Late.MissingAfter, missingAfter), postponed)
	p.open(opened)
	return p
}

// With answers the plan with one more adjustment.
func (p Plan) With(a assess.Adjustment) Plan {
	return NewPlan(p.calendar, p.period, p.rules, append(slices.Clone(p.adjustments), a))
}

// lay puts the steps on their days. A step that is postponed takes every later one with it, so that they keep their order and their
// distance; the archive follows the next quarter, whatever happens in this one.
func (p *Plan) lay(missingAfter int, postponed map[assess.Code]date) {
	p.steps = table(missingAfter)
	moved := 0
	for i := range p.steps {
		s := &p.steps[i]
		if s.Code == StepArchive {
			s.Planned = p.calendar.Shift(p.period.Next().LastDay(), s.Offset)
			s.At, s.least = s.Planned, s.Planned
			continue
		}
		last := p.period.LastDay()
		s.Planned = p.calendar.Shift(last, s.Offset).Add(clock(s.Code))
		day := p.calendar.shifted(last, s.Offset, moved)
		s.least = day.Add(clock(s.Code))
		if to, ok := postponed[s.Code]; ok {
			moved += p.calendar.Count(day, to.in(p.calendar.zone))
			day = p.calendar.shifted(last, s.Offset, moved)
		}
		s.At = day.Add(clock(s.Code))
	}
}

// shifted is Shift by an offset and then by the days that were added to it.
func (c Calendar) shifted(day time.Time, offset, moved int) time.Time {
	return c.Shift(c.Shift(day, offset), moved)
}

// open lets the forms open earlier, at a time; the notice is given by then.
func (p *Plan) open(at time.Time) {
	for i := range p.steps {
		if s := &p.steps[i]; !at.IsZero() && (s.Code == StepNotice || s.Code == StepOpen) && at.Before(s.At) {
			s.At = at.In(p.calendar.zone)
		}
	}
}

// Calendar answers the working days the plan goes by.
func (p Plan) Calendar() Calendar { return p.calendar }

// Period answers the quarter that is collected.
func (p Plan) Period() assess.Period { return p.period }

// Steps answers the ten dates of the collection, in their order.
func (p Plan) Steps() []Step { return slices.Clone(p.steps) }

// Step answers one of the dates; a zero Step for a code that is none.
func (p Plan) Step(code assess.Code) Step {
	for _, s := range p.steps {
		if s.Code == code {
			return s
		}
	}
	return Step{}
}

// When answers when a step concerns a unit: the deadline is the unit's own, every other step that of all.
func (p Plan) When(code assess.Code, unit assess.UnitCode) time.Time {
	if code == StepDeadline {
		return p.Deadline(unit)
	}
	return p.Step(code).At
}

// Changes answers what people changed in the dates of the quarter, and the outages, oldest first.
func (p Plan) Changes() []assess.Adjustment { return slices.Clone(p.adjustments) }

// Moves answers how often a step has been moved for a unit, there and back counted as two.
func (p Plan) Moves(code assess.Code, unit assess.UnitCode) int {
	moves := 0
	before := NewPlan(p.calendar, p.period, p.rules, nil)
	for _, a := range p.adjustments {
		after := before.With(a)
		if !after.When(code, unit).Equal(before.When(code, unit)) {
			moves++
		}
		before = after
	}
	return moves
}

// Overtaken says whether a step that is still to come, at a time, has been overtaken: the collection is in a state already that makes
// it needless, because people did not wait for the calendar.
func (p Plan) Overtaken(code assess.Code, state assess.CycleState, at time.Time) bool {
	s := p.Step(code)
	if !at.Before(s.At) {
		return false
	}
	until := s.State // the state that makes the step needless
	switch code {
	case StepNotice:
		until = assess.CycleOpen
	case StepSnapshot, StepDeadline: // reports may come while the first ones are reviewed
		until = assess.CycleClosing
	case StepDraft:
		until = assess.CyclePublished
	}
	return slices.Index(Stages(), state) >= slices.Index(Stages(), until)
}

// State answers where the collection stands at a time when every step is taken on its day.
func (p Plan) State(at time.Time) assess.CycleState {
	state := assess.CycleScheduled
	for _, s := range p.steps {
		if !at.Before(s.At) {
			state = s.State
		}
	}
	return state
}

// Standing answers where a collection stands at a time that was brought to a state: the calendar opens the forms and closes them to
// the minute, whether or not the program has taken the step yet, and people may be ahead of it. What follows the cut-off is a step,
// never the clock's.
func (p Plan) Standing(state assess.CycleState, at time.Time) assess.CycleState {
	order := Stages()
	due := min(slices.Index(order, p.State(at)), slices.Index(order, assess.CycleClosing))
	return order[max(due, slices.Index(order, state))]
}

// Ended says whether the cut-off has come at a time of a collection that was brought to a state: what has not come is missing.
func (p Plan) Ended(state assess.CycleState, at time.Time) bool {
	order := Stages()
	return slices.Index(order, p.Standing(state, at)) >= slices.Index(order, assess.CycleClosing)
}

// CutOffPassed says to people that nothing can be handed in any more.
func (p Plan) CutOffPassed() *assess.Problem {
	at := p.CutOff().Format("2006-01-02 15:04")
	return assess.Conflict("problem.form_cut_off", "reports were taken until "+at+"; what has not come is missing", "at", at)
}

// OpensAt answers when the forms open.
func (p Plan) OpensAt() time.Time { return p.Step(StepOpen).At }

// ReviewBy answers when the departments have to be done with their first review, and with the figures they supply themselves: at the
// end of that day's work.
func (p Plan) ReviewBy() time.Time {
	return p.calendar.Shift(p.Step(StepReviewed).At, 0).Add(endOfWork)
}

// ReviewEve answers when reviewers are reminded of what still waits: when work begins on the working day before ReviewBy.
func (p Plan) ReviewEve() time.Time {
	return p.calendar.Shift(p.Step(StepReviewed).At, -1).Add(startOfWork)
}

// CutOff answers when what has not come is closed as not reported. Source: workflow 4, point 3.
func (p Plan) CutOff() time.Time { return p.Step(StepCutOff).At }

// daysToAnswer are the working days a district has for figures that were returned. Source: workflow 1.2.
const daysToAnswer = 2

// AnswerBy answers until when figures that are returned at a time have to come back: the end of the second working day after it, and
// the cut-off at the latest.
func (p Plan) AnswerBy(at time.Time) time.Time {
	by := p.calendar.Shift(at.In(p.calendar.zone), daysToAnswer).Add(endOfWork)
	if last := p.CutOff(); by.After(last) {
		return last
	}
	return by
}

// Deadline answers when the report of a unit is due, without outages: its own deadline where that was extended, else that of all.
// Unit "" is that of all.
func (p Plan) Deadline(unit assess.UnitCode) time.Time {
	due := p.Step(StepDeadline).At
	if day, ok := p.extended[unit]; ok {
		if own := day.in(p.calendar.zone).Add(endOfWork); own.After(due) {
			return own
		}
	}
	return due
}

// OverdueAt answers when a unit that is late is told so: when work begins on the working day after it began to be.
func (p Plan) OverdueAt(unit assess.UnitCode) time.Time {
	return p.calendar.Shift(p.LateAfter(unit), 1).Add(startOfWork)
}

// LateAfter answers when the report of a unit begins to be late: at its deadline, and where that falls on a day of an outage at the end
// of the next working day that counts.
func (p Plan) LateAfter(unit assess.UnitCode) time.Time {
	due := p.Deadline(unit)
	for !p.counts(unit, due) {
		due = p.calendar.Shift(due, 1).Add(endOfWork)
	}
	return due
}

// Late says whether a report that a unit still owes at a time is late.
func (p Plan) Late(unit assess.UnitCode, at time.Time) bool { return at.After(p.LateAfter(unit)) }

// LateDays answers how many working days late the report of a unit arrived: 0 in time, 1 from then to the end of the next working day,
// then one more with each working day begun. A day of an outage does not count. What a day costs, and how many cost nothing, is the
// assessment's to say. Source: workflow 4, point 2.
func (p Plan) LateDays(unit assess.UnitCode, at time.Time) int {
	if !p.Late(unit, at) {
		return 0
	}
	days, due := 0, p.LateAfter(unit)
	for day := p.calendar.Shift(due, 1); !day.After(at); day = p.calendar.Shift(day, 1) {
		if p.counts(unit, day) {
			days++
		}
	}
	return max(days, 1)
}

// Own says whether a unit has dates of its own: an extension, or days on which it could not use the program.
func (p Plan) Own(unit assess.UnitCode) bool {
	if _, extended := p.extended[unit]; extended {
		return true
	}
	for o := range p.outages {
		if o.unit == unit {
			return true
		}
	}
	return false
}

// counts says whether a working day counts for the lateness of a unit.
func (p Plan) counts(unit assess.UnitCode, day time.Time) bool {
	d := dateOf(day)
	return !p.outages[outage{d, ""}] && !p.outages[outage{d, unit}]
}

// Due is a time at which a unit is reminded.
type Due struct {
	assess.Reminder
	At time.Time
}

// Reminders answers when a unit is reminded, in the order of the assessment. They keep their distance to its deadline.
func (p Plan) Reminders(unit assess.UnitCode) []Due {
	deadline := p.Deadline(unit)
	due := make([]Due, len(p.rules.Reminders))
	for i, r := range p.rules.Reminders {
		due[i] = Due{r, p.calendar.Shift(deadline, r.Day-deadlineDay).Add(r.Clock)}
	}
	return due
}
