package source

import "github.com/unionboard/unionboard/internal/assess"

// MappingSchema names the format that ParseMapping reads.
const MappingSchema = "unionboard/mapping/1"

// Mapping says how what a source sends is read: where its tables have what, and what its words for units, items, periods and missing
// figures mean. nil, and the zero Mapping, read the promised forms as they are. It is kept as the JSON that ParseMapping reads and
// Text writes.
type Mapping struct {
	// Sheet names the sheets of a workbook that are read: "" the first shown one that holds anything, "*" every shown one.
	Sheet string
	// Transposed tables have their heads in the first columns instead of the first rows.
	Transposed bool
	// Skip is how many rows stand before the heads, Heads how many rows the heads have (0: one); heads of several rows are joined by
	// "/", each as far as its merged cells reach: 会员/人数.
	Skip, Heads int
	// End are the words that begin the first row after the table: notes, signatures.
	End []string
	// Columns say what the columns hold; those not named are left out with a note. Without any, the heads are those of the tidy form.
	Columns []Column
	// Unit and Period are those of rows that do not say theirs.
	Unit, Period Constant
	// Year is that of periods which name none (三季度); 0 refuses these.
	Year int
	// Length is what a period must be: a month that ends a quarter, or a day in it, stands for the quarter. "" takes them as they are.
	Length Length
	// Units, Items and States say what the source's words mean. A word that is not there stands for itself: a code needs none.
	Units, Items, States []Word
	// Missing are words for no figure, besides —, …, / and the like in tables whose columns are named.
	Missing []string
}

// Column says what a column of a table holds.
type Column struct {
	Head string // its head, compared without blanks and case; "" where At says which
	At   int    // its number from 1; 0 where its head says which
	Role Role
	// Of a column of values: the unit, period and item that all of them are of; what is "" stands in a column of its own, or is that of the mapping.
	Unit   assess.UnitCode
	Period string // in any form a period has
	Item   assess.Code
	Factor string // by which its figures are multiplied: 10000 or 万; "" for 1
}

// Role is what a column is for.
type Role string

// The roles. A table has at least one column of values, and at most one of each of the others, but any number that is left out.
const (
	RoleUnit   Role = "unit"
	RolePeriod Role = "period"
	RoleItem   Role = "item"
	RoleValue  Role = "value"
	RoleState  Role = "state"
	RoleNote   Role = "note"
	RolePart   Role = "part"
	RoleRef    Role = "ref"
	RoleNone   Role = "none" // left out
)

// Roles answers the roles in the order in which they are offered.
func Roles() []Role {
	return []Role{RoleUnit, RolePeriod, RoleItem, RoleValue, RoleState, RoleNote, RolePart, RoleRef, RoleNone}
}

// Word is a word of the source with the code it stands for. Code "" leaves the rows of it out: totals.
type Word struct {
	Word   string
	Code   string
	Factor string // of an item: by which its figures are multiplied, before that of their column; "" for none
}

// Constant is a unit or period that a whole table is of: written down, or said by its file, its sheet, or a cell of it.
type Constant struct {
	Value string
	From  Origin
	Cell  string // B2, where it is From a cell
}

// Origin is where a constant stands.
type Origin string

// The origins. Zero is the mapping itself.
const (
	FromFile  Origin = "file"
	FromSheet Origin = "sheet"
	FromCell  Origin = "cell"
)

// laidOut says whether tables are read by their columns.
func (m *Mapping) laidOut() bool {
	return m != nil && (len(m.Columns) > 0 || m.Sheet != "" || m.Transposed || m.Skip > 0 || m.Heads > 1 || len(m.End) > 0 ||
		m.Unit != (Constant{}) || m.Period != (Constant{}))
}

// Length is how long a period is.
type Length string

// The lengths.
const (
	Months   Length = "month"
	Quarters Length = "quarter"
	Years    Length = "year"
)

// of answers the period of this length that p ends, and p itself where it is longer; false where p ends none.
func (l Length) of(p assess.Period) (assess.Period, bool) {
	long := p
	switch {
	case l == Quarters && p.Kind() == assess.Month:
		long = p.LastQuarter()
	case l == Years && p.Kind() != assess.Year:
		long = p.Year()
	}
	return long, long.LastDay().Equal(p.LastDay())
}
