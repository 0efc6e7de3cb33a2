package store

import (
	"context"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
)

// head is the row under which numbers are given.
type head struct {
	assess.Head
	auditHash string
}

const selectHead = `SELECT seq, audit, audit_hash, version FROM head WHERE id = 1`

// Head answers how far the log has come, and in which history of the data.
func (s *Store) Head(ctx context.Context) (assess.Head, error) {
	h, err := s.heads.get(struct{}{}, func() (assess.Head, error) {
		for {
			history := s.engine.history()
			h, err := scanHead(s.reader.QueryRowContext(ctx, selectHead))
			if err != nil || s.engine.history() == history { // else another server was met meanwhile: of which of the two is it?
				return h.In(history), err
			}
		}
	})
	return h, s.explain("read the head", err)
}

func scanHead(row scanner) (h head, err error) {
	err = row.Scan(&h.Seq, &h.Audit, &h.auditHash, &h.Version)
	return h, err
}

// holdHead updates the row to itself, which holds off every other transaction until this one ends.
const holdHead = `UPDATE head SET id = id WHERE id = 1 RETURNING seq, audit, audit_hash, version`

const updateHead = `UPDATE head SET seq = $1, audit = $2, audit_hash = $3, version = $4 WHERE id = 1`

// numbered runs do with the head held and writes it back as do leaves it.
func (t tx) numbered(do func(h *head) error) (assess.Head, error) {
	h, err := scanHead(t.row(holdHead))
	if err != nil {
		return assess.Head{}, err
	}
	if err := do(&h); err != nil {
		return assess.Head{}, err
	}
	_, err = t.exec(updateHead, h.Seq, h.Audit, h.auditHash, h.Version)
	return h.Head, err
}

const insertAudit = `INSERT INTO audit
	(seq, happened_at, actor, address, action, object, unit, before_text, after_text, result, request, prev, hash)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

// record adds lines to the audit log.
func (t tx) record(h *head, lines ...assess.AuditLine) error {
	for _, line := range lines {
		line.Seq = h.Audit + 1
		line = audit.Seal(h.auditHash, t.from.Fill(line))
		_, err := t.exec(insertAudit, line.Seq, millis(line.At), line.Actor, line.Address, line.Action, line.Object, string(line.Unit),
			line.Before, line.After, line.Result, line.Request, line.Prev, line.Hash)
		if err != nil {
			return err
		}
		h.Audit, h.auditHash = line.Seq, line.Hash
	}
	return nil
}

// change is a write that a page can show: do and the lines of the audit log stand or fall together, and the version grows.
func (s *Store) change(ctx context.Context, doing string, do func(t tx, h *head) error, lines ...assess.AuditLine) (now assess.Head, err error) {
	err = s.write(ctx, func(t tx) error {
		now, err = t.numbered(func(h *head) error {
			h.Version++
			if err := do(t, h); err != nil {
				return err
			}
			return t.record(h, lines...)
		})
		return err
	})
	return now, s.explain(doing, err)
}

// aside is a write that changes nothing a sheet is made of, so that what was computed of the data stays good: do answers the lines
// of the audit log that stand or fall with it.
func (s *Store) aside(ctx context.Context, doing string, do func(t tx) ([]assess.AuditLine, error)) error {
	return s.explain(doing, s.write(ctx, func(t tx) error {
		_, err := t.numbered(func(h *head) error {
			lines, err := do(t)
			if err != nil {
				return err
			}
			return t.record(h, lines...)
		})
		return err
	}))
}
