package score

import (
	"github.com/unionboard/unionboard/internal/assess"
)

// interpolate answers the value at x of the broken line through points, whose values all rise or all fall; outside it goes on
// with the slope of the first or last piece. Efficacy, standard values and goalposts are all made of it.
func interpolate(points []assess.Point, x float64) float64 {
	a, b := piece(points, x)
	return a.Share + float64((b.Share-a.Share)*(x-a.Value))/(b.Value-a.Value)
}

// piece answers the ends of the piece of a broken line that x lies on, the first or last one for what lies outside.
func piece(points []assess.Point, x float64) (a, b assess.Point) {
	k := 0
	for k+2 < len(points) && beyond(points, x, k+1) {
		k++
	}
	return points[k], points[k+1]
}

// beyond says whether x has reached point k, walking from the first point towards the last.
func beyond(points []assess.Point, x float64, k int) bool {
	if points[0].Value < points[1].Value {
		return x >= points[k].Value
	}
	return x <= points[k].Value
}

// efficacy scores by the efficacy coefficient (功效系数法): the base at the unacceptable value, full marks at the satisfactory one,
// linear and limited to [0, 1]. Both values grow with the phasing. Source: scoring specification 1.3.
func (l *leaf) efficacy(m *mark) {
	method := &l.node.Indicator.Method
	due := m.goal.phasing
	line := [...]assess.Point{
		{Value: method.Floor * due / 100, Share: method.Base},
		{Value: method.Satisfactory * due / 100, Share: 1},
	}
	m.score(m.clip(interpolate(line[:], m.value), 1))
}

// tiered interpolates between standard values: nothing below the first, the last one's share at and above it.
// Source: scoring specification 1.3.
func (l *leaf) tiered(m *mark) {
	points := l.node.Indicator.Method.Points
	switch last := len(points) - 1; {
	case !beyond(points, m.value, 0):
		m.score(0)
		m.limited = true
	case beyond(points, m.value, last):
		m.score(points[last].Share)
		m.limited = m.value != points[last].Value
	default:
		m.score(interpolate(points, m.value))
	}
}
