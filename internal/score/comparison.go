package score

import (
	"cmp"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

// The functions of this file write the arithmetic of scores that compare a value with fixed or observed ends.

func (l *leaf) goalpostFormula(m *mark) string {
	method := &l.node.Indicator.Method
	low, high := l.transformedText(method.Low), l.transformedText(method.High)
	if l.node.Indicator.Direction == assess.Down {
		low, high = high, low
	}
	return l.towards(m, l.transformedText(m.value), low, high)
}

// extremesFormula writes min-max, and the distance to a target, which stands where the greatest value would.
func (l *leaf) extremesFormula(m *mark) string {
	return l.towards(m, num(l.directed(l.treated(m))), num(m.norm.Lowest), num(m.norm.Highest))
}

// towards writes the way from low to high with the limit that applied, and the ends of the score.
func (l *leaf) towards(m *mark, x, low, high string) string {
	from, width := l.ends()
	if from == 0 && width == 1 {
		return l.limitedFormula(m, lineFormula(x, low, high, 0, 1))
	}
	way := m.share
	if width != 0 {
		way = (m.share - from) / width
	}
	inner := lineFormula(x, low, high, 0, 1)
	switch {
	case !m.limited:
	case assess.Snap(way) == 0:
		inner = "max(0, " + inner + ")"
	default:
		inner = "min(" + inner + ", 1)"
	}
	return fmt.Sprintf("(%s + %s × %s)", num(from), num(width), inner)
}

// treated answers the value that was compared: imputed, transformed, drawn in.
func (l *leaf) treated(m *mark) float64 {
	if m.treatment == winsorised || m.treatment == logged {
		return m.compared
	}
	return l.transformed(m.value)
}

// countFormula writes scores that are no shares of full marks: standard deviations and numbers of units; "" for the others.
func (l *leaf) countFormula(m *mark) string {
	method := &l.node.Indicator.Method
	if m.state != assess.Scored || m.finding == undefined {
		return ""
	}
	switch method.Kind {
	case assess.ZScore:
		z := fmt.Sprintf("(%s − %s) ÷ %s", num(l.directed(l.treated(m))), num(m.norm.Mean), num(m.norm.Deviation))
		if by := cmp.Or(method.Deviation, 1); by != 1 {
			z = num(by) + " × " + z
		}
		if method.Mean != 0 {
			z = num(method.Mean) + " + " + z
		}
		return z
	case assess.RankNumber:
		return num(m.place)
	case assess.Borda:
		return num(m.place) + " − 1"
	case assess.PercentRank:
		return fmt.Sprintf("%s × (%s − 1) ÷ (%d − 1)", num(l.scale), num(m.place), m.peers)
	}
	return ""
}
