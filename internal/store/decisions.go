package store

import (
	"context"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	decisionColumns = `seq, unit, period, item, accepted, reason, note, value, round, revision, submission, department, decided_by, decided_at`
	insertDecision  = `INSERT INTO decision (` + decisionColumns + `)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (unit, period, item, submission) DO NOTHING`
	selectDecisions = `SELECT ` + decisionColumns + ` FROM decision WHERE 1 = 1`
)

// addDecisions writes what departments say of figures. A figure that was decided about since it was handed in is ErrConflict.
func (t tx) addDecisions(h *head, decisions []assess.Decision) error {
	for _, d := range decisions {
		h.Seq++
		n, err := t.exec(insertDecision, h.Seq, string(d.Unit), d.Period.String(), string(d.Item), digit(d.Accepted), string(d.Reason), d.Note,
			d.Value, d.Round, d.Revision, d.Submission, string(d.Department), d.By, millis(d.At))
		if err != nil {
			return err
		}
		if n == 0 {
			return assess.Conflict("problem.decided",
				fmt.Sprintf("%s of %s was decided about already: somebody else was faster; look at the report again", d.Item, d.Unit),
				"item", string(d.Item), "unit", string(d.Unit))
		}
	}
	return nil
}

func scanDecision(row scanner) (d assess.Decision, err error) {
	var p string
	var at int64
	if err := row.Scan(&d.Seq, &d.Unit, &p, &d.Item, &d.Accepted, &d.Reason, &d.Note, &d.Value, &d.Round, &d.Revision, &d.Submission,
		&d.Department, &d.By, &at); err != nil {
		return d, err
	}
	d.At = moment(at)
	d.Period, err = period(p)
	return d, err
}

// Decisions answers what was said of the figures of a quarter's reports, of some units or of all for none, oldest first.
func (s *Store) Decisions(ctx context.Context, p assess.Period, units ...assess.UnitCode) ([]assess.Decision, error) {
	query, args := among(selectDecisions+` AND period = $1`, []any{p.String()}, "unit", units)
	all, err := list(ctx, s.reader, scanDecision, query+` ORDER BY seq`, args...)
	return all, s.explain("read decisions", err)
}
