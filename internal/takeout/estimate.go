package takeout

import (
	"context"
	"errors"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// AtOnce is up to how many cells, by Estimate, a file is made while its reader waits. The slowest format writes them in about two seconds
// on two cores; see BenchmarkAtOnce.
const AtOnce = 400_000

// The weights of the estimate, in cells.
const (
	tableColumns = 12     // of a table on average
	cardCells    = 20_000 // as long as a scorecard as a paper takes
	noticeCells  = 60_000
)

// Estimate answers about how many rows a file has, and how many cells that is. It reads nothing but the definitions, and rather says too
// many than too few.
func (r Room) Estimate(ctx context.Context, o Order) (rows, cells int64, err error) {
	for _, p := range o.Periods {
		edition, err := r.Board.Edition(ctx, p.CalendarYear())
		if errors.Is(err, assess.ErrNotFound) {
			continue
		}
		if err != nil {
			return 0, 0, err
		}
		units := int64(len(o.Units))
		if units == 0 {
			units = int64(len(edition.Roster.Units)) + 1
		}
		switch {
		case o.Table == Package:
			rows, cells = rows+filesOf(units), cells+units*cardCells+noticeCells
			for _, name := range export.Names() {
				cells += 2 * units * perUnit(edition, name) * tableColumns // as a workbook and as CSV
			}
		case o.Table == Notice:
			rows, cells = rows+1, cells+noticeCells
		case o.paper():
			rows, cells = rows+units, cells+units*cardCells
		default:
			n := units * perUnit(edition, o.Table)
			if o.Table == "observations" && p.Kind() == assess.Year {
				n *= 5 // its quarters, too
			}
			rows, cells = rows+n, cells+n*tableColumns
		}
	}
	return max(rows, 1), cells, nil
}

// perUnit answers about how many rows of a table there are for each unit and period.
func perUnit(e *assess.Edition, table string) (n int64) {
	switch table {
	case "entry", "observations", "targets":
		return int64(len(e.Items))
	}
	for i := range e.Frameworks {
		n += nodes(e.Frameworks[i].Root)
	}
	return n
}

func nodes(n *assess.Node) int64 {
	all := int64(1)
	for _, child := range n.Children {
		all += nodes(child)
	}
	return all
}
