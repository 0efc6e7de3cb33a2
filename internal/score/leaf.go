package score

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// leaf is an indicator with the columns its value is made of, -1 for none.
type leaf struct {
	node                         *node
	index                        int // of the node
	own                          int // the indicator's own code, where a framework stands alone
	item, numerator, denominator int
	factor                       float64
	expr                         *expression
	fullMarks                    float64 // points of the whole tree that hang on it when everything is due
	scale                        float64 // of the framework
	rounding                     assess.Rounding
	// measures are made of the whole panel, by length of period.
	measures map[assess.PeriodKind]measure
}

func (p *plan) newLeaf(i int) (*leaf, *assess.Problem) {
	n := &p.nodes[i]
	l := &leaf{
		node: n, index: i, own: p.columnOf(n.Code), item: -1, numerator: -1, denominator: -1, factor: 1,
		scale: p.scale, rounding: p.framework.Rounding,
	}
	formula := n.Indicator.Value
	if formula.Expr != "" {
		e, err := p.panel.compile(formula.Expr)
		if err != nil {
			return nil, asProblem(err)
		}
		l.expr = e
		return l, nil
	}
	needed := []assess.Code{cmp.Or(formula.Item, n.Code)}
	if formula.Denominator != "" {
		needed = []assess.Code{formula.Numerator, formula.Denominator}
		l.factor = cmp.Or(formula.Scale, 1)
	}
	columns := make([]int, len(needed))
	for k, code := range needed {
		if columns[k] = p.columnOf(code); columns[k] < 0 {
			return nil, assess.NotFound("problem.indicator_item",
				fmt.Sprintf("%s is made of %s, which is no item; check the code", n.Code, code), "code", string(n.Code), "item", string(code))
		}
	}
	if len(columns) == 2 {
		l.numerator, l.denominator = columns[0], columns[1]
		return l, nil
	}
	if l.item = columns[0]; l.item == l.own {
		l.own = -1
	}
	return l, nil
}

func (p *plan) columnOf(code assess.Code) int {
	if i, ok := p.panel.index[code]; ok {
		return i
	}
	return -1
}

// columns answers the columns the leaves read directly.
func (p *plan) columns() (columns []int) {
	for _, l := range p.leaves {
		columns = append(columns, l.columns()...)
	}
	return columns
}

func (l *leaf) columns() (columns []int) {
	for _, c := range []int{l.own, l.item, l.numerator, l.denominator} {
		if c >= 0 {
			columns = append(columns, c)
		}
	}
	if l.expr != nil {
		columns = append(columns, l.expr.items...)
	}
	return columns
}

// base answers the columns that figures come from: those of the leaf with computed items resolved to their operands.
func (p *plan) base(columns []int) (base []int) {
	for _, c := range columns {
		if e := p.formulas[c]; e != nil {
			base = append(base, p.base(e.items)...)
			continue
		}
		base = append(base, c)
	}
	return base
}

// read reads the leaf's value.
func (l *leaf) read(r *reader) reading {
	if l.own >= 0 && r.filed(l.own) {
		return reading{amount: r.amount(roleValue, l.own)}
	}
	switch {
	case l.expr != nil:
		return reading{amount: r.evaluate(l.expr)}
	case l.denominator >= 0:
		return r.ratio(l.numerator, l.denominator, l.factor, l.node.Indicator.MinDenominator)
	}
	in := reading{amount: r.amount(roleValue, l.item)}
	role := partRole(&l.node.Indicator.Method)
	if role == "" || in.finding == excused {
		return in
	}
	in.parts = r.parts(role, l.item)
	if in.finding == unfiled && slices.ContainsFunc(in.parts, func(p part) bool { return p.reported() }) {
		in.finding = found
	}
	return in
}

// filed says whether any of the reader's rows has a figure of a column.
func (r *reader) filed(i int) bool {
	col := &r.panel.columns[i]
	for _, row := range r.rows {
		for _, slot := range r.calendar.slots(r.scratch[:0], col, row) {
			if col.filled(spot{slot, row}) {
				return true
			}
		}
	}
	return false
}

// partRole answers the role of the parts a method is made of, "" for methods of one figure.
func partRole(m *assess.Method) string {
	switch {
	case m.Kind == assess.Rated && len(m.Raters) > 0:
		return roleBallot
	case m.Kind == assess.Deduction:
		return roleEvent
	case m.Kind == assess.Bonus:
		return roleAchievement
	}
	return ""
}
