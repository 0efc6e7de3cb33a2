package assess

import "time"

// StoreState is how the store of an installation stands.
type StoreState struct {
	Database, Log, Free int64 // bytes: of the database, of its write-ahead log, left on the disk
	Reserve             bool  // the room that is given up when the disk is full is there
	Waiting             int   // changes that wait to be written
	Transactions        int64 // written since the start
	Writing             time.Duration
	Sessions, Messages  int // people signed in; mails and messages that wait to be sent
}
