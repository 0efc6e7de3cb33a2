package score

import (
	"github.com/unionboard/unionboard/internal/assess"
)

// deduction takes points off full marks (扣分法), down to the least: by case, or by kind of event with a cap each. Points are
// those before any weight is spread. Zero events must be reported as zero. Source: scoring specification 1.6.
func (l *leaf) deduction(m *mark) {
	method := &l.node.Indicator.Method
	lost := 0.0
	if len(method.Events) > 0 {
		lost = l.eventPoints(m)
		if m.state != "" {
			return
		}
	} else {
		lost = float64(method.PerCase * m.cases())
	}
	share := (l.fullMarks - lost) / l.fullMarks
	if least := method.Min / l.fullMarks; !method.Below && share < least {
		share, m.limited = least, true
	}
	m.score(share)
}

// cases answers the number of cases: the figure itself, or its parts added up.
func (m *mark) cases() float64 {
	if len(m.parts) > 0 {
		m.value = 0
		for _, p := range m.parts {
			m.value += p.value
		}
	}
	return m.value
}

// eventPoints adds up what the kinds of event cost. A plain figure above zero says nothing about their kinds.
func (l *leaf) eventPoints(m *mark) (lost float64) {
	if len(m.parts) == 0 && m.value != 0 {
		m.decide(assess.Pending, reasonUnknownPart)
		return 0
	}
	cases, known := m.cases(), 0.0
	for _, kind := range l.node.Indicator.Method.Events {
		n := 0.0
		for _, p := range m.parts {
			if p.part == string(kind.Code) {
				n += p.value
			}
		}
		known += n
		points := float64(kind.Each * n)
		if kind.Cap > 0 {
			points = min(points, kind.Cap)
		}
		lost += points
	}
	if known < cases {
		m.reason = reasonUnknownPart
	}
	return lost
}

// bonus adds up the points of achievements (加分项), each once at its highest level, up to the cap. A plain number are points
// awarded as such. Source: scoring specification 1.7.
func (l *leaf) bonus(m *mark) {
	method := &l.node.Indicator.Method
	points := map[assess.Code]float64{}
	for _, row := range method.Table {
		points[row.Level] = row.Points
	}
	total := 0.0
	switch {
	case m.level != "":
		total = points[assess.Code(m.level)]
	case len(m.parts) == 0:
		total = m.value
	default:
		total = m.achievements(points)
	}
	m.value = total
	m.points = total
	if method.Cap > 0 && total > method.Cap {
		m.points, m.limited = method.Cap, true
	}
	m.score(0)
}

// achievements adds up the parts of a bonus. Parts with the same reference are one achievement at several levels; without a
// reference a part is as many achievements as it counts.
func (m *mark) achievements(points map[assess.Code]float64) (total float64) {
	best := map[string]float64{}
	var order []string
	for _, p := range m.parts {
		each, ok := points[assess.Code(p.part)]
		if !ok {
			m.reason = reasonUnknownPart
			continue
		}
		switch {
		case !p.reported() || p.value <= 0:
		case p.ref == "":
			total += float64(each * p.value)
		default:
			if _, seen := best[p.ref]; !seen {
				order = append(order, p.ref)
			}
			best[p.ref] = max(best[p.ref], each)
		}
	}
	for _, ref := range order {
		total += best[ref]
	}
	return total
}
