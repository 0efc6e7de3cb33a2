package score

import (
	"math"

	"github.com/unionboard/unionboard/internal/assess"
)

// compares says whether a method places a value among those of the peers.
func compares(kind assess.MethodKind) bool {
	switch kind {
	case assess.MinMax, assess.ZScore, assess.RankNumber, assess.Borda, assess.PercentRank, assess.ToTarget:
		return true
	}
	return false
}

// measure is what the values of the peers make.
type measure struct {
	norm      *assess.Norm // nil where they measure nothing
	sorted    []float64    // for places: directed values at 9 decimals, rising
	treatment *treatment   // of outliers; nil for none
}

// compare scores by the values of the peers, of the period or of the whole panel.
func (s *sheet) compare() {
	by := s.leaf.measures[s.calendar.period.Kind()]
	if s.leaf.node.Indicator.Method.Over != overPanel {
		by = s.leaf.measured(s.values())
	}
	for i := range s.marks {
		m := &s.marks[i]
		if m.state != "" {
			continue
		}
		if x, ok := by.treatment.applied(s.leaf.transformed(m.value), m); !ok {
			m.decide(assess.NotApplicable, reasonNotPositive)
		} else {
			s.place(m, x, &by, s.plan.competes[s.rows[i]])
		}
	}
}

// place scores one transformed and treated value.
func (s *sheet) place(m *mark, x float64, by *measure, competes bool) {
	l := s.leaf
	m.norm, m.compared = by.norm, x
	switch l.node.Indicator.Method.Kind {
	case assess.MinMax, assess.ZScore:
		if n, ok := l.observed(by.norm); ok {
			m.along(n, x)
		} else {
			m.decide(assess.NotApplicable, reasonNoSpread)
		}
	case assess.ToTarget:
		l.toTarget(m, x, by.norm)
	default:
		if !competes {
			m.decide(assess.NotApplicable, reasonOutsideRanks)
			return
		}
		l.number(m, l.directed(x), by.sorted)
	}
}

// directed turns a transformed value, so that more is better.
func (l *leaf) directed(x float64) float64 {
	if l.node.Indicator.Direction == assess.Down {
		return -x
	}
	return x
}

// values answers the transformed values of the units that compete, in roster order.
func (s *sheet) values() (values []float64) {
	for i, row := range s.rows {
		if s.marks[i].state == "" && s.plan.competes[row] {
			values = append(values, s.leaf.transformed(s.marks[i].value))
		}
	}
	return values
}

// measured makes the measure of transformed values: outliers are treated first, then values are turned. It may change values.
func (l *leaf) measured(values []float64) (by measure) {
	ind := l.node.Indicator
	if ind.Outliers == assess.SkewKurtosis {
		by.treatment = treat(values)
		for i, v := range values {
			values[i], _ = by.treatment.applied(v, nil)
		}
	}
	for i, v := range values {
		values[i] = l.directed(v)
	}
	switch ind.Method.Kind {
	case assess.MinMax:
		if by.norm = extremes(values); by.norm != nil && by.norm.Lowest == by.norm.Highest {
			by.norm = nil
		}
	case assess.ToTarget:
		by.norm = extremes(values)
	case assess.ZScore:
		by.norm = moments(values)
	default:
		by.sorted = ordered(values)
	}
	return by
}

// extremes answers the least and the greatest value, nil for none.
func extremes(values []float64) *assess.Norm {
	if len(values) == 0 {
		return nil
	}
	n := &assess.Norm{Lowest: values[0], Highest: values[0]}
	for _, v := range values {
		n.Lowest, n.Highest = min(n.Lowest, v), max(n.Highest, v)
	}
	return n
}

// moments answers the mean and the standard deviation with divisor n − 1; nil where the values do not differ.
func moments(values []float64) *assess.Norm {
	if len(values) < 2 {
		return nil
	}
	mean, squares := 0.0, 0.0
	for _, v := range values {
		mean += v
	}
	mean /= float64(len(values))
	for _, v := range values {
		squares += float64((v - mean) * (v - mean))
	}
	deviation := math.Sqrt(squares / float64(len(values)-1))
	// Equal values have a mean that differs from them by noise in the last bits.
	if deviation <= 1e-13*math.Abs(mean) || deviation == 0 {
		return nil
	}
	return &assess.Norm{Mean: mean, Deviation: deviation}
}

// toTarget scores the distance covered from the worst value to the target. Source: scoring specification 1.1.
func (l *leaf) toTarget(m *mark, x float64, norm *assess.Norm) {
	if !takes(l.node.Indicator.Transform, m.goal.toDate()) {
		m.decide(assess.NotApplicable, reasonNotPositive)
		return
	}
	target := l.directed(l.transformed(m.goal.toDate()))
	if norm == nil || target <= norm.Lowest { // nothing to cover: everybody is at the target or beyond
		m.decide(assess.NotApplicable, reasonTargetBehind)
		return
	}
	m.norm = &assess.Norm{Lowest: norm.Lowest, Highest: target}
	n := l.turned(line{origin: norm.Lowest, span: target - norm.Lowest, width: 1})
	way := n.way(x)
	if most := l.node.Indicator.Method.Cap; most > 0 && way > most {
		way, m.limited = most, true
	}
	m.score(n.share(way))
}

// measurePanel makes the measures that need all periods of the panel of one length. It comes before the first sheet.
func (p *plan) measurePanel(length assess.PeriodKind) {
	for _, l := range p.leaves {
		p.measureLeaf(l, length)
	}
}

func (p *plan) measureLeaf(l *leaf, length assess.PeriodKind) {
	if l.node.Indicator.Method.Over != overPanel || !compares(l.node.Indicator.Method.Kind) {
		return
	}
	var values []float64
	for _, period := range p.panel.periods {
		if period.Kind() == length {
			s := p.sheet(l, period)
			s.read()
			values = append(values, s.values()...)
		}
	}
	l.keep(length, l.measured(values))
}

func (l *leaf) keep(length assess.PeriodKind, by measure) {
	if l.measures == nil {
		l.measures = map[assess.PeriodKind]measure{}
	}
	l.measures[length] = by
}
