package workbook

import (
	"cmp"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/tabular"
)

// Propose looks how a table of a district's own making can be read: where the names of the items stand, and which figures are those of
// the quarter. named says that the figures stand under the name of the quarter or the unit. A table that speaks of another unit or
// quarter is ErrForbidden, one without a name of an item ErrInvalid.
func Propose(book *sheet.Book, form *desk.Form) (m Mapping, named bool, err error) {
	var views []view
	for i := range book.Sheets {
		for _, across := range []bool{false, true} {
			if v, ok := viewOf(book, book.Sheets[i].Name, across); ok {
				views = append(views, v)
			}
		}
	}
	return propose(views, book.File, form)
}

// ProposeFor is Propose for one sheet, whose items stand side by side or not.
func ProposeFor(book *sheet.Book, form *desk.Form, name string, across bool) (m Mapping, named bool, err error) {
	v, ok := viewOf(book, name, across)
	if !ok {
		return m, false, badMapping(book.File)
	}
	return propose([]view{v}, book.File, form)
}

func propose(views []view, file string, form *desk.Form) (m Mapping, named bool, err error) {
	n := namesOf(form)
	most := 0
	var best view
	for _, v := range views {
		line, points := v.labels(n)
		if points == 0 {
			continue
		}
		one := Mapping{Sheet: v.Sheet.Name, Across: v.Across, Labels: line, First: v.first(n, line)}
		if v.hasFigures(n, &one) {
			points += mostSteps // names beside figures before names alone
		}
		if points > most {
			most, best, m = points, v, one
		}
	}
	if best.View == nil {
		return m, false, assess.Invalid("problem.table_names",
			"no name of a figure of the form was found in the table; put the names as the form has them into one column or one row").
			At(assess.Place{File: file})
	}
	if err := best.speaks(form, m); err != nil {
		return m, false, err
	}
	if named, err = best.figures(n, form, &m); err != nil {
		return m, false, err
	}
	best.aside(n, &m)
	m.Items = best.matches(n, m)
	return m, named, nil
}

func badMapping(file string) *assess.Problem {
	return assess.Invalid("problem.table_mapping", "the lines that were chosen are not in the table; choose the names and the figures anew").
		At(assess.Place{File: file})
}

// Remap fills in the names of a mapping whose lines a person has chosen, keeping what was chosen of them before.
func Remap(book *sheet.Book, form *desk.Form, m Mapping) (Mapping, error) {
	v, ok := viewOf(book, m.Sheet, m.Across)
	if !ok || m.Labels < 1 || m.Labels > v.Lines || m.First < 1 || m.First > v.Steps || m.Figures < 1 || m.Figures > v.Lines ||
		m.Measure < 0 || m.Measure > v.Lines || m.Notes < 0 || m.Notes > v.Lines || m.Figures == m.Labels {
		return m, badMapping(book.File)
	}
	chosen := m.Items
	m.Items = nil
	for _, match := range v.matches(namesOf(form), m) {
		before := Mapping{Items: chosen}
		if kept, ok := before.item(match.Label); ok {
			match = kept
		}
		m.Items = append(m.Items, match)
	}
	if err := v.speaks(form, m); err != nil {
		return m, err
	}
	switch h := v.headOf(form, &m, m.Figures); {
	case h.unit == others:
		return m, foreignUnit(v.Place(m.Figures, m.First-1, ""))
	case h.period == others:
		return m, foreignPeriod(form.Period, v.Place(m.Figures, m.First-1, ""))
	}
	return m, nil
}

// labels answers the line that names the most items; sure names count double.
func (v view) labels(n *names) (line, points int) {
	for l := 1; l <= v.Lines; l++ {
		seen, sum := map[assess.Code]bool{}, 0
		for step := 1; step <= v.Steps; step++ {
			c := v.Cell(l, step)
			if c.Kind != sheet.Text {
				continue
			}
			if item, unsure, ok := n.match(c.Text); ok && !seen[item] {
				seen[item] = true
				sum += 2
				if unsure {
					sum--
				}
			}
		}
		if sum > points {
			line, points = l, sum
		}
	}
	return line, points
}

// first answers the step of the first item in a line.
func (v view) first(n *names, line int) int {
	for step := 1; step <= v.Steps; step++ {
		if _, _, ok := n.match(v.Cell(line, step).Text); ok && v.Cell(line, step).Kind == sheet.Text {
			return step
		}
	}
	return 1
}

// speaks refuses a table that says in front of its figures that it is of another unit or quarter.
func (v view) speaks(form *desk.Form, m Mapping) error {
	units, periods := nothing, nothing
	var where assess.Place
	for _, r := range v.Sheet.Rows {
		for _, c := range r.Cells {
			front := r.Number < m.First
			if v.Across {
				front = r.Number < m.Labels
			}
			if !front || c.Kind != sheet.Text {
				continue
			}
			unit, period := ofUnit(c.Text, form.Unit, form.Edition.Roster, false), ofPeriod(c.Text, form.Period)
			if where == (assess.Place{}) && (unit == others || period == others) {
				where = v.Sheet.At(r.Number, c.Column, "")
			}
			units, periods = preferOurs(units, unit), preferOurs(periods, period)
		}
	}
	if units == others {
		return foreignUnit(where)
	}
	if periods == others {
		return foreignPeriod(form.Period, where)
	}
	return nil
}

// preferOurs: a table that names our unit beside others is ours.
func preferOurs(a, b says) says {
	if a == ours || b == nothing {
		return a
	}
	return b
}

func foreignUnit(at assess.Place) error {
	return assess.Forbidden("problem.table_unit", "the table is of another unit; hand in your own").At(at)
}

func foreignPeriod(p assess.Period, at assess.Place) error {
	return assess.Forbidden("problem.table_period", fmt.Sprintf("the table is not of %s; hand in that of this quarter", p), "asked", p.String()).At(at)
}

// figures finds the line of the figures: that of our unit and quarter, else one whose head says so, else the first with numbers. A line
// of another unit or quarter is never taken; nor is one of no unit, such as a total, beside lines of others. named says that the
// line's own head names our unit or quarter.
func (v view) figures(n *names, form *desk.Form, m *Mapping) (named bool, err error) {
	var best, lines, ofOurs int
	most, unit, period := -1_000, false, false // whether lines of other units, other quarters were passed over
	var of head
	for line := 1; line <= v.Lines; line++ {
		numbers := v.numbers(n, m, line)
		if line == m.Labels || numbers == 0 {
			continue
		}
		h := v.headOf(form, m, line)
		switch {
		case h.unit == others:
			unit = true
			continue
		case h.period == others:
			period = true
			continue
		}
		lines++
		if h.names() {
			ofOurs++
		}
		if points := h.points + min(numbers, 20); points > most {
			best, most, of = line, points, h
		}
	}
	at := assess.Place{File: v.Sheet.File}
	switch {
	case unit && (best == 0 || of.unit != ours):
		return false, foreignUnit(at)
	case best == 0 && period:
		return false, foreignPeriod(form.Period, at)
	case best == 0:
		return false, assess.Invalid("problem.table_figures",
			"no figures were found beside the names of the items; put them into one column, or one row").At(at)
	}
	m.Figures = best
	return of.names() && ofOurs < lines+btoi(unit || period), nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// hasFigures says whether any line holds numbers at the items.
func (v view) hasFigures(n *names, m *Mapping) bool {
	for line := 1; line <= v.Lines; line++ {
		if line != m.Labels && v.numbers(n, m, line) > 0 {
			return true
		}
	}
	return false
}

// numbers counts the items that a line has a number for.
func (v view) numbers(n *names, m *Mapping, line int) (count int) {
	for step := m.First; step <= v.Steps; step++ {
		label := v.Cell(m.Labels, step)
		if label.Kind != sheet.Text {
			continue
		}
		item, _, ok := n.match(label.Text)
		if !ok {
			continue
		}
		switch c := v.Cell(line, step); c.Kind {
		case sheet.Number, sheet.Percent:
			count++
		case sheet.Text:
			if _, err := source.ParseTyped(c.Text, n.items[item].Item.Measure.ZH); err == nil || source.Unclear(c.Text) != nil {
				count++
			}
		}
	}
	return count
}

// head is what stands before the first item of a line.
type head struct {
	unit, period says
	points       int
}

func (h head) names() bool { return h.unit == ours || h.period == ours }

// headFrom answers the step at which the heads of the lines begin: those right before the first item in which as many lines have
// words as in the last. A title or a preamble has fewer.
func (v view) headFrom(m *Mapping) int {
	filled := func(step int) (n int) {
		for line := 1; line <= v.Lines; line++ {
			if v.Text(line, step) != "" {
				n++
			}
		}
		return n
	}
	from := m.First - 1
	for enough := max(2, (filled(from)+1)/2); from > 1 && filled(from-1) >= enough; {
		from--
	}
	return from
}

// headOf weighs the head of a line.
func (v view) headOf(form *desk.Form, m *Mapping, line int) (h head) {
	for step := max(1, v.headFrom(m)); step < m.First; step++ {
		said := v.Text(line, step)
		if said == "" {
			continue
		}
		h.unit = preferOurs(h.unit, ofUnit(said, form.Unit, form.Edition.Roster, true))
		h.period = preferOurs(h.period, ofPeriod(said, form.Period))
		if word := tabular.Fold(said); otherHead.MatchString(word) {
			h.points -= 100
		} else if currentHead.MatchString(word) {
			h.points += 100
		}
	}
	if h.unit == ours {
		h.points += 1000
	}
	if h.period == ours {
		h.points += 500
	}
	return h
}

// aside finds the lines of units of measure and notes, and the measure of the whole table.
func (v view) aside(n *names, m *Mapping) {
	for line := 1; line <= v.Lines; line++ {
		if line == m.Labels || line == m.Figures {
			continue
		}
		for step := 1; step < m.First; step++ {
			head := tabular.Fold(v.Text(line, step))
			if notesHead.MatchString(head) {
				m.Notes = line
			}
			if measureHead.MatchString(head) {
				m.Measure = line
			}
		}
		if m.Measure == 0 && v.measures(n, m, line) {
			m.Measure = line
		}
	}
	for _, r := range v.Sheet.Rows {
		for _, c := range r.Cells {
			if c.Kind != sheet.Text {
				continue
			}
			for _, said := range preambleOf.FindAllStringSubmatch(c.Text, -1) {
				if m.Whole == "" && n.isMeasure(said[1]) {
					m.Whole = said[1]
				}
			}
		}
	}
}

// measures says whether a line holds units of measure at most of the items.
func (v view) measures(n *names, m *Mapping, line int) bool {
	items, found := 0, 0
	for step := m.First; step <= v.Steps; step++ {
		if _, _, ok := n.match(v.Cell(m.Labels, step).Text); ok {
			items++
			if n.isMeasure(v.Cell(line, step).Text) && v.Cell(line, step).Kind == sheet.Text {
				found++
			}
		}
	}
	return found*2 > items
}

// matches answers the names of a table in their order, each once, with the item that each means. Of several names of one item the
// surest has it, then the first.
func (v view) matches(n *names, m Mapping) []Match {
	var all []Match
	holder := map[assess.Code]int{}
	for step := m.First; step <= v.Steps; step++ {
		label := v.Cell(m.Labels, step)
		if label.Kind != sheet.Text {
			continue
		}
		one := Match{Label: label.Text}
		known := Mapping{Items: all}
		if _, twice := known.item(one.Label); twice {
			continue
		}
		if item, unsure, ok := n.match(label.Text); ok {
			i, taken := holder[item]
			switch {
			case !taken:
				one.Item, one.Unsure = item, unsure
			case all[i].Unsure && !unsure:
				all[i].Item, all[i].Unsure = "", false
				one.Item = item
			}
			if one.Item != "" {
				holder[item] = len(all)
			}
		}
		all = append(all, one)
	}
	return all
}

// scaled multiplies a plain number by a power of ten.
func scaled(text string, power int32) (string, bool) {
	d, err := decimal.NewFromString(text)
	if err != nil {
		return "", false
	}
	return cmp.Or(d.Shift(power).String(), text), true
}
