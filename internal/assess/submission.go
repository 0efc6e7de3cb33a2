package assess

import "time"

// Door is the way a figure came in.
type Door string

// The doors. Whatever door a figure comes in by, it becomes a submission.
const (
	DoorPull   Door = "http"
	DoorDrop   Door = "drop"
	DoorForm   Door = "form"
	DoorPush   Door = "api"
	DoorImport Door = "import"
	// DoorRegister is that of figures which are counted from the records of a register (台账).
	DoorRegister Door = "register"
	// DoorReplay is that of runs which read again what was kept. They ask no source, so they say nothing of how well it is; their figures
	// have the door by which they came first.
	DoorReplay Door = "replay"
)

// Machine says whether figures come in by the door without a person who answers for them. A file that somebody imports has one.
func (d Door) Machine() bool { return d != DoorForm && d != DoorImport }

// Submission is what was handed in of one unit and period, as received.
type Submission struct {
	ID         string
	Unit       UnitCode
	Period     Period
	Door       Door
	Source     Code   // the source's name; "import" for files given by hand
	Run        string // collection run
	ReceivedAt time.Time
	EnteredBy  string
	Entries    []Entry
}

// Entry is one figure as it stands in what was handed in: text, with its place.
type Entry struct {
	Place Place
	Unit  UnitCode // as written; the gate checks it against the source
	// PeriodText, State and Value are as written; the gate reads them.
	PeriodText string
	Code       Code
	Value      string
	State      string
	Note       string
	Part       string
	Ref        string
	// Percent says that Value was shown as a percentage (98.5%), so that it can be that of a percentage alone.
	Percent bool
	// EnteredBy is who typed the figure, where another hands it in; "" is who hands in.
	EnteredBy string
	// Columns are the numbers of a table's columns by their head, shared by the rows of a file; nil where it is no table.
	Columns map[string]int `json:"-"`
	// Heads are what the columns are called in a table of its sender's own layout, by field; nil where they are called as the field is.
	Heads map[string]string `json:"-"`
}

// At answers the place of a field of the entry: its column in a table, its path in JSON.
func (e Entry) At(field string) Place {
	p := e.Place
	if e.Columns != nil {
		p.Column = e.Columns[field]
	}
	switch head := e.Heads[field]; {
	case head != "":
		field = head
	case p.Field != "":
		field = p.Field + "." + field
	}
	p.Field = field
	return p
}

// Delivery is what one door handed in at once: entries of any units and periods, and the digest of the bytes.
type Delivery struct {
	Door    Door
	Source  Code
	Entries []Entry
	// Packed are further entries, after those: of a file that may have millions. nil for none.
	Packed *Pack
	Digest string // SHA-256 of the bytes, hex
	Bytes  int64
	// Made is when its sender says that it was made; zero where it does not.
	Made time.Time
	// Refused are rows that could not even be read as entries.
	Refused []Rejection
	// Notes are said but harm nothing (an unknown column that was ignored).
	Notes []*Problem
}

// Len answers how many entries there are in all.
func (d Delivery) Len() int { return len(d.Entries) + d.Packed.Len() }

// All answers every entry, the packed ones unpacked: for those who need them side by side.
func (d Delivery) All() []Entry {
	if d.Packed.Len() == 0 {
		return d.Entries
	}
	all := make([]Entry, d.Len())
	for i := range all {
		all[i] = d.Entry(i)
	}
	return all
}

// Entry answers entry i, from 0.
func (d Delivery) Entry(i int) Entry {
	if i < len(d.Entries) {
		return d.Entries[i]
	}
	return d.Packed.At(i - len(d.Entries))
}

// Rejection is a row that was refused: where, what it said, and why. It is data, stored with its run.
type Rejection struct {
	Place   Place
	Unit    UnitCode
	Code    Code
	Value   string
	Problem *Problem
}

// FilingState is where the report of one unit and period stands (报送状态).
type FilingState string

// The states of a filing, as in the workflow.
const (
	NotStarted       FilingState = "not_started"
	Draft            FilingState = "draft"
	PendingSignature FilingState = "pending_signature"
	SentBack         FilingState = "sent_back"
	Submitted        FilingState = "submitted"
	UnderReview      FilingState = "under_review"
	Returned         FilingState = "returned"
	Accepted         FilingState = "accepted"
	Locked           FilingState = "locked"
	FilingMissing    FilingState = "missing"
)

// Handed is how many submissions of a report there are, and of how many of them every figure was decided.
type Handed struct{ All, Settled int }

// Filing is the report of one district and quarter: its state and how it got there.
type Filing struct {
	Unit        UnitCode
	Period      Period
	State       FilingState
	SubmittedAt time.Time // zero: not yet
	LateDays    int       // working days after the deadline
	Returns     int       // cells returned so far
	Rounds      int       // times it was returned
	UpdatedAt   time.Time
}

// CycleState is where the collection of a period stands.
type CycleState string

// The states of a cycle.
const (
	CycleScheduled CycleState = "scheduled"
	CycleOpen      CycleState = "open"
	CycleReviewing CycleState = "reviewing"
	CycleClosing   CycleState = "closing"
	CycleScored    CycleState = "scored"
	CyclePublished CycleState = "published"
	CycleArchived  CycleState = "archived"
)

// Closed says whether what is missing is missing for good: not reported instead of pending.
func (s CycleState) Closed() bool {
	return s == CycleScored || s == CyclePublished || s == CycleArchived
}

// Cycle is the collection of one period.
type Cycle struct {
	Period      Period
	State       CycleState
	PublishedAt time.Time // zero: not yet
	// LockSeq is the sequence number of the log when the period was closed: what comes after it is a correction. 0: not closed.
	LockSeq int64
	// Edition is the number, within the period's year, of the edition the period was closed with: later editions do not change its
	// scores. 0: not closed, the newest holds.
	Edition int
}
