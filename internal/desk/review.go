package desk

import (
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// Standing is where the report of one district stands, as a department or the whole city sees it.
type Standing struct {
	Unit    assess.Unit
	Filing  assess.Filing
	Overdue bool // past the deadline and not handed in
	// Of the figures asked about: all that are due, and how many of them stand where.
	Due, Waiting, Returned, Accepted int
	Questions                        int // waiting figures that something is to be asked about
}

// Review is the signed report of one district as one department sees it: its own figures only.
type Review struct {
	Unit       assess.Unit
	Period     assess.Period
	Department assess.Code // "" for those who see all of them and decide none
	Filing     assess.Filing
	Cells      []ReviewCell
	// General is what is to be asked about the report as a whole.
	General []Message
	// Plain are the waiting figures without any question: one step accepts them.
	Plain []assess.Code
	// Closed says why nothing can be decided; nil where it can.
	Closed *assess.Problem
	Late   bool      // it would be, if it were handed in now
	ToCome bool      // nobody has signed it, and figures of it never came or its people go on by hand
	Until  time.Time // when what is returned must have come back
}

// ReviewCell is one figure under review.
type ReviewCell struct {
	Number int
	Item   assess.Item
	Period assess.Period
	State  assess.State
	Value  string
	Note   string // the district's own words
	// Submission is what the figure was handed in with: a verdict that names it is not given about a later one.
	Submission string
	By         string // who typed it
	Previous   Past
	YearAgo    Past
	Change     *float64 // against last quarter in percent, of what the quarter added for year-to-date items; nil where it cannot be said
	// Added and AddedBefore are what this and the last quarter added to a year-to-date figure, which Change compares; else "".
	Added, AddedBefore string
	Cell               assess.CellState
	Round              int // how often it was returned
	Messages           []Message
	Decision           *assess.Decision // the last, nil for none
	// EvidenceWanted: its indicators ask for evidence and none is bound.
	EvidenceWanted bool
	EvidenceCount  int
}

// Asked says whether something is to be asked about the figure: it is unusual, or evidence is lacking.
func (c *ReviewCell) Asked() bool { return len(c.Messages) > 0 || c.EvidenceWanted }

// Verdict is what a reviewer says of one figure.
type Verdict = collect.Verdict
