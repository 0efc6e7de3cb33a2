package collect

import "github.com/unionboard/unionboard/internal/assess"

// Outcome is what became of a row that was not refused.
type Outcome string

// The outcomes.
const (
	OutcomeNew     Outcome = "new"
	OutcomeChanged Outcome = "changed"
	OutcomeSame    Outcome = "same"
)

// Report is what a run, an import or a preview did, or would do.
type Report struct {
	assess.Run
	// Missing are rows without a figure: they are counted, and nothing is recorded for them.
	Missing int
	// Notes harm nothing.
	Notes []*assess.Problem
	// Decisions are the rows that were taken, in their order.
	Decisions []Decision
}

// Decision is a row that was taken.
type Decision struct {
	assess.CellKey
	Place   assess.Place
	Outcome Outcome
	State   assess.State
	Value   string
	// Before is what stood in the cell, or waits for it; its State is "" for a new one.
	Before Holding
}

// Holding is what a cell holds.
type Holding struct {
	State assess.State
	Value string
	Note  string
}

func (r *Report) count(d Decision) {
	r.Decisions = append(r.Decisions, d)
	switch d.Outcome {
	case OutcomeNew:
		r.New++
	case OutcomeChanged:
		r.Changed++
	default:
		r.Same++
	}
}

// close sets the state of a report whose rows are all decided: what failed as a whole is failed, what was refused in part partial.
func (r *Report) close() {
	r.Refused = len(r.Rejected)
	switch {
	case r.Refused == 0:
		r.State = assess.RunDone
	case r.New+r.Changed+r.Same+r.Missing == 0:
		r.State = assess.RunFailed
	default:
		r.State = assess.RunPartial
	}
	if r.State == assess.RunFailed && r.Problem == "" {
		r.Problem = r.Rejected[0].Problem.Error()
	}
}
