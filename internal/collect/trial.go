package collect

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// TrialRows is how many rows a trial shows.
const TrialRows = 20

// Trial is how a piece would be taken that is read by a mapping.
type Trial struct {
	Report         // of the whole piece
	Rows   []Tried // the first of it, in their order
	Read   int     // rows and figures in all
}

// Tried is a row or figure of a piece and what would become of it.
type Tried struct {
	Place   assess.Place
	Unit    assess.UnitCode
	Period  string
	Item    assess.Code
	Value   string // as it would be taken; of what is refused as it is read
	State   assess.State
	Fault   *assess.Problem // why it is refused; nil for what is taken
	Outcome Outcome         // "" for what is refused, and for rows without a figure
	Before  Holding
}

// Try answers what would become of a piece of a source read by a mapping, and writes nothing. A damaged piece is a Problem.
func (g *Gate) Try(ctx context.Context, src Source, p source.Piece, m *source.Mapping, now time.Time) (Trial, error) {
	reading, err := p.Read(m, source.MostRows)
	if err != nil {
		return Trial{}, err
	}
	b := g.batch(src.sender(), assess.Run{ID: g.newID(), Source: src.Name, Door: src.Door, Slot: now, Started: now}, now)
	b.add([]source.Parcel{{Delivery: assess.Delivery{
		Door: src.Door, Source: src.Name, Entries: reading.Entries, Refused: reading.Refused, Notes: reading.Notes,
	}}})
	if err := g.pass(ctx, b, "", true); err != nil {
		return Trial{}, err
	}
	return b.trial(reading), nil
}

// told knows a figure of a piece by where it stands and what it is of.
type told struct {
	file string
	line int
	unit assess.UnitCode
	item assess.Code
}

// trial lists the first rows of a reading with what was said of each.
func (b *batch) trial(r source.Reading) Trial {
	t := Trial{Report: *b.report, Read: len(r.Entries) + len(r.Refused)}
	faults, decisions := map[told][]assess.Rejection{}, map[told][]Decision{}
	for _, x := range b.parcels[0].refused {
		key := told{x.Place.File, x.Place.Line, x.Unit, x.Code}
		faults[key] = append(faults[key], x)
	}
	for _, d := range b.report.Decisions {
		key := told{d.Place.File, d.Place.Line, d.Unit, d.Item}
		decisions[key] = append(decisions[key], d)
	}
	for _, x := range r.Refused {
		t.Rows = append(t.Rows, Tried{Place: x.Place, Unit: x.Unit, Item: x.Code, Value: x.Value, Fault: x.Problem})
	}
	for _, e := range r.Entries {
		row := Tried{Place: e.At("value"), Unit: e.Unit, Period: e.PeriodText, Item: e.Code, Value: e.Value}
		key := told{e.Place.File, e.Place.Line, e.Unit, e.Code}
		if i := slices.IndexFunc(faults[key], func(x assess.Rejection) bool { return x.Value == e.Value }); i >= 0 {
			row.Fault = faults[key][i].Problem
		} else if i := slices.IndexFunc(decisions[key], func(d Decision) bool { return d.Period.String() == e.PeriodText && d.Part == e.Part && d.Ref == e.Ref }); i >= 0 {
			d := decisions[key][i]
			row.Value, row.State, row.Outcome, row.Before = d.Value, d.State, d.Outcome, d.Before
		} else if e.Value == "" {
			row.State = assess.Missing
		} else {
			row.Outcome = OutcomeSame // said twice in the piece, or signed by a person
		}
		t.Rows = append(t.Rows, row)
	}
	slices.SortStableFunc(t.Rows, func(a, c Tried) int {
		return cmp.Or(cmp.Compare(a.Place.Line, c.Place.Line), cmp.Compare(a.Place.Column, c.Place.Column))
	})
	t.Rows = t.Rows[:min(TrialRows, len(t.Rows))]
	return t
}
