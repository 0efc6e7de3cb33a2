package assess

import "time"

// MappingRevision is how a source is read from a moment on. Revisions are added and never changed: the last one holds.
type MappingRevision struct {
	Source Code
	Number int    // from 1
	Text   string // the mapping as JSON; "" for the promised forms
	Reason string // why it was changed
	By     string
	At     time.Time
}
