package assess

import "time"

// ExportState says how far a file that is made in the background has come.
type ExportState string

// The states.
const (
	ExportQueued    ExportState = "queued"
	ExportMaking    ExportState = "making"
	ExportDone      ExportState = "done"
	ExportFailed    ExportState = "failed"
	ExportCancelled ExportState = "cancelled"
)

// Waits says whether something is still to come of it.
func (s ExportState) Waits() bool { return s == ExportQueued || s == ExportMaking }

// ExportJob is a file that is made in the background, because it is large or because the clock asks for it.
type ExportJob struct {
	ID string
	// Owner is the account that asked, by its ID; "" where the clock did.
	Owner string
	// Plan is the name of the scheduled export, and Slot the time it was due; "" and zero for what people ask for.
	Plan  Code
	Slot  time.Time
	Order string // as takeout writes it
	File  string // what the file is called, with its ending
	// Edition names what the figures are: "published 2", "working v2"; "" until it is made.
	Edition string
	State   ExportState
	// Done and Total are rows; Total is estimated.
	Done, Total int64
	Size        int64    // in bytes, once it is done
	Problem     *Problem // why it failed
	AskedAt     time.Time
	StartedAt   time.Time // zero: not yet
	EndedAt     time.Time // zero: not yet
	// Expires is when the file is removed; zero: there is none.
	Expires time.Time
}
