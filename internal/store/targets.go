package store

import (
	"context"
	"math"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

const insertTarget = `INSERT INTO target (seq, year, unit, period, code, value, valid_from) VALUES ($1, $2, $3, $4, $5, $6, $7)`

// PutTargets sets targets. Those that were set before stay in the log under their numbers.
func (s *Store) PutTargets(ctx context.Context, targets []assess.Target, line assess.AuditLine) error {
	_, err := s.change(ctx, "set targets", func(t tx, h *head) error { return t.addTargets(h, targets) }, line)
	return err
}

func (t tx) addTargets(h *head, targets []assess.Target) error {
	for _, target := range targets {
		h.Seq++
		if _, err := t.exec(insertTarget, h.Seq, target.Period.CalendarYear(), string(target.Unit), target.Period.String(),
			string(target.Code), target.Value.String(), target.From.String()); err != nil {
			return err
		}
	}
	return nil
}

const selectTargets = `SELECT t.unit, t.period, t.code, t.value, t.valid_from FROM target t
	JOIN (SELECT MAX(seq) AS seq FROM target WHERE year = $1 AND seq <= $2 GROUP BY unit, period, code, valid_from) last ON last.seq = t.seq
	ORDER BY t.unit, t.period, t.code, t.valid_from`

// Targets answers the targets that hold for the periods of a year, in the order of unit, period, code and the quarter from
// which they hold.
func (s *Store) Targets(ctx context.Context, year int) ([]assess.Target, error) {
	return s.targetsUntil(ctx, year, math.MaxInt64)
}

// targetsUntil answers the targets that had been set by a number of the log.
func (s *Store) targetsUntil(ctx context.Context, year int, seq int64) ([]assess.Target, error) {
	all, err := list(ctx, s.reader, scanTarget, selectTargets, year, seq)
	return all, s.explain("read targets", err)
}

func scanTarget(row scanner) (t assess.Target, err error) {
	var p, value, from string
	if err := row.Scan(&t.Unit, &p, &t.Code, &value, &from); err != nil {
		return t, err
	}
	if t.Period, err = period(p); err != nil {
		return t, err
	}
	if t.From, err = period(from); err != nil {
		return t, err
	}
	t.Value, err = decimal.NewFromString(value)
	return t, err
}
