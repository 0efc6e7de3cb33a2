package assess

import "time"

// Record is a row of a register, or of a child table of one, as it stood after one of its versions.
type Record struct {
	ID    string // never changes
	Table Code   // of the register, or of the child table
	Key   string // what names it: the texts of the key's columns, joined by a slash
	// Above is the ID of the record that a record of a child table belongs to, "" for one of a register.
	Above string
	Unit  UnitCode
	// Values are the columns that are filled, in the one form that each type has: package register.
	Values  map[string]string
	Version int // 1, 2, …
	// Closed records stay readable, and nothing counts them any more.
	Closed bool
	At     time.Time
	By     string // who made this version
	Role   Role
	Reason string // why, where it is asked for
}
