package account

import "time"

// The names under which a session holds what is known of it. SessionKey holds the ID of its account, so that an account's sessions
// can be ended; times are in milliseconds.
const (
	SessionKey  = "account"
	BornKey     = "born"
	SeenKey     = "seen"
	NameKey     = "name"    // a name of its own, by which a person recognises it; not the token
	AddressKey  = "address" // from where the person signed in
	BrowserKey  = "browser" // what the browser says it is
	PendingKey  = "pending" // ID of the account whose password was right and whose code is still to come
	EnrolKey    = "enrol"   // the secret of a second factor that is being set up, sealed
	DoneKey     = "done"    // what was just done, until a page has said so
	MostBrowser = 200       // characters kept of what a browser says it is
)

// Session is one place where a person is signed in.
type Session struct {
	Name             string
	Born, Seen, Ends time.Time
	Address, Browser string
}

// SessionFrom reads a session's values.
func SessionFrom(values map[string]any, ends time.Time) Session {
	text := func(key string) string { s, _ := values[key].(string); return s }
	at := func(key string) time.Time { ms, _ := values[key].(int64); return time.UnixMilli(ms).UTC() }
	return Session{Name: text(NameKey), Born: at(BornKey), Seen: at(SeenKey), Ends: ends, Address: text(AddressKey), Browser: text(BrowserKey)}
}
