package workbook

import (
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/source"
)

// speaks refuses a table that says before its figures that it is of another quarter, or before or behind them that it is of another
// unit.
func (v view) speaks(n *names, form *desk.Form, m Mapping) error {
	periods, of := nothing, v.outside(n, form, m)
	var where assess.Place
	for _, r := range v.Sheet.Rows {
		for _, c := range r.Cells {
			part := of(r.Number, c.Column)
			if c.Kind != sheet.Text || part == inside {
				continue
			}
			at := v.Sheet.At(r.Number, c.Column, "")
			if n.roll.in(c.Text) == others && (part != columnHead || n.roll.is(c.Text) == nothing) {
				return foreignUnit(source.Excerpt(c.Text), at)
			}
			period := nothing
			if part == front {
				period = ofPeriod(c.Text, form.Period)
			}
			if where == (assess.Place{}) && period == others {
				where = at
			}
			periods = preferOurs(periods, period)
		}
	}
	if periods == others {
		return foreignPeriod(form.Period, where)
	}
	return nil
}

// part is where a cell stands to a table.
type part uint8

const (
	inside     part = iota
	front           // before it
	columnHead      // over a line of figures
	foot            // behind it
)

// outside tells where cells stand, by row and column. The names of units beside figures are no foot.
func (v view) outside(n *names, form *desk.Form, m Mapping) func(row, column int) part {
	rows, lastItem, lastLine := v.ledger(n, form, m), 0, m.Labels
	for step := m.First; step <= v.Steps; step++ {
		if rows.item(step) {
			lastItem = step
		}
	}
	figures := make([]bool, v.Lines+1)
	for line := 1; line <= v.Lines; line++ {
		if figures[line] = line != m.Labels && v.numbers(n, &m, line) > 0; figures[line] {
			lastLine = max(lastLine, line)
		}
	}
	heads := v.headFrom(&m)
	return func(row, column int) part {
		switch {
		case v.Across && row < m.Labels, !v.Across && row < heads:
			return front
		case v.Across && row > lastLine:
			return foot
		case v.Across || column > v.Lines || row > v.Steps:
			return inside
		case row < m.First && figures[column]:
			return columnHead
		case row < m.First:
			return front
		case row > lastItem && column != rows.units:
			return foot
		}
		return inside
	}
}

// preferOurs: a table that names our unit beside others is ours.
func preferOurs(a, b says) says {
	if a == ours || b == nothing {
		return a
	}
	return b
}

func foreignUnit(said string, at assess.Place) error {
	return assess.Forbidden("problem.table_unit",
		fmt.Sprintf("the table says %q, which is another unit; hand in your own, or take this out if it is yours", said), "unit", said).At(at)
}

func foreignPeriod(p assess.Period, at assess.Place) error {
	return assess.Forbidden("problem.table_period", fmt.Sprintf("the table is not of %s; hand in that of this quarter", p), "asked", p.String()).At(at)
}
