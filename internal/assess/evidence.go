package assess

import "time"

// Evidence binds a stored file to what it proves: a figure of a report, or a veto, an appeal, a task. Taking it away is a mark; the
// file and the binding stay.
type Evidence struct {
	ID     string
	Unit   UnitCode // whose matter it is
	From   UnitCode // whose people handed it in, "" for the city; its room is counted for them
	Period Period   // of the form: always a quarter for a figure, also of an annual one
	// Use is the kind of thing that is proved, Object its name: for a figure the item, else the key of the thing.
	Use    EvidenceUse
	Object string
	File   EvidenceFile
	Name   string // what people call the file, cleaned; shown and offered at download, never a path
	// Privacy says what the person who added it declares about personal data in it.
	Privacy   Privacy
	AddedBy   string // account
	AddedAt   time.Time
	RemovedBy string
	RemovedAt time.Time // zero: it holds
}

// EvidenceRoom is what evidence may take up.
type EvidenceRoom struct {
	Quota int64 // bytes of all the files that the people of a unit, or of the city, have handed in
	Most  int   // files of one thing; 0 for any number
}

// EvidenceUse is what evidence is evidence of.
type EvidenceUse string

// The uses.
const (
	OfFigure     EvidenceUse = "figure" // Object is the item
	OfVeto       EvidenceUse = "veto"
	OfPoints     EvidenceUse = "points" // bonus or deduction
	OfAppeal     EvidenceUse = "appeal"
	OfCorrection EvidenceUse = "correction"
	OfTask       EvidenceUse = "task"
)

// Privacy is what a file says about people (密级/脱敏). What is neither is not uploaded at all.
type Privacy string

// The declarations.
const (
	Impersonal Privacy = "impersonal" // holds no personal data
	Masked     Privacy = "masked"     // personal data in it are masked
)

// EvidenceFile is a file as it is kept: known by its content, stored once however often it is used.
type EvidenceFile struct {
	Hash    string // SHA-256 of the bytes, 64 small hexadecimal digits
	Kind    string // pdf, jpg, png, docx, xlsx, zip: decided by its content
	Size    int64  // bytes
	Preview bool   // a reduced picture of it is kept
	Scan    Scan
	// ScannedAt is when the scanner last said something about it; zero where none was asked.
	ScannedAt time.Time
	AddedAt   time.Time
}

// Scan is what a virus scanner said of a file.
type Scan string

// The outcomes. A file is handed out when it is clean, or when no scanner is set up and none has found anything.
const (
	Unscanned Scan = "unscanned"
	Clean     Scan = "clean"
	Infected  Scan = "infected"
)

// EvidenceQuery chooses evidence; what is empty does not choose.
type EvidenceQuery struct {
	Unit    UnitCode
	Periods []Period
	Use     EvidenceUse
	Object  string
	// Removed asks for what was taken away, too.
	Removed bool
}
