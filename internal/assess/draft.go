package assess

import "time"

// DraftCell is what a district has typed into a cell of its form and not yet signed. Drafts are never changed: each save is a new
// revision, and the highest of a cell holds, so that nothing that was acknowledged is lost and two editors see each other.
type DraftCell struct {
	Unit     UnitCode
	Period   Period // the quarter of the form; annual items ride with the fourth
	Item     Code
	Revision int64 // 1, 2, … within the cell
	// Value is as it was typed ("１.2万", "30,412"); the form says how it is read.
	Value string
	// State is "" where the value speaks for itself, Missing for a figure that cannot be had (the note says why).
	State State
	Note  string
	By    string // account
	At    time.Time
	// Request names the save, so that one repeated after a lost answer counts once.
	Request string
}

// DraftSave is one save of a cell: what was typed, and the revision that its editor saw, 0 for an empty cell.
type DraftSave struct {
	DraftCell
	Base int64
}

// Says tells whether two drafts have the same content, whoever typed them and when.
func (d DraftCell) Says(other DraftCell) bool {
	return d.Value == other.Value && d.State == other.State && d.Note == other.Note
}

// DraftIntake are saves of cells of one form, written in one transaction.
type DraftIntake struct {
	Unit   UnitCode
	Period Period
	Cells  []DraftSave
	// Filing is the report as the editor's form saw it. Where it has moved on nothing is written.
	Filing Filing
	// Steps take the report to draft where it is not there yet; Audit are their lines.
	Steps []FilingChange
	Audit []AuditLine
}

// DraftOutcome is what became of a save: what holds now and, with Conflict, that it is not what was typed.
type DraftOutcome struct {
	DraftCell
	Conflict bool
}

// DraftMark says which drafts of a form something was made of: those of so many saves. It holds while nobody saves.
type DraftMark struct {
	Unit   UnitCode
	Period Period
	Saves  int64
}

// Decision is what a department of the city says of one figure of a signed report: accepted, or returned with a reason. Decisions
// are never changed; the last of a cell holds until the district hands in again.
type Decision struct {
	Seq      int64
	Unit     UnitCode
	Period   Period
	Item     Code
	Accepted bool
	Reason   Code   // of the return reasons; "" when accepted
	Note     string // what is wrong, in words
	Value    string // the figure that was decided about
	Round    int    // 1 for the first return of the cell, 2 for the second and last; 0 when accepted
	// Revision is that of the cell's draft when it was decided, 0 for none: a higher one is an answer. Submission is what the figure
	// was handed in with: a later one is decided anew.
	Revision   int64
	Submission string
	Department Code
	By         string
	At         time.Time
}

// CellState is where one figure of a report stands (数据项状态).
type CellState string

// The states of a cell.
const (
	CellEmpty    CellState = "empty"    // nothing typed yet
	CellFilled   CellState = "filled"   // typed, or handed in and not yet decided
	CellReturned CellState = "returned" // sent back with a reason
	CellRefilled CellState = "refilled" // filled again after a return
	CellAccepted CellState = "accepted"
	CellMissing  CellState = "missing" // closed without a figure
)
