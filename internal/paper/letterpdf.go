package paper

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The measures of an official letter, in points (GB/T 9704): margins of 37, 28 and 26 mm, type of 16 on lines of 28, the title of 22.
// Letters in other writing are set in 12.
const (
	letterTop    = 105.0
	letterLeft   = 79.0
	letterWidth  = 442.0
	letterBottom = 745.0
	letterType   = 16.0
	latinType    = 12.0
	letterLine   = 1.75 // of a line, as a multiple of the type
	letterTitle  = 22.0
	tableType    = 10.0
)

// letterSheets are the pages of a letter with where the next line goes.
type letterSheets struct {
	*sheets
	y       float64
	points  float64 // of the type of its text
	leading float64 // from line to line
}

// Letter sets a letter.
func (p *Press) Letter(w io.Writer, l *Letter) (Print, error) {
	s := &letterSheets{sheets: p.sheets(l.about), y: letterTop, points: letterType}
	if !l.chinese() {
		s.points = latinType
	}
	s.leading = s.points * letterLine
	s.y += 14
	for _, line := range s.balanced(l.Title) {
		s.centre(letterLeft+letterWidth/2, s.y+letterTitle, letterTitle, dark(), line)
		s.y += letterTitle * 1.5
	}
	s.y += 22
	s.lines(l.To, 0)
	s.blocks(l.Blocks)
	s.annexList(l)
	s.signed(l)
	for i, b := range l.Behind {
		if b.Kind == Annex {
			s.turn()
			s.title(b.Text)
			continue
		}
		s.block(b, l.Behind[i+1:])
	}
	return s.write(w, func(page int) {
		s.fit(letterLeft, 60, small, letterWidth, muted(), l.Mark)
		s.line(letterLeft, 66, letterLeft+letterWidth, 66, 0.4, rule())
		s.centre(letterLeft+letterWidth/2, 790, 12, dark(), "— "+strconv.Itoa(page)+" —")
	})
}

// balanced breaks a title that is wider than a line in two, near its middle and where its sense allows it.
func (s *letterSheets) balanced(title string) []string {
	lines := s.wrap(title, letterTitle, letterWidth)
	if len(lines) != 2 {
		return lines
	}
	best, list, first := -1.0, pieces(s.clean(title)), ""
	for i, piece := range list[:len(list)-1] {
		first += piece
		second := strings.Join(list[i+1:], "")
		w1, w2 := s.width(letterTitle, strings.TrimRight(first, " ")), s.width(letterTitle, second)
		bad := max(w1-w2, w2-w1)
		if last, _ := utf8.DecodeLastRuneInString(first); !strings.ContainsRune(titleEnds, last) {
			bad += letterWidth
		}
		if w1 <= letterWidth && w2 <= letterWidth && (best < 0 || bad < best) {
			best, lines = bad, []string{strings.TrimRight(first, " "), second}
		}
	}
	return lines
}

// titleEnds are after which a line of a title ends well: 关于2026年第二季度 | 全市工会…的通报.
const titleEnds = "度年月的、，和及 "

// turn begins a new page.
func (s *letterSheets) turn() {
	s.newPage()
	s.y = letterTop - 20
}

// room begins a new page where there is none for so much.
func (s *letterSheets) room(height float64) {
	if s.y+height > letterBottom {
		s.turn()
	}
}

// lines sets a paragraph, its first line indented by so many characters.
func (s *letterSheets) lines(text string, indent float64) {
	size, line := s.points, s.leading
	for i, words := range s.wrapIndented(text, size, letterWidth, indent*size) {
		s.room(line)
		x := letterLeft
		if i == 0 {
			x += indent * size
		}
		s.text(x, s.y+size+(line-size)/2-2, size, dark(), words)
		s.y += line
	}
}

// wrapIndented breaks a text into lines of which the first is shorter.
func (s *sheets) wrapIndented(text string, size, width, indent float64) []string {
	if indent == 0 {
		return s.wrap(text, size, width)
	}
	first := s.wrap(text, size, width-indent)
	if len(first) < 2 {
		return first
	}
	rest := []rune(s.clean(text))[len([]rune(first[0])):]
	for len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	return append(first[:1], s.wrap(string(rest), size, width)...)
}

func (s *letterSheets) blocks(blocks []Block) {
	for i, b := range blocks {
		s.block(b, blocks[i+1:])
	}
}

// block sets a block; a heading stays with what follows.
func (s *letterSheets) block(b Block, after []Block) {
	switch b.Kind {
	case Heading1:
		keep := 2 * s.leading
		if len(after) > 0 && after[0].Table != nil {
			keep = s.leading + s.least(after[0])
		}
		s.room(keep)
		s.text(letterLeft+2*s.points, s.y+s.points+4, s.points, dark(), b.Text)
		s.y += s.leading
	case Paragraph:
		s.lines(b.Text, 2)
	case Tabular:
		s.table(b)
	}
}

func (s *letterSheets) title(text string) {
	s.text(letterLeft, s.y+14, 14, dark(), text)
	s.y += 30
}

// gridOfTable makes a grid of a table of texts.
func gridOfTable(t *Table) grid {
	g := grid{heads: t.Heads, numeric: t.Numeric, even: true, size: tableType}
	for _, row := range t.Rows {
		var cells []cell
		for _, text := range row {
			cells = append(cells, cell{text: text})
		}
		g.rows = append(g.rows, cells)
	}
	return g
}

// least is what a table takes at the foot of a page: its caption and some rows.
func (s *letterSheets) least(b Block) float64 {
	return min(s.gridHeight(gridOfTable(b.Table), letterWidth), 150) + 26
}

// table sets a table with its caption; one that is longer than the page goes on upon the next, under its heads.
func (s *letterSheets) table(b Block) {
	g := gridOfTable(b.Table)
	s.room(s.least(b))
	s.centre(letterLeft+letterWidth/2, s.y+16, head, dark(), b.Text)
	s.y += 24
	for len(g.rows) > 0 {
		part := g
		part.rows = g.rows[:s.fitting(g)]
		if len(part.rows) == 0 && s.y < letterTop+60 {
			s.fail(fmt.Errorf("table %s: a row is higher than a page", b.Text))
			return
		}
		rows, end := s.grid(part, letterLeft, s.y, letterWidth, letterBottom)
		s.y = end + 14
		if g.rows = g.rows[rows:]; len(g.rows) > 0 {
			s.turn()
		}
	}
}

// fewest is how many rows at least stand on the last page of a table.
const fewest = 3

// fitting answers how many rows of a table are set on this page, so that not one or two are left for the next.
func (s *letterSheets) fitting(g grid) int {
	wide := s.widths(g, letterWidth)
	room := letterBottom - s.y - s.lay(g, headCells(g), wide).height
	n := 0
	for _, row := range g.rows {
		if room -= s.lay(g, row, wide).height; room < 0 {
			break
		}
		n++
	}
	if left := len(g.rows) - n; left > 0 && left < fewest && n > 2*fewest {
		n -= fewest - left
	}
	return n
}

// annexList names the annexes: 附件：1．…
func (s *letterSheets) annexList(l *Letter) {
	s.room((float64(len(l.Annexes)) + 4) * s.leading) // with who signs
	if len(l.Annexes) == 0 {
		return
	}
	s.y += s.leading / 2
	for i, text := range l.Annexes {
		x := letterLeft + 2*s.points
		if i > 0 {
			x += s.width(s.points, s.clean(l.AnnexLabel))
		} else {
			text = l.AnnexLabel + text
		}
		s.text(x, s.y+s.points+4, s.points, dark(), text)
		s.y += s.leading
	}
}

// signed sets who sends it and when, to the right.
func (s *letterSheets) signed(l *Letter) {
	s.y += 1.5 * s.leading
	middle := letterLeft + letterWidth - 4*s.points - max(s.width(s.points, s.clean(l.From)), s.width(s.points, s.clean(l.Date)))/2
	middle = max(middle, letterLeft+s.width(s.points, s.clean(l.From))/2)
	for _, text := range []string{l.From, l.Date} {
		s.centre(middle, s.y+s.points, s.points, dark(), text)
		s.y += s.leading
	}
}
