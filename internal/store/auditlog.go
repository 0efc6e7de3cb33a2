package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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

const selectAuditFrom = `SELECT ` + auditColumns + ` FROM audit
	WHERE ($1 = 0 OR seq < $1) AND happened_at >= $2 AND happened_at < $3 AND ($4 = '' OR actor = $4) AND ($5 = '' OR unit = $5) AND ($6 = '' OR result = $6)
	ORDER BY seq DESC`

// errEnough ends the reading of rows early.
var errEnough = errors.New("enough")

// FindAudit answers the newest lines that are asked for, newest first, at most limit.
func (s *Store) FindAudit(ctx context.Context, q audit.Query, limit int) (lines []assess.AuditLine, err error) {
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !q.From.IsZero() {
		from = q.From.UnixMilli()
	}
	if !q.To.IsZero() {
		to = q.To.UnixMilli()
	}
	err = each(context.WithoutCancel(ctx), s.reader, scanAudit, func(l assess.AuditLine) error { // see auditBetween
		if q.Has(&l) {
			lines = append(lines, l)
		}
		if len(lines) >= limit {
			return errEnough
		}
		return ctx.Err()
	}, selectAuditFrom, q.Before, from, to, q.Actor, string(q.Unit), q.Result)
	if errors.Is(err, errEnough) {
		err = nil
	}
	return lines, s.explain("read the audit log", err)
}

const selectAuditSpan = `SELECT s.seq, s.hash, h.audit, h.audit_hash, COALESCE((SELECT happened_at FROM audit WHERE seq = s.seq + 1), 0), (SELECT COALESCE(MAX(seq), 0) FROM audit)
	FROM head h, audit_start s WHERE h.id = 1 AND s.id = 1`

// AuditSpan answers how far the audit log reaches.
func (s *Store) AuditSpan(ctx context.Context) (audit.Span, error) {
	span, _, err := s.auditSpan(ctx)
	return span, s.explain("read the audit log", err)
}

func (s *Store) auditSpan(ctx context.Context) (span audit.Span, end int64, err error) {
	var since int64
	err = s.reader.QueryRowContext(ctx, selectAuditSpan).Scan(&span.Start.Seq, &span.Start.Hash, &span.Head.Seq, &span.Head.Hash, &since, &end)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("%w: the row that says where the audit log begins or ends is gone", errDamaged)
	}
	span.Since = moment(since)
	return span, end, err
}

// VerifyAudit reads the whole audit log and answers how many lines are good, with a Problem that names the first bad one. known are
// earlier heads that must stand in it.
func (s *Store) VerifyAudit(ctx context.Context, known ...audit.Mark) (int64, error) {
	for {
		span, end, err := s.auditSpan(ctx)
		if err != nil {
			return 0, s.explain("verify the audit log", err)
		}
		good, err := audit.VerifySpan(s.auditBetween(ctx, 0, end), span, known...)
		if err != nil {
			if now, _, again := s.auditSpan(ctx); again == nil && now.Start != span.Start {
				continue // lines were cleared meanwhile
			}
		}
		return good, s.explain("verify the audit log", err)
	}
}

// auditPage is how many lines are read at once where all are: a reader that goes on for long lets the write-ahead log grow.
const auditPage = 5000

// auditBetween answers the lines from one number to another; lines that are written meanwhile are left for the next time. The driver starts a
// goroutine for each row of a query that can be cancelled, so a page is read to its end and the context asked between pages.
func (s *Store) auditBetween(ctx context.Context, from, to int64) iter.Seq2[assess.AuditLine, error] {
	return func(yield func(assess.AuditLine, error) bool) {
		for next := from; ; {
			lines, err := list(context.WithoutCancel(ctx), s.reader, scanAudit, selectAudit, next, to, auditPage)
			if err = errors.Join(err, ctx.Err()); err != nil {
				yield(assess.AuditLine{}, err)
				return
			}
			for _, l := range lines {
				if !yield(l, nil) {
					return
				}
				next = l.Seq + 1
			}
			if len(lines) < auditPage {
				return
			}
		}
	}
}
