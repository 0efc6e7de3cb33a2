package paper

import (
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/dashboard"
)

// grid is a table to be set: heads that stand again on every page, rows of cells, numbers to the right.
type grid struct {
	heads   []string
	numeric []bool
	rows    [][]cell
	first   int     // the column that takes the room that is left
	own     int     // the row that is marked, from 1
	even    bool    // the room that is left is shared by all columns
	size    float64 // of type, 0 for the least
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

func (g grid) points() float64 { return max(g.size, small) }

// widths shares out the width of a grid: every column gets what its widest cell needs; where that is too much first the heads are broken
// into their words, then the widest columns narrowed; where it is too little the first column gets the rest.
func (s *sheets) widths(g grid, width float64) []float64 {
	wide, total := s.needs(g, func(head string) float64 { return s.width(g.points(), head) })
	if total > width {
		wide, total = s.needs(g, func(head string) (most float64) {
			for _, piece := range pieces(head) {
				most = max(most, s.width(g.points(), strings.TrimRight(piece, " ")))
			}
			return max(most, min(s.width(g.points(), head), 3*g.points()))
		})
	}
	for total > width {
		widest := slices.Max(wide)
		at := slices.Index(wide, widest)
		less := min(total-width, max(widest/8, 1))
		wide[at] -= less
		total -= less
	}
	for c := range wide {
		if g.even {
			wide[c] += (width - total) / float64(len(wide))
		} else if c == g.first {
			wide[c] += width - total
		}
	}
	return wide
}

// needs answers the width that every column needs, and their sum.
func (s *sheets) needs(g grid, head func(string) float64) (wide []float64, total float64) {
	wide = make([]float64, len(g.heads))
	for c := range wide {
		wide[c] = head(s.clean(g.heads[c])) + 2*cellPad
		for _, row := range g.rows {
			need := s.width(g.points(), s.clean(row[c].text)) + 2*cellPad
			if lightKey(figureOf(row[c])) != "" {
				need += markRoom
			}
			wide[c] = max(wide[c], need)
		}
		total += wide[c]
	}
	return wide, total
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

func (s *sheets) lay(g grid, texts []cell, wide []float64) laid {
	row, size := laid{cells: make([][]string, len(texts))}, g.points()
	most := 1
	for c, one := range texts {
		room := wide[c] - 2*cellPad
		if lightKey(figureOf(one)) != "" {
			room -= markRoom
		}
		row.cells[c] = s.wrap(one.text, size, room+0.01)
		most = max(most, len(row.cells[c]))
	}
	row.height = float64(most)*size*1.3 + 5
	return row
}

// set draws a row with its top at y.
func (s *sheets) set(row laid, texts []cell, g grid, wide []float64, x, y float64, color ink) {
	size := g.points()
	for c, lines := range row.cells {
		at := y + size + 2
		for _, line := range lines {
			if g.numeric[c] {
				s.right(x+wide[c]-cellPad, at, size, color, line)
			} else {
				s.text(x+cellPad, at, size, color, line)
			}
			at += size * 1.3
		}
		if f := figureOf(texts[c]); lightKey(f) != "" && len(lines) > 0 {
			s.mark(x+wide[c]-cellPad-s.width(size, lines[0])-6, y+size-1.2, 6, f)
		}
		x += wide[c]
	}
}

// grid sets rows from the top y until they would pass bottom, and answers how many it set and where it ended.
func (s *sheets) grid(g grid, x, y, width, bottom float64) (rows int, end float64) {
	wide := s.widths(g, width)
	heads := headCells(g)
	top := s.lay(g, heads, wide)
	if y+top.height > bottom {
		return 0, y
	}
	s.rect(x, y, width, top.height, soft())
	s.set(top, heads, g, wide, x, y, dark())
	s.line(x, y+top.height, x+width, y+top.height, 0.8, muted())
	y += top.height
	for _, texts := range g.rows {
		row := s.lay(g, texts, wide)
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

// gridHeight answers what a grid of a width takes when all of it is set, 0 for an empty one.
func (s *sheets) gridHeight(g grid, width float64) float64 {
	if len(g.rows) == 0 {
		return 0
	}
	wide := s.widths(g, width)
	total := s.lay(g, headCells(g), wide).height
	for _, row := range g.rows {
		total += s.lay(g, row, wide).height
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
