package score

import (
	"math"

	"github.com/unionboard/unionboard/internal/assess"
)

// normalise scores by the values of the peers: their extremes (min_max) or their mean and standard deviation (z_score), of the
// period or of the whole panel. Where all peers have the same value nothing can be said. Source: scoring specification 1.1;
// OECD/JRC Handbook on Constructing Composite Indicators, 2008.
func (s *sheet) normalise() {
	ind := s.leaf.node.Indicator
	var norm *assess.Norm
	if ind.Method.Over == overPanel {
		norm = s.leaf.norms[s.calendar.period.Kind()]
	} else {
		norm = s.leaf.measure(s.values())
	}
	for i := range s.marks {
		m := &s.marks[i]
		switch {
		case m.state != "":
		case norm == nil:
			m.decide(assess.NotApplicable, reasonNoSpread)
		case ind.Method.Kind == assess.ZScore:
			m.norm = norm
			m.score((s.leaf.directed(m.value) - norm.Mean) / norm.Deviation)
		default:
			m.norm = norm
			share := (s.leaf.directed(m.value) - norm.Lowest) / (norm.Highest - norm.Lowest)
			if !ind.Method.Open {
				share = m.clip(share, 1)
			}
			m.score(share)
		}
	}
}

// directed answers a value after its transform, turned so that more is better.
func (l *leaf) directed(x float64) float64 {
	if x = l.transformed(x); l.node.Indicator.Direction == assess.Down {
		return -x
	}
	return x
}

// values answers the directed values of the units that compete, in roster order.
func (s *sheet) values() (values []float64) {
	for i, row := range s.rows {
		if s.marks[i].state == "" && s.plan.competes[row] {
			values = append(values, s.leaf.directed(s.marks[i].value))
		}
	}
	return values
}

// measure answers the extremes, or the mean and the standard deviation with divisor n − 1; nil where they measure nothing.
func (l *leaf) measure(values []float64) *assess.Norm {
	if len(values) < 2 {
		return nil
	}
	if l.node.Indicator.Method.Kind == assess.MinMax {
		n := &assess.Norm{Lowest: values[0], Highest: values[0]}
		for _, v := range values {
			n.Lowest, n.Highest = min(n.Lowest, v), max(n.Highest, v)
		}
		if n.Lowest == n.Highest {
			return nil
		}
		return n
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
	if assess.Snap(deviation) == 0 {
		return nil
	}
	return &assess.Norm{Mean: mean, Deviation: deviation}
}

// measurePanel makes the norms that need all periods of the panel of one length. It comes before the first sheet.
func (p *plan) measurePanel(length assess.PeriodKind) {
	for _, l := range p.leaves {
		method := &l.node.Indicator.Method
		if method.Over != overPanel || method.Kind != assess.MinMax && method.Kind != assess.ZScore {
			continue
		}
		var values []float64
		for _, period := range p.panel.periods {
			if period.Kind() == length {
				s := p.sheet(l, period)
				s.read()
				values = append(values, s.values()...)
			}
		}
		if l.norms == nil {
			l.norms = map[assess.PeriodKind]*assess.Norm{}
		}
		l.norms[length] = l.measure(values)
	}
}
