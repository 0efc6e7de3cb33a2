package cycle

import (
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// CheckPostponement says why a step cannot take place on a day, as it is known at a time; nil where it can. A step that was taken
// stays, a day off is no day for one, none comes before its place in the plan, and a collection ends before the next one does.
func (p Plan) CheckPostponement(code assess.Code, day, now time.Time) error {
	s := p.Step(code)
	if s.Code == "" || s.Code == StepArchive {
		return assess.Invalid("problem.step_unknown", fmt.Sprintf("%q is not a step that can be postponed; choose one of the list", code), "step", string(code))
	}
	if !now.Before(s.At) {
		return assess.Conflict("problem.step_taken",
			fmt.Sprintf("the step %q was taken on %s and stays; postpone one that is still to come", code, s.At.Format(time.DateOnly)),
			"step", "calendar.step."+string(code), "day", s.At.Format(time.DateOnly))
	}
	if err := p.checkWorking(day); err != nil {
		return err
	}
	to := dateOf(day).in(p.calendar.zone).Add(clock(code))
	if to.Before(s.least) || !to.After(now) {
		least := s.least
		if !least.After(now) {
			least = p.calendar.Shift(now.In(p.calendar.zone), 1)
		}
		return assess.Invalid("problem.postpone_early",
			fmt.Sprintf("the step %q takes place on %s at the earliest; write that day or a later one", code, least.Format(time.DateOnly)),
			"step", "calendar.step."+string(code), "day", least.Format(time.DateOnly))
	}
	end, archive := p.Step(StepPublish), p.Step(StepArchive)
	if moved := p.calendar.Count(s.At, to); !p.calendar.Shift(end.At, moved).Before(archive.At) {
		return assess.Invalid("problem.postpone_far",
			fmt.Sprintf("with that day the collection would be published after %s, when the next one begins; choose an earlier day", archive.At.Format(time.DateOnly)),
			"day", archive.At.Format(time.DateOnly))
	}
	return nil
}

// CheckExtension says why the deadline of a district cannot be on a day; nil where it can. It lies between the deadline of all, which
// takes the extension back, and the cut-off, after which nothing is taken from anybody.
func (p Plan) CheckExtension(day time.Time) error {
	if err := p.checkWorking(day); err != nil {
		return err
	}
	first, last := p.Step(StepDeadline).At, p.CutOff()
	if to := dateOf(day).in(p.calendar.zone).Add(endOfWork); to.Before(first) || to.After(last) {
		return assess.Invalid("problem.extension_bounds",
			fmt.Sprintf("a district's deadline lies between that of all, %s, and the cut-off, %s; write a day between them, or postpone the collection",
				first.Format(time.DateOnly), last.Format(time.DateOnly)),
			"first", first.Format(time.DateOnly), "last", last.Format(time.DateOnly))
	}
	return nil
}

// CheckOpening says why the forms cannot open at a time, before their day; nil where they can. There are no figures of a quarter
// that has not begun.
func (p Plan) CheckOpening(now time.Time) error {
	if opens := p.OpensAt(); !now.Before(opens) {
		return assess.Conflict("problem.opened_already", fmt.Sprintf("the forms are open since %s; there is nothing to open", opens.Format(time.DateOnly)),
			"day", opens.Format(time.DateOnly))
	}
	if begins := dateOf(p.period.FirstDay()).in(p.calendar.zone); now.Before(begins) {
		return assess.Conflict("problem.period_future",
			fmt.Sprintf("%s has not begun, so there are no figures of it yet; correct the period", p.period), "period", p.period.String())
	}
	return nil
}

// CheckOutage says why a day cannot be confirmed as one on which the program could not be used; nil where it can.
func (p Plan) CheckOutage(day, now time.Time) error {
	if dateOf(day).in(p.calendar.zone).After(now) {
		return assess.Invalid("problem.outage_future",
			fmt.Sprintf("%s is still to come, and only what happened is confirmed; postpone a step for what is planned", day.Format(time.DateOnly)),
			"day", day.Format(time.DateOnly))
	}
	return p.checkWorking(day)
}

func (p Plan) checkWorking(day time.Time) error {
	if p.calendar.Working(day) {
		return nil
	}
	next := p.calendar.Shift(day, 1).Format(time.DateOnly)
	return assess.Invalid("problem.day_off", fmt.Sprintf("%s is a day off; the next working day is %s", day.Format(time.DateOnly), next),
		"day", day.Format(time.DateOnly), "next", next)
}
