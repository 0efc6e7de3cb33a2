package takeout

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// byteOrderMark makes spreadsheets read a CSV file as UTF-8.
const byteOrderMark = "\ufeff"

// rows answers what writes tidy rows.
func (r Room) rows(o Order) writing {
	return func(ctx context.Context, w io.Writer, step func()) ([]rune, error) {
		if o.Mark && o.Format == CSV {
			if _, err := io.WriteString(w, byteOrderMark); err != nil {
				return nil, fmt.Errorf("write %s: %w", o.Table, err)
			}
		}
		if o.Table == "observations" {
			return nil, r.observations(ctx, w, o, step)
		}
		return nil, r.scores(ctx, w, o)
	}
}

// scores writes the scores of periods.
func (r Room) scores(ctx context.Context, w io.Writer, o Order) error {
	var list []*assess.Scores
	for _, p := range o.Periods {
		some, err := r.scoresOf(ctx, p, o.Units)
		if err != nil {
			return err
		}
		list = append(list, some...)
	}
	options := export.Options{WithCity: o.WithCity}
	switch o.Format {
	case JSON:
		return export.ScoresJSON(w, list, options)
	case Parquet:
		return r.parquet(ctx, w, o, export.ScoresBook(r.Words.In(o.Lang), list, options))
	}
	return export.ScoresCSV(w, list, options)
}

// scoresOf answers all scores of a period, of some units alone where there are any.
func (r Room) scoresOf(ctx context.Context, p assess.Period, units []assess.UnitCode) ([]*assess.Scores, error) {
	sheet, err := r.Board.Sheet(ctx, p)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(sheet.Frameworks)
	if sheet.Composite != nil {
		list = append(list, sheet.Composite)
	}
	if len(units) == 0 {
		return list, nil
	}
	for i, scores := range list {
		one := *scores
		one.Cards = slices.DeleteFunc(slices.Clone(scores.Cards), func(c assess.Scorecard) bool { return !slices.Contains(units, c.Unit) })
		if len(one.Cards) == 0 {
			return nil, assess.NotFound("problem.unknown_unit", fmt.Sprintf("there is no unit %s", units[0]), "unit", string(units[0]))
		}
		list[i] = &one
	}
	return list, nil
}

// observations writes what holds of quarters, or of years and their quarters.
func (r Room) observations(ctx context.Context, w io.Writer, o Order, step func()) error {
	var periods []assess.Period
	for _, p := range o.Periods {
		if p.Kind() == assess.Year {
			periods = append(periods, p.Quarters()...)
		}
		periods = append(periods, p)
	}
	q, log := assess.CellQuery{Units: o.Units, Periods: periods}, r.Log
	if !o.Personal {
		log = maskedLog{r.Log}
	}
	if o.Format == Parquet {
		book := export.ObservationsBook(ctx, r.Words.In(o.Lang), log, q, o.Trace)
		count(ctx, book, step)
		return r.parquet(ctx, w, o, book)
	}
	out, err := export.NewObservations(w, o.Trace)
	if err != nil {
		return err
	}
	visit := func(o assess.Observation) error {
		step()
		return out.Write(o)
	}
	if err := log.Each(ctx, q, visit); err != nil {
		return err
	}
	return out.Close()
}

// maskedLog is a log in whose notes the numbers of persons are hidden.
type maskedLog struct{ export.Log }

// Each implements export.Log.
func (l maskedLog) Each(ctx context.Context, q assess.CellQuery, visit func(assess.Observation) error) error {
	return l.Log.Each(ctx, q, func(o assess.Observation) error {
		o.Note = export.Masked(o.Note)
		return visit(o)
	})
}
