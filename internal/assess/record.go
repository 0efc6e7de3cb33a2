package assess

import "time"

// Record is a row of a register, or of a child table of one, as one of its versions has it.
type Record struct {
	ID    string // never changes
	Table Code   // of the register, or of the child table
	Key   string // what names it: the texts of the key's columns, joined by a slash
	// Above is the ID of the record that a record of a child table belongs to, "" for one of a register.
	Above string
	Unit  UnitCode
	// Values are the columns that are filled, in the one form that each type has: package register. Where a record is kept they are without
	// personal ones, which are Sealed.
	Values  map[string]string
	Sealed  string
	Version int // 1, 2, …
	// Closed records stay readable, and nothing counts them any more.
	Closed bool
	Seq    int64 // of this version in the log
	At     time.Time
	By     string // who made this version
	Role   Role
	Reason string // why, where it is asked for
}

// RecordWrite is a new version of a record as it is kept: Version is the one it takes the place of, 0 for a new record.
type RecordWrite struct {
	Record
	// Words are the columns by which lists are narrowed, Search is the text in which one looks, in small letters.
	Words  map[string]string
	Search string
}

// RecordQuery chooses records of a table as they stand now.
type RecordQuery struct {
	Table  Code
	Units  []UnitCode // none: all
	Above  string
	Closed bool // also closed ones
	// Words narrows to records whose columns are these, Search to those in whose text it stands.
	Words  map[string]string
	Search string
	// Sort is a column among the words, "named" or "changed_at"; Down turns the order round.
	Sort          string
	Down          bool
	Limit, Offset int // a limit of 0 is none
}

// Snapshot is how the registers stood for a period: up to which number of the log their records count.
type Snapshot struct {
	Period Period
	Seq    int64
	At     time.Time
}

// SealedText is a text that stands sealed in the database: in which table and row, and the place that it was sealed for.
type SealedText struct {
	Table, Row, Place, Text string
	// Plain: the text was written before its column was sealed, and stands as it is.
	Plain bool
}

// Resealed is a sealed text with the one that takes its place, "" for none.
type Resealed struct {
	SealedText
	Now string
}

// Erasure takes a record out of the database with all its versions and what belongs to it, or where it is not Whole, personal columns alone.
type Erasure struct {
	Record string
	Whole  bool
	// Versions are the sealed texts of the record without what is erased, where it is not erased whole: of its versions, and what is kept beside.
	Versions []Resealed
}
