package score

import (
	"cmp"
	"math"

	"github.com/unionboard/unionboard/internal/assess"
)

// targetRatio scores the completion of a target (完成率法): x/t, 2 − x/t where lower is better, 1 − |x − t|/w where a centre is
// best; from 0 to the cap. A value below zero scores nothing. Source: scoring specification 1.2.
func (l *leaf) targetRatio(m *mark) {
	ind := l.node.Indicator
	x, t := m.value, m.goal.toDate()
	greatest := cmp.Or(ind.Method.Cap, 1)
	switch ind.Direction {
	case assess.Down:
		m.attained, m.lit = 2-x/t, true
	case assess.Centre:
		m.attained, greatest = 1-math.Abs(x-t)/ind.Method.Width, 1
	default:
		m.attained, m.lit = x/t, true
	}
	if x < 0 {
		m.score(0)
		m.limited, m.reason, m.attained = true, reasonNegative, 0
		return
	}
	m.score(m.clip(m.attained, greatest))
}

// clip limits a share to [0, greatest] and remembers that it did.
func (m *mark) clip(share, greatest float64) float64 {
	limited := max(0, min(share, greatest))
	m.limited = assess.Snap(limited) != assess.Snap(share)
	return limited
}
