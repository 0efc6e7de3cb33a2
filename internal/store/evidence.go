package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	evidenceColumns = `e.id, e.unit, e.from_unit, e.period, e.used_for, e.object, e.name, e.privacy, e.added_by, e.added_at, e.removed_by, e.removed_at,
	f.hash, f.kind, f.size, f.preview, f.scan, f.scanned_at, f.added_at`
	selectEvidence = `SELECT ` + evidenceColumns + ` FROM evidence e JOIN evidence_file f ON f.hash = e.file WHERE `
	insertEvidence = `INSERT INTO evidence (id, unit, from_unit, period, used_for, object, file, name, privacy, added_by, added_at, removed_by, removed_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', 0)`
	removeEvidence = `UPDATE evidence SET removed_by = $1, removed_at = $2 WHERE id = $3 AND removed_at = 0`
	sameEvidence   = selectEvidence + `e.unit = $1 AND e.period = $2 AND e.used_for = $3 AND e.object = $4 AND e.file = $5 AND e.removed_at = 0`
	countEvidence  = `SELECT object, COUNT(*) FROM evidence WHERE unit = $1 AND period = $2 AND used_for = $3 AND added_at <= $4 AND (removed_at = 0 OR removed_at > $5) GROUP BY object`
	sumEvidence    = `SELECT COALESCE(SUM(size), 0) FROM evidence_file WHERE hash IN (SELECT file FROM evidence WHERE from_unit = $1)`
	countObject    = `SELECT COUNT(*) FROM evidence WHERE unit = $1 AND used_for = $2 AND object = $3 AND removed_at = 0`
)

func scanEvidence(row scanner) (e assess.Evidence, err error) {
	var p string
	var added, removed, scanned, stored int64
	var preview int
	err = row.Scan(&e.ID, &e.Unit, &e.From, &p, &e.Use, &e.Object, &e.Name, &e.Privacy, &e.AddedBy, &added, &e.RemovedBy, &removed,
		&e.File.Hash, &e.File.Kind, &e.File.Size, &preview, &e.File.Scan, &scanned, &stored)
	if err != nil {
		return e, err
	}
	e.AddedAt, e.RemovedAt = moment(added), moment(removed)
	e.File.Preview, e.File.ScannedAt, e.File.AddedAt = preview == 1, moment(scanned), moment(stored)
	e.Period, err = period(p)
	return e, err
}

// AddEvidence binds files that are on the disk already to what they prove, all of them or none, and answers the bindings as they
// hold. A file that is bound to the same thing already stays bound once, so an upload may be repeated. The files that
// the same people handed in may take up their room, those that were taken away included, and one thing may have so many: more is
// ErrConflict. Each new binding leaves a line: line with the
// binding as its object.
func (s *Store) AddEvidence(ctx context.Context, all []assess.Evidence, room assess.EvidenceRoom, line assess.AuditLine) (held []assess.Evidence, err error) {
	err = s.write(ctx, func(t tx) error {
		held = make([]assess.Evidence, 0, len(all))
		_, err := t.numbered(func(h *head) error {
			for _, e := range all {
				now, isNew, err := t.bind(e, room)
				if err != nil {
					return err
				}
				held = append(held, now)
				if !isNew {
					continue
				}
				h.Version++
				line.Object, line.Unit = e.ID, e.Unit
				line.After = fmt.Sprintf("%s %s %s sha256:%s", e.Use, e.Object, e.Name, e.File.Hash)
				if err := t.record(h, line); err != nil {
					return err
				}
			}
			return nil
		})
		return err
	})
	return held, s.explain("add evidence", err)
}

// bind adds one binding and answers it, or the one that is there already.
func (t tx) bind(e assess.Evidence, room assess.EvidenceRoom) (held assess.Evidence, isNew bool, err error) {
	if e.File, err = t.keepFile(e.File); err != nil {
		return e, false, err
	}
	held, err = scanEvidence(t.row(sameEvidence, string(e.Unit), e.Period.String(), string(e.Use), e.Object, e.File.Hash))
	if !errors.Is(err, sql.ErrNoRows) {
		return held, false, err
	}
	_, err = t.exec(insertEvidence, e.ID, string(e.Unit), string(e.From), e.Period.String(), string(e.Use), e.Object, e.File.Hash, e.Name, string(e.Privacy),
		e.AddedBy, millis(e.AddedAt))
	if err != nil {
		return e, false, err
	}
	var bound int
	if err := t.row(countObject, string(e.Unit), string(e.Use), e.Object).Scan(&bound); err != nil {
		return e, false, err
	}
	if room.Most > 0 && bound > room.Most {
		return e, false, assess.Conflict("problem.evidence_closed", "no more files are taken here: the matter is decided, it has its document, or it is another's")
	}
	var used int64
	if err := t.row(sumEvidence, string(e.From)).Scan(&used); err != nil {
		return e, false, err
	}
	if used > room.Quota {
		return e, false, assess.Conflict("problem.evidence_quota",
			"the files handed in by this unit, or by the city, take up all their room; use files that are there already, or ask the administrator for more room (evidence.quota in the configuration)")
	}
	return e, true, nil
}

// RemoveEvidence marks a binding as taken away. One that is not there, or was taken away before, is ErrNotFound.
func (s *Store) RemoveEvidence(ctx context.Context, id, by string, at time.Time, line assess.AuditLine) error {
	_, err := s.change(ctx, "remove evidence", func(t tx, _ *head) error {
		n, err := t.exec(removeEvidence, by, millis(at), id)
		if err == nil && n == 0 {
			return noEvidence()
		}
		return err
	}, line)
	return err
}

func noEvidence() error {
	return assess.NotFound("problem.no_evidence", "there is no such file; go back to the list of evidence")
}

// Evidence answers a binding by its ID, also one that was taken away; ErrNotFound where there is none.
func (s *Store) Evidence(ctx context.Context, id string) (assess.Evidence, error) {
	e, err := scanEvidence(s.reader.QueryRowContext(ctx, selectEvidence+`e.id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = noEvidence()
	}
	return e, s.explain("read evidence", err)
}

// EvidenceList answers the bindings that a query chooses, in the order in which they were added.
func (s *Store) EvidenceList(ctx context.Context, q assess.EvidenceQuery) ([]assess.Evidence, error) {
	periods := make([]string, len(q.Periods))
	for i, p := range q.Periods {
		periods[i] = p.String()
	}
	query, args := selectEvidence+`1 = 1`, []any(nil)
	if !q.Removed {
		query += ` AND e.removed_at = 0`
	}
	query, args = among(query, args, "e.period", periods)
	for _, c := range []struct{ column, value string }{{"e.unit", string(q.Unit)}, {"e.used_for", string(q.Use)}, {"e.object", q.Object}} {
		if c.value != "" {
			query, args = among(query, args, c.column, []string{c.value})
		}
	}
	all, err := list(ctx, s.reader, scanEvidence, query+` ORDER BY e.added_at, e.id`, args...)
	return all, s.explain("read evidence", err)
}

// EvidenceCounts answers how many files were bound to each figure of a unit's report at a time, a zero one for now; figures without any
// are not in the answer. The period is that of the form, a quarter, also for annual figures.
func (s *Store) EvidenceCounts(ctx context.Context, unit assess.UnitCode, p assess.Period, at time.Time) (map[assess.Code]int, error) {
	type count struct {
		item assess.Code
		n    int
	}
	then := int64(math.MaxInt64)
	if !at.IsZero() {
		then = millis(at)
	}
	counts := map[assess.Code]int{}
	err := each(ctx, s.reader, func(row scanner) (c count, err error) { return c, row.Scan(&c.item, &c.n) },
		func(c count) error { counts[c.item] = c.n; return nil }, countEvidence, string(unit), p.String(), string(assess.OfFigure), then, then)
	return counts, s.explain("count evidence", err)
}

// EvidenceSize answers the bytes of the files that the people of a unit have handed in, "" for the city's, each counted once, those that
// were taken away included.
func (s *Store) EvidenceSize(ctx context.Context, from assess.UnitCode) (bytes int64, err error) {
	err = s.reader.QueryRowContext(ctx, sumEvidence, string(from)).Scan(&bytes)
	return bytes, s.explain("measure evidence", err)
}
