package account

import "time"

// Receipt is what became of a request of a program, kept so that one repeated after a lost answer is answered alike and counts
// once.
type Receipt struct {
	Token   string // ID
	Request string // the program's name for it
	Digest  string // of what was sent
	Attempt string // names this time that it is done, of which a server that died leaves one undone
	Status  int    // of the answer, 0 while the request is under way
	Body    string
	At      time.Time
}

// ReceiptLife is how long a request is remembered.
const ReceiptLife = 30 * 24 * time.Hour

// Limit is how many attempts count within a span of time.
type Limit struct {
	Most   int
	Window time.Duration
}

// SignInLimit is what one network address may try (security checklist, row 2).
func SignInLimit() Limit { return Limit{Most: 20, Window: time.Minute} }
