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

// Bounds of a batch: how many refused rows and how many notes a run keeps, and after how many rows it looks whether it was ended.
const (
	mostRejections = 1000
	mostNotes      = 1000
	breath         = 1000
)

// batch is what came in at once – the parcels of a run, a file – on its way through the gate.
type batch struct {
	from    sender
	now     time.Time
	zone    *time.Location
	newID   func() string
	shelf   *shelf
	state   *state
	mapping int // revision by which it was read, 0 for the promised forms
	parcels []parcel
	replays *replay // the piece that is read again; nil for what comes the first time
	report  *Report
	intake  assess.Intake
	made    []madeParcel
	unkept  *assess.Problem // why a piece could not be kept
	met     []meeting
	adopted map[assess.CellKey]bool              // the cells of its observations
	typed   map[assess.CellKey]assess.HeldFigure // what people have typed otherwise into drafts
	late    map[reportKey]int                    // how late what comes now is; unit "" for those without dates of their own
}

// parcel is a delivery with what became of it.
type parcel struct {
	source.Parcel
	figures  []figure           // those that may go on, in their order
	refused  []assess.Rejection // the first of them
	refusals int                // all of them
	taken    int
	kept     []string // the hashes of its pieces that are on the disk, in their order
}

func (p *parcel) refuse(e assess.Entry, fault *assess.Problem) {
	p.reject(assess.Rejection{Place: fault.Place, Unit: e.Unit, Code: e.Code, Value: e.Value, Problem: fault})
}

func (p *parcel) reject(all ...assess.Rejection) {
	p.refusals += len(all)
	p.refused = append(p.refused, all...)
	if len(p.refused) >= 2*source.MostRows {
		p.sort()
	}
}

// ended answers the error of a context that has ended, at every thousandth row.
func ended(ctx context.Context, row int) error {
	if row%breath != 0 {
		return nil
	}
	return ctx.Err()
}

// begin counts what came of every parcel before its entries are looked at, and forgets what was decided of it before.
func (b *batch) begin() {
	r := b.report.Run
	r.State, r.Taken, r.New, r.Changed, r.Same, r.Refused, r.Problem, r.Rejected = assess.RunRunning, 0, 0, 0, 0, 0, "", nil
	b.report, b.intake, b.state = &Report{Run: r}, assess.Intake{}, nil
	for i := range b.parcels {
		p := &b.parcels[i]
		p.figures, p.refused, p.refusals = nil, nil, 0
		p.limit(source.RowsOf(b.from.door))
		b.report.Taken += p.Len() + len(p.Refused) + p.Unchanged
		b.report.Same += p.Unchanged
		p.taken = p.Unchanged
		b.report.note(p.Notes...)
		p.reject(p.Refused...)
		if p.Damage != nil {
			b.report.Problem = cmp.Or(b.report.Problem, p.Damage.Error())
			p.reject(assess.Rejection{Place: p.Damage.Place, Problem: p.Damage})
		}
	}
}

// read understands the entries of every parcel, or those of a share.
func (b *batch) read(ctx context.Context, share share) error {
	b.intake, b.adopted, b.met = assess.Intake{}, map[assess.CellKey]bool{}, nil
	for i := range b.parcels {
		p := &b.parcels[i]
		p.figures = make([]figure, 0, share.rows(i, p.Delivery))
		for n, e := range share.entries(i, p.Delivery) {
			if err := ended(ctx, n); err != nil {
				return err
			}
			f, fault, err := b.shelf.read(ctx, b.from, e)
			switch {
			case err != nil:
				return err
			case fault != nil:
				p.refuse(e, fault)
			case f.State == assess.Missing && !b.from.signs:
				b.report.Missing++
			default:
				p.figures = append(p.figures, f)
			}
		}
		if err := b.unite(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// limit refuses a parcel of more than most rows as a whole, whoever brought it.
func (p *parcel) limit(most int) {
	if p.Len()+len(p.Refused) <= most || p.Damage != nil {
		return
	}
	file := ""
	if p.Len() > 0 {
		file = p.Entry(0).Place.File
	}
	p.Damage, p.Entries, p.Packed, p.Refused = source.TooManyRows(file, most), nil, nil, nil
}

// repeat is what the rows of one cell say: where the first stands, and the first that says something else, 0 for none.
type repeat struct{ first, other int }

// unite keeps one of rows that say the same of a cell, and refuses all that say different things of it.
func (b *batch) unite(ctx context.Context, p *parcel) error {
	cells := make(map[assess.CellKey]repeat, len(p.figures))
	for i := range p.figures {
		f := &p.figures[i]
		r, again := cells[f.CellKey]
		switch {
		case !again:
			cells[f.CellKey] = repeat{first: i}
		case r.other == 0 && !f.says(p.figures[r.first].Holding):
			cells[f.CellKey] = repeat{r.first, i}
		}
	}
	if len(cells) == len(p.figures) {
		return nil
	}
	var kept []figure
	for i, f := range p.figures {
		if err := ended(ctx, i); err != nil {
			return err
		}
		r := cells[f.CellKey]
		first := strconv.Itoa(p.figures[r.first].entry.Place.Line)
		switch {
		case r.other > 0:
			line := first
			if i == r.first {
				line = strconv.Itoa(p.figures[r.other].entry.Place.Line)
			}
			p.refuse(f.entry, assess.Invalid("problem.row_contradicts",
				fmt.Sprintf("line %s says something else of the same figure; keep the right one of the two", line), "line", line).At(f.entry.At("value")))
		case i != r.first:
			b.report.Same++
			p.taken++
			b.report.note(assess.Invalid("problem.row_again",
				fmt.Sprintf("the row says the same as line %s; one of the two is enough", first), "line", first).At(f.entry.Place))
		default:
			kept = append(kept, f)
		}
	}
	p.figures = kept
	return nil
}

// decide compares every figure with what is held, in the order in which the parcels came, and writes down what it changes.
func (b *batch) decide(ctx context.Context) error {
	for i := range b.parcels {
		p := &b.parcels[i]
		good := make([]decided, 0, len(p.figures))
		for n := range p.figures {
			if err := ended(ctx, n); err != nil {
				return err
			}
			f := &p.figures[n]
			if fault := b.overtaken(*f); fault != nil {
				p.refuse(f.entry, fault)
				continue
			}
			if note := b.state.heldOtherwise(b.from, *f); note != nil {
				b.report.note(note)
				b.report.Same++
				p.taken++
				b.met = append(b.met, meeting{*f, true})
				continue
			}
			d, fault := b.state.decide(b.from, *f, b.now)
			if fault != nil {
				p.refuse(f.entry, fault)
				continue
			}
			p.taken++
			b.report.count(d)
			b.meet(*f)
			good = append(good, decided{f, d})
		}
		if err := b.submit(good); err != nil {
			return err
		}
	}
	return nil
}

// finish counts what was refused once all is decided, and closes the report.
func (b *batch) finish() {
	for i := range b.parcels {
		p := &b.parcels[i]
		p.sort()
		b.report.refuse(p)
	}
	b.report.close()
}

// refusals answers how many rows were refused so far.
func (b *batch) refusals() (n int) {
	for i := range b.parcels {
		n += b.parcels[i].refusals
	}
	return n
}

// sort puts what was refused into the order of the rows, and keeps the first of it.
func (p *parcel) sort() {
	slices.SortStableFunc(p.refused, func(a, c assess.Rejection) int { return cmp.Compare(a.Place.Line, c.Place.Line) })
	p.refused = p.refused[:min(len(p.refused), source.MostRows)]
}
