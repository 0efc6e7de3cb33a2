package assess

import "time"

// Intake is what one run, import, review or correction changes, written in one transaction: all of it or nothing.
type Intake struct {
	// Run is the finished run; nil when the change did not come from a source.
	Run *Run
	// Submissions are kept as received, whether or not they became observations at once.
	Submissions []Submission
	// Observations are appended in this order; the store gives them their sequence numbers.
	Observations []Observation
	Filings      []FilingChange
	// Decisions are what departments say of figures. A figure that was decided about meanwhile is ErrConflict.
	Decisions []Decision
	// Drafts, where set, are those the change was made of; when more were saved meanwhile it is ErrConflict.
	Drafts *DraftMark
	// CityDrafts are the city's drafts it was made of, at the revisions that were seen; one that has moved since is ErrConflict.
	CityDrafts []DraftCell
	// Proposed are new proposals; one for a cell of which one is under way or counts is ErrConflict. Proposals are steps that the
	// change carries out; one from a state the proposal is not in any more is ErrConflict.
	Proposed  []Proposal
	Proposals []ProposalStep
	// Round, where set, is a rating round that ends with it. When another ballot was cast meanwhile it is ErrConflict.
	Round *RoundClosing
	// Settled are submissions that waited for review and have become observations or were replaced.
	Settled []string
	// Pieces are what is kept because something of it was refused, and pieces whose waiting ends; one that waits no more is ErrConflict.
	Pieces []HeldPiece
	// Filled are saves of forms' cells by a source. One of a cell that has moved on is ErrConflict.
	Filled []DraftIntake
	// Differences are what becomes of differences between people and sources.
	Differences []DifferenceChange
	// Made are when what was taken says that it was made.
	Made []Made
	// Answered is what the program is answered that asked for the change, kept with it: asked again after a power cut, it is answered so. nil
	// where no program asked.
	Answered *Answered
	// Matter is the step that a correction or a changed appeal takes with it; nil for none.
	Matter *MatterStep
	// Audit are the lines this change leaves in the audit log, in order; at least one.
	Audit []AuditLine
}

// Answered is the answer to a request that a program has named: of its token, as this attempt gives it, with the status of HTTP and the body.
type Answered struct {
	Token, Request, Attempt string
	Status                  int
	Body                    string
}

// FilingChange is a step of the report of one unit and period.
type FilingChange struct {
	Unit     UnitCode
	Period   Period
	From, To FilingState
	At       time.Time
	By       string
	Reason   Code   // return reason, "" for others
	Note     string // free text
	Items    []Code // the cells that were returned; of a report that is accepted or delivered in part, those that are missing
	LateDays int    // set by the step to Submitted
}

// Signed says whether the step is a chair's signature.
func (c FilingChange) Signed() bool { return c.From == PendingSignature && c.To == Submitted }

// AuditLine is one line of the audit log. The store sets Seq, Prev and Hash.
type AuditLine struct {
	Seq     int64
	At      time.Time
	Actor   string // account, "source:<name>", or "system"
	Address string // network address, "" for the command line
	Action  string // "collect.run", "user.add", "sign_in" …
	Object  string // what it was done to
	Unit    UnitCode
	Before  string
	After   string
	Result  string // ok, refused, failed
	Request string // request id
	Prev    string // hash of the line before, hex
	Hash    string // SHA-256 over the canonical bytes of the line, hex
}

// Head is how far the log and the audit log have come. Version grows with every commit that a page could show.
type Head struct {
	Seq     int64
	Audit   int64
	Version int64
}

// historyBits is how many bits of a version count the changes of one history.
const historyBits = 40

// In answers the head as that of another history of the data than the first, 0: a standby that was promoted without everything its primary had
// acknowledged gives the numbers of what is lost a second time. No version of two histories is the same.
func (h Head) In(history int64) Head {
	h.Version += history << historyBits
	return h
}

// History answers which history of the data the head is of. What was read in one says nothing of another, whatever the numbers.
func (h Head) History() int64 { return h.Version >> historyBits }

// CellQuery chooses cells of the log; an empty list means all.
type CellQuery struct {
	Units   []UnitCode
	Periods []Period
	Items   []Code
	// AsOf is the highest sequence number that counts; 0 means the newest.
	AsOf int64
}
