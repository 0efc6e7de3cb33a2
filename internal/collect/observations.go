package collect

import (
	"context"

	"github.com/unionboard/unionboard/internal/assess"
)

// Observations reads entries by one set of definitions, without a log: every value by its type and limits, whoever supplies it and
// whatever period it is filed under. It is the gate of files that are scored without an installation. Where rows repeat a cell the
// last one holds; the observations are numbered from 1 in the order of the rows. Rows without a figure are counted.
func Observations(edition *assess.Edition, entries []assess.Entry) (observations []assess.Observation, refused []assess.Rejection, missing int) {
	shelf := newShelf(always{edition})
	anyone := sender{supplies: everyOrigin(), anyPeriod: true}
	for _, e := range entries {
		f, fault, err := shelf.read(context.Background(), anyone, e)
		switch {
		case err != nil: // the definitions are at hand
		case fault != nil:
			refused = append(refused, assess.Rejection{Place: fault.Place, Unit: e.Unit, Code: e.Code, Value: e.Value, Problem: fault})
		case f.State == assess.Missing:
			missing++
		default:
			observations = append(observations, assess.Observation{
				Seq: int64(len(observations) + 1), CellKey: f.CellKey, State: f.State, Value: f.Value, Note: f.Note,
			})
		}
	}
	return observations, refused, missing
}

// always is one edition for every year.
type always struct{ edition *assess.Edition }

// Edition implements Editions.
func (a always) Edition(context.Context, int) (*assess.Edition, error) { return a.edition, nil }
