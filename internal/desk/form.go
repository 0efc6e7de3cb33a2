package desk

import (
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Kind says how a field of the form comes by its value.
type Kind string

// The kinds of a field.
const (
	Typed    Kind = "typed"    // the district types it
	Supplied Kind = "supplied" // the city, a register or the system supplies it; shown with its explanation, never typed
	Computed Kind = "computed" // a rate or sum of other fields, live
)

// Form is the quarterly form of one district, as it stands.
type Form struct {
	Unit     assess.Unit
	Period   assess.Period
	Edition  *assess.Edition
	Filing   assess.Filing
	Cycle    assess.Cycle
	OpensAt  time.Time
	Deadline time.Time // the report is late after it
	CutOff   time.Time // what has not come by then is missing
	// Due is when the district has to have done what it owes now: the deadline, for what was returned the day it has to be back.
	Due      time.Time
	Sections []Section
	Counts   Counts
	// Shut says why nothing can be typed now (not open yet, with the chair, signed, closed); nil where the form is open.
	Shut *assess.Problem
	// General are the messages that belong to the report as a whole.
	General []Message
	SavedAt time.Time // of the newest draft; zero: none
	// Steps are what became of the report so far, oldest first; the note of the last says why the chair sent it back.
	Steps []assess.FilingChange
}

// Section is a part of the form: the fields of one dimension.
type Section struct {
	Code       assess.Code // of the dimension
	Name       assess.Text
	Framework  assess.Code
	Department assess.Code // that of most of its fields
	Fields     []Field
	Counts     Counts
}

// Counts are the numbers beside a section or a form.
type Counts struct {
	Typed     int // fields the district types
	Filled    int // of these, how many hold something that can be read
	Unread    int // how many hold something that cannot be read
	Errors    int // block sending
	Warnings  int // want a note
	Unnoted   int // warnings without their note
	Unproved  int // fields whose evidence is asked for and is not there
	Returned  int // fields that came back and have not been filled again
	Unchanged int // stocks still empty that can be confirmed as unchanged in one step
}

// Field is one figure of the form.
type Field struct {
	// Number is the 序号, through the whole form; 0 for what is computed. A rate stands under the code and name of its indicator.
	Number int
	Kind   Kind
	Item   assess.Item
	// Period is what the figure is filed under: the quarter, or the year for annual items.
	Period assess.Period
	// Draft is what holds of what was typed; Revision 0 where nothing was.
	Draft assess.DraftCell
	// Shown is the plain value the form counts with: the draft read as a number or level, else what is held; "" where there is none.
	Shown string
	// State of the figure: reported, zero_report, not_applicable, missing; "" where there is nothing yet.
	State    assess.State
	Previous Past // last quarter (the end of last year for annual items)
	YearAgo  Past // the same quarter of last year
	// Unchanged: a stock that stands empty; Confirm types last quarter's figure into it.
	Unchanged bool
	Net       string   // 本季净增: what the quarter added, of stocks and year-to-date figures; "" where it cannot be said
	OnYear    *float64 // 同比 in percent, of rates in percentage points; nil where it cannot be said
	Cell      assess.CellState
	// Locked says why this field cannot be changed although the form is open; nil where it can.
	Locked *assess.Problem
	// Return is the last decision that sent the figure back, while it is not accepted.
	Return   *assess.Decision
	Messages []Message
	// Explained is how a supplied or computed value comes about; Of are the items that a rate is made of, numerator first.
	Explained *assess.Problem
	Of        []assess.Code
	// Evidence says whether the figure's indicators ask for evidence, of which kinds, and how many files are bound to it.
	EvidenceKinds []assess.Code
	EvidenceAsked bool
	EvidenceCount int
	UsedBy        []assess.Code // indicators
}

// Past is a figure of an earlier period.
type Past struct {
	Period assess.Period
	State  assess.State // "" where there is none
	Value  string
}

// Level is how much a message weighs.
type Level string

// The levels.
const (
	Error   Level = "error"   // the figure is kept as a draft; the report cannot be sent
	Warning Level = "warning" // wants a note
)

// Message is what the form says about a field.
type Message struct {
	Level   Level
	Problem *assess.Problem // its key and words
	// Rule is the validation rule (V15), or another check; "" for what the value itself is. Says is a rule's own sentence.
	Rule assess.Code
	Says assess.Text
	// Others are the further fields the message is about.
	Others []assess.Code
}

// Save is what one editor types into one cell.
type Save struct {
	Unit   assess.UnitCode
	Period assess.Period // of the form
	Item   assess.Code
	Value  string // as typed; "" empties the cell
	// Missing declares that the figure cannot be had; the note says why.
	Missing bool
	Note    string
	// Base is the revision the editor saw, 0 for an empty cell. A cell that has moved on since is a conflict, which both see.
	Base    int64
	Request string // of the browser's making, unique to this save; required
}

// Saved is what became of a save. How the form stands after it, Form answers.
type Saved struct {
	Draft assess.DraftCell // what holds now; after a conflict, the other's
	// Conflict: the cell had moved on; nothing was overwritten, and the editor decides.
	Conflict bool
}
