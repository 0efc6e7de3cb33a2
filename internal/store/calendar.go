package store

import (
	"context"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	insertAdjustment = `INSERT INTO adjustment (seq, kind, period, step, unit, day, void, reason, made_by, made_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	updateLateDays = `UPDATE filing SET late_days = $1 WHERE unit = $2 AND period = $3`
)

// PutAdjustment keeps a change of the dates of a collection, with the reports that it makes more or less late: their LateDays are
// set and nothing else of them.
func (s *Store) PutAdjustment(ctx context.Context, a assess.Adjustment, late []assess.Filing, lines ...assess.AuditLine) error {
	_, err := s.change(ctx, "adjust the calendar", func(t tx, h *head) error {
		h.Seq++
		if _, err := t.exec(insertAdjustment, h.Seq, string(a.Kind), a.Period.String(), string(a.Step), string(a.Unit), millis(a.Day), digit(a.Void),
			a.Reason, a.By, millis(a.At)); err != nil {
			return err
		}
		for _, f := range late {
			if _, err := t.exec(updateLateDays, f.LateDays, string(f.Unit), f.Period.String()); err != nil {
				return err
			}
		}
		return nil
	}, lines...)
	return err
}

const selectAdjustments = `SELECT seq, kind, period, step, unit, day, void, reason, made_by, made_at FROM adjustment
	WHERE period = $1 OR period = '' ORDER BY seq`

// Adjustments answers what was changed in the dates of the collection of a quarter, and the outages, oldest first.
func (s *Store) Adjustments(ctx context.Context, p assess.Period) ([]assess.Adjustment, error) {
	all, err := list(ctx, s.reader, scanAdjustment, selectAdjustments, p.String())
	return all, s.explain("read the adjustments of the calendar", err)
}

func scanAdjustment(row scanner) (a assess.Adjustment, err error) {
	var p string
	var day, at int64
	if err := row.Scan(&a.Seq, &a.Kind, &p, &a.Step, &a.Unit, &day, &a.Void, &a.Reason, &a.By, &at); err != nil {
		return a, err
	}
	a.Day, a.At = moment(day), moment(at)
	a.Period, err = period(p)
	return a, err
}

const insertCalendarEdit = `INSERT INTO calendar_edit (seq, year, content, reason, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6)`

// PutCalendarEdit keeps an edited year of the calendar, as it was written.
func (s *Store) PutCalendarEdit(ctx context.Context, e assess.CalendarEdit, line assess.AuditLine) error {
	_, err := s.change(ctx, "edit the calendar", func(t tx, h *head) error {
		h.Seq++
		_, err := t.exec(insertCalendarEdit, h.Seq, e.Year, e.Text, e.Reason, e.By, millis(e.At))
		return err
	}, line)
	return err
}

const selectCalendarEdits = `SELECT seq, year, content, reason, made_by, made_at FROM calendar_edit ORDER BY seq`

// CalendarEdits answers the edited years of the calendar, oldest first.
func (s *Store) CalendarEdits(ctx context.Context) ([]assess.CalendarEdit, error) {
	all, err := list(ctx, s.reader, scanCalendarEdit, selectCalendarEdits)
	return all, s.explain("read the edited years of the calendar", err)
}

func scanCalendarEdit(row scanner) (e assess.CalendarEdit, err error) {
	var at int64
	err = row.Scan(&e.Seq, &e.Year, &e.Text, &e.Reason, &e.By, &at)
	e.At = moment(at)
	return e, err
}
