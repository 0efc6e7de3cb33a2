package assess

import "time"

// Release is a file of a register with readable personal columns that somebody asked for and a second person has to allow.
type Release struct {
	ID    string
	Table Code
	// Unit is whose records it is about, "" for all; Closed: also closed ones; Records is how many there were when it was asked for.
	Unit    UnitCode
	Closed  bool
	Records int
	Reason  string
	State   ReleaseState
	AskedBy string // sign-in name
	AskedAt time.Time
	// DecidedBy allowed or refused it; "" while it waits.
	DecidedBy string
	DecidedAt time.Time
}

// ReleaseState says where a release stands.
type ReleaseState string

// The states. One that was taken is over.
const (
	ReleaseWaiting ReleaseState = "waiting"
	ReleaseAllowed ReleaseState = "allowed"
	ReleaseRefused ReleaseState = "refused"
	ReleaseTaken   ReleaseState = "taken"
)

// RegisterTaking is what of a register somebody wants as a file.
type RegisterTaking struct {
	Table  Code
	Closed bool // also closed records
	// Readable: personal columns as they are, for the Reason, by the Release that was allowed where there are many records.
	Readable bool
	Reason   string
	Release  string
}

// RegisterCopy is what a file of a register is made of: the records in the words of the definition, and who takes them.
type RegisterCopy struct {
	Register
	Records []Record
	// Covered are the columns in which something stands under a mask: they are not for reading in again.
	Covered map[string]bool
	// Watermark names who took readable personal columns, and when; "" where they are covered.
	Watermark string
	By        string
	At        time.Time
}
