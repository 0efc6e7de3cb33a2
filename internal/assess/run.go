package assess

import "time"

// RunState is how a collection run ended.
type RunState string

// The states of a run.
const (
	RunRunning     RunState = "running"
	RunDone        RunState = "done"
	RunPartial     RunState = "partial"     // some rows were refused
	RunFailed      RunState = "failed"      // nothing was taken
	RunInterrupted RunState = "interrupted" // the program ended in the middle; nothing was taken
)

// Run is the record of one collection from one source.
type Run struct {
	ID       string
	Source   Code
	Door     Door
	Slot     time.Time // the time it was due; (source, slot) is unique
	Started  time.Time
	Finished time.Time // zero while running
	State    RunState
	Taken    int // rows read
	New      int
	Changed  int
	Same     int
	Refused  int
	Problem  string // one sentence: why it failed
	// Rejected are the refused rows, in their order: the first thousand, Refused counts all.
	Rejected []Rejection
}
