package store

import (
	"context"
	"errors"
	"iter"
	"math"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
)

// Record adds lines to the audit log for what changes nothing in the database: a refusal, an export, a sign-out.
func (s *Store) Record(ctx context.Context, lines ...assess.AuditLine) error {
	err := s.write(ctx, func(t tx) error {
		_, err := t.numbered(func(h *head) error { return t.record(h, lines...) })
		return err
	})
	return s.explain("record an audit line", err)
}

const auditColumns = `seq, happened_at, actor, address, action, object, unit, before_text, after_text, result, request, prev, hash`

const selectAudit = `SELECT ` + auditColumns + ` FROM audit WHERE seq >= $1 AND seq <= $2 ORDER BY seq LIMIT $3`

func scanAudit(row scanner) (l assess.AuditLine, err error) {
	var at int64
	err = row.Scan(&l.Seq, &at, &l.Actor, &l.Address, &l.Action, &l.Object, &l.Unit, &l.Before, &l.After, &l.Result, &l.Request, &l.Prev, &l.Hash)
	l.At = moment(at)
	return l, err
}

// AuditLines answers at most limit lines from a number on, in their order.
func (s *Store) AuditLines(ctx context.Context, from int64, limit int) ([]assess.AuditLine, error) {
	lines, err := list(ctx, s.reader, scanAudit, selectAudit, from, int64(math.MaxInt64), limit)
	return lines, s.explain("read the audit log", err)
}

const selectAuditAbout = `SELECT ` + auditColumns + ` FROM audit WHERE object = $1 ORDER BY seq DESC LIMIT $2`

// AuditAbout answers the newest lines about an object, newest first, at most limit.
func (s *Store) AuditAbout(ctx context.Context, object string, limit int) ([]assess.AuditLine, error) {
	lines, err := list(ctx, s.reader, scanAudit, selectAuditAbout, object, limit)
	return lines, s.explain("read the audit log", err)
}

const selectAuditEnd = `SELECT audit, audit_hash, (SELECT COALESCE(MAX(seq), 0) FROM audit) FROM head WHERE id = 1`

// VerifyAudit reads the whole audit log and answers how many lines are good, with a Problem that names the first bad one.
func (s *Store) VerifyAudit(ctx context.Context) (int64, error) {
	var head audit.Mark
	var end int64
	err := s.reader.QueryRowContext(ctx, selectAuditEnd).Scan(&head.Seq, &head.Hash, &end)
	if err != nil {
		return 0, s.explain("verify the audit log", err)
	}
	good, err := audit.Verify(s.auditUpTo(ctx, end), audit.Mark{}, head)
	return good, s.explain("verify the audit log", err)
}

// auditUpTo answers the lines up to a number; lines that are written meanwhile are left for the next time.
func (s *Store) auditUpTo(ctx context.Context, end int64) iter.Seq2[assess.AuditLine, error] {
	return func(yield func(assess.AuditLine, error) bool) {
		enough := errors.New("enough")
		err := each(ctx, s.reader, scanAudit, func(l assess.AuditLine) error {
			if !yield(l, nil) {
				return enough
			}
			return nil
		}, selectAudit, int64(0), end, int64(math.MaxInt64))
		if err != nil && !errors.Is(err, enough) {
			yield(assess.AuditLine{}, err)
		}
	}
}
