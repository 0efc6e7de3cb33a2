package score

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// Panel holds the figures, targets and conduct of all units and periods. Figures stand in columns: for every item and period that
// has any, one []float64 over the units and a byte each that says what they are; sequence numbers, texts and parts stand beside
// them only where there are some. A Panel is filled by one goroutine and may then be read by many.
type Panel struct {
	roster  assess.Roster
	periods []assess.Period // those asked for, in that order
	slots   map[assess.Period]int
	filed   []assess.Period // by slot: every period a figure may be filed under
	rows    map[assess.UnitCode]int
	index   map[assess.Code]int
	columns []column
	targets map[targetKey][]assess.DatedTarget
	conduct map[conductKey]Conduct
	open    map[assess.Period]bool
	among   func(assess.Unit) bool // the units that count, nil for all
}

// column are the figures of one item.
type column struct {
	item   assess.Item
	blocks []*block // by slot; nil where nothing was filed
	texts  map[spot]string
	parts  map[spot][]part
}

// block are the figures of one item and period, by unit. Where there is no number the value is a NaN that carries the kind, so
// that a pass over the numbers touches nothing else. It never leaves the block: a figure without a number has the value 0.
type block struct {
	values []float64
	kinds  []kind
	seqs   []int64 // nil while all are 0
	// low and high are the least and the greatest number, kept as figures come in; stale once one was replaced.
	low, high float64
	stale     bool
}

// spot is a cell of a column.
type spot struct{ slot, row int }

// Conduct is how a unit handed in the report of a period.
type Conduct struct {
	LateDays int // working days after the deadline
	Returns  int // cells that were returned
}

type conductKey struct {
	unit   assess.UnitCode
	period assess.Period
}

// NewPanel answers an empty panel for the units of a roster, some items and some periods. Figures may be filed under the
// periods, under their years, and under the quarters of those that are years.
func NewPanel(roster assess.Roster, items []assess.Item, periods []assess.Period) *Panel {
	p := &Panel{
		roster:  roster,
		periods: slices.Clone(periods),
		slots:   map[assess.Period]int{},
		rows:    make(map[assess.UnitCode]int, len(roster.Units)),
		index:   make(map[assess.Code]int, len(items)),
		targets: map[targetKey][]assess.DatedTarget{},
		conduct: map[conductKey]Conduct{},
		open:    map[assess.Period]bool{},
	}
	for _, period := range periods {
		p.addSlot(period)
		p.addSlot(period.Year())
		for _, q := range period.Quarters() {
			if period.Kind() == assess.Year {
				p.addSlot(q)
			}
		}
	}
	for i, u := range roster.Units {
		p.rows[u.Code] = i
	}
	for _, item := range items {
		if _, twice := p.index[item.Code]; twice {
			continue
		}
		p.index[item.Code] = len(p.columns)
		p.columns = append(p.columns, column{item: item, blocks: make([]*block, len(p.filed))})
	}
	return p
}

// Among answers the panel as it is for some of its units, the others left out. It shares the figures of p, to which nothing is added
// any more.
func (p *Panel) Among(some func(assess.Unit) bool) *Panel {
	q := *p
	q.among = some
	return &q
}

func (p *Panel) addSlot(period assess.Period) {
	if _, ok := p.slots[period]; !ok {
		p.slots[period] = len(p.filed)
		p.filed = append(p.filed, period)
	}
}

// unitsIn answers the rows of the units that exist in a period, in roster order.
func (p *Panel) unitsIn(period assess.Period) (rows []int) {
	for row, u := range p.roster.Units {
		if u.In(period) && (p.among == nil || p.among(u)) {
			rows = append(rows, row)
		}
	}
	return rows
}

// slot answers where figures filed under a period stand, -1 where the panel has no such period.
func (p *Panel) slot(period assess.Period) int {
	if s, ok := p.slots[period]; ok {
		return s
	}
	return -1
}

// Takes says whether figures filed under a period have a place in the panel.
func (p *Panel) Takes(period assess.Period) bool { return p.slot(period) >= 0 }

// Put takes a figure in. Of a cell the figure with the highest sequence number holds, in whatever order they come. Errors are
// Problems: an unknown unit, period or item; a value that is no finite number and no level of the item; two different figures
// with the same sequence number.
func (p *Panel) Put(o assess.Observation) error {
	row, ok := p.rows[o.Unit]
	if !ok {
		return assess.NotFound("problem.unknown_unit", fmt.Sprintf("unit %q is not in the list of units; use a code of the units file", o.Unit), "unit", string(o.Unit))
	}
	slot := p.slot(o.Period)
	if slot < 0 {
		return assess.NotFound("problem.period_outside", fmt.Sprintf("%s is none of the periods that are scored here", o.Period), "period", o.Period.String())
	}
	i, ok := p.index[o.Item]
	if !ok {
		return assess.NotFound("problem.unknown_item", fmt.Sprintf("%q is neither an item nor an indicator of the framework; check the code", o.Item), "code", string(o.Item))
	}
	c := &p.columns[i]
	f, err := c.parse(o)
	if err != nil {
		return err
	}
	at := spot{slot, row}
	taken := false
	if o.Part == "" && o.Ref == "" {
		taken = c.put(at, f, len(p.roster.Units))
	} else {
		taken = c.putPart(at, part{figure: f, part: o.Part, ref: o.Ref})
	}
	if !taken {
		return assess.Conflict("problem.cell_twice",
			fmt.Sprintf("%s of unit %s for %s is given twice with different values; keep one", o.Item, o.Unit, o.Period),
			"code", string(o.Item), "unit", string(o.Unit), "period", o.Period.String())
	}
	return nil
}

// PutColumn takes in the figures of all units for one item and period as they are, in roster order, with 0 as sequence number: the
// way in for panels that are numbers already. reported says which of them are figures; nil means all. It takes the place of what
// the column held. Errors are Problems: an unknown item or period; a column of another length; a number that is not finite.
func (p *Panel) PutColumn(item assess.Code, period assess.Period, values []float64, reported []bool) error {
	i, ok := p.index[item]
	if !ok {
		return assess.NotFound("problem.unknown_item", fmt.Sprintf("%q is neither an item nor an indicator of the framework; check the code", item), "code", string(item))
	}
	if err := p.asked(period); err != nil {
		return err
	}
	n := len(p.roster.Units)
	if len(values) != n || reported != nil && len(reported) != n {
		return assess.Invalid("problem.column_length", fmt.Sprintf("the column of %s has %d figures; it must have one for each of the %d units", item, len(values), n),
			"code", string(item), "figures", strconv.Itoa(len(values)), "units", strconv.Itoa(n))
	}
	b := newBlock(n)
	for row, v := range values {
		switch {
		case reported != nil && !reported[row]:
		case math.Abs(v) <= largest:
			b.values[row], b.kinds[row] = v, number
			b.widen(v)
		default:
			return assess.Invalid("problem.figure_number", fmt.Sprintf("%v of %s (unit %s, %s) is no finite decimal number", v, item, p.roster.Units[row].Code, period),
				"value", strconv.FormatFloat(v, 'g', -1, 64), "code", string(item), "unit", string(p.roster.Units[row].Code), "period", period.String())
		}
	}
	slot := p.slot(period)
	p.columns[i].blocks[slot] = b
	maps.DeleteFunc(p.columns[i].texts, func(at spot, _ string) bool { return at.slot == slot })
	return nil
}

func newBlock(units int) *block {
	b := &block{values: make([]float64, units), kinds: make([]kind, units), low: math.Inf(1), high: math.Inf(-1)}
	for i := range b.values {
		b.values[i] = hole(blank)
	}
	return b
}

// widen takes a number into the extremes.
func (b *block) widen(v float64) {
	if v < b.low {
		b.low = v
	}
	if v > b.high {
		b.high = v
	}
}

// hole answers the NaN that stands where there is no number, for a reason.
func hole(k kind) float64 { return math.Float64frombits(0x7ff8<<48 | uint64(k)) }

// reason answers why there is no number.
func reason(hole float64) kind { return kind(math.Float64bits(hole)) }

// put stores f unless a newer figure holds already; it answers false for a different figure with the same sequence number.
func (c *column) put(at spot, f figure, units int) bool {
	b := c.blocks[at.slot]
	if b == nil {
		b = newBlock(units)
		c.blocks[at.slot] = b
	}
	if have := c.figure(at); have.kind != blank {
		if take, ok := supersedes(have, f); !take {
			return ok
		}
	}
	b.stale = b.stale || b.kinds[at.row] != blank
	if b.values[at.row], b.kinds[at.row] = hole(f.kind), f.kind; f.kind.counts() {
		b.values[at.row] = f.value
		b.widen(f.value)
	}
	if f.seq != 0 && b.seqs == nil {
		b.seqs = make([]int64, units)
	}
	if b.seqs != nil {
		b.seqs[at.row] = f.seq
	}
	delete(c.texts, at)
	if f.text != "" {
		if c.texts == nil {
			c.texts = map[spot]string{}
		}
		c.texts[at] = f.text
	}
	return true
}

func (c *column) putPart(at spot, p part) bool {
	for i, have := range c.parts[at] {
		if have.part == p.part && have.ref == p.ref {
			take, ok := supersedes(have.figure, p.figure)
			if take {
				c.parts[at][i] = p
			}
			return ok
		}
	}
	if c.parts == nil {
		c.parts = map[spot][]part{}
	}
	// Sorted, so that the order in which parts came changes nothing.
	i, _ := slices.BinarySearchFunc(c.parts[at], p, comparePart)
	c.parts[at] = slices.Insert(c.parts[at], i, p)
	return true
}

// supersedes says whether figure b takes the place of a; ok is false where they differ and none is newer.
func supersedes(a, b figure) (take, ok bool) {
	if a.seq == b.seq {
		return false, a == b
	}
	return b.seq > a.seq, true
}

// figure answers what stands in a cell; its kind is blank where nothing does.
func (c *column) figure(at spot) figure {
	if at.slot < 0 || c.blocks[at.slot] == nil {
		return figure{}
	}
	b := c.blocks[at.slot]
	f := figure{kind: b.kinds[at.row]}
	if f.kind.counts() {
		f.value = b.values[at.row]
	}
	if b.seqs != nil {
		f.seq = b.seqs[at.row]
	}
	if c.texts != nil {
		f.text = c.texts[at]
	}
	return f
}

// filled says whether a cell has a figure or parts.
func (c *column) filled(at spot) bool {
	if at.slot < 0 {
		return false
	}
	if b := c.blocks[at.slot]; b != nil && b.kinds[at.row] != blank {
		return true
	}
	return len(c.parts[at]) > 0
}

// PutConduct sets how a unit handed in the report of a period. A year's conduct is the sum of its quarters'.
func (p *Panel) PutConduct(unit assess.UnitCode, period assess.Period, c Conduct) {
	p.conduct[conductKey{unit, period}] = c
}

// conductOf answers a unit's conduct in a quarter, or summed over a year.
func (p *Panel) conductOf(unit assess.UnitCode, period assess.Period) Conduct {
	sum := p.conduct[conductKey{unit, period}]
	if period.Kind() != assess.Year {
		return sum
	}
	for _, q := range period.Quarters() {
		c := p.conduct[conductKey{unit, q}]
		sum.LateDays += c.LateDays
		sum.Returns += c.Returns
	}
	return sum
}

// SetOpen says whether figures may still come for a period. What is missing of an open period is pending; of a closed one, which
// is the default, it is not reported. A year is open while it or one of its quarters is.
func (p *Panel) SetOpen(period assess.Period, open bool) { p.open[period] = open }

func (p *Panel) isOpen(period assess.Period) bool {
	if p.open[period] {
		return true
	}
	return period.Kind() == assess.Year && slices.ContainsFunc(period.Quarters(), func(q assess.Period) bool { return p.open[q] })
}

// shortest writes the shortest decimal that reads back as v.
func shortest(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
