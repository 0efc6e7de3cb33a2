package score

import (
	"cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// line is a straight line from a value to a share of full marks: from at the origin, and width more for every span. The general
// way and the way in columns both go along it, so that they agree to the last bit.
type line struct {
	origin, span float64
	from, width  float64
	clipped      bool // the way between the ends is limited to [0, 1]
}

// way answers how far x has come: 0 at the origin, 1 a span later.
func (n *line) way(x float64) float64 { return (x - n.origin) / n.span }

// share answers the share after a way. The conversion keeps the product from being fused with the sum.
func (n *line) share(way float64) float64 { return n.from + float64(n.width*way) }

// ends answers the shares of the worst and the best value: 0 and 1 unless the method says to what scores.
func (l *leaf) ends() (from, width float64) {
	to := l.node.Indicator.Method.To
	if len(to) != 2 {
		return 0, 1
	}
	return to[0] / l.scale, (to[1] - to[0]) / l.scale
}

// goalposts is the line between two fixed values, after the transform. Where lower is better they change places.
// Source: scoring specification 1.1; UNDP, Human Development Report 2023-24, technical note 1.
func (l *leaf) goalposts() line {
	ind := l.node.Indicator
	low, high := l.transformed(ind.Method.Low), l.transformed(ind.Method.High)
	if ind.Direction == assess.Down {
		low, high = high, low
	}
	n := line{origin: low, span: high - low, clipped: !ind.Method.Open}
	n.from, n.width = l.ends()
	return n
}

// scaled is the line between two fixed values of x′, the value with its sign turned where lower is better, without limits.
// Source: scoring specification 1.1, "scaled".
func (l *leaf) scaled() line {
	ind := l.node.Indicator
	n := line{origin: ind.Method.Low, span: ind.Method.High - ind.Method.Low}
	n.from, n.width = l.ends()
	return l.turned(n)
}

// direct is the line of a value that is the score.
func (l *leaf) direct() line { return line{span: l.scale, width: 1} }

// turned answers the line of values for a line of directed values: x′ = −x where lower is better. (−x − o) ÷ s and
// (x − (−o)) ÷ (−s) are the same to the last bit.
func (l *leaf) turned(n line) line {
	if l.node.Indicator.Direction == assess.Down {
		n.origin, n.span = -n.origin, -n.span
	}
	return n
}

// observed is the line that the values of the peers make, ok is false where they make none: extremes that are equal, no deviation.
// Source: scoring specification 1.1; OECD/JRC Handbook on Constructing Composite Indicators, 2008.
func (l *leaf) observed(norm *assess.Norm) (n line, ok bool) {
	if norm == nil {
		return n, false
	}
	m := &l.node.Indicator.Method
	if m.Kind == assess.ZScore {
		n = line{origin: norm.Mean, span: norm.Deviation, from: m.Mean / l.scale, width: cmp.Or(m.Deviation, 1) / l.scale}
		return l.turned(n), norm.Deviation > 0
	}
	n = line{origin: norm.Lowest, span: norm.Highest - norm.Lowest, clipped: !m.Open}
	n.from, n.width = l.ends()
	return l.turned(n), n.span > 0
}

// along scores a value along a line.
func (m *mark) along(n line, x float64) {
	way := n.way(x)
	if n.clipped {
		way = m.clip(way, 1)
	}
	share := n.share(way)
	if share-share != 0 { // an expression may reach where differences are no longer finite
		m.decide(assess.NotApplicable, reasonNoSpread)
		return
	}
	m.score(share)
}
