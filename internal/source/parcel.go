package source

import (
	"context"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Request asks a source for what it has.
type Request struct {
	// Periods are asked for one after the other where the address has a place for the period; drop folders say their own.
	Periods []assess.Period
	// Now is the time of the look, by which a file counts as settled.
	Now time.Time
	// Mapping says how what comes is read; nil reads the promised forms.
	Mapping *Mapping
	// Afresh asks for everything, also for what has not changed since it was taken.
	Afresh bool
}

// Parcel is a delivery on its way: what came, or why it had to be refused as a whole, and how to tell the source what became of
// it.
type Parcel struct {
	assess.Delivery
	// Pieces are what it was read from, in their order. They are kept while something of them is refused, to be read again.
	Pieces []Piece
	// Damage is why the parcel was refused whole, with its place; nil for a good one. A damaged parcel has no entries.
	Damage *assess.Problem
	// Unchanged is how many rows stand as they were taken the last time, which the source says instead of sending them again.
	Unchanged int
	// Settle is to be called once after what was taken is committed: a drop folder then puts the file away. A crash before it
	// harms nothing: the same file comes again and changes nothing. It is nil where there is nothing to settle.
	Settle func(ctx context.Context, receipt Receipt) error
}

// Receipt says what became of a parcel.
type Receipt struct {
	Taken   int // rows that were taken, changed or not
	Refused []assess.Rejection
}
