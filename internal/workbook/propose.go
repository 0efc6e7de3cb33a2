package workbook

import (
	"cmp"
	"strings"

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
	if err := best.speaks(n, form, m); err != nil {
		return m, false, err
	}
	if named, err = best.figures(n, form, &m); err != nil {
		return m, false, err
	}
	if err := best.allStrange(n, form, m); err != nil {
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

// ToChoose says that a person has to choose the line of the figures.
func ToChoose(file string) *assess.Problem {
	return assess.Invalid("problem.table_choose",
		"several columns or rows may hold the figures of the quarter; choose one of them, and read the table again").At(assess.Place{File: file})
}

// Remap fills in the names of a mapping whose lines a person has chosen, keeping what was chosen of them before.
func Remap(book *sheet.Book, form *desk.Form, m Mapping) (Mapping, error) {
	v, ok := viewOf(book, m.Sheet, m.Across)
	if m.Figures == 0 {
		return m, ToChoose(book.File)
	}
	if !ok || m.Labels < 1 || m.Labels > v.Lines || m.First < 1 || m.First > v.Steps || m.Figures < 1 || m.Figures > v.Lines ||
		m.Measure < 0 || m.Measure > v.Lines || m.Notes < 0 || m.Notes > v.Lines || m.Figures == m.Labels {
		return m, badMapping(book.File)
	}
	chosen, n := m.Items, namesOf(form)
	m.Items = nil
	for _, match := range v.matches(n, m) {
		before := Mapping{Items: chosen}
		if kept, ok := before.item(match.Label); ok {
			match = kept
		}
		m.Items = append(m.Items, match)
	}
	if err := v.speaks(n, form, m); err != nil {
		return m, err
	}
	switch h := v.headOf(n, form, &m, m.Figures); {
	case h.unit == others:
		return m, foreignUnit(h.said, v.Place(m.Figures, m.First-1, ""))
	case h.period == others:
		return m, foreignPeriod(form.Period, v.Place(m.Figures, m.First-1, ""))
	}
	return m, v.allStrange(n, form, m)
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
				if all := n.measuresIn(said[1]); m.Whole == "" {
					m.Whole = strings.Join(all, "、")
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
