package assess

import "time"

// Upload is a file of figures that waits until its sender has looked at what it would change. It belongs to the account that sent
// it, and to the form it was sent for.
type Upload struct {
	ID      string // random, of at least 128 bits
	Unit    UnitCode
	Period  Period
	Account string // ID
	Name    string // of the file, as the sender has it; data, never a path
	Content []byte // nil once the file was taken
	// Mapping says as JSON how a table of one's own making is read, Mark is the fingerprint of its layout; both "" for forms of our own.
	Mapping, Mark string
	AddedAt       time.Time
	ExpiresAt     time.Time
	TakenAt       time.Time // zero while it waits
}
