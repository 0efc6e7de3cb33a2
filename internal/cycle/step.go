package cycle

import (
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Step is a date of the collection of a period.
type Step struct {
	Code assess.Code
	// Offset is in working days after the last day of the quarter (D), negative before it. The last step is counted from the
	// end of the next quarter.
	Offset int
	// At is the beginning of the day, for the deadline its end of work.
	At time.Time
	// State is where the collection stands from then on.
	State assess.CycleState
}

// The codes of the steps.
const (
	stepNotice   assess.Code = "notice"
	stepOpen     assess.Code = "open"
	stepSnapshot assess.Code = "snapshot"
	stepDeadline assess.Code = "deadline"
	stepReviewed assess.Code = "reviewed"
	stepSecond   assess.Code = "second_review"
	stepScored   assess.Code = "scored"
	stepDraft    assess.Code = "draft"
	stepPublish  assess.Code = "published"
	stepArchive  assess.Code = "archived"
)

// plan answers the ten steps of workflow 1.2. It is a function, so that nobody can change it.
func plan() []Step {
	return []Step{
		{Code: stepNotice, Offset: -10, State: assess.CycleScheduled},  // targets locked, collection notice
		{Code: stepOpen, Offset: 1, State: assess.CycleOpen},           // forms open
		{Code: stepSnapshot, Offset: 5, State: assess.CycleOpen},       // snapshot of the registers
		{Code: stepDeadline, Offset: 7, State: assess.CycleOpen},       // signed reports are due
		{Code: stepReviewed, Offset: 10, State: assess.CycleReviewing}, // first review done, returned items get two days
		{Code: stepSecond, Offset: 12, State: assess.CycleClosing},     // second review closes, the missing are listed
		{Code: stepScored, Offset: 13, State: assess.CycleScored},      // data lock, scoring run
		{Code: stepDraft, Offset: 15, State: assess.CycleScored},       // draft scorecards to the leaders
		{Code: stepPublish, Offset: 18, State: assess.CyclePublished},  // progress notice
		{Code: stepArchive, Offset: 1, State: assess.CycleArchived},    // after the end of the next quarter
	}
}

// Steps answers the ten dates of the collection of a period, in their order. A year has the steps of its fourth quarter, a
// month those of its quarter.
func (c Calendar) Steps(p assess.Period) []Step {
	steps := plan()
	quarter := p.LastQuarter()
	for i := range steps {
		s := &steps[i]
		from := quarter
		if s.Code == stepArchive {
			from = quarter.Next()
		}
		s.At = c.Shift(from.LastDay(), s.Offset)
		if s.Code == stepDeadline {
			s.At = s.At.Add(deadlineHour * time.Hour)
		}
	}
	return steps
}

func (c Calendar) step(p assess.Period, code assess.Code) Step {
	for _, s := range c.Steps(p) {
		if s.Code == code {
			return s
		}
	}
	return Step{}
}

// State answers where the collection of p stands at a time when every step is taken on its day.
func (c Calendar) State(p assess.Period, at time.Time) assess.CycleState {
	state := assess.CycleScheduled
	for _, s := range c.Steps(p) {
		if !at.Before(s.At) {
			state = s.State
		}
	}
	return state
}
