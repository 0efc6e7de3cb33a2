package dashboard

import (
	"context"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// Reader says what the person may see for whom a page is made. The zero Reader sees everything; who may see what is decided by
// package account, never here.
type Reader struct {
	// Period says whether the scores of a period may be seen; nil stands for all. To the page a period that may not is one without
	// figures: it has no point in a line, no row in a table, and nothing is compared with it.
	Period func(assess.Period) bool
	// Figures says whether the figures of a unit and those who answer for them may be seen; nil stands for all.
	Figures func(assess.UnitCode) bool
}

func (r Reader) figuresOf(unit assess.UnitCode) bool { return r.Figures == nil || r.Figures(unit) }

// Narrowed is the board as a reader may see it. Narrowing it here, and not in each panel, is what keeps a new panel from showing
// what it should not.
func Narrowed(board results.Board, r Reader) results.Board {
	if r.Period == nil {
		return board
	}
	return narrowBoard{board, r.Period}
}

type narrowBoard struct {
	results.Board
	sees func(assess.Period) bool
}

// Sheet answers assess.ErrNotFound for what the reader may not see, as for what there is not.
func (b narrowBoard) Sheet(ctx context.Context, p assess.Period) (*results.Sheet, error) {
	if !b.sees(p) {
		return nil, assess.NotFound("problem.period_empty", "there are no figures of "+p.String()+" to show; choose another period", "period", p.String())
	}
	return b.Board.Sheet(ctx, p)
}

// Periods leaves out what the reader may not see.
func (b narrowBoard) Periods(ctx context.Context) ([]assess.Period, error) {
	periods, err := b.Board.Periods(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(periods), func(p assess.Period) bool { return !b.sees(p) }), nil
}
