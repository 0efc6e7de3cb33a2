package quality

import (
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// Cell names a figure of one unit.
type Cell struct {
	Period assess.Period
	Item   assess.Code
}

// Figure is what a cell holds, as in the log.
type Figure struct {
	State assess.State
	Value string
}

// Figures are those of one unit: the period that is checked, and as much of its past as is known. An annual item stands under its
// year.
type Figures map[Cell]Figure

// Registers answers sums over the records of a register (台账) at the end of a period; ok is false where there are none.
type Registers interface {
	Sum(unit assess.UnitCode, p assess.Period, register, field assess.Code) (sum decimal.Decimal, ok bool)
}

// Report is what a unit says of a period, to be checked.
type Report struct {
	Unit    assess.UnitCode
	Period  assess.Period // a quarter or a month
	Figures Figures
	// Registers may be nil: rules over registers are then skipped.
	Registers Registers
}

// find answers the cell in which the figure of an item stands that holds in a period.
func (f Figures) find(item *assess.Item, p assess.Period) (Figure, bool) {
	if item.Frequency == assess.Annual {
		p = p.Year()
	}
	fig, ok := f[Cell{p, item.Code}]
	if !ok && item.Frequency == "" {
		fig, ok = f[Cell{p.Year(), item.Code}]
	}
	return fig, ok
}

// number answers a figure as an exact decimal; ok is false where none was reported.
func (f Figures) number(item *assess.Item, p assess.Period) (decimal.Decimal, bool) {
	fig, ok := f.find(item, p)
	if !ok {
		return decimal.Decimal{}, false
	}
	v := fig.read(item)
	return v.number, v.kind == aNumber
}

// read understands a figure by the type of its item.
func (f Figure) read(item *assess.Item) value {
	text := f.Value
	switch {
	case f.State != assess.Reported && f.State != assess.ZeroReport:
		return value{}
	case text == "" && f.State == assess.ZeroReport:
		text = "0"
	}
	switch {
	case item.Type == assess.Boolean:
		switch text {
		case "1", "true":
			return truth(true)
		case "0", "false":
			return truth(false)
		}
		return value{}
	case slices.Contains(item.Levels, assess.Code(text)):
		return value{kind: aWord, word: text}
	}
	d, ok := parse(text)
	if !ok {
		return value{}
	}
	return number(d)
}

// longest bounds the digits of a figure on either side of the point: an exponent from outside must not make numbers that fill the
// memory.
const longest = 40

func parse(text string) (decimal.Decimal, bool) {
	if len(text) > 2*longest {
		return decimal.Decimal{}, false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil { // nearly all are whole
		return decimal.NewFromInt(n), true
	}
	d, err := decimal.NewFromString(text)
	if err != nil || d.Exponent() > longest || d.Exponent() < -longest {
		return decimal.Decimal{}, false
	}
	return d, true
}
