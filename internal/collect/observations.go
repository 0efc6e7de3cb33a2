package collect

import (
	"context"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// Observations reads entries by one set of definitions, without a log: every value by its type and limits, whoever supplies it and
// whatever period it is filed under. It is the gate of files that are scored without an installation. Rows that say different
// things of a cell are refused, all of them; of rows that say the same one is kept. The observations are numbered from 1 in the
// order of the rows. Rows without a figure are counted. Of the refused rows the first ten thousand are answered.
func Observations(edition *assess.Edition, entries []assess.Entry) (observations []assess.Observation, refused []assess.Rejection, missing int) {
	b := &batch{from: sender{supplies: everyOrigin(), anyPeriod: true}, shelf: newShelf(always{edition}), report: &Report{}}
	b.add([]source.Parcel{{Delivery: assess.Delivery{Entries: entries}}})
	b.begin()
	if err := b.read(context.Background(), nil); err != nil {
		return nil, nil, 0 // does not happen: the definitions are at hand, and nobody ends it
	}
	p := &b.parcels[0]
	for _, f := range p.figures {
		observations = append(observations, assess.Observation{
			Seq: int64(len(observations) + 1), CellKey: f.CellKey, State: f.State, Value: f.Value, Note: f.Note,
		})
	}
	p.sort()
	return observations, p.refused, b.report.Missing
}

// always is one edition for every year.
type always struct{ edition *assess.Edition }

// Edition implements Editions.
func (a always) Edition(context.Context, int) (*assess.Edition, error) { return a.edition, nil }
