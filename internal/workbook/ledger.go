package workbook

import (
	"cmp"
	"fmt"
	"regexp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/tabular"
)

// ledger tells whose and of when the steps of a table are in which rows of several units or quarters stand below each other. It is
// asked step by step: a unit holds until the next one.
type ledger struct {
	view
	names          *names
	form           *desk.Form
	labels         int
	units, periods int // lines that name them, 0 for none
	unit, period   string
	band           string // a unit over the names of its items
}

// periodHead is over periods; without it plain digits are figures.
var periodHead = regexp.MustCompile(`期|季度|月份|年度|时间|period|quarter|month`)

func (v view) ledger(n *names, form *desk.Form, m Mapping) *ledger {
	l := &ledger{view: v, names: n, form: form, labels: m.Labels}
	l.units = l.lineOf(m, func(_ int, text string) bool { return n.roll.is(text) != nothing })
	l.periods = l.lineOf(m, func(line int, text string) bool {
		_, err := source.ParseNumber(text)
		_, ok := tabular.Period(text, form.Period.CalendarYear())
		return ok && (err != nil || periodHead.MatchString(tabular.Fold(v.Text(line, m.First-1))))
	})
	return l
}

// lineOf answers the line that says something of most items for which it holds anything.
func (l *ledger) lineOf(m Mapping, says func(line int, text string) bool) int {
	for line := 1; line <= l.Lines; line++ {
		words, said := 0, 0
		for step := m.First; step <= l.Steps && line != m.Labels && line != m.Figures; step++ {
			if text := l.Text(line, step); text != "" && l.item(step) {
				words++
				said += btoi(says(line, text))
			}
		}
		if said*2 > words {
			return line
		}
	}
	return 0
}

// item says whether an item of the form stands at a step.
func (l *ledger) item(step int) bool {
	c := l.Cell(l.labels, step)
	if c.Kind != sheet.Text {
		return false
	}
	_, _, ok := l.names.match(c.Text)
	return ok
}

// strange answers why a step is not ours; nil where it is.
func (l *ledger) strange(step int) error {
	l.unit = cmp.Or(l.Text(l.units, step), l.unit)
	l.period = cmp.Or(l.Text(l.periods, step), l.period)
	if label := l.Text(l.labels, step); l.names.roll.is(label) != nothing {
		l.band = label
	}
	for _, unit := range []string{l.unit, l.band} {
		if unit != "" && l.names.roll.is(unit) != ours {
			return assess.Forbidden("problem.table_row_unit",
				fmt.Sprintf("the row is of %s and not of your unit; it is left out", source.Excerpt(unit)), "unit", source.Excerpt(unit))
		}
	}
	if p, ok := tabular.Period(l.period, l.form.Period.CalendarYear()); ok && ofWhen(p, l.form.Period) == others {
		return assess.Forbidden("problem.table_row_period",
			fmt.Sprintf("the row is of %s and not of %s; it is left out", source.Excerpt(l.period), l.form.Period),
			"period", source.Excerpt(l.period), "asked", l.form.Period.String())
	}
	return nil
}

// allStrange answers why no item of a table is ours; nil where one is.
func (v view) allStrange(n *names, form *desk.Form, m Mapping) error {
	l := v.ledger(n, form, m)
	var first error
	for step := m.First; step <= v.Steps; step++ {
		err := l.strange(step)
		switch {
		case !l.item(step):
		case err == nil:
			return nil
		case first == nil && n.roll.is(l.unit+l.band) != ours && l.unit+l.band != "":
			first = foreignUnit(source.Excerpt(l.unit+l.band), v.Place(m.Labels, step, ""))
		case first == nil:
			first = foreignPeriod(form.Period, v.Place(m.Labels, step, ""))
		}
	}
	return first
}
