package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	draftColumns = `unit, period, item, revision, value, state, note, saved_by, saved_at, request`
	insertDraft  = `INSERT INTO draft (` + draftColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	// The newest revision of a cell, and a save by its name.
	selectDraft      = `SELECT ` + draftColumns + ` FROM draft WHERE unit = $1 AND period = $2 AND item = $3 ORDER BY revision DESC LIMIT 1`
	selectDraftSaved = `SELECT ` + draftColumns + ` FROM draft WHERE unit = $1 AND request = $2`
	countDrafts      = `SELECT COUNT(*) FROM draft WHERE unit = $1 AND period = $2`
)

func scanDraft(row scanner) (d assess.DraftCell, err error) {
	var p string
	var at int64
	if err := row.Scan(&d.Unit, &p, &d.Item, &d.Revision, &d.Value, &d.State, &d.Note, &d.By, &at, &d.Request); err != nil {
		return d, err
	}
	d.At = moment(at)
	d.Period, err = period(p)
	return d, err
}

// SaveDrafts writes saves of one form's cells, and answers what became of each, in their order. A save that was taken before is
// answered as it was then; one of a cell that has moved on since is a conflict and overwrites nothing. When the report is not in
// the state and round any more in which the form was seen, nothing is written and the answer is ErrConflict: after a signature no
// save slips in.
func (s *Store) SaveDrafts(ctx context.Context, in assess.DraftIntake) (outcomes []assess.DraftOutcome, err error) {
	err = s.write(ctx, func(t tx) error {
		outcomes = make([]assess.DraftOutcome, len(in.Cells))
		var fresh []int
		for i, save := range in.Cells {
			known, err := t.savedBefore(save.DraftCell)
			switch {
			case err != nil:
				return err
			case known.Revision > 0:
				outcomes[i].DraftCell = known
			default:
				fresh = append(fresh, i)
			}
		}
		if len(fresh) == 0 {
			return nil
		}
		if err := t.checkFiling(in.Filing); err != nil {
			return err
		}
		wrote := false
		for _, i := range fresh {
			var added bool
			if outcomes[i], added, err = t.saveDraft(in.Cells[i]); err != nil {
				return err
			}
			wrote = wrote || added
		}
		if !wrote || len(in.Steps) == 0 {
			return nil
		}
		_, err := t.numbered(func(h *head) error {
			h.Version++
			if err := t.moveFilings(h, in.Steps); err != nil {
				return err
			}
			return t.record(h, in.Audit...)
		})
		return err
	})
	return outcomes, s.explain("save drafts", err)
}

// fillDrafts writes what a source fills into forms, all of it: a cell that somebody has typed into meanwhile, or a report that has taken a
// step, is ErrConflict.
func (t tx) fillDrafts(h *head, filled []assess.DraftIntake) error {
	for _, in := range filled {
		if err := t.checkFiling(in.Filing); err != nil {
			return err
		}
		for _, save := range in.Cells {
			o, _, err := t.saveDraft(save)
			if err == nil && o.Conflict {
				err = draftMoved(save.Unit, save.Period)
			}
			if err != nil {
				return err
			}
		}
		if err := t.moveFilings(h, in.Steps); err != nil {
			return err
		}
		if err := t.record(h, in.Audit...); err != nil {
			return err
		}
	}
	return nil
}

func draftMoved(unit assess.UnitCode, p assess.Period) *assess.Problem {
	return assess.Conflict("problem.draft_moved",
		fmt.Sprintf("somebody has typed into the form of %s for %s meanwhile; look at it again", unit, p), "unit", string(unit), "period", p.String())
}

// savedBefore answers the revision that a save of this name has made, Revision 0 for none. The name under which something else was
// saved is refused.
func (t tx) savedBefore(d assess.DraftCell) (assess.DraftCell, error) {
	known, err := scanDraft(t.row(selectDraftSaved, string(d.Unit), d.Request))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return assess.DraftCell{}, nil
	case err != nil:
		return known, err
	case known.Period != d.Period || known.Item != d.Item || !known.Says(d):
		return known, assess.Invalid("problem.request_reused",
			"a save of this name was taken already and said something else; give each save a name of its own", "item", string(d.Item))
	}
	return known, nil
}

// checkFiling refuses when a report is not in the state and round any more in which it was seen.
func (t tx) checkFiling(seen assess.Filing) error {
	f, err := scanFiling(t.row(selectFiling, string(seen.Unit), seen.Period.String()))
	if errors.Is(err, sql.ErrNoRows) {
		f, err = assess.Filing{State: assess.NotStarted}, nil
	}
	if err != nil {
		return err
	}
	if f.State != seen.State || f.Rounds != seen.Rounds {
		return filingMoved(seen.Unit, seen.Period, f.State, seen.State)
	}
	return nil
}

// saveDraft adds a revision to a cell. What says the same as the newest one adds none.
func (t tx) saveDraft(save assess.DraftSave) (o assess.DraftOutcome, added bool, err error) {
	now, err := scanDraft(t.row(selectDraft, string(save.Unit), save.Period.String(), string(save.Item)))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return o, false, err
	}
	switch {
	case now.Revision > 0 && now.Says(save.DraftCell):
		return assess.DraftOutcome{DraftCell: now}, false, nil
	case now.Revision != save.Base:
		return assess.DraftOutcome{DraftCell: now, Conflict: true}, false, nil
	}
	d := save.DraftCell
	d.Revision = now.Revision + 1
	_, err = t.exec(insertDraft, string(d.Unit), d.Period.String(), string(d.Item), d.Revision, d.Value, string(d.State), d.Note, d.By, millis(d.At), d.Request)
	d.At = moment(millis(d.At))
	return assess.DraftOutcome{DraftCell: d}, true, err
}

// checkDrafts refuses when more was saved of a form than something was made of.
func (t tx) checkDrafts(mark *assess.DraftMark) error {
	if mark == nil {
		return nil
	}
	var saves int64
	if err := t.row(countDrafts, string(mark.Unit), mark.Period.String()).Scan(&saves); err != nil {
		return err
	}
	if saves != mark.Saves {
		return draftMoved(mark.Unit, mark.Period)
	}
	return nil
}

const (
	selectDrafts = `SELECT ` + draftColumns + ` FROM draft d WHERE d.unit = $1 AND d.period = $2
	AND d.revision = (SELECT MAX(revision) FROM draft WHERE unit = d.unit AND period = d.period AND item = d.item) ORDER BY d.item`
	selectRevisions = `SELECT ` + draftColumns + ` FROM draft WHERE unit = $1 AND period = $2 AND item = $3 ORDER BY revision`
)

// Drafts answers what holds of the cells of a form that something was typed into, in the order of the items.
func (s *Store) Drafts(ctx context.Context, unit assess.UnitCode, p assess.Period) ([]assess.DraftCell, error) {
	all, err := list(ctx, s.reader, scanDraft, selectDrafts, string(unit), p.String())
	return all, s.explain("read drafts", err)
}

// Revisions answers everything that was typed into a cell, oldest first.
func (s *Store) Revisions(ctx context.Context, unit assess.UnitCode, p assess.Period, item assess.Code) ([]assess.DraftCell, error) {
	all, err := list(ctx, s.reader, scanDraft, selectRevisions, string(unit), p.String(), string(item))
	return all, s.explain("read the revisions of a cell", err)
}
