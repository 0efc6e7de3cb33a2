package notify

import (
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Round is the collection of one quarter as reminders see it.
type Round struct {
	Period  assess.Period
	Cycle   assess.Cycle
	Reports []Report // of every unit that reports, in official order
	// PublishBy is when the results are to be published.
	PublishBy time.Time
}

// Report is where the report of one unit stands, and its times.
type Report struct {
	Unit   assess.Unit
	Period assess.Period
	Filing assess.Filing // its state is NotStarted where nothing was begun
	Times  Times
	// ToCome: what is there of the report is no report yet. Its system has brought a part of it, or its people go on by hand with what
	// that has brought, and nobody has signed it.
	ToCome bool
	// Returned is how many figures came back and have not been filled again.
	Returned int
	// Waiting are the figures that wait for review, by department; none for a department without any.
	Waiting map[assess.Code]int
}

// Times are the moments of a report. They are data: the assessment and a calendar of working days make them, and a postponement moves
// them.
type Times struct {
	Opens     time.Time  // the form opens
	Reminders []Reminder // before the deadline, in the order of time
	Deadline  time.Time  // the report is late after it
	Overdue   time.Time  // the next working day, 9:00: who is late is told so
	Review    time.Time  // the working day before ReviewBy, 9:00: reviewers are reminded
	ReviewBy  time.Time  // the first review is due
	ReturnBy  time.Time  // what was returned is due again
	CutOff    time.Time  // what has not come is missing
}

// Reminder is a reminder of the assessment with its moment.
type Reminder struct {
	Code assess.Code
	To   assess.Audience
	At   time.Time
}

// In says that the report was handed in, whole or signed.
func (r Report) In() bool { return !r.Filing.SubmittedAt.IsZero() && !r.ToCome }

// owed says that the report was never handed in and still can be.
func (r Report) owed() bool {
	return !r.In() && !slices.Contains([]assess.FilingState{assess.Accepted, assess.Locked, assess.FilingMissing}, r.Filing.State)
}

// again says that the report was handed in and figures of it came back.
func (r Report) again() bool {
	return r.In() && slices.Contains([]assess.FilingState{
		assess.Returned, assess.Draft, assess.SentBack, assess.PendingSignature,
	}, r.Filing.State)
}

// withChair says that the report lies with the chair.
func (r Report) withChair() bool { return r.Filing.State == assess.PendingSignature }

// Late says that the report, or what came back of it, is owed although its time has passed.
func (r Report) Late(now time.Time) bool {
	return r.owed() && now.After(r.Times.Deadline) || r.again() && now.After(r.Times.ReturnBy)
}

// Owing says that the district has to do something now: hand in, or fill again what came back.
func (r Report) Owing(now time.Time) bool {
	return (r.owed() || r.again()) && !now.Before(r.Times.Opens)
}

// Due answers when the district has to have done it.
func (r Report) Due() time.Time {
	if r.again() {
		return r.Times.ReturnBy
	}
	return r.Times.Deadline
}

// Person is somebody who can be told.
type Person struct {
	ID         string // of the account
	Name       string // for people
	Role       assess.Role
	Unit       assess.UnitCode // of a district role
	Department assess.Code     // of a reviewer
	Email      string          // "" for none
	Muted      bool            // no mail is wanted
}

// Group is a group of people in a messenger, told through a webhook.
type Group struct {
	Name  assess.Code
	Title assess.Text
	Units []assess.UnitCode // none: every unit
}

func (g Group) hears(unit assess.UnitCode) bool {
	return len(g.Units) == 0 || slices.Contains(g.Units, unit)
}
