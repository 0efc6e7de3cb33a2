package tabular

import (
	"cmp"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/sheet"
)

// mostHeads bounds the cells that are part of merged ones.
const mostHeads = 20_000

// View is a sheet by lines and steps: its columns and rows, or, where what belongs together stands side by side (Across), its rows and
// columns. Both count from 1.
type View struct {
	Sheet        *sheet.Sheet
	Across       bool
	Lines, Steps int

	steps  map[int][]sheet.Cell // by step; their Column is the line
	merged map[[2]int]merged
}

// merged is a merged area by lines and steps.
type merged struct{ line, step, toLine, toStep int }

// NewView looks at a sheet as far as its first lines and steps.
func NewView(s *sheet.Sheet, across bool, mostLines, mostSteps int) *View {
	v := &View{Sheet: s, Across: across, steps: map[int][]sheet.Cell{}, merged: map[[2]int]merged{}}
	for _, r := range s.Rows {
		for _, c := range r.Cells {
			line, step := c.Column, r.Number
			if across {
				line, step = step, line
			}
			if line > mostLines || step > mostSteps {
				continue
			}
			c.Column = line
			v.steps[step] = append(v.steps[step], c) // rows and cells come in order, so lines do in both ways
			v.Lines, v.Steps = max(v.Lines, line), max(v.Steps, step)
		}
	}
	for _, a := range s.Merged {
		v.merge(a)
	}
	return v
}

// merge notes the cells of a merged area, so far as they are looked at.
func (v *View) merge(a sheet.Area) {
	m := merged{a.Left, a.Top, a.Right, a.Bottom}
	if v.Across {
		m = merged{a.Top, a.Left, a.Bottom, a.Right}
	}
	for line := m.line; line <= min(m.toLine, v.Lines); line++ {
		for step := m.step; step <= min(m.toStep, v.Steps) && len(v.merged) < mostHeads; step++ {
			v.merged[[2]int{line, step}] = m
		}
		if len(v.merged) == mostHeads {
			return
		}
	}
}

// Cell answers a cell as it stands, a Blank one where there is none.
func (v *View) Cell(line, step int) sheet.Cell {
	cells := v.steps[step]
	i, ok := slices.BinarySearchFunc(cells, line, func(c sheet.Cell, line int) int { return cmp.Compare(c.Column, line) })
	if !ok {
		return sheet.Cell{Column: line}
	}
	return cells[i]
}

// Spread is Cell, but of a blank cell that is part of a merged one it answers that.
func (v *View) Spread(line, step int) sheet.Cell {
	c := v.Cell(line, step)
	if m, ok := v.merged[[2]int{line, step}]; ok && c.Kind == sheet.Blank {
		return v.Cell(m.line, m.step)
	}
	return c
}

// Text answers the words of a cell, those of the merged cell it is part of where it is blank.
func (v *View) Text(line, step int) string { return Text(v.Spread(line, step)) }

// Over says over how many steps the merged cell reaches that a cell is part of; 1 for a cell by itself.
func (v *View) Over(line, step int) int {
	if m, ok := v.merged[[2]int{line, step}]; ok {
		return m.toStep - m.step + 1
	}
	return 1
}

// Wide says over how many lines the merged cell reaches that a cell is part of; 1 for a cell by itself.
func (v *View) Wide(line, step int) int {
	if m, ok := v.merged[[2]int{line, step}]; ok {
		return m.toLine - m.line + 1
	}
	return 1
}

// Holds says whether a line holds anything.
func (v *View) Holds(line int) bool {
	for _, cells := range v.steps {
		if _, ok := slices.BinarySearchFunc(cells, line, func(c sheet.Cell, line int) int { return cmp.Compare(c.Column, line) }); ok {
			return true
		}
	}
	return false
}

// Blank says whether a step holds nothing.
func (v *View) Blank(step int) bool { return len(v.steps[step]) == 0 }

// Begin answers the first cell of a step that holds something.
func (v *View) Begin(step int) sheet.Cell {
	if v.Blank(step) {
		return sheet.Cell{}
	}
	return v.steps[step][0]
}

// Place answers where a cell stands in the sheet.
func (v *View) Place(line, step int, head string) assess.Place {
	if v.Across {
		line, step = step, line
	}
	return v.Sheet.At(step, line, head)
}

// Text answers the words of a cell: those of a note, or of a choice. Faults and formulas without a result say nothing.
func Text(c sheet.Cell) string {
	if c.Kind == sheet.Fault || c.Kind == sheet.Uncached {
		return ""
	}
	return strings.TrimSpace(c.String())
}
