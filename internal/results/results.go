package results

import (
	"context"

	"github.com/unionboard/unionboard/internal/assess"
)

// Board answers sheets of periods. Its readers are the pages, the exports and the command line.
type Board interface {
	// Sheet answers the sheet of a quarter or a year. A month, and a period without any figure whose collection has not begun, is
	// assess.ErrNotFound.
	Sheet(ctx context.Context, p assess.Period) (*Sheet, error)
	// Periods answers the quarters and years that have figures or are being collected, oldest first, each year after its fourth
	// quarter.
	Periods(ctx context.Context) ([]assess.Period, error)
	// Edition answers the newest edition of a year.
	Edition(ctx context.Context, year int) (*assess.Edition, error)
	// History answers the observations of a cell, oldest first.
	History(ctx context.Context, key assess.CellKey) ([]assess.Observation, error)
}
