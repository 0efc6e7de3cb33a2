package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	cityDraftColumns = `unit, period, item, revision, value, note, saved_by, saved_at`
	insertCityDraft  = `INSERT INTO city_draft (` + cityDraftColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	selectCityDraft  = `SELECT ` + cityDraftColumns + ` FROM city_draft WHERE unit = $1 AND period = $2 AND item = $3 ORDER BY revision DESC LIMIT 1`
	// Of every cell the newest revision.
	selectCityDrafts = `SELECT d.unit, d.period, d.item, d.revision, d.value, d.note, d.saved_by, d.saved_at FROM city_draft d
	JOIN (SELECT unit, period, item, MAX(revision) AS revision FROM city_draft WHERE period IN ($1, $2) GROUP BY unit, period, item) last
	ON last.unit = d.unit AND last.period = d.period AND last.item = d.item AND last.revision = d.revision
	ORDER BY d.unit, d.period, d.item`
)

// SaveCityDrafts keeps what a department typed, and answers what became of each cell, in their order. A cell that has moved on since
// its editor saw it is a conflict and overwrites nothing; what says the same as before adds no revision.
func (s *Store) SaveCityDrafts(ctx context.Context, saves []assess.DraftSave) (outcomes []assess.DraftOutcome, err error) {
	err = s.write(ctx, func(t tx) error {
		outcomes = make([]assess.DraftOutcome, len(saves))
		for i, save := range saves {
			if outcomes[i], err = t.saveCityDraft(save); err != nil {
				return err
			}
		}
		return nil
	})
	return outcomes, s.explain("save drafts of the city", err)
}

// checkCityDrafts refuses when something else was typed meanwhile into a cell that is handed in.
func (t tx) checkCityDrafts(seen []assess.DraftCell) error {
	for _, d := range seen {
		now, err := scanCityDraft(t.row(selectCityDraft, string(d.Unit), d.Period.String(), string(d.Item)))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if now.Revision != d.Revision {
			return assess.Conflict("problem.city_moved",
				fmt.Sprintf("%s has changed a figure meanwhile that was about to be handed in; look at the form again, then hand it in", now.By), "by", now.By)
		}
	}
	return nil
}

func (t tx) saveCityDraft(save assess.DraftSave) (o assess.DraftOutcome, err error) {
	now, err := scanCityDraft(t.row(selectCityDraft, string(save.Unit), save.Period.String(), string(save.Item)))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return o, err
	}
	switch {
	case now.Revision > 0 && now.Says(save.DraftCell):
		return assess.DraftOutcome{DraftCell: now}, nil
	case now.Revision != save.Base:
		return assess.DraftOutcome{DraftCell: now, Conflict: true}, nil
	}
	d := save.DraftCell
	d.Revision = now.Revision + 1
	_, err = t.exec(insertCityDraft, string(d.Unit), d.Period.String(), string(d.Item), d.Revision, d.Value, d.Note, d.By, millis(d.At))
	d.At = moment(millis(d.At))
	return assess.DraftOutcome{DraftCell: d}, err
}

// CityDrafts answers what the departments have typed last into the cells of a quarter and of its year.
func (s *Store) CityDrafts(ctx context.Context, quarter assess.Period) ([]assess.DraftCell, error) {
	all, err := list(ctx, s.reader, scanCityDraft, selectCityDrafts, quarter.String(), quarter.Year().String())
	return all, s.explain("read drafts of the city", err)
}

func scanCityDraft(row scanner) (d assess.DraftCell, err error) {
	var p string
	var at int64
	if err := row.Scan(&d.Unit, &p, &d.Item, &d.Revision, &d.Value, &d.Note, &d.By, &at); err != nil {
		return d, err
	}
	d.At = moment(at)
	d.Period, err = period(p)
	return d, err
}
