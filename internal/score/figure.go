package score

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// kind says what stands in a cell.
type kind uint8

const (
	blank kind = iota // nothing was filed
	number
	zeroReport
	level  // of a graded item: the text says which
	exempt // the city marked it not applicable
	missing
)

// state answers a kind in the words of the log. A blank cell is missing.
func (k kind) state() assess.State {
	switch k {
	case number, level:
		return assess.Reported
	case zeroReport:
		return assess.ZeroReport
	case exempt:
		return assess.Exempt
	}
	return assess.Missing
}

// counts says whether a cell holds a number.
func (k kind) counts() bool { return k == number || k == zeroReport }

// figure is the content of a cell. Figures are comparable with ==.
type figure struct {
	kind  kind
	value float64
	text  string // a level, or the decimal as written where the shortest form of value differs from it
	seq   int64
}

// part is a figure of a cell that has many: a ballot, an event, an achievement.
type part struct {
	figure
	part, ref string
}

func comparePart(a, b part) int {
	return cmp.Or(cmp.Compare(a.part, b.part), cmp.Compare(a.ref, b.ref))
}

// reported says whether the figure says something, if only zero.
func (f figure) reported() bool { return f.kind == number || f.kind == zeroReport || f.kind == level }

// written answers the figure as it was handed in, "" where there is none.
func (f figure) written() string {
	switch {
	case f.text != "":
		return f.text
	case f.reported():
		return shortest(f.value)
	}
	return ""
}

// exact answers the figure as an exact decimal, for sums.
func (f figure) exact() decimal.Decimal {
	d, err := decimal.NewFromString(f.written())
	if err != nil {
		return decimal.NewFromFloat(f.value)
	}
	return d
}

// parse reads an observation of the column's item.
func (c *column) parse(o assess.Observation) (figure, error) {
	f := figure{seq: o.Seq}
	switch o.State {
	case assess.Exempt:
		f.kind = exempt
		return f, nil
	case assess.Missing:
		f.kind = missing
		return f, nil
	case assess.ZeroReport:
		f.kind = zeroReport
	case assess.Reported, "":
		f.kind = number
	default:
		return f, assess.Invalid("problem.figure_state",
			fmt.Sprintf("%q is no state of a figure; it is reported, zero_report, not_applicable or missing", o.State), "state", string(o.State))
	}
	if f.kind == zeroReport && o.Value == "" {
		return f, nil
	}
	if c.item.Type == assess.Boolean && (o.Value == "true" || o.Value == "false") {
		if o.Value == "true" {
			f.value = 1
		}
		return f, nil
	}
	if slices.Contains(c.item.Levels, assess.Code(o.Value)) {
		f.kind, f.text = level, o.Value
		return f, nil
	}
	v, ok := parseDecimal(o.Value)
	if !ok {
		return f, assess.Invalid("problem.figure_number",
			fmt.Sprintf("%q of %s (unit %s, %s) is no finite decimal number%s", o.Value, o.Item, o.Unit, o.Period, c.orLevel()),
			"value", o.Value, "code", string(o.Item), "unit", string(o.Unit), "period", o.Period.String())
	}
	f.value = v
	if o.Value != shortest(v) {
		f.text = o.Value
	}
	return f, nil
}

func (c *column) orLevel() string {
	if len(c.item.Levels) == 0 {
		return "; write it like 1204 or 92.5"
	}
	names := make([]string, len(c.item.Levels))
	for i, l := range c.item.Levels {
		names[i] = string(l)
	}
	return " and none of its levels " + strings.Join(names, ", ")
}

// largest is the greatest size of a figure: differences and squares of such figures are finite.
const largest = 1e100

// parseDecimal reads a decimal number up to the largest size; NaN, infinities, hexadecimal and grouped digits are none.
func parseDecimal(s string) (float64, bool) {
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && !strings.ContainsRune("+-.eE", rune(s[i])) {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && math.Abs(v) <= largest
}
