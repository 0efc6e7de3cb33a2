package chart

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/dashboard"
)

// Size of the trend of the wall, and its margins, in units of the picture; it is scaled as a whole.
const (
	wallWidth, wallHeight                 = 560.0, 360.0
	wallLeft, wallRight, wallTop, wallLow = 48.0, 128.0, 16.0, 318.0
	wallType                              = 23.0 // size of its type
)

// WallTrend draws lines over quarters in the colours of the wall, each ending with its name. Gaps stay gaps, and no line crosses a break.
// label says in words what it shows.
func WallTrend(t *dashboard.Trend, label string) string {
	var values []float64
	for _, line := range t.Series {
		for _, spot := range line.Spots {
			if spot.Value != nil {
				values = append(values, *spot.Value)
			}
		}
	}
	s := &svg{scheme: wallScheme()}
	fmt.Fprintf(s, `<svg class="wall-trend" viewBox="0 0 %s %s" role="img" aria-label="%s">`, digits(wallWidth), digits(wallHeight), html.EscapeString(label))
	if len(values) == 0 {
		return s.close()
	}
	axis := around(values)
	x := func(i int) float64 {
		if len(t.Labels) < 2 {
			return (wallLeft + wallWidth - wallRight) / 2
		}
		return wallLeft + (wallWidth-wallLeft-wallRight)*float64(i)/float64(len(t.Labels)-1)
	}
	y := func(v float64) float64 { return wallLow - (wallLow-wallTop)*(v-axis.low)/(axis.high-axis.low) }
	s.wallGrid(t, axis, x, y)
	var ends []wallEnd
	for _, line := range t.Series {
		st := wallStyle(line.Kind)
		for _, piece := range piecesOf(line.Spots, t.Breaks) {
			s.wallPiece(piece, st, x, y)
		}
		if i := lastValue(line.Spots); i >= 0 {
			ends = append(ends, wallEnd{line.Name, y(*line.Spots[i].Value), x(i)})
		}
	}
	s.wallEnds(ends)
	return s.close()
}

// wallGrid draws the least and the greatest value, the labels of the quarters, and where definitions break.
func (s *svg) wallGrid(t *dashboard.Trend, axis bounds, x func(int) float64, y func(float64) float64) {
	size := ` font-size="` + digits(wallType) + `" fill="` + s.muted + `"`
	for _, v := range []float64{axis.low, axis.high} {
		fmt.Fprintf(s, `<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s"/>`, digits(wallLeft), digits(y(v)), digits(wallWidth-wallRight), digits(y(v)), s.rule)
		s.text(wallLeft-8, y(v)+8, size+` text-anchor="end"`, digits(v))
	}
	every := (len(t.Labels) + 3) / 4
	for i := len(t.Labels) - 1; i >= 0; i -= every {
		s.text(x(i), wallHeight-8, size+` text-anchor="middle"`, t.Labels[i])
	}
	for _, at := range t.Breaks {
		fmt.Fprintf(s, `<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" stroke-dasharray="2 4"/>`, digits(x(at)), digits(wallTop), digits(x(at)), digits(wallLow), s.muted)
	}
}

// wallStyle tells the lines apart by width and dash, too.
func wallStyle(kind string) style {
	switch kind {
	case "mean", "median":
		return style{color: "#7AB8FF", width: 4}
	case "first":
		return style{color: "#E6EDF3", width: 2.5}
	case "last":
		return style{color: "#E6EDF3", width: 2.5, line: "7 5"}
	}
	return style{color: "#B4C2CF", width: 2}
}

func (s *svg) wallPiece(piece []dashboard.Spot, st style, x func(int) float64, y func(float64) float64) {
	dash := ""
	if st.line != "" {
		dash = ` stroke-dasharray="` + st.line + `"`
	}
	for _, run := range runs(piece) {
		points := make([]string, len(run))
		for i, at := range run {
			points[i] = digits(x(at)) + "," + digits(y(*piece[at].Value))
		}
		if len(run) > 1 {
			fmt.Fprintf(s, `<polyline points="%s" fill="none" stroke="%s" stroke-width="%s"%s/>`, strings.Join(points, " "), st.color, digits(float64(st.width)), dash)
		}
		at := run[len(run)-1]
		fmt.Fprintf(s, `<circle cx="%s" cy="%s" r="4" fill="%s"/>`, digits(x(at)), digits(y(*piece[at].Value)), st.color)
	}
}

// wallEnd is the name of a line at its end.
type wallEnd struct {
	name string
	y, x float64
}

// wallEnds writes the names so far apart that none covers another.
func (s *svg) wallEnds(ends []wallEnd) {
	slices.SortStableFunc(ends, func(a, b wallEnd) int { return int(a.y*100) - int(b.y*100) })
	floor := wallLow + 4
	for i := range ends {
		if i > 0 {
			ends[i].y = max(ends[i].y, ends[i-1].y+wallType+2)
		}
	}
	for i := len(ends) - 1; i >= 0; i-- {
		ends[i].y = min(ends[i].y, floor)
		floor = ends[i].y - wallType - 2
	}
	for _, end := range ends {
		s.text(end.x+10, end.y+8, ` font-size="`+digits(wallType)+`" fill="`+s.ink+`"`, end.name)
	}
}

func lastValue(spots []dashboard.Spot) int {
	for i := len(spots) - 1; i >= 0; i-- {
		if spots[i].Value != nil {
			return i
		}
	}
	return -1
}
