package assess

import "time"

// MatterKind says what a matter is about.
type MatterKind string

// The kinds of matters.
const (
	Correction MatterKind = "correction" // a figure of a closed period is to be changed (更正)
	Appeal     MatterKind = "appeal"     // a district objects to a score (申诉)
	Task       MatterKind = "task"       // something is to be put right (整改)
)

// Matter is something that people ask for, object to or put right, on its way through the states of its kind. Its steps are a log;
// the matter is what they have made of it.
type Matter struct {
	ID     string
	Kind   MatterKind
	Unit   UnitCode // the district it is about, "" for a task of the city alone
	Period Period
	Code   Code   // the item to be corrected, the indicator appealed against, or what a task is about; "" for none
	State  string // of the machine of its kind in package cycle
	Title  string // of a task: what is wrong, in one line
	Reason string // why it was opened, in the words of who opened it
	// Before and After are the figure and what it should be; of an appeal the score that was objected to. "" where there is none.
	Before, After string
	Origin        string    // of a task, what it came from: "return", "red", "appeal", "comment", "inspection"
	Department    Code      // that checks a correction, or answers for a task of the city
	Measure       string    // of a task: what is to be done (措施)
	Due           time.Time // day, at midnight UTC, of a task or the decision of an appeal; zero: none
	OpenedBy      string    // account
	OpenedAt      time.Time
	UpdatedAt     time.Time
	Steps         []MatterStep // oldest first, where they were asked for
	// Difference is what becomes of the difference because of which it is opened, written with it; nil for none.
	Difference *DifferenceChange
}

// MatterStep is a step of a matter: who did what, and said what.
type MatterStep struct {
	Seq      int64
	Matter   string
	Action   string // of the machine; "open" for the first
	From, To string
	By       string
	At       time.Time
	Note     string
	// Value is the figure that the step sets, of corrections and changed appeals; "" for none.
	Value string
}

// MatterQuery chooses matters; empty fields mean all.
type MatterQuery struct {
	Kind   MatterKind
	Units  []UnitCode
	Period Period
	Code   Code
}

// Reach says who reads a comment.
type Reach string

// The reaches: a district among itself, the city among itself, both.
const (
	ForDistrict Reach = "district"
	ForCity     Reach = "city"
	ForBoth     Reach = "both"
)

// Comment is something said about a figure, a report or a score. Comments are never changed.
type Comment struct {
	Seq    int64
	Unit   UnitCode
	Period Period
	Code   Code // item or indicator; "" for the report as a whole
	Reach  Reach
	Text   string
	By     string // account
	Role   Role   // of who said it, when it was said
	At     time.Time
}

// ResultStage is where the result of a period stands on its way from draft to archive.
type ResultStage struct {
	Period Period
	State  ResultState
	By     string
	At     time.Time
	Note   string
}
