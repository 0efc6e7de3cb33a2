package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	breakdownColumns = `year, code, version, state, total, step, basis, basis_item, basis_period, valid_from, reason, revision,
	saved_by, saved_at, issued_by, issued_at`
	selectBreakdowns = `SELECT ` + breakdownColumns + ` FROM breakdown WHERE year = $1 ORDER BY code, version`
	selectRevision   = `SELECT state, revision FROM breakdown WHERE year = $1 AND code = $2 AND version = $3`
	upsertBreakdown  = `INSERT INTO breakdown (` + breakdownColumns + `)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
	ON CONFLICT (year, code, version) DO UPDATE SET state = excluded.state, total = excluded.total, step = excluded.step,
	basis = excluded.basis, basis_item = excluded.basis_item, basis_period = excluded.basis_period, valid_from = excluded.valid_from,
	reason = excluded.reason, revision = excluded.revision, saved_by = excluded.saved_by, saved_at = excluded.saved_at,
	issued_by = excluded.issued_by, issued_at = excluded.issued_at`
	upsertPortion = `INSERT INTO breakdown_portion (year, code, version, unit, number, weight, known, pinned, value)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
	ON CONFLICT (year, code, version, unit) DO UPDATE SET number = excluded.number, weight = excluded.weight, known = excluded.known,
	pinned = excluded.pinned, value = excluded.value`
	selectPortions = `SELECT code, version, unit, weight, known, pinned, value FROM breakdown_portion WHERE year = $1
	ORDER BY code, version, number`
)

// PutBreakdown writes a version of a breakdown and sets the targets that are issued with it, if any. The version must be new with
// revision 1, or a draft whose revision is the one before: anything else is ErrConflict, for somebody else was faster.
func (s *Store) PutBreakdown(ctx context.Context, b assess.Breakdown, targets []assess.Target, line assess.AuditLine) error {
	_, err := s.change(ctx, "put a breakdown", func(t tx, h *head) error {
		var state assess.BreakdownState
		var revision int64
		err := t.row(selectRevision, b.Year, string(b.Code), b.Version).Scan(&state, &revision)
		if errors.Is(err, sql.ErrNoRows) {
			state, err = assess.BreakdownDraft, nil
		}
		if err != nil {
			return err
		}
		if state != assess.BreakdownDraft || revision != b.Revision-1 {
			return assess.Conflict("problem.breakdown_moved",
				fmt.Sprintf("version %d of the breakdown of %s was changed by somebody else meanwhile; load the page again and repeat what is still wanted", b.Version, b.Code),
				"code", string(b.Code), "version", strconv.Itoa(b.Version))
		}
		if err := t.putBreakdown(b); err != nil {
			return err
		}
		return t.addTargets(h, targets)
	}, line)
	return err
}

func (t tx) putBreakdown(b assess.Breakdown) error {
	_, err := t.exec(upsertBreakdown, b.Year, string(b.Code), b.Version, string(b.State), b.Total.String(), b.Step.String(),
		string(b.Basis.Kind), string(b.Basis.Item), b.Basis.Period.String(), b.From.String(), b.Reason, b.Revision, b.By, millis(b.At),
		b.IssuedBy, millis(b.IssuedAt))
	for i, p := range b.Portions {
		if err != nil {
			break
		}
		_, err = t.exec(upsertPortion, b.Year, string(b.Code), b.Version, string(p.Unit), i, p.Weight.String(), digit(p.Known), digit(p.Pinned), p.Value.String())
	}
	return err
}

// Breakdowns answers every version of a year's breakdowns in the order of indicator and version.
func (s *Store) Breakdowns(ctx context.Context, year int) ([]assess.Breakdown, error) {
	all, err := list(ctx, s.reader, scanBreakdown, selectBreakdowns, year)
	if err != nil {
		return nil, s.explain("read breakdowns", err)
	}
	place := map[portionOf]int{}
	for i, b := range all {
		place[portionOf{b.Code, b.Version}] = i
	}
	err = each(ctx, s.reader, scanPortion, func(row portionRow) error {
		if i, ok := place[row.portionOf]; ok { // one that began since the first statement is read the next time
			all[i].Portions = append(all[i].Portions, row.Portion)
		}
		return nil
	}, selectPortions, year)
	return all, s.explain("read breakdowns", err)
}

// portionOf names the version of a breakdown that a portion belongs to.
type portionOf struct {
	code    assess.Code
	version int
}

type portionRow struct {
	portionOf
	assess.Portion
}

func scanPortion(row scanner) (p portionRow, err error) {
	var weight, value string
	if err := row.Scan(&p.code, &p.version, &p.Unit, &weight, &p.Known, &p.Pinned, &value); err != nil {
		return p, err
	}
	if p.Weight, err = decimal.NewFromString(weight); err != nil {
		return p, err
	}
	p.Value, err = decimal.NewFromString(value)
	return p, err
}

func scanBreakdown(row scanner) (b assess.Breakdown, err error) {
	var total, step, basis, from string
	var saved, issued int64
	if err := row.Scan(&b.Year, &b.Code, &b.Version, &b.State, &total, &step, &b.Basis.Kind, &b.Basis.Item, &basis, &from, &b.Reason,
		&b.Revision, &b.By, &saved, &b.IssuedBy, &issued); err != nil {
		return b, err
	}
	b.At, b.IssuedAt = moment(saved), moment(issued)
	if b.Total, err = decimal.NewFromString(total); err != nil {
		return b, err
	}
	if b.Step, err = decimal.NewFromString(step); err != nil {
		return b, err
	}
	if b.Basis.Period, err = period(basis); err != nil {
		return b, err
	}
	b.From, err = period(from)
	return b, err
}
