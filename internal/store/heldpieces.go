package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Bounds of the pieces that are kept: how many, and for how long.
const (
	mostHeld    = 200
	longestHeld = 90 * 24 * time.Hour
)

const (
	heldColumns    = `id, run, source, name, form, unit, period, sha256, bytes, held_at, state, closed_by, closed_at, note`
	insertHeld     = `INSERT INTO held_piece (` + heldColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	refreshHeld    = `UPDATE held_piece SET run = $1, held_at = $2 WHERE source = $3 AND name = $4 AND unit = $5 AND period = $6 AND sha256 = $7 AND state = 'waiting'`
	closeHeld      = `UPDATE held_piece SET state = $1, closed_by = $2, closed_at = $3, note = $4 WHERE id = $5 AND state = 'waiting'`
	forgetOldHeld  = `DELETE FROM held_piece WHERE held_at < $1`
	forgetMoreHeld = `DELETE FROM held_piece WHERE id NOT IN (SELECT id FROM held_piece ORDER BY held_at DESC, id DESC LIMIT $1)`
	selectHeld     = `SELECT ` + heldColumns + ` FROM held_piece WHERE id = $1`
	selectHeldOf   = `SELECT ` + heldColumns + ` FROM held_piece WHERE source = $1 ORDER BY held_at DESC, id DESC`
	countWaiting   = `SELECT source, COUNT(*) FROM held_piece WHERE state = 'waiting' GROUP BY source`
	selectHeldSums = `SELECT DISTINCT sha256 FROM held_piece`
)

// holdPieces keeps new pieces, and ends the waiting of others; one that waits no more is ErrConflict. The same bytes, come again, are the
// piece that waits already. The oldest are forgotten beyond what is kept.
func (t tx) holdPieces(pieces []assess.HeldPiece) error {
	var last time.Time
	for _, p := range pieces {
		if p.State != assess.PieceWaiting {
			if err := t.closePiece(p); err != nil {
				return err
			}
			continue
		}
		last = p.At
		n, err := t.exec(refreshHeld, p.Run, millis(p.At), string(p.Source), p.Name, string(p.Unit), p.Period.String(), p.Hash)
		if err == nil && n == 0 {
			_, err = t.exec(insertHeld, p.ID, p.Run, string(p.Source), p.Name, p.Form, string(p.Unit), p.Period.String(), p.Hash, p.Size, millis(p.At),
				string(p.State), p.By, millis(p.ClosedAt), p.Note)
		}
		if err != nil {
			return err
		}
	}
	if last.IsZero() {
		return nil
	}
	if _, err := t.exec(forgetOldHeld, millis(last.Add(-longestHeld))); err != nil {
		return err
	}
	_, err := t.exec(forgetMoreHeld, mostHeld)
	return err
}

func (t tx) closePiece(p assess.HeldPiece) error {
	n, err := t.exec(closeHeld, string(p.State), p.By, millis(p.ClosedAt), p.Note, p.ID)
	if err == nil && n == 0 {
		return assess.Conflict("problem.piece_over", "the piece does not wait any more: somebody has dealt with it, or it was kept too long; look at the list anew")
	}
	return err
}

// ClosePiece ends the waiting of a piece; one that waits no more is ErrConflict.
func (s *Store) ClosePiece(ctx context.Context, p assess.HeldPiece, line assess.AuditLine) error {
	return s.aside(ctx, "close a piece", func(t tx) ([]assess.AuditLine, error) { return []assess.AuditLine{line}, t.closePiece(p) })
}

func scanHeld(row scanner) (p assess.HeldPiece, err error) {
	var period string
	var at, closed int64
	if err := row.Scan(&p.ID, &p.Run, &p.Source, &p.Name, &p.Form, &p.Unit, &period, &p.Hash, &p.Size, &at, &p.State, &p.By, &closed, &p.Note); err != nil {
		return p, err
	}
	p.At, p.ClosedAt = moment(at), moment(closed)
	if period != "" {
		p.Period, err = assess.ParsePeriod(period)
	}
	return p, err
}

// HeldPiece answers a piece that is kept; ErrNotFound where there is none.
func (s *Store) HeldPiece(ctx context.Context, id string) (assess.HeldPiece, error) {
	p, err := scanHeld(s.reader.QueryRowContext(ctx, selectHeld, id))
	if errors.Is(err, sql.ErrNoRows) {
		return p, assess.NotFound("problem.no_piece", "there is no such piece; it was kept too long, or never was: choose one from the list")
	}
	return p, s.explain("read a piece", err)
}

// HeldPieces answers the pieces of a source that are kept, newest first.
func (s *Store) HeldPieces(ctx context.Context, source assess.Code) ([]assess.HeldPiece, error) {
	all, err := list(ctx, s.reader, scanHeld, selectHeldOf, string(source))
	return all, s.explain("read pieces", err)
}

// WaitingPieces counts the pieces that wait, by their source.
func (s *Store) WaitingPieces(ctx context.Context) (map[assess.Code]int, error) {
	type count struct {
		source assess.Code
		n      int
	}
	waiting := map[assess.Code]int{}
	err := each(ctx, s.reader, func(row scanner) (c count, err error) { return c, row.Scan(&c.source, &c.n) },
		func(c count) error { waiting[c.source] = c.n; return nil }, countWaiting)
	return waiting, s.explain("count pieces that wait", err)
}

// HeldHashes answers the hashes of all bytes that are kept.
func (s *Store) HeldHashes(ctx context.Context) (map[string]bool, error) {
	hashes := map[string]bool{}
	err := each(ctx, s.reader, func(row scanner) (hash string, err error) { return hash, row.Scan(&hash) },
		func(hash string) error { hashes[hash] = true; return nil }, selectHeldSums)
	return hashes, s.explain("read hashes of pieces", err)
}
