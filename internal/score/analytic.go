package score

import (
	"math"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// takeMeans fills in the results of the analytic layer in double precision: scores from the indicators up, each heading by its
// mean, in the order of the children's codes; full points from the root down. Source: scoring specification 3.2.
func (p *plan) takeMeans(rs []result, marks []*mark) {
	for k, l := range p.leaves {
		r := &rs[l.index]
		switch {
		case l.node.outside:
		case r.state == assess.Scored:
			r.score = float64(p.scale * marks[k].share)
			r.lowScore, r.highScore = r.score, r.score
		case r.state != assess.NotReported || r.gap:
			r.highScore = float64(p.scale * l.ceiling())
		}
	}
	for i := len(rs) - 1; i >= 0; i-- {
		if p.nodes[i].leaf == nil && rs[i].state != assess.NotDue {
			p.takeMean(rs, i)
		}
	}
	switch rs[0].full = rs[0].due; {
	case rs[0].gap: // nothing to spread its weight over: no score, no rank
		rs[0].full = 0
	case p.framework.Relative && rs[0].due > 0:
		rs[0].full = p.scale
	}
	if rs[0].unheard() {
		rs[0].full = 0
	}
	for i := range rs {
		p.spread(rs, i)
	}
	for i := range rs {
		p.show(&rs[i])
	}
}

// takeMean makes the score of heading i, and the range it can still reach, of those of its children.
func (p *plan) takeMean(rs []result, i int) {
	r := &rs[i]
	children, weights := p.counted(rs, i)
	scores, lows, highs := make([]float64, len(children)), make([]float64, len(children)), make([]float64, len(children))
	for k, c := range children {
		scores[k], lows[k], highs[k] = rs[c].score, rs[c].lowScore, rs[c].highScore
	}
	if len(children) == 0 {
		r.highScore = p.scale
		return
	}
	kind := p.nodes[i].Aggregate
	var ok bool
	if r.state == assess.Scored && p.refused(rs, children) {
		r.state, r.reason = assess.Pending, reasonWaits
	} else if r.score, ok = mean(kind, scores, weights); !ok && r.counts() {
		r.state, r.reason, r.highScore = assess.Pending, reasonMean, p.scale
		return
	}
	r.lowScore, _ = mean(kind, lows, weights)
	r.highScore, _ = mean(kind, highs, weights)
}

// spread divides the full points of node i among the children that count.
func (p *plan) spread(rs []result, i int) {
	children, weights := p.counted(rs, i)
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	for k, c := range children {
		rs[c].full = float64(rs[i].full*weights[k]) / sum
	}
}

// show makes the points of a result and rounds what is printed.
func (p *plan) show(r *result) {
	rule, decimals := p.framework.Rounding, p.framework.Decimals
	if r.counts() {
		r.attained = float64(r.full*r.score) / p.scale
		r.shown = rule.Round(r.score, decimals)
	} else {
		r.score = 0
	}
	r.low, r.high = float64(r.full*r.lowScore)/p.scale, float64(r.full*r.highScore)/p.scale
	r.lowScore, r.highScore = rule.Round(r.lowScore, decimals), rule.Round(r.highScore, decimals)
}

// refused says whether one of the children has no score because its mean is not defined.
func (p *plan) refused(rs []result, children []int) bool {
	return slices.ContainsFunc(children, func(c int) bool { return rs[c].state == assess.Pending && !rs[c].gap })
}

// mean answers the weighted mean of scores; ok is false where it is not defined: a geometric or harmonic mean needs scores above
// zero.
func mean(kind assess.Aggregation, scores, weights []float64) (m float64, ok bool) {
	sum, total := 0.0, 0.0
	for k, s := range scores {
		if s <= 0 && (kind == assess.Geometric || kind == assess.Harmonic) {
			return 0, false
		}
		total += weights[k]
		switch kind {
		case assess.Geometric:
			sum += float64(weights[k] * math.Log(s))
		case assess.Harmonic:
			sum += weights[k] / s
		default:
			sum += float64(weights[k] * s)
		}
	}
	switch kind {
	case assess.Geometric:
		return math.Exp(sum / total), true
	case assess.Harmonic:
		return total / sum, true
	}
	return sum / total, true
}
