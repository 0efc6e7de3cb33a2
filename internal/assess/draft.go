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

// Decision is what a department of the city says of one figure of a signed report: accepted, or returned with a reason. Decisions
// are never changed; the last of a cell holds until the district hands in again.
type Decision struct {
	Seq        int64
	Unit       UnitCode
	Period     Period
	Item       Code
	Accepted   bool
	Reason     Code   // of the return reasons; "" when accepted
	Note       string // what is wrong, in words
	Value      string // the figure that was decided about
	Round      int    // 1 for the first return of the cell, 2 for the second and last; 0 when accepted
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
