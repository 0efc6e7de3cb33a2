package paper

import (
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// mark draws the mark of a figure in a square of a size, its middle at x, y: the shapes of the pages, which differ without colour.
func (s *sheets) mark(x, y, size float64, f dashboard.Figure) {
	r := size / 2
	switch {
	case f.State == assess.Scored && f.Light == assess.Green:
		s.shape(teal(), disc(x, y, r)...)
	case f.State == assess.Scored && f.Light == assess.Yellow:
		s.shape(amber(), disc(x, y, r)...)
		s.shape(ink{255, 255, 255}, half(x, y, r*0.72)...)
	case f.State == assess.Scored && f.Light == assess.Red:
		s.shape(maroon(), x, y-r*1.2, x+r*1.2, y, x, y+r*1.2, x-r*1.2, y)
	}
}

// lightWord names what the mark says, "" for what has no light.
func lightKey(f dashboard.Figure) string {
	if f.State == assess.Scored && f.Light != "" {
		return "light." + string(f.Light)
	}
	return ""
}

// arrow draws the direction of a change in a square of a size, its middle at x, y.
func (s *sheets) arrow(x, y, size float64, direction string) {
	r := size / 2
	s.stroke(dark(), size*0.13)
	at := func(x1, y1, x2, y2 float64) { s.pdf.Line(x+x1*r, y+y1*r, x+x2*r, y+y2*r) }
	switch direction {
	case "up":
		at(0, 1, 0, -0.9)
		at(-0.7, -0.15, 0, -0.95)
		at(0.7, -0.15, 0, -0.95)
	case "down":
		at(0, -1, 0, 0.9)
		at(-0.7, 0.15, 0, 0.95)
		at(0.7, 0.15, 0, 0.95)
	case "flat":
		at(-1, 0, 0.9, 0)
		at(0.15, -0.7, 0.95, 0)
		at(0.15, 0.7, 0.95, 0)
	}
}
