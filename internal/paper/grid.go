package paper

import (
	"slices"

	"github.com/unionboard/unionboard/internal/dashboard"
)

// grid is a table to be set: heads that stand again on every page, rows of cells, numbers to the right.
type grid struct {
	heads   []string
	numeric []bool
	rows    [][]cell
	first   int // the column that takes the room that is left
	own     int // the row that is marked, from 1
}

// cell is a value of a grid; figure has a mark before it.
type cell struct {
	text   string
	figure *dashboard.Figure
}

// The measures of a grid, in points.
const (
	cellPad  = 4.0
	markRoom = 10.0
)

// gridOf makes a grid of a table's columns, in the order given.
func gridOf(t *dashboard.Table, columns ...int) grid {
	g := grid{}
	for _, c := range columns {
		g.heads = append(g.heads, t.Heads[c].Text)
		g.numeric = append(g.numeric, t.Heads[c].Numeric)
	}
	for _, row := range t.Rows {
		var cells []cell
		for _, c := range columns {
			cells = append(cells, cell{row[c].Text, row[c].Figure})
		}
		g.rows = append(g.rows, cells)
	}
	return g
}

// widths shares out the width of a grid: every column gets what its widest cell needs; where that is too much the widest columns are
// narrowed and their texts broken, where it is too little the first column gets the rest.
func (s *sheets) widths(g grid, width float64) []float64 {
	wide := make([]float64, len(g.heads))
	total := 0.0
	for c := range wide {
		wide[c] = s.width(small, s.clean(g.heads[c])) + 2*cellPad
		for _, row := range g.rows {
			need := s.width(small, s.clean(row[c].text)) + 2*cellPad
			if lightKey(figureOf(row[c])) != "" {
				need += markRoom
			}
			wide[c] = max(wide[c], need)
		}
		total += wide[c]
	}
	for total > width {
		widest := slices.Max(wide)
		at := slices.Index(wide, widest)
		less := min(total-width, max(widest/8, 1))
		wide[at] -= less
		total -= less
	}
	if len(wide) > 0 {
		wide[g.first] += width - total
	}
	return wide
}

func figureOf(c cell) dashboard.Figure {
	if c.figure == nil {
		return dashboard.Figure{}
	}
	return *c.figure
}

// laid is a row of a grid whose texts are broken into lines.
type laid struct {
	cells  [][]string
	height float64
}

func (s *sheets) lay(texts []cell, wide []float64) laid {
	row := laid{cells: make([][]string, len(texts))}
	most := 1
	for c, one := range texts {
		room := wide[c] - 2*cellPad
		if lightKey(figureOf(one)) != "" {
			room -= markRoom
		}
		row.cells[c] = s.wrap(one.text, small, room+0.01)
		most = max(most, len(row.cells[c]))
	}
	row.height = float64(most)*small*1.3 + 5
	return row
}

// set draws a row with its top at y.
func (s *sheets) set(row laid, texts []cell, g grid, wide []float64, x, y float64, color ink) {
	for c, lines := range row.cells {
		at := y + small + 2
		for _, line := range lines {
			if g.numeric[c] {
				s.right(x+wide[c]-cellPad, at, small, color, line)
			} else {
				s.text(x+cellPad, at, small, color, line)
			}
			at += small * 1.3
		}
		if f := figureOf(texts[c]); lightKey(f) != "" && len(lines) > 0 {
			s.mark(x+wide[c]-cellPad-s.width(small, lines[0])-6, y+small-1.2, 6, f)
		}
		x += wide[c]
	}
}

// grid sets rows from the top y until they would pass bottom, and answers how many it set and where it ended.
func (s *sheets) grid(g grid, x, y, width, bottom float64) (rows int, end float64) {
	wide := s.widths(g, width)
	heads := headCells(g)
	top := s.lay(heads, wide)
	if y+top.height > bottom {
		return 0, y
	}
	s.rect(x, y, width, top.height, soft())
	s.set(top, heads, g, wide, x, y, dark())
	s.line(x, y+top.height, x+width, y+top.height, 0.8, muted())
	y += top.height
	for _, texts := range g.rows {
		row := s.lay(texts, wide)
		if y+row.height > bottom {
			break
		}
		if rows+1 == g.own {
			s.rect(x, y, width, row.height, soft())
			s.rect(x, y, 2, row.height, blue())
		}
		s.set(row, texts, g, wide, x, y, dark())
		y += row.height
		s.line(x, y, x+width, y, 0.4, rule())
		rows++
	}
	return rows, y
}

// gridHeight answers what a grid takes when all of it is set, 0 for an empty one.
func (s *sheets) gridHeight(g grid) float64 {
	if len(g.rows) == 0 {
		return 0
	}
	wide := s.widths(g, inside)
	total := s.lay(headCells(g), wide).height
	for _, row := range g.rows {
		total += s.lay(row, wide).height
	}
	return total
}

func headCells(g grid) []cell {
	cells := make([]cell, len(g.heads))
	for c, text := range g.heads {
		cells[c].text = text
	}
	return cells
}
