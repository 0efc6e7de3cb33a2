package score

import (
	"github.com/unionboard/unionboard/internal/assess"
)

// result is what becomes of one node for one unit.
type result struct {
	state  assess.NodeState
	reason string
	gap    bool    // nothing to count: its weight is spread over its siblings
	short  bool    // too little of its due weight is applicable
	due    float64 // weight that is due, among its siblings
	// asked and reported are the points of the indicators below that were asked for, and of those that were reported.
	asked, reported float64

	full, attained, low, high float64 // points
	// lowScore and highScore bound the score; score and shown are of nodes that count.
	score, shown, lowScore, highScore float64
	bonus                             float64 // points of bonus indicators at or below
}

// fold carries the marks of one unit up the tree: what is due, what its weight is after the spread, what points it brings.
// limit is the least share of a heading's due weight that must be applicable.
func (p *plan) fold(marks []*mark, limit float64) []result {
	rs := make([]result, len(p.nodes))
	for k, l := range p.leaves {
		p.settleLeaf(&rs[l.index], l, marks[k])
	}
	for i := len(p.nodes) - 1; i >= 0; i-- {
		if p.nodes[i].leaf == nil {
			p.settleHeading(rs, i, limit)
		}
	}
	if p.official {
		p.addPoints(rs, marks)
	} else {
		p.takeMeans(rs, marks)
	}
	return rs
}

func (p *plan) settleLeaf(r *result, l *leaf, m *mark) {
	r.state, r.reason = m.state, m.reason
	if l.node.outside {
		r.bonus = m.points
		return
	}
	switch m.state {
	case assess.NotDue:
		return
	case assess.NotApplicable:
		r.gap = true
	default:
		r.asked = l.fullMarks
		r.reported = float64(l.fullMarks * m.covered)
		r.gap = m.state == assess.NotReported && !p.zero
	}
	r.due = l.node.weight
}

// settleHeading decides the state of heading i from those of its children. Source: scoring specification 1.12.
func (p *plan) settleHeading(rs []result, i int, limit float64) {
	r := &rs[i]
	applicable, silent, pending, unreported := 0.0, true, false, false
	for _, c := range p.nodes[i].children {
		child := &rs[c]
		r.asked += child.asked
		r.reported += child.reported
		r.bonus += child.bonus
		r.due += child.due
		unreported = unreported || child.state == assess.NotReported && !p.nodes[c].outside
		if child.gap || child.due == 0 {
			continue
		}
		applicable += child.due
		silent = silent && child.state == assess.NotReported
		pending = pending || child.state == assess.Pending
	}
	switch {
	case r.due == 0:
		r.state, r.reason = assess.NotDue, reasonNothingDue
		return
	case applicable == 0 && unreported:
		r.state, r.reason, r.gap = assess.NotReported, reasonMissing, true
	case applicable == 0:
		r.state, r.reason, r.gap = assess.NotApplicable, reasonNothingApplies, true
	case assess.Snap(applicable/r.due) < assess.Snap(limit):
		r.state, r.short, r.reason = assess.Pending, true, reasonAvailability
		// Where gaps are spread nothing more is waited for, so the heading is itself a gap to its parent.
		r.gap = !p.zero && !pending
	case pending:
		r.state, r.reason = assess.Pending, reasonWaits
	case silent:
		r.state, r.reason = assess.NotReported, reasonMissing
	default:
		r.state = assess.Scored
	}
	if p.framework.Relative && i > 0 {
		r.due = p.nodes[i].weight
	}
}

// counted answers the children of node i among which its weight is divided: those that are due and no gap. Of a heading that is
// short every due child, because what its gaps would bring is what the range is about.
func (p *plan) counted(rs []result, i int) (children []int, weights []float64) {
	for _, c := range p.nodes[i].children {
		if rs[c].due > 0 && (!rs[c].gap || rs[i].short) {
			children = append(children, c)
			weights = append(weights, rs[c].due)
		}
	}
	return children, weights
}

// counts says whether a result has a score that its parent adds up.
func (r *result) counts() bool {
	return r.state == assess.Scored || r.state == assess.NotReported && !r.gap
}

// unheard says that nothing was reported where gaps are spread: there is nothing to spread over, so there is no score either.
func (r *result) unheard() bool { return r.state == assess.NotReported && r.gap }

// ceiling answers the greatest share a pending indicator can still reach.
func (l *leaf) ceiling() float64 {
	if l.node.Indicator.Method.Kind == assess.TargetRatio {
		return max(1, l.node.Indicator.Method.Cap)
	}
	return 1
}
