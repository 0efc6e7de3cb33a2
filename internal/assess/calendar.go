package assess

import "time"

// AdjustmentKind is what people change in the dates of a collection.
type AdjustmentKind string

// The kinds of adjustment.
const (
	Postponed   AdjustmentKind = "postponed"    // a step takes place later (顺延), and what follows it with it
	Extended    AdjustmentKind = "extended"     // the deadline of one district (延期)
	Outage      AdjustmentKind = "outage"       // a working day on which the program could not be used: nobody is late for it
	OpenedEarly AdjustmentKind = "opened_early" // the form opened before its day
)

// Adjustment is a change of the dates of a collection, with its reason. Adjustments are never changed: the last of a step, of a
// district's deadline, of an outage's day holds.
type Adjustment struct {
	Seq    int64
	Kind   AdjustmentKind
	Period Period    // the quarter; zero for an outage, which belongs to its day
	Step   Code      // of Postponed
	Unit   UnitCode  // of Extended; of an outage that hit one district, "" for one that hit everybody
	Day    time.Time // the new day, or that of the outage, at midnight UTC; zero for OpenedEarly
	// Void takes back an earlier adjustment of the same kind, step, unit and, for an outage, day.
	Void   bool
	Reason string
	By     string // account
	At     time.Time
}

// CalendarEdit replaces a year of the calendar from the day after it was made: what has passed stays as it was.
type CalendarEdit struct {
	Seq    int64
	Year   int
	Text   string // the year's file as it was written
	Days   CalendarYear
	Reason string
	By     string
	At     time.Time
}

// Audience is who is reminded.
type Audience string

// The audiences of a reminder (催报).
const (
	ToDrafts      Audience = "drafts"      // districts that have begun and whose report has not gone to the chair
	ToUnsubmitted Audience = "unsubmitted" // every district that has not handed in
	ToChairs      Audience = "chairs"      // the chairs of districts that have not handed in
)

// Reminder is a time at which those who have not handed in are reminded.
type Reminder struct {
	Code Code
	// Day is in working days after the last day of the quarter; it moves with the deadline.
	Day int
	// Clock is the time of the day.
	Clock time.Duration
	To    Audience
}
