package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	evidenceFileColumns = `hash, kind, size, preview, scan, scanned_at, added_at`
	selectEvidenceFile  = `SELECT ` + evidenceFileColumns + ` FROM evidence_file WHERE hash = $1`
	selectEvidenceFiles = `SELECT ` + evidenceFileColumns + ` FROM evidence_file WHERE hash > $1`
	insertEvidenceFile  = `INSERT INTO evidence_file (` + evidenceFileColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	updateEvidenceFile  = `UPDATE evidence_file SET preview = $1, scan = $2, scanned_at = $3 WHERE hash = $4`
)

func scanEvidenceFile(row scanner) (f assess.EvidenceFile, err error) {
	var preview int
	var scanned, added int64
	err = row.Scan(&f.Hash, &f.Kind, &f.Size, &preview, &f.Scan, &scanned, &added)
	f.Preview, f.ScannedAt, f.AddedAt = preview == 1, moment(scanned), moment(added)
	return f, err
}

// keepFile adds the row of a file and answers it as it holds: one that is there already learns what a scanner has said since.
func (t tx) keepFile(f assess.EvidenceFile) (assess.EvidenceFile, error) {
	held, err := scanEvidenceFile(t.row(selectEvidenceFile, f.Hash))
	if errors.Is(err, sql.ErrNoRows) {
		_, err = t.exec(insertEvidenceFile, f.Hash, f.Kind, f.Size, digit(f.Preview), string(f.Scan), millis(f.ScannedAt), millis(f.AddedAt))
		return f, err
	}
	if err != nil {
		return f, err
	}
	held.Preview = held.Preview || f.Preview
	if f.Scan != assess.Unscanned {
		held.Scan, held.ScannedAt = f.Scan, f.ScannedAt
	}
	return held, t.setFile(held)
}

func (t tx) setFile(f assess.EvidenceFile) error {
	_, err := t.exec(updateEvidenceFile, digit(f.Preview), string(f.Scan), millis(f.ScannedAt), f.Hash)
	return err
}

// EvidenceFiles answers stored files in the order of their hashes, the first limit behind one ("" begins); those in some states of
// scanning, all for none. They come in pages, so that nobody who reads a file in between holds the database.
func (s *Store) EvidenceFiles(ctx context.Context, behind string, limit int, scans ...assess.Scan) ([]assess.EvidenceFile, error) {
	query, args := among(selectEvidenceFiles, []any{behind}, "scan", scans)
	all, err := list(ctx, s.reader, scanEvidenceFile, query+` ORDER BY hash LIMIT `+strconv.Itoa(limit), args...)
	return all, s.explain("read files of evidence", err)
}

// SetScan notes what a scanner said of a file; ErrNotFound where there is none.
func (s *Store) SetScan(ctx context.Context, hash string, scan assess.Scan, at time.Time, line assess.AuditLine) error {
	_, err := s.change(ctx, "note a scan", func(t tx, _ *head) error {
		f, err := scanEvidenceFile(t.row(selectEvidenceFile, hash))
		if errors.Is(err, sql.ErrNoRows) {
			return noEvidence()
		}
		if err != nil {
			return err
		}
		f.Scan, f.ScannedAt = scan, at
		return t.setFile(f)
	}, line)
	return err
}
