package chart

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// The small pictures are written by the server as SVG with presentation attributes only, so that the strictest content policy lets
// them through. Every text in them is escaped; what is answered is safe HTML.

// svg collects elements.
type svg struct {
	strings.Builder
	scheme
}

// open begins a picture of a size, described by label for those who do not see it.
func openSVG(class string, width, height float64, label string) *svg {
	s := &svg{scheme: pageScheme()}
	fmt.Fprintf(s, `<svg class="%s" viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-label="%s">`,
		class, digits(width), digits(height), digits(width), digits(height), html.EscapeString(label))
	return s
}

func (s *svg) close() string {
	s.WriteString("</svg>")
	return s.String()
}

// digits writes a coordinate with at most two decimals.
func digits(x float64) string {
	text := strconv.FormatFloat(x, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

func (s *svg) rect(x, y, w, h float64, attributes string) {
	fmt.Fprintf(s, `<rect x="%s" y="%s" width="%s" height="%s"%s/>`, digits(x), digits(y), digits(w), digits(h), attributes)
}

func (s *svg) text(x, y float64, attributes, text string) {
	fmt.Fprintf(s, `<text x="%s" y="%s"%s>%s</text>`, digits(x), digits(y), attributes, html.EscapeString(text))
}

// Sparkline draws the course of a figure in 96 × 24 pixels. Gaps stay gaps; the last value carries a disc. label says it in words.
// Nothing is drawn of no values.
func Sparkline(spots []dashboard.Spot, label string) string {
	const width, height, margin = 96.0, 24.0, 4.0
	low, high, last := 0.0, 0.0, -1
	for i, spot := range spots {
		if spot.Value == nil {
			continue
		}
		if last < 0 {
			low, high = *spot.Value, *spot.Value
		}
		low, high, last = min(low, *spot.Value), max(high, *spot.Value), i
	}
	if last < 0 {
		return ""
	}
	at := func(i int) (x, y float64) {
		x, y = width/2, height/2
		if len(spots) > 1 {
			x = margin + (width-2*margin)*float64(i)/float64(len(spots)-1)
		}
		if high > low {
			y = height - margin - (height-2*margin)*(*spots[i].Value-low)/(high-low)
		}
		return x, y
	}
	s := openSVG("spark", width, height, label)
	for _, run := range runs(spots) {
		s.run(run, at)
	}
	x, y := at(last)
	fmt.Fprintf(s, `<circle cx="%s" cy="%s" r="2.5" fill="%s"/>`, digits(x), digits(y), accent)
	return s.close()
}

// run draws a piece of a line without gaps; a single point is a small disc.
func (s *svg) run(positions []int, at func(int) (x, y float64)) {
	if len(positions) == 1 {
		x, y := at(positions[0])
		fmt.Fprintf(s, `<circle cx="%s" cy="%s" r="1.5" fill="%s"/>`, digits(x), digits(y), accent)
		return
	}
	points := make([]string, len(positions))
	for i, position := range positions {
		x, y := at(position)
		points[i] = digits(x) + "," + digits(y)
	}
	fmt.Fprintf(s, `<polyline points="%s" fill="none" stroke="%s" stroke-width="1.5"/>`, strings.Join(points, " "), accent)
}

// runs answers the positions of values that stand next to each other.
func runs(spots []dashboard.Spot) (all [][]int) {
	for i, spot := range spots {
		switch {
		case spot.Value == nil:
		case i > 0 && spots[i-1].Value != nil && !spot.Apart:
			all[len(all)-1] = append(all[len(all)-1], i)
		default:
			all = append(all, []int{i})
		}
	}
	return all
}

// CellBar draws a share from 0 to 1 as a bar of 64 × 8 pixels in the colour of its light. It repeats the number beside it and is
// hidden from screen readers.
func CellBar(share float64, light assess.Light) string { return cellBar(share, light, pageScheme()) }

// WallBar is CellBar in the colours of the wall.
func WallBar(share float64, light assess.Light) string { return cellBar(share, light, wallScheme()) }

func cellBar(share float64, light assess.Light, colours scheme) string {
	const width, height = 64.0, 8.0
	s := &svg{scheme: colours}
	fmt.Fprintf(s, `<svg class="cell-bar" viewBox="0 0 %s %s" width="%s" height="%s" aria-hidden="true">`,
		digits(width), digits(height), digits(width), digits(height))
	s.rect(0, 0, width, height, ` fill="`+s.rule+`"`)
	if filled := width * max(0, min(share, 1)); filled > 0 { // also false for what is no number
		s.rect(0, 0, filled, height, ` fill="`+s.tint(light).mark+`"`)
	}
	return s.close()
}

// RangeMark draws where a range from low to high lies between 0 and most, in 96 × 16 pixels. label says it in words.
func RangeMark(low, high, most float64, label string) string {
	const width, height, middle = 96.0, 16.0, 8.0
	if !(most > 0) || !(high >= low) {
		return ""
	}
	at := func(x float64) float64 { return 1 + (width-2)*max(0, min(x/most, 1)) }
	s := openSVG("range-mark", width, height, label)
	line := func(x1, y1, x2, y2 float64, color string, thick float64) {
		fmt.Fprintf(s, `<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" stroke-width="%s"/>`,
			digits(x1), digits(y1), digits(x2), digits(y2), color, digits(thick))
	}
	line(1, middle, width-1, middle, rule, 2)
	line(at(low), middle, at(high), middle, accent, 3)
	line(at(low), 3, at(low), height-3, accent, 2)
	line(at(high), 3, at(high), height-3, accent, 2)
	return s.close()
}
