package score

import (
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// finding says what became of a value. Where an indicator needs several figures the greatest finding holds: what is not
// applicable needs no report, and what will never be reported need not be waited for.
type finding uint8

const (
	unread     finding = iota
	found              // a value
	undefined          // a denominator of zero, or an expression without a finite value
	unfiled            // nothing was filed: it may still come while the period is open
	unreported         // closed without a figure
	excused            // not applicable
)

// amount is the value of an item for the rows a reader reads.
type amount struct {
	finding
	value float64
	level string
}

// reading is the value of an indicator.
type reading struct {
	amount
	small  bool    // the denominator is below the least one that says something
	sample float64 // the denominator
	parts  []part
}

// The roles of inputs.
const (
	roleValue       = "value"
	roleNumerator   = "numerator"
	roleDenominator = "denominator"
	roleOperand     = "operand"
	roleBallot      = "ballot"
	roleEvent       = "event"
	roleAchievement = "achievement"
	roleVeto        = "veto"
)

// reader reads items in one period: of one unit, or summed over several for the city.
type reader struct {
	panel    *Panel
	formulas map[int]*expression // of computed items, by column
	calendar calendar
	rows     []int
	note     func(assess.Input) // told every figure that is read; nil where nobody asks

	scratch [4]int
}

// calendar are the slots that matter for a period; -1 where the panel has none.
type calendar struct {
	period      assess.Period
	exact, year int
	quarters    []int // the four of a year
}

func (p *Panel) calendar(period assess.Period) calendar {
	c := calendar{period: period, exact: p.slot(period), year: p.slot(period.Year())}
	if period.Kind() == assess.Year {
		for _, q := range period.Quarters() {
			c.quarters = append(c.quarters, p.slot(q))
		}
	}
	return c
}

// slots answers where the figure of an item stands that holds in the period. An annual item stands under its year. Of a year
// without a figure of its own the fourth quarter's stock or year-to-date value holds, and all four quarters of a flow together.
func (c *calendar) slots(into []int, col *column, row int) []int {
	switch {
	case col.item.Frequency == assess.Annual:
		return append(into, c.year)
	case col.filled(spot{c.exact, row}):
		return append(into, c.exact)
	case c.quarters != nil && col.item.Accumulation == assess.Flow:
		return append(into, c.quarters...)
	case c.quarters != nil:
		return append(into, c.quarters[3])
	case col.item.Frequency == "" && col.filled(spot{c.year, row}):
		return append(into, c.year)
	}
	return append(into, c.exact)
}

// amount reads an item: as filed, or by its formula where it is computed.
func (r *reader) amount(role string, i int) amount {
	col := &r.panel.columns[i]
	if e := r.formulas[i]; e != nil {
		a := r.evaluate(e)
		r.tell(assess.Input{Role: role, Item: col.item.Code, Value: a.text(), State: a.state(), From: r.calendar.period})
		return a
	}
	sum := amount{finding: found}
	var exact decimal.Decimal
	adds := len(r.rows) > 1 || r.calendar.quarters != nil && col.item.Accumulation == assess.Flow
	n := 0
	for _, row := range r.rows {
		for _, slot := range r.calendar.slots(r.scratch[:0], col, row) {
			f := col.figure(spot{slot, row})
			sum.finding = max(sum.finding, f.finding())
			if n++; n == 1 {
				sum.value, sum.level = f.value, f.levelText()
			}
			if adds {
				exact = exact.Add(f.exact())
			}
			if len(r.rows) == 1 {
				r.tellFigure(role, col, slot, f, "", "")
			}
		}
	}
	if n > 1 {
		sum.value, sum.level = exact.InexactFloat64(), ""
	}
	if len(r.rows) > 1 {
		r.tell(assess.Input{Role: role, Item: col.item.Code, Value: sum.text(), State: sum.state(), From: r.calendar.period})
	}
	return sum
}

// evaluate computes an expression over items.
func (r *reader) evaluate(e *expression) amount {
	values := make([]float64, len(e.items))
	a := amount{finding: found}
	for k, i := range e.items {
		operand := r.amount(roleOperand, i)
		if operand.level != "" {
			operand.finding = max(operand.finding, undefined)
		}
		a.finding = max(a.finding, operand.finding)
		values[k] = operand.value
	}
	if a.finding != found {
		return a
	}
	var ok bool
	if a.value, ok = e.value(values); !ok {
		return amount{finding: undefined}
	}
	return a
}

// ratio reads factor × numerator ÷ denominator.
func (r *reader) ratio(numerator, denominator int, factor, least float64) reading {
	n, d := r.amount(roleNumerator, numerator), r.amount(roleDenominator, denominator)
	a := reading{amount: amount{finding: max(n.finding, d.finding)}}
	if n.level+d.level != "" {
		a.finding = max(a.finding, undefined)
	}
	if a.finding != found {
		return a
	}
	a.small, a.sample = d.value < least, d.value
	if d.value == 0 {
		a.finding = undefined
		return a
	}
	// The product first: 100 × 7 ÷ 100 is 7, while 7 ÷ 100 × 100 is not.
	a.value = float64(n.value*factor) / d.value
	return a
}

// parts reads what an item has many of: ballots, events, achievements.
func (r *reader) parts(role string, i int) (parts []part) {
	col := &r.panel.columns[i]
	for _, row := range r.rows {
		for _, slot := range r.calendar.slots(r.scratch[:0], col, row) {
			for _, p := range col.parts[spot{slot, row}] {
				r.tellFigure(role, col, slot, p.figure, p.part, p.ref)
				parts = append(parts, p)
			}
		}
	}
	return parts
}

func (r *reader) tellFigure(role string, col *column, slot int, f figure, part, ref string) {
	if r.note == nil {
		return
	}
	from := r.calendar.period
	if slot >= 0 {
		from = r.panel.filed[slot]
	}
	r.tell(assess.Input{Role: role, Item: col.item.Code, Part: part, Ref: ref, Value: f.written(), State: f.kind.state(), From: from, Seq: f.seq})
}

func (r *reader) tell(in assess.Input) {
	if r.note != nil {
		r.note(in)
	}
}

func (f figure) finding() finding {
	switch f.kind {
	case blank:
		return unfiled
	case missing:
		return unreported
	case exempt:
		return excused
	}
	return found
}

func (f figure) levelText() string {
	if f.kind == level {
		return f.text
	}
	return ""
}

// text answers an amount as it is written, "" where there is none.
func (a amount) text() string {
	switch {
	case a.level != "":
		return a.level
	case a.finding == found:
		return shortest(a.value)
	}
	return ""
}

func (a amount) state() assess.State {
	switch a.finding {
	case found, undefined:
		return assess.Reported
	case excused:
		return assess.Exempt
	}
	return assess.Missing
}
