package store

import (
	"context"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	countCase      = `SELECT COUNT(*) FROM refund_case WHERE record = $1`
	eraseEvidence  = `UPDATE refund_case SET sealed = '' WHERE record = $1`
	eraseTransfers = `UPDATE refund_transfer SET sealed = '' WHERE record = $1`
	eraseSealed    = `UPDATE record_version SET sealed = '' WHERE record = $1`
	eraseWords     = `DELETE FROM record_word WHERE record IN (SELECT id FROM record WHERE id = $1 OR above = $1)`
	eraseVersions  = `DELETE FROM record_version WHERE record IN (SELECT id FROM record WHERE id = $1 OR above = $1)`
	eraseRecord    = `DELETE FROM record WHERE id = $1 OR above = $1`
)

// EraseRecords takes records out of the database with their versions, and those of child tables that belong to them, or personal columns
// alone. SQLite overwrites what it deletes with zeros (secure_delete); Fold takes it out of the write-ahead log too.
func (s *Store) EraseRecords(ctx context.Context, all []assess.Erasure, lines ...assess.AuditLine) error {
	_, err := s.change(ctx, "erase records", func(t tx, _ *head) error {
		for _, e := range all {
			if err := t.erase(e); err != nil {
				return err
			}
		}
		return nil
	}, lines...)
	return err
}

// erase erases one record. The bookings of a refund stay, since the sums must balance, and with them the record they are of: without all that
// is sealed.
func (t tx) erase(e assess.Erasure) error {
	if !e.Whole {
		return t.reseal(e.Versions)
	}
	var cases int
	if err := t.row(countCase, e.Record).Scan(&cases); err != nil {
		return err
	}
	statements := []string{eraseWords, eraseVersions, eraseRecord}
	if cases > 0 {
		statements = []string{eraseEvidence, eraseTransfers, eraseSealed}
	}
	for _, statement := range statements {
		if _, err := t.exec(statement, e.Record); err != nil {
			return err
		}
	}
	return nil
}

// Fold takes what was erased out of the files of the database: SQLite's write-ahead log is written into it and cut to nothing, in PostgreSQL the
// tables are cleared of rows that are no more. Problem: ErrUnavailable while something reads the database for so long.
func (s *Store) Fold(ctx context.Context) error {
	return s.explain("fold the write-ahead log", s.engine.fold(ctx, s.writer.db))
}
