package score

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// cityCard makes the card of the city: every indicator of counts and amounts from sums over the units that reported, rates as sum
// over sum. What has no meaning for a sum (levels, ranks, yes or no, veto, bonus, deductions) is not applicable. The city is not
// ranked, and nothing is withheld for lack of availability: its coverage says how much stands behind it.
func (r *run) cityCard() *assess.Scorecard {
	marks := make([]*mark, len(r.leaves))
	rows := make([][]int, len(r.leaves))
	for k, s := range r.sheets {
		marks[k], rows[k] = s.city()
	}
	card := &assess.Scorecard{Unit: r.panel.roster.City.Code}
	rs := r.fold(marks, 0)
	r.fillCard(card, rs, marks, func(leaf int) []int { return rows[leaf] })
	for i := range card.Nodes {
		if why := card.Nodes[i].Why; why != nil {
			why.Availability = 0
		}
	}
	return card
}

// city answers the mark of the city and the rows of the units that are summed up in it.
func (s *sheet) city() (*mark, []int) {
	m := &mark{}
	if !s.due() {
		m.decide(assess.NotDue, reasonAnnual)
		return m, nil
	}
	if !s.summable() {
		m.decide(assess.NotApplicable, reasonCity)
		return m, nil
	}
	var reported []int
	asked := 0
	for i, row := range s.rows {
		switch s.marks[i].finding {
		case found, undefined:
			reported = append(reported, row)
			asked++
		case unfiled, unreported:
			asked++
		}
	}
	switch {
	case asked == 0:
		m.finding = excused
	case len(reported) == 0:
		m.finding = unfiled
	default:
		m.reading = s.leaf.read(&reader{panel: s.plan.panel, formulas: s.plan.formulas, calendar: s.calendar, rows: reported})
	}
	s.settle(m, s.cityGoal())
	if m.state == "" {
		s.leaf.mark(m)
	}
	if asked > 0 {
		m.covered = float64(len(reported)) / float64(asked)
	}
	return m, reported
}

// summable says whether sums over units can be scored: the method looks at the value alone, and all figures are counts or amounts.
func (s *sheet) summable() bool {
	switch s.leaf.node.Indicator.Method.Kind {
	case assess.TargetRatio, assess.Banded, assess.Efficacy, assess.Tiered, assess.Goalposts:
	default:
		return false
	}
	return !slices.ContainsFunc(s.plan.base(s.leaf.columns()), func(c int) bool {
		t := s.plan.panel.columns[c].item.Type
		return t != assess.Count && t != assess.Money
	})
}

// cityGoal answers the city's target: one that was set for it; the sum of the units' targets where a count has one each; else the
// target that is the same for all.
func (s *sheet) cityGoal() goal {
	n, p := s.leaf.node.Node, s.plan.panel
	city := p.goal(n, p.roster.City.Code, s.calendar.period)
	_, own := p.targets[targetKey{p.roster.City.Code, s.calendar.period.Year(), n.Code}]
	rule := n.Indicator.Target
	if own || s.leaf.item < 0 || rule == nil || rule.Mode != targetAbsolute {
		return city
	}
	sum := goal{phasing: city.phasing}
	for i, row := range s.rows {
		if s.marks[i].finding == excused {
			continue
		}
		if g := p.goal(n, p.roster.Units[row].Code, s.calendar.period); g.set {
			sum.set, sum.phasing = true, g.phasing
			sum.target = assess.Snap(sum.target + g.target)
		}
	}
	return sum
}

// targetAbsolute is the mode of targets that are a number for every unit.
const targetAbsolute = "absolute"
