package assess

import (
	"cmp"
	"time"
)

// DifferenceState is where a difference stands.
type DifferenceState string

// The states of a difference.
const (
	DifferenceOpen    DifferenceState = "open"
	DifferenceTaken   DifferenceState = "taken"   // the source is right, and the figure on its way to be changed by a person
	DifferenceKept    DifferenceState = "kept"    // the person's figure stays
	DifferenceSettled DifferenceState = "settled" // both say the same by now
)

// Going says whether a difference still waits for something.
func (s DifferenceState) Going() bool { return s == DifferenceOpen || s == DifferenceTaken }

// DifferenceAction is what is done about a difference.
type DifferenceAction string

// The actions of a difference.
const (
	RaiseDifference  DifferenceAction = "raise"  // the source says something else for the first time, or again after a decision
	ReviseDifference DifferenceAction = "revise" // one of the two says something else than before, and they still differ
	AnswerDifference DifferenceAction = "answer" // the district says why
	KeepDifference   DifferenceAction = "keep"
	TakeDifference   DifferenceAction = "take"
	SettleDifference DifferenceAction = "settle"
)

// Difference is a figure of a person of which a source says something else. The person's figure holds until a person changes it.
type Difference struct {
	ID string
	CellKey
	Source Code
	State  DifferenceState
	// Held is the person's figure as it was when the two were last compared.
	Held HeldFigure
	// SaidState and SaidValue are what the source says, where in the run that said it last.
	SaidState State
	SaidValue string
	Run       string
	Place     Place
	// First and Last are when the source said this figure, Times how often.
	First, Last time.Time
	Times       int
	// Steps are what became of it, oldest first.
	Steps []DifferenceStep
}

// HeldFigure is a figure that a person answers for.
type HeldFigure struct {
	State State
	Value string
	By    string // who signed, accepted or typed it
	At    time.Time
	// Submission is what it was handed in with. Seq is that of its observation, 0 for one that is not accepted yet.
	Submission string
	Seq        int64
	// Revision is that of the draft, 0 for a figure that was signed.
	Revision int64
}

// Text writes what is held: the value, or the state where there is none.
func (h HeldFigure) Text() string { return cmp.Or(h.Value, string(h.State)) }

// Said writes what the source says, as HeldFigure.Text does.
func (d *Difference) Said() string { return cmp.Or(d.SaidValue, string(d.SaidState)) }

// DifferenceStep is something that became of a difference.
type DifferenceStep struct {
	Seq        int64
	Difference string
	Action     DifferenceAction
	From, To   DifferenceState // From is "" for the first
	Held, Said string          // the two figures at that time
	By         string          // account, or source:<name>
	At         time.Time
	Note       string
}

// DifferenceChange is a difference as it becomes by some steps. Without steps the source has only said the same again.
type DifferenceChange struct {
	Difference
	// Was is the state in which it was seen, "" for a new one. One that is in another by now is ErrConflict.
	Was   DifferenceState
	Added []DifferenceStep
}

// Step takes a difference to a state, and writes down how.
func (c *DifferenceChange) Step(action DifferenceAction, to DifferenceState, by, note string, at time.Time) {
	c.Added = append(c.Added, DifferenceStep{
		Difference: c.ID, Action: action, From: c.State, To: to, Held: c.Held.Text(), Said: c.Said(), By: by, At: at, Note: note,
	})
	c.State = to
}

// DifferenceQuery chooses differences; what is empty means all.
type DifferenceQuery struct {
	Units   []UnitCode
	Periods []Period
	States  []DifferenceState
	Source  Code
	// Signed leaves out those about drafts. Steps answers them with their steps.
	Signed, Steps bool
	Limit         int // 0: all
}
