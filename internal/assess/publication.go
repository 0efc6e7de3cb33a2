package assess

import "time"

// PublicationState is where the publication of a period stands.
type PublicationState string

// The states. Of a period at most one publication is proposed.
const (
	PublicationProposed  PublicationState = "proposed"
	PublicationApproved  PublicationState = "approved"  // sealed
	PublicationRefused   PublicationState = "refused"   // by who could have approved it
	PublicationWithdrawn PublicationState = "withdrawn" // by who prepared it
)

// Publication is the results of a period as they were proposed to be published, and what became of that. It takes two persons.
type Publication struct {
	ID     string
	Period Period
	// Edition counts what was published of the period: 1, and 1 more for each that takes the place of the one before.
	Edition int
	State   PublicationState
	// Content is the SHA-256 of what the seal would hold, hex: what is approved is what was proposed, and nothing else.
	Content    string
	Seq        int64 // the last number of the log that counts
	Reason     string
	ProposedBy string
	ProposedAt time.Time
	Note       string // of who decided
	DecidedBy  string
	DecidedAt  time.Time
}

// Seal names a seal: of which period and edition, and its place in the chain.
type Seal struct {
	// Number is the place in the chain of all seals, from 1.
	Number  int
	Period  Period
	Edition int
	Digest  string // SHA-256 over the seal, hex
	Seq     int64  // the last number of the log that counts
	At      time.Time
	// Publication is what was approved.
	Publication string
}

// SealMark is what the next seal follows: the digest of the last one, "" before the first, and where the audit log stands.
type SealMark struct {
	Number    int
	Previous  string
	Audit     int64
	AuditHash string
}
