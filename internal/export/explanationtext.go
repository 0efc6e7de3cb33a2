package export

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
)

// ExplanationText writes what /why shows for a terminal of so many columns (Chinese characters take two): the score, its formula
// with the numbers, the figures that went in with their persons, definition and weight, bands, parts, the last quarters.
func ExplanationText(w io.Writer, e *dashboard.Explanation, words i18n.Words, columns int) error {
	p := page{words: words, columns: columns}
	p.line("", e.Title)
	p.line("", path(e))
	p.b.WriteByte('\n')
	p.line("", verdict(e))
	p.line("", e.Formula.Plain())
	p.line("", e.Reason)
	p.inputs(e.Inputs)
	p.facts(e.Facts)
	p.bands(e.Bands)
	if e.Parts != nil {
		p.table("web.why.parts", e.Parts)
	}
	p.table("web.why.history", &e.History)
	p.table("web.why.corrections", &e.Corrections)
	if _, err := io.WriteString(w, p.b.String()); err != nil {
		return fmt.Errorf("write explanation: %w", err)
	}
	return nil
}

// page is a text in the making.
type page struct {
	words   i18n.Words
	columns int
	b       strings.Builder
}

// path names what stands over the node.
func path(e *dashboard.Explanation) string {
	names := []string{e.Unit.Full}
	for _, n := range e.Above {
		names = append(names, n.Full)
	}
	return strings.Join(names, " › ")
}

// verdict is the score with light, places and grade.
func verdict(e *dashboard.Explanation) string {
	f := &e.Figure
	words := []string{f.Text}
	for _, s := range []string{f.RankText, f.Grade, f.Value} {
		if s != "" && s != f.Text {
			words = append(words, s)
		}
	}
	return strings.Join(words, "   ")
}

func (p *page) heading(key string) {
	p.b.WriteByte('\n')
	p.b.WriteString(p.words.T(key) + "\n")
}

// line writes a text behind a label, wrapped under itself; nothing for an empty text.
func (p *page) line(label, text string) {
	if text == "" {
		return
	}
	indent := strings.Repeat(" ", columnsOf(label))
	for i, s := range wrap(text, p.columns-columnsOf(label)) {
		if i > 0 {
			label = indent
		}
		p.b.WriteString(strings.TrimRight(label+s, " ") + "\n")
	}
}

func (p *page) inputs(list []dashboard.Evidence) {
	if len(list) == 0 {
		return
	}
	p.heading("web.why.inputs")
	width := 0
	for _, in := range list {
		width = max(width, columnsOf(in.Role))
	}
	for _, in := range list {
		label := "  " + padded(in.Role, width) + "  "
		p.line(label, in.Item.Full+p.words.T("common.is")+in.Value)
		who := in.Period
		if in.Seq > 0 {
			who += p.words.T("explain.filed", "entered", in.Entered, "accepted", in.Accepted, "date", in.Recorded, "seq", in.Seq)
		}
		p.line(strings.Repeat(" ", columnsOf(label)), who)
		p.line(strings.Repeat(" ", columnsOf(label)), in.Note)
	}
}

func (p *page) facts(f dashboard.Facts) {
	if len(f.Items) == 0 {
		return
	}
	p.heading("web.why.facts")
	width := 0
	for _, fact := range f.Items {
		width = max(width, columnsOf(fact.Term))
	}
	for _, fact := range f.Items {
		p.line("  "+padded(fact.Term, width)+"  ", fact.Value.Plain())
	}
}

func (p *page) bands(list []dashboard.BandRow) {
	if len(list) == 0 {
		return
	}
	p.heading("web.why.bands")
	var rows [][]string
	for _, band := range list {
		held := ""
		if band.Held {
			held = "← " + p.words.T("web.why.held")
		}
		rows = append(rows, []string{band.Text, band.Share, band.Points, held})
	}
	p.grid(rows)
}

// table writes a table of the page; one without rows is left out.
func (p *page) table(title string, t *dashboard.Table) {
	if len(t.Rows) == 0 {
		return
	}
	p.heading(title)
	var head []string
	for _, h := range t.Heads {
		head = append(head, h.Text)
	}
	rows := [][]string{head}
	for _, r := range t.Rows {
		var cells []string
		for _, c := range r {
			cells = append(cells, c.Text)
		}
		rows = append(rows, cells)
	}
	p.grid(rows)
}

// grid writes rows whose first column takes what room the others leave, wrapped.
func (p *page) grid(rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, s := range r {
			widths[i] = max(widths[i], columnsOf(s))
		}
	}
	room := p.columns - 2
	for _, w := range widths[1:] {
		room -= w + 2
	}
	widths[0] = min(widths[0], max(room, 12))
	for _, r := range rows {
		for i, s := range wrap(r[0], widths[0]) {
			line := "  " + padded(s, widths[0])
			for k, cell := range r[1:] {
				if i == 0 {
					line += "  " + strings.Repeat(" ", widths[k+1]-columnsOf(cell)) + cell
				}
			}
			p.b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
	}
}

func padded(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-columnsOf(s)))
}

// wrap divides a text into lines of so many columns: at a space, or after any wide character, never before a closing sign.
func wrap(text string, columns int) (lines []string) {
	columns = max(columns, 8)
	for columnsOf(text) > columns {
		cut := cutAt([]rune(text), columns)
		runes := []rune(text)
		lines = append(lines, strings.TrimRight(string(runes[:cut]), " "))
		text = strings.TrimLeft(string(runes[cut:]), " ")
	}
	return append(lines, text)
}

// cutAt answers how many runes go on a line of so many columns.
func cutAt(runes []rune, columns int) int {
	used, last := 0, 0
	for i, r := range runes {
		if i > 0 && mayBreak(runes[i-1], r) {
			last = i
		}
		if used += columnsOf(string(r)); used > columns {
			if last > 0 {
				return last
			}
			return max(i, 1)
		}
	}
	return len(runes)
}

// mayBreak says whether a line may end between two characters.
func mayBreak(before, after rune) bool {
	if strings.ContainsRune("，。；：、？！）》”％%,.;:)", after) || strings.ContainsRune("（《“(", before) {
		return false
	}
	return unicode.IsSpace(before) || columnsOf(string(before)) == 2 || columnsOf(string(after)) == 2
}
