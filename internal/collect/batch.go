package collect

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// batch is what came in at once – the parcels of a run, a file – on its way through the gate.
type batch struct {
	from    sender
	now     time.Time
	zone    *time.Location
	newID   func() string
	shelf   *shelf
	state   *state
	parcels []parcel
	report  *Report
	intake  assess.Intake
}

// parcel is a delivery with what became of it.
type parcel struct {
	source.Parcel
	figures []figure // those that may go on, in their order
	refused []assess.Rejection
	taken   int
}

func (p *parcel) refuse(e assess.Entry, fault *assess.Problem) {
	p.refused = append(p.refused, assess.Rejection{Place: fault.Place, Unit: e.Unit, Code: e.Code, Value: e.Value, Problem: fault})
}

// read understands the entries of every parcel.
func (b *batch) read(ctx context.Context) error {
	for i := range b.parcels {
		p := &b.parcels[i]
		b.report.Taken += len(p.Entries) + len(p.Refused)
		b.report.Notes = append(b.report.Notes, p.Notes...)
		p.refused = slices.Clone(p.Refused)
		if p.Damage != nil {
			b.report.Problem = cmp.Or(b.report.Problem, p.Damage.Error())
			p.refused = append(p.refused, assess.Rejection{Place: p.Damage.Place, Problem: p.Damage})
		}
		for _, e := range p.Entries {
			f, fault, err := b.shelf.read(ctx, b.from, e)
			switch {
			case err != nil:
				return err
			case fault != nil:
				p.refuse(e, fault)
			case f.State == assess.Missing:
				b.report.Missing++
			default:
				p.figures = append(p.figures, f)
			}
		}
		b.unite(p)
	}
	return nil
}

// unite keeps one of rows that say the same of a cell, and refuses all that say different things of it.
func (b *batch) unite(p *parcel) {
	rows := map[assess.CellKey][]int{}
	for i, f := range p.figures {
		rows[f.CellKey] = append(rows[f.CellKey], i)
	}
	var kept []figure
	for i, f := range p.figures {
		all := rows[f.CellKey]
		first := p.figures[all[0]]
		differs := slices.ContainsFunc(all, func(j int) bool { return !p.figures[j].says(first.Holding) })
		switch {
		case differs:
			other := all[0]
			if i == other {
				other = all[1]
			}
			line := strconv.Itoa(p.figures[other].entry.Place.Line)
			p.refuse(f.entry, assess.Invalid("problem.row_contradicts",
				fmt.Sprintf("line %s says something else of the same figure; keep the right one of the two", line), "line", line).At(f.entry.At("value")))
		case i != all[0]:
			line := strconv.Itoa(first.entry.Place.Line)
			b.report.Same++
			p.taken++
			b.report.Notes = append(b.report.Notes, assess.Invalid("problem.row_again",
				fmt.Sprintf("the row says the same as line %s; one of the two is enough", line), "line", line).At(f.entry.Place))
		default:
			kept = append(kept, f)
		}
	}
	p.figures = kept
}

// decide compares every figure with what is held, in the order in which the parcels came, and writes down what it changes.
func (b *batch) decide() error {
	for i := range b.parcels {
		p := &b.parcels[i]
		var good []decided
		for _, f := range p.figures {
			d, fault := b.state.decide(b.from, f)
			if fault != nil {
				p.refuse(f.entry, fault)
				continue
			}
			p.taken++
			b.report.count(d)
			good = append(good, decided{f, d})
		}
		if err := b.submit(good); err != nil {
			return err
		}
		slices.SortStableFunc(p.refused, func(a, c assess.Rejection) int { return cmp.Compare(a.Place.Line, c.Place.Line) })
		b.report.Rejected = append(b.report.Rejected, p.refused...)
	}
	b.report.close()
	return nil
}
