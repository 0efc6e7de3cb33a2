package assess

import "time"

// ProposalKind says what is proposed.
type ProposalKind string

// The kinds of proposal.
const (
	FigureProposed      ProposalKind = "figure"      // a grade, or that there was none: handed in by a department
	AchievementProposed ProposalKind = "achievement" // 加分: a formal naming, commendation or official pilot, at a level
	EventProposed       ProposalKind = "event"       // 扣分: one event of a kind
	VetoProposed        ProposalKind = "veto"        // 一票否决
)

// ProposalState is where a proposal stands.
type ProposalState string

// The states of a proposal.
const (
	Proposed          ProposalState = "proposed"
	ProposalConfirmed ProposalState = "confirmed"
	ProposalRefused   ProposalState = "refused"
	ProposalWithdrawn ProposalState = "withdrawn"
	ProposalDisputed  ProposalState = "disputed" // confirmed, and somebody asks to take it back
	ProposalRevoked   ProposalState = "revoked"
)

// Proposal is what one person proposes and another must confirm, because points are given or taken by it (加减分、否决和评定事项).
type Proposal struct {
	ID   string
	Kind ProposalKind
	// CellKey is the cell of the log that it fills once confirmed: Part the level or kind of event, Ref what it is called.
	CellKey
	Value    string // of the cell
	Title    string // what happened, in a few words that tell it from others
	Reason   string // why it counts
	Evidence string // the documents it rests on: issuer, number, date
	State    ProposalState
	By       string // who proposed it
	At       time.Time
	// Steps are what was done with it since, oldest first.
	Steps []ProposalStep
}

// ProposalStep is a step of a proposal.
type ProposalStep struct {
	Proposal string // its ID
	Action   Code
	From, To ProposalState
	By       string
	At       time.Time
	Note     string // why
}

// Counts says whether what is proposed stands in the log: it was confirmed and not revoked.
func (p Proposal) Counts() bool { return p.State == ProposalConfirmed || p.State == ProposalDisputed }

// Open says whether somebody still has to decide about it.
func (p Proposal) Open() bool { return p.State == Proposed || p.State == ProposalDisputed }
