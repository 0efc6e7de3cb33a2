package store

import (
	"cmp"
	"context"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	selectCycles = `SELECT period, state, published_at, lock_seq, edition FROM cycle ORDER BY period`
	selectLock   = `SELECT COALESCE(MAX(lock_seq), 0), COALESCE(MAX(edition), 0) FROM cycle WHERE period = $1`
	upsertCycle  = `INSERT INTO cycle (period, state, published_at, lock_seq, edition) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (period) DO UPDATE SET state = excluded.state, published_at = excluded.published_at, lock_seq = excluded.lock_seq,
	edition = excluded.edition`
)

// Cycles answers the cycles of all periods, in the order of the periods' texts.
func (s *Store) Cycles(ctx context.Context) ([]assess.Cycle, error) {
	all, err := list(ctx, s.reader, func(row scanner) (c assess.Cycle, err error) {
		var p string
		var published int64
		if err := row.Scan(&p, &c.State, &published, &c.LockSeq, &c.Edition); err != nil {
			return c, err
		}
		c.PublishedAt = moment(published)
		c.Period, err = period(p)
		return c, err
	}, selectCycles)
	return all, s.explain("read cycles", err)
}

// PutCycle sets where the collection of a period stands. The first closed state notes the number the log has reached and the
// edition that is given, later ones keep both, an open state forgets them; a LockSeq that is given is taken as it is.
func (s *Store) PutCycle(ctx context.Context, c assess.Cycle, line assess.AuditLine) error {
	_, err := s.change(ctx, "set a cycle", func(t tx, h *head) error { return t.putCycle(h, c) }, line)
	return err
}

func (t tx) putCycle(h *head, c assess.Cycle) error {
	lock, edition := c.LockSeq, 0
	if c.State.Closed() {
		var noted int64
		if err := t.row(selectLock, c.Period.String()).Scan(&noted, &edition); err != nil {
			return err
		}
		lock = cmp.Or(lock, noted, h.Seq)
		edition = cmp.Or(edition, c.Edition)
	}
	_, err := t.exec(upsertCycle, c.Period.String(), string(c.State), millis(c.PublishedAt), lock, edition)
	return err
}
