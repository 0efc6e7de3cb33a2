package assess

// Holdings is what a database holds, counted: two databases with the same holdings hold as much, in the same order of the log.
type Holdings struct {
	Step      int64            `json:"step"`       // the newest step its tables have taken
	Rows      map[string]int64 `json:"rows"`       // of each table
	Seq       int64            `json:"seq"`        // the number the log has reached
	Audit     int64            `json:"audit"`      // the last line of the audit log
	AuditHash string           `json:"audit_hash"` // and its hash
	Seals     []SealHead       `json:"seals"`      // all of them, oldest first
}

// SealHead names a seal.
type SealHead struct {
	Period  string `json:"period"`
	Edition int    `json:"edition"`
	Digest  string `json:"digest"`
}

// StoredFile is a file that the database names by its content.
type StoredFile struct {
	Hash string // SHA-256, hex
	Size int64  // bytes
}
