package assess

import (
	"time"

	"github.com/shopspring/decimal"
)

// BreakdownState is where a version of a breakdown stands.
type BreakdownState string

// The states of a breakdown. One that is issued is never changed; a later version takes its place.
const (
	BreakdownDraft     BreakdownState = "draft"
	BreakdownIssued    BreakdownState = "issued"
	BreakdownDiscarded BreakdownState = "discarded"
)

// BasisKind says by what a total is shared out.
type BasisKind string

// The kinds of basis.
const (
	EqualBasis  BasisKind = "equal"       // the same for every unit
	ItemBasis   BasisKind = "item"        // an item's accepted figures of a period: members, enterprises, what was done last year
	TargetBasis BasisKind = "last_target" // the targets of the year before
)

// Basis is what the portions of a breakdown are made of.
type Basis struct {
	Kind   BasisKind
	Item   Code   // of ItemBasis
	Period Period // of ItemBasis: the period the figures are filed under
}

// Breakdown is one version of how the city's yearly target of an indicator is divided among the units (目标分解).
type Breakdown struct {
	Year    int
	Code    Code // the indicator
	Version int  // 1, 2, … of the year and indicator
	State   BreakdownState
	// Total is the city's target, Step the amount of which every portion is a whole multiple, both in the indicator's measure.
	Total, Step decimal.Decimal
	Basis       Basis
	// From is the first quarter it holds in, zero for the whole year.
	From     Period
	Reason   string
	Portions []Portion
	// Revision counts the saves of the draft: who saves says which one they saw.
	Revision int64
	By       string
	At       time.Time
	IssuedBy string
	IssuedAt time.Time // zero: not issued
}

// Portion is what one unit gets of a total.
type Portion struct {
	Unit UnitCode
	// Weight is the unit's figure of the basis; Known is false where there is none, which is not the same as zero.
	Weight decimal.Decimal
	Known  bool
	// Pinned portions were set by hand and stay when the rest is shared out again.
	Pinned bool
	Value  decimal.Decimal
}
