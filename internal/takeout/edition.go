package takeout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/results"
)

// seen answers the room as an order wants it: as it stands, or as it was published.
func (r Room) seen(ctx context.Context, o Order) (Room, error) {
	if !o.Published {
		return r, nil
	}
	for _, p := range o.Periods {
		sheet, err := r.Board.Sheet(ctx, p)
		if err != nil {
			return r, err
		}
		if !isPublished(sheet.Cycle) {
			return r, assess.Conflict("problem.takeout_unpublished", fmt.Sprintf("%s has not been published; choose the working state, or another period", p),
				"period", r.Words.In(o.Lang).Period(p.String())).At(assess.Place{Field: "edition"})
		}
	}
	board, err := results.Seen(ctx, r.Board, results.View{Published: true})
	if err != nil {
		return r, err
	}
	r.Board = dashboard.Narrowed(board, r.reader)
	if r.Seals != nil {
		r.Log = sealedLog{r.Log, r.Seals}
	}
	return r, nil
}

// Edition names what the figures of an order are, for the log: "published 2" where they are of one edition, "published", "working v57";
// "working" alone of single figures, for which no sheet of a large city is scored.
func (r Room) Edition(ctx context.Context, o Order) (string, error) {
	last := o.Periods[len(o.Periods)-1]
	if o.Published {
		n, err := r.Issue(ctx, last)
		if err != nil || n == 0 || len(o.Periods) > 1 {
			return "published", err
		}
		return "published " + strconv.Itoa(n), nil
	}
	if o.Table == "observations" {
		return "working", nil
	}
	sheet, err := r.Board.Sheet(ctx, last)
	if errors.Is(err, assess.ErrNotFound) {
		return "working", nil
	}
	if err != nil {
		return "", err
	}
	return "working v" + strconv.Itoa(sheet.Version), nil
}

// Issue answers the number of the newest published edition of a period, 0 where none is sealed.
func (r Room) Issue(ctx context.Context, p assess.Period) (int, error) {
	if r.Seals == nil {
		return 0, nil
	}
	seal, err := newestSeal(ctx, r.Seals, p)
	if err != nil || seal == nil {
		return 0, err
	}
	return seal.Edition, nil
}

// newestSeal answers the newest seal of a period, nil where there is none.
func newestSeal(ctx context.Context, seals results.Seals, p assess.Period) (*assess.Seal, error) {
	all, err := seals(ctx)
	if err != nil {
		return nil, fmt.Errorf("seals: %w", err)
	}
	for _, s := range slices.Backward(all) {
		if s.Period == p {
			return &s, nil
		}
	}
	return nil, nil
}

// sealedLog is the log in which the figures of every period are those that were published.
type sealedLog struct {
	export.Log
	seals results.Seals
}

// Each implements export.Log: period after period, each up to its seal, one that has none as it stands.
func (l sealedLog) Each(ctx context.Context, q assess.CellQuery, visit func(assess.Observation) error) error {
	for _, p := range q.Periods {
		seal, err := newestSeal(ctx, l.seals, p)
		if err != nil {
			return err
		}
		one := q
		one.Periods = []assess.Period{p}
		if seal != nil && (q.AsOf == 0 || seal.Seq < q.AsOf) {
			one.AsOf = seal.Seq
		}
		if err := l.Log.Each(ctx, one, visit); err != nil {
			return err
		}
	}
	return nil
}
