package assess

import "time"

// HeldState is what became of a piece that is kept.
type HeldState string

// The states of a piece that is kept.
const (
	PieceWaiting  HeldState = "waiting"
	PieceReplayed HeldState = "replayed" // it was read again and nothing of it refused
	PieceDropped  HeldState = "dropped"  // a person does not want it
)

// HeldPiece is what came from a source in one go and was refused, in part or whole. Its bytes are kept beside it, to be read again.
type HeldPiece struct {
	ID, Run string
	Source  Code
	// Name, Form, Unit and Period are those of the piece: of the file or address, "" for a form that shows itself, and of what was asked for.
	Name, Form string
	Unit       UnitCode
	Period     Period
	Hash       string // SHA-256 of its bytes, hex
	Size       int64  // bytes
	At         time.Time
	State      HeldState
	// By, ClosedAt and Note say who ended its waiting, when, and why or with which run.
	By       string
	ClosedAt time.Time
	Note     string
}
