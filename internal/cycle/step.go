package cycle

import (
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Step is a date of the collection of a period.
type Step struct {
	Code assess.Code
	// Offset is in working days after the last day of the quarter (D), negative before it, as the step was planned. The last step is
	// counted from the end of the next quarter.
	Offset int
	// Planned is when the calendar puts the step, At when it takes place. Both are the beginning of a day, for the deadline and the
	// cut-off the end of its work.
	Planned, At time.Time
	// State is where the collection stands from then on.
	State assess.CycleState
	// least is At without a postponement of the step itself.
	least time.Time
}

// The codes of the steps.
const (
	StepNotice   assess.Code = "notice"        // targets locked, collection notice
	StepOpen     assess.Code = "open"          // forms open
	StepSnapshot assess.Code = "snapshot"      // of the registers
	StepDeadline assess.Code = "deadline"      // signed reports are due
	StepReviewed assess.Code = "reviewed"      // first review done, returned items get the days that are left
	StepCutOff   assess.Code = "second_review" // second review closes, the missing are listed
	StepScored   assess.Code = "scored"        // data lock, scoring run
	StepDraft    assess.Code = "draft"         // draft scorecards to the leaders
	StepPublish  assess.Code = "published"     // progress notice
	StepArchive  assess.Code = "archived"      // after the end of the next quarter
)

// Days of the plan, in working days.
const (
	deadlineDay  = 7 // after the last day of the quarter
	reviewDays   = 3 // after the deadline
	missingAfter = 5 // after the deadline, where the assessment does not say
)

// The hours at which a working day begins, for who is reminded then, and ends, for what is due then, in the calendar's zone.
const (
	startOfWork = 9 * time.Hour
	endOfWork   = 17 * time.Hour
)

// table answers the ten steps of workflow 1.2 for an assessment that closes what is missing so many working days after the deadline;
// with five it is the table printed there. It is a function, so that nobody can change it.
func table(missingAfter int) []Step {
	cutOff := deadlineDay + missingAfter
	return []Step{
		{Code: StepNotice, Offset: -10, State: assess.CycleScheduled},
		{Code: StepOpen, Offset: 1, State: assess.CycleOpen},
		{Code: StepSnapshot, Offset: 5, State: assess.CycleOpen},
		{Code: StepDeadline, Offset: deadlineDay, State: assess.CycleOpen},
		{Code: StepReviewed, Offset: min(deadlineDay+reviewDays, cutOff), State: assess.CycleReviewing},
		{Code: StepCutOff, Offset: cutOff, State: assess.CycleClosing},
		{Code: StepScored, Offset: cutOff + 1, State: assess.CycleScored},
		{Code: StepDraft, Offset: cutOff + 3, State: assess.CycleScored},
		{Code: StepPublish, Offset: cutOff + 6, State: assess.CyclePublished},
		{Code: StepArchive, Offset: 1, State: assess.CycleArchived},
	}
}

// clock answers the time of day at which a step takes place.
func clock(step assess.Code) time.Duration {
	if step == StepDeadline || step == StepCutOff {
		return endOfWork
	}
	return 0
}
