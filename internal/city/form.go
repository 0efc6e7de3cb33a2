package city

import (
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Form is what one department of the city owes of a quarter: a table of units by items.
type Form struct {
	Quarter    assess.Period
	Edition    *assess.Edition
	Department assess.Department
	Units      []assess.Unit
	Columns    []Column
	Rows       [][]Cell // by unit, then by column
	// Shut says why nothing at all can be handed in; nil where something can.
	Shut *assess.Problem
	// Proposals are the figures that another person must confirm.
	Proposals []assess.Proposal
	Counts
}

// Counts are what a department owes of a quarter, in cells.
type Counts struct {
	Due     int // of the items that are due by the quarter's end
	Done    int // handed in and accepted, marked as not applicable, or counted from cases
	Typed   int // kept as a draft
	Waiting int // for the second person
}

// Open answers how many cells are due and not handed in.
func (c Counts) Open() int { return c.Due - c.Done - c.Waiting }

// plus answers the sum of two counts.
func (c Counts) plus(other Counts) Counts {
	return Counts{Due: c.Due + other.Due, Done: c.Done + other.Done, Typed: c.Typed + other.Typed, Waiting: c.Waiting + other.Waiting}
}

// add counts another cell.
func (c *Counts) add(due bool, s Standing) {
	if s == Typed {
		c.Typed++
	}
	if !due {
		return
	}
	c.Due++
	switch {
	case s == Waiting:
		c.Waiting++
	case s.done():
		c.Done++
	}
}

// Column is an item of the form.
type Column struct {
	Item assess.Item
	// Period is what the figures are filed under: the quarter, or the year of annual items.
	Period assess.Period
	// Due: owed by the end of this quarter. An annual item that serves a quarterly indicator is due in the first quarter, others in
	// the fourth; they may be handed in earlier.
	Due bool
	// Second: points are given or taken by it, so another person confirms.
	Second bool
	// Cases is the kind of the cases that the figure is counted from; by itself it can only be none. "" for other items.
	Cases assess.ProposalKind
	// Ballots is the indicator whose raters vote, "" for other items: nothing is typed then.
	Ballots assess.Code
	// Shut says why nothing changes any more; nil where it does.
	Shut *assess.Problem
}

// Standing is where a cell of the city stands.
type Standing string

// The standings.
const (
	Blank    Standing = "blank"
	Typed    Standing = "typed"   // a draft
	Waiting  Standing = "waiting" // handed in, for the second person
	Held     Standing = "held"    // accepted
	Exempted Standing = "exempted"
	Counted  Standing = "counted" // from cases or ballots
	Carried  Standing = "carried" // from cases of earlier quarters, which go in with the next hand-in
)

func (s Standing) done() bool { return s == Held || s == Exempted || s == Counted }

// Cell is a figure of one unit.
type Cell struct {
	Unit     assess.UnitCode
	Item     assess.Code
	Standing Standing
	// Text is what stands in the field: what was typed, or what is held.
	Text string
	// Draft is the newest revision, Revision 0 where nothing was typed; it counts only while Standing is Typed.
	Draft assess.DraftCell
	// State and Value are what the cell counts with: the draft as it is read, or what is held.
	State assess.State
	Value string
	// By and At say who handed in what is held, and when.
	By string
	At time.Time
	// Cases is how many cases a Counted or Carried cell has.
	Cases int
	// Previous is the figure of the quarter before, of annual items that of the year before.
	Previous Past
	// Fault is why what was typed cannot be read; Messages what the rules say of it.
	Fault    *assess.Problem
	Messages []Message
	// Proposal is the newest one of the cell, nil for none.
	Proposal *assess.Proposal
}

// Fixed says whether nothing can be typed into the cell.
func (c Cell) Fixed() bool {
	return c.Standing == Waiting || c.Standing == Exempted || c.Standing == Counted || c.Standing == Carried
}

// Unanswered says whether the cell has a warning and no note that answers it.
func (c Cell) Unanswered() bool {
	return c.Standing == Typed && len(c.Messages) > 0 && c.Draft.Note == "" && !c.Refused()
}

// Refused says whether a message must be put right before the cell can be handed in.
func (c Cell) Refused() bool {
	for _, m := range c.Messages {
		if m.Error {
			return true
		}
	}
	return c.Fault != nil
}

// Past is a figure of an earlier period; its State is "" where there is none.
type Past struct {
	Period assess.Period
	State  assess.State
	Value  string
}

// Message is what the rules say of a figure: an Error must be put right, anything else wants a note.
type Message struct {
	Error   bool
	Problem *assess.Problem
	Says    assess.Text // the rule's own sentence
}
