package collect

import (
	"fmt"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

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
	// Notes harm nothing; there are at most about a thousand.
	Notes  []*assess.Problem
	unsaid int // notes beyond them
	// Decisions are the rows that were taken, in their order: the first ten thousand.
	Decisions []Decision
	// Differences are those that were raised, said again, revised or settled by it, as they stand.
	Differences []assess.Difference
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
	if len(r.Decisions) < source.MostRows {
		r.Decisions = append(r.Decisions, d)
	}
	switch d.Outcome {
	case OutcomeNew:
		r.New++
	case OutcomeChanged:
		r.Changed++
	default:
		r.Same++
	}
}

// note adds notes as far as there is room.
func (r *Report) note(notes ...*assess.Problem) {
	n := min(len(notes), max(0, mostNotes-len(r.Notes)))
	r.Notes = append(r.Notes, notes[:n]...)
	r.unsaid += len(notes) - n
}

// refuse counts what was refused of a parcel, and keeps the first of it.
func (r *Report) refuse(p *parcel) {
	r.Refused += p.refusals
	n := min(len(p.refused), max(0, mostRejections-len(r.Rejected)))
	r.Rejected = append(r.Rejected, p.refused[:n]...)
}

// close sets the state of a report whose rows are all decided: what failed as a whole is failed, what was refused in part partial.
func (r *Report) close() {
	if more := r.Refused - len(r.Rejected); more > 0 {
		r.Notes = append(r.Notes, assess.Invalid("problem.refused_more",
			fmt.Sprintf("%d more rows were refused; mend those that are named and hand the rest in again", more), "count", strconv.Itoa(more)))
	}
	if r.unsaid > 0 {
		r.Notes = append(r.Notes, assess.Invalid("problem.notes_more", fmt.Sprintf("there are %d more notes of this kind", r.unsaid),
			"count", strconv.Itoa(r.unsaid)))
	}
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
