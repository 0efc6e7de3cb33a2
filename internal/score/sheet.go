package score

import (
	"github.com/unionboard/unionboard/internal/assess"
)

// sheet is one indicator in one period: the marks of all units that exist then.
type sheet struct {
	plan     *plan
	leaf     *leaf
	calendar calendar
	open     bool // figures may still come
	rows     []int
	marks    []mark // one for each row
}

// mark is what an indicator gives a unit, and what a reader needs to follow it.
type mark struct {
	reading
	state  assess.NodeState // "" until it is decided
	share  float64          // of full marks
	points float64          // of a bonus
	// attained is the share before the cap, by which completion ratios are lit; lit says that there is one.
	attained float64
	lit      bool
	covered  float64 // share of what was asked for that was reported
	limited  bool    // a cap or clip applied
	goal     goal
	band     *assess.Band
	place    float64 // for the rank method: the place that scores, and
	peers    int     // the number of units with a value
	norm     *assess.Norm
	// For explanations only: whom the unit was compared with; a mean of ballots without the severity of the raters, or that these
	// did not all rate the same units.
	contest   []assess.Rival
	adjusted  *float64
	strangers bool
	// treatment changed the value before it was scored: the constant of the last one.
	treatment string
	compared  float64 // the value after transform and treatment
	reason    string
}

// The scopes of comparison.
const (
	scopeGroup = "peer_group"
	overPanel  = "panel"
)

// decide ends a mark with a state and the reason for it.
func (m *mark) decide(state assess.NodeState, reason string) {
	m.state, m.reason = state, reason
}

// score gives a share of full marks; it is the end of a mark.
func (m *mark) score(share float64) {
	m.state, m.share = assess.Scored, share
}

// sheet answers the sheet of an indicator in a period, still without marks.
func (p *plan) sheet(l *leaf, period assess.Period) *sheet {
	return &sheet{
		plan: p, leaf: l, calendar: p.panel.calendar(period), open: p.panel.isOpen(period), rows: p.panel.unitsIn(period),
	}
}

// read reads the value of every unit and decides the marks that need no method.
func (s *sheet) read() {
	s.marks = make([]mark, len(s.rows))
	r := reader{panel: s.plan.panel, formulas: s.plan.formulas, calendar: s.calendar}
	one := make([]int, 1)
	for i, row := range s.rows {
		m := &s.marks[i]
		if s.due() {
			one[0] = row
			r.rows = one
			m.reading = s.leaf.read(&r)
		}
		s.settle(m, s.plan.panel.goal(s.leaf.node.Node, s.plan.panel.roster.Units[row].Code, s.calendar.period))
	}
	s.impute()
}

// fill gives every unit its mark.
func (s *sheet) fill() {
	s.read()
	switch s.leaf.node.Indicator.Method.Kind {
	case assess.Ranked:
		s.rank()
	case assess.MinMax, assess.ZScore, assess.RankNumber, assess.Borda, assess.PercentRank, assess.ToTarget:
		s.compare()
	default:
		for i := range s.marks {
			if m := &s.marks[i]; m.state == "" {
				s.leaf.mark(m)
			}
		}
	}
}

// due says whether the indicator is due at all: an annual one only in a year.
func (s *sheet) due() bool {
	return s.leaf.node.Indicator.Frequency != assess.Annual || s.calendar.period.Kind() == assess.Year
}

// settle decides the marks that need no method: what is not due, not applicable, not reported or pending, and a denominator of
// zero. The others stay undecided.
func (s *sheet) settle(m *mark, g goal) {
	ind := s.leaf.node.Indicator
	m.covered = 1
	switch {
	case !s.due():
		m.decide(assess.NotDue, reasonAnnual)
		return
	case m.finding == excused:
		m.decide(assess.NotApplicable, reasonExempt)
		return
	}
	if m.goal = g; s.leaf.aim(m) {
		return
	}
	if m.finding == found && m.level == "" && !takes(ind.Transform, m.value) {
		m.finding, m.reason = undefined, reasonNotPositive
	}
	switch m.finding {
	case unfiled, unreported:
		m.covered = 0
		if m.finding == unfiled && s.open {
			m.decide(assess.Pending, reasonAwaited)
			return
		}
		m.decide(assess.NotReported, reasonMissing)
	case undefined:
		if m.reason == "" {
			m.reason = reasonZeroDenominator
		}
		switch ind.Zero {
		case assess.ZeroIsFull:
			m.score(1)
		case assess.ZeroIsZero:
			m.score(0)
		default:
			m.state = assess.NotApplicable
		}
	}
}

// aim decides the marks of methods with a target for which there is no task, or none yet.
func (l *leaf) aim(m *mark) (decided bool) {
	method := &l.node.Indicator.Method
	switch method.Kind {
	case assess.TargetRatio:
		switch {
		case !m.goal.set:
			m.decide(assess.Pending, reasonNoTarget)
		case m.goal.target == 0 && l.node.Indicator.Direction == assess.Down:
			m.decide(assess.Pending, reasonZeroTargetDown)
		case m.goal.target == 0 && l.node.Indicator.Direction != assess.Centre:
			m.decide(assess.NotApplicable, reasonNoTask)
			if m.finding == found && m.value > 0 {
				m.reason = reasonNoTaskButValue
			}
		case m.goal.phasing == 0:
			m.decide(assess.NotDue, reasonPhased)
		}
	case assess.ToTarget:
		if !m.goal.set {
			m.decide(assess.Pending, reasonNoTarget)
		}
	case assess.Efficacy:
		if m.goal.phasing == 0 {
			m.decide(assess.NotDue, reasonPhased)
		}
	}
	return m.state != ""
}

// mark scores a value by a method that looks at nothing but the unit itself.
func (l *leaf) mark(m *mark) {
	method := &l.node.Indicator.Method
	switch method.Kind {
	case assess.TargetRatio:
		l.targetRatio(m)
	case assess.Banded:
		l.banded(m)
	case assess.YesNo:
		l.yesNo(m)
	case assess.Efficacy:
		l.efficacy(m)
	case assess.Tiered:
		l.tiered(m)
	case assess.Goalposts:
		m.along(l.goalposts(), l.transformed(m.value))
	case assess.Scaled:
		m.along(l.scaled(), l.transformed(m.value))
	case assess.Rated:
		l.rated(m)
	case assess.Deduction:
		l.deduction(m)
	case assess.Bonus:
		l.bonus(m)
	case assess.Veto:
		m.score(0) // no score of its own: its value is the veto
	case assess.Direct:
		m.along(l.direct(), m.value)
	}
}
