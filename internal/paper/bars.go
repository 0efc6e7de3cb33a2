package paper

import (
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
)

// The measures of bars, in points.
const (
	barRow   = 15.0 // at least, and 20 at most
	barNames = 150.0
	barWide  = 150.0
)

// bars draws a unit beside the median of its group (a stroke) and the mean of the city (a ring), with what changed and the light in
// words, from the top y to the bottom at most, and answers where it ends. Rows for which there is no room are counted.
func (s *sheets) bars(b *dashboard.Bars, words i18n.Words, y, bottom float64) float64 {
	s.barLegend(b, words, y+9)
	y += 16
	scale := func(x float64) float64 { return edge + barNames + barWide*min(max(x/max(b.Max, 1), 0), 1) }
	lines := len(b.Rows)
	for _, row := range b.Rows {
		if row.Section != "" {
			lines++
		}
	}
	high := min(max((bottom-y)/float64(max(lines, 1)), barRow), 20)
	for i, row := range b.Rows {
		if y+2*high > bottom+1 && i < len(b.Rows)-1 {
			s.text(edge, y+11, small, muted(), words.T("paper.more_rows", "n", strconv.Itoa(len(b.Rows)-i)))
			return y + high
		}
		if row.Section != "" {
			s.fit(edge, y+high-5, small, inside, muted(), row.Section)
			s.line(edge, y+high-1, edge+inside, y+high-1, 0.4, rule())
			y += high
		}
		f := row.Own
		middle := y + high/2
		s.fit(edge+6, middle+3.2, small, barNames-12, dark(), row.Name.Full, row.Name.Short)
		s.rect(scale(0), middle-3.5, barWide, 7, soft())
		if f.State == assess.Scored {
			s.rect(scale(0), middle-3.5, scale(f.Score)-scale(0), 7, blue())
		}
		if row.GroupMedian != nil {
			x := scale(*row.GroupMedian)
			s.line(x, middle-6, x, middle+6, 1.6, dark())
		}
		if row.CityAvg != nil {
			s.ring(scale(*row.CityAvg), middle)
		}
		s.right(edge+barNames+barWide+46, middle+3.2, small, dark(), f.Text)
		s.change(edge+barNames+barWide+60, middle+3.2, 64, f)
		if key := lightKey(f); key != "" {
			s.mark(edge+barNames+barWide+130, middle, 6.5, f)
			s.fit(edge+barNames+barWide+138, middle+3.2, small, inside-barNames-barWide-138, dark(), words.T(key))
		}
		y += high
	}
	return y
}

// ring is the mark of a mean: light inside, so that it shows on a bar and beside it.
func (s *sheets) ring(x, y float64) {
	s.shape(dark(), disc(x, y, 2.9)...)
	s.shape(ink{255, 255, 255}, disc(x, y, 1.7)...)
}

// change sets an arrow and a signed change, or why nothing can be compared, and more words where there is room for them.
func (s *sheets) change(x, y, width float64, f dashboard.Figure, more ...string) {
	if f.Arrow != "" {
		s.arrow(x, y-3, 6.5, f.Arrow)
	}
	if text := f.Change + f.Words; text != "" {
		s.fit(x+6, y, small, width-6, dark(), strings.Join(append([]string{text}, more...), "　"), text)
	}
}

func (s *sheets) barLegend(b *dashboard.Bars, words i18n.Words, y float64) {
	x := edge
	item := func(draw func(x float64), text string) {
		draw(x + 6)
		s.text(x+15, y, small, muted(), text)
		x += 15 + s.width(small, s.clean(text)) + 14
	}
	item(func(x float64) { s.rect(x-6, y-6.5, 12, 7, blue()) }, b.Own)
	item(func(x float64) { s.line(x, y-9, x, y+2, 1.6, dark()) }, b.Group)
	item(func(x float64) { s.ring(x, y-3) }, b.City)
	s.right(edge+inside, y, small, muted(), words.T("paper.scale", "max", i18n.Number(b.Max, 0)))
}
