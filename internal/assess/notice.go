package assess

import "time"

// Notice is one thing that one person or group is told: once, whatever happens.
type Notice struct {
	// Key names the thing and who is told. There is at most one notice of a key, ever.
	Key      string
	Occasion Code     // why now: draft, eve, chair, overdue, returned, submitted, review, chase
	Unit     UnitCode // whose report it is about
	Period   Period
	Due      time.Time // zero: nothing is due
	// Late says that the time had passed when the notice was made.
	Late  bool
	Count int // how many figures it is about; 0 for the report as a whole
}

// Message is what goes to one person or group at one time: everything that is to be told then.
type Message struct {
	ID      string
	Account string // ID of the account it is for; "" for a group
	Group   Code   // the webhook it is for; "" for a person
	Notices []Notice
	MadeAt  time.Time
	By      string // name of the account that chased, "system" for the calendar
	// Dispatches are the ways it leaves the product by. On the pages a person finds it without any.
	Dispatches []Dispatch
}

// ByMail is the channel of electronic mail. Every other channel is a webhook, by its name.
const ByMail Code = "mail"

// DispatchState is what has become of a message on its way out.
type DispatchState string

// The states of a dispatch. A message is handed over at most once: one of which nobody knows whether it arrived is unknown, and
// never sent again.
const (
	DispatchWaiting DispatchState = "waiting" // not handed over; Next says when it is tried
	DispatchSending DispatchState = "sending" // somebody has taken it and is handing it over
	DispatchSent    DispatchState = "sent"    // the other side has taken it
	DispatchFailed  DispatchState = "failed"  // the other side will not take it, or was away too long
	DispatchUnknown DispatchState = "unknown" // broken off while it was handed over
)

// Dispatch is one message on its way out by one channel.
type Dispatch struct {
	Message string // its ID
	Channel Code
	Address string // of a mail; "" for a webhook
	State   DispatchState
	Tried   int       // how often it was taken to be handed over
	Next    time.Time // not before; of a waiting one
	TakenAt time.Time // the last time; zero: never
	SentAt  time.Time // zero: not sent
	Problem *Problem  // why it is not sent; nil where nothing went wrong
}

// Contact is how a person is reached beside the pages.
type Contact struct {
	Account string // ID
	Email   string // "" for none
	Muted   bool   // no mail is wanted; the pages still tell
}

// Phone is a line of the list of those who are called when the report of a unit is late.
type Phone struct {
	Name   string
	Number string
}
