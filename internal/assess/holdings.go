package assess

import (
	"fmt"
	"maps"
	"slices"
)

// Holdings is what a database holds, counted: two databases with the same holdings hold as much, in the same order of the log.
type Holdings struct {
	Step      int64            `json:"step"`       // the newest step its tables have taken
	Rows      map[string]int64 `json:"rows"`       // of each table
	Seq       int64            `json:"seq"`        // the number the log has reached
	Audit     int64            `json:"audit"`      // the last line of the audit log
	AuditHash string           `json:"audit_hash"` // and its hash
	Seals     []SealHead       `json:"seals"`      // all of them, oldest first
}

// Difference says in English in what other holdings differ, "" where they do not.
func (h Holdings) Difference(other Holdings) string {
	for _, table := range slices.Sorted(maps.Keys(h.Rows)) {
		if h.Rows[table] != other.Rows[table] {
			return fmt.Sprintf("%d rows of %s, not %d", other.Rows[table], table, h.Rows[table])
		}
	}
	switch {
	case h.Step != other.Step:
		return fmt.Sprintf("step %d, not %d", other.Step, h.Step)
	case len(h.Rows) != len(other.Rows):
		return fmt.Sprintf("%d tables, not %d", len(other.Rows), len(h.Rows))
	case h.Seq != other.Seq:
		return fmt.Sprintf("number %d of the log, not %d", other.Seq, h.Seq)
	case h.Audit != other.Audit || h.AuditHash != other.AuditHash:
		return fmt.Sprintf("line %d of the audit log (%s), not line %d (%s)", other.Audit, other.AuditHash, h.Audit, h.AuditHash)
	case !slices.Equal(h.Seals, other.Seals):
		return "other seals"
	}
	return ""
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
