package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	filingColumns = `unit, period, state, submitted_at, late_days, returned, rounds, updated_at`
	selectFiling  = `SELECT ` + filingColumns + ` FROM filing WHERE unit = $1 AND period = $2`
	upsertFiling  = `INSERT INTO filing (` + filingColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
	ON CONFLICT (unit, period) DO UPDATE SET state = excluded.state, submitted_at = excluded.submitted_at, late_days = excluded.late_days,
	returned = excluded.returned, rounds = excluded.rounds, updated_at = excluded.updated_at`
	insertFilingChange = `INSERT INTO filing_change
	(seq, unit, period, from_state, to_state, changed_at, changed_by, reason, note, items, late_days)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
)

func scanFiling(row scanner) (f assess.Filing, err error) {
	var p string
	var submitted, updated int64
	if err := row.Scan(&f.Unit, &p, &f.State, &submitted, &f.LateDays, &f.Returns, &f.Rounds, &updated); err != nil {
		return f, err
	}
	f.SubmittedAt, f.UpdatedAt = moment(submitted), moment(updated)
	f.Period, err = period(p)
	return f, err
}

// moveFilings takes the steps in their order. A step from a state the report is not in any more is ErrConflict: somebody else
// was faster.
func (t tx) moveFilings(h *head, steps []assess.FilingChange) error {
	for _, step := range steps {
		f, err := scanFiling(t.row(selectFiling, string(step.Unit), step.Period.String()))
		if errors.Is(err, sql.ErrNoRows) {
			f, err = assess.Filing{Unit: step.Unit, Period: step.Period, State: assess.NotStarted}, nil
		}
		if err != nil {
			return err
		}
		if step.From = cmp.Or(step.From, assess.NotStarted); step.From != f.State {
			return filingMoved(step.Unit, step.Period, f.State, step.From)
		}
		h.Seq++
		if err := t.moveFiling(h.Seq, after(f, step), step); err != nil {
			return err
		}
	}
	return nil
}

// filingMoved says that a report is not in the state any more in which it was seen.
func filingMoved(unit assess.UnitCode, p assess.Period, is, expected assess.FilingState) *assess.Problem {
	return assess.Conflict("problem.filing_moved",
		fmt.Sprintf("the report of %s for %s is %s by now, not %s; look at it again", unit, p, is, expected),
		"unit", string(unit), "period", p.String(), "state", "filing."+string(is), "expected", "filing."+string(expected))
}

// after answers a filing after a step: its state is that of the last step, its counts grow.
func after(f assess.Filing, step assess.FilingChange) assess.Filing {
	f.State, f.UpdatedAt = step.To, step.At
	switch step.To {
	case assess.Submitted:
		f.SubmittedAt, f.LateDays = step.At, step.LateDays
	case assess.Returned:
		f.Returns += len(step.Items)
		f.Rounds++
	}
	return f
}

func (t tx) moveFiling(seq int64, f assess.Filing, step assess.FilingChange) error {
	_, err := t.exec(upsertFiling, string(f.Unit), f.Period.String(), string(f.State), millis(f.SubmittedAt), f.LateDays, f.Returns, f.Rounds, millis(f.UpdatedAt))
	if err != nil {
		return err
	}
	items := make([]string, len(step.Items))
	for i, c := range step.Items {
		items[i] = string(c)
	}
	_, err = t.exec(insertFilingChange, seq, string(step.Unit), step.Period.String(), string(step.From), string(step.To), millis(step.At), step.By,
		string(step.Reason), step.Note, strings.Join(items, ","), step.LateDays)
	return err
}

const selectFilings = `SELECT ` + filingColumns + ` FROM filing WHERE 1 = 1`

// Filing answers one report, not started where it was never begun.
func (s *Store) Filing(ctx context.Context, unit assess.UnitCode, p assess.Period) (assess.Filing, error) {
	all, err := list(ctx, s.reader, scanFiling, selectFiling, string(unit), p.String())
	if err != nil || len(all) == 0 {
		return assess.Filing{Unit: unit, Period: p, State: assess.NotStarted}, s.explain("read a filing", err)
	}
	return all[0], nil
}

// Filings answers the reports of some periods, of all for none, in the order of period and unit. Reports that were never begun
// are not among them.
func (s *Store) Filings(ctx context.Context, periods ...assess.Period) ([]assess.Filing, error) {
	texts := make([]string, len(periods))
	for i, p := range periods {
		texts[i] = p.String()
	}
	query, args := among(selectFilings, nil, "period", texts)
	all, err := list(ctx, s.reader, scanFiling, query+` ORDER BY period, unit`, args...)
	return all, s.explain("read filings", err)
}

const selectFilingChanges = `SELECT unit, period, from_state, to_state, changed_at, changed_by, reason, note, items, late_days
	FROM filing_change WHERE unit = $1 AND period = $2 ORDER BY seq`

// FilingChanges answers the steps of one report, oldest first.
func (s *Store) FilingChanges(ctx context.Context, unit assess.UnitCode, p assess.Period) ([]assess.FilingChange, error) {
	all, err := list(ctx, s.reader, scanFilingChange, selectFilingChanges, string(unit), p.String())
	return all, s.explain("read the steps of a report", err)
}

func scanFilingChange(row scanner) (c assess.FilingChange, err error) {
	var p, items string
	var at int64
	if err := row.Scan(&c.Unit, &p, &c.From, &c.To, &at, &c.By, &c.Reason, &c.Note, &items, &c.LateDays); err != nil {
		return c, err
	}
	for item := range strings.SplitSeq(items, ",") {
		if item != "" {
			c.Items = append(c.Items, assess.Code(item))
		}
	}
	c.At = moment(at)
	c.Period, err = period(p)
	return c, err
}
