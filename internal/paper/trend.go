package paper

import (
	"slices"

	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
)

// span is the part of the axis that is drawn, with its steps.
type span struct{ low, high, step float64 }

// spanOf chooses round ends around what is drawn: three to six steps.
func spanOf(t *dashboard.Trend) span {
	low, high, any := 0.0, 0.0, false
	for _, line := range t.Series {
		for _, spot := range line.Spots {
			if spot.Value == nil {
				continue
			}
			if !any {
				low, high, any = *spot.Value, *spot.Value, true
			}
			low, high = min(low, *spot.Value), max(high, *spot.Value)
		}
	}
	step := 1.0
	for _, next := range []float64{2, 5, 10, 20, 25, 50, 100, 200, 500, 1000} {
		if (high-low)/step <= 5 {
			break
		}
		step = next
	}
	sp := span{step: step}
	for n := int(low/step) - 1; ; n++ {
		if x := float64(n) * step; x <= low {
			sp.low = x
		} else {
			break
		}
	}
	for sp.high = sp.low + step; sp.high < high; sp.high += step {
	}
	return sp
}

// trend draws the lines of a unit and its peers from the top y with the unit's own figures below, and answers where it ends. Where
// something was defined otherwise no line leads on, and a broken stroke stands there.
func (s *sheets) trend(t *dashboard.Trend, height, y float64) float64 {
	const axis = 34.0
	sp := spanOf(t)
	left, right, bottom := edge+axis, edge+inside-8, y+height
	atY := func(v float64) float64 { return bottom - height*(v-sp.low)/(sp.high-sp.low) }
	cell := (right - left) / float64(max(len(t.Labels), 1))
	atX := func(i int) float64 { return left + cell*(float64(i)+0.5) }
	for v := sp.low; v <= sp.high+sp.step/2; v += sp.step {
		s.line(left, atY(v), right, atY(v), 0.4, rule())
		s.right(left-6, atY(v)+3, small, muted(), i18n.Number(v, 0))
	}
	for _, i := range t.Breaks {
		s.dashed(atX(i)-cell/2, y, bottom)
	}
	for _, line := range t.Series {
		own := line.Kind == "own"
		color, width := ink{170, 180, 190}, 0.7
		if own {
			color, width = blue(), 2.0
		}
		for i, spot := range line.Spots {
			if spot.Value == nil {
				continue
			}
			if i > 0 && line.Spots[i-1].Value != nil && !slices.Contains(t.Breaks, i) {
				s.line(atX(i-1), atY(*line.Spots[i-1].Value), atX(i), atY(*spot.Value), width, color)
			}
			if own {
				s.shape(color, disc(atX(i), atY(*spot.Value), 2.6)...)
			}
		}
	}
	for i, label := range t.Labels {
		s.centre(atX(i), bottom+12, small, muted(), label)
		if own := len(t.Series) - 1; own >= 0 && t.Series[own].Kind == "own" {
			s.ownFigure(atX(i), bottom+25, cell, t.Series[own].Spots[i].Text)
		}
	}
	return bottom + 30
}

// ownFigure sets a figure under its quarter, a long one on as many lines as it needs.
func (s *sheets) ownFigure(x, y, width float64, text string) {
	for _, line := range s.wrap(text, small, width-2) {
		s.centre(x, y, small, dark(), line)
		y += small * 1.25
	}
}

func (s *sheets) dashed(x, y1, y2 float64) {
	for y := y1; y < y2; y += 6 {
		s.line(x, y, x, min(y+3, y2), 0.7, muted())
	}
}
