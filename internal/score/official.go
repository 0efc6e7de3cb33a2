package score

import (
	"github.com/unionboard/unionboard/internal/assess"
)

// addPoints fills in the results of the official layer: full points from the root down, points from the indicators up, all in
// whole units; scores from the exact fraction of the two. Source: scoring specification 3.2.
func (p *plan) addPoints(rs []result, marks []*mark) {
	n := len(p.nodes)
	full, got, low, high := make([]points, n), make([]points, n), make([]points, n), make([]points, n)
	if full[0] = points(rs[0].due); p.framework.Relative && rs[0].due > 0 {
		full[0] = toPoints(p.scale, p.framework.Rounding)
	}
	if rs[0].unheard() {
		full[0] = 0
	}
	for i := range p.nodes {
		children, weights := p.counted(rs, i)
		for k, share := range apportion(full[i], weights) {
			full[children[k]] = share
		}
	}
	for k, l := range p.leaves {
		i := l.index
		got[i], low[i], high[i] = p.leafPoints(l, marks[k], &rs[i], full[i])
	}
	for i := n - 1; i > 0; i-- {
		if rs[i].gap { // counts only in the range of a heading that is short
			low[i], high[i], got[i] = 0, full[i], 0
		}
		up := p.nodes[i].parent
		got[up] += got[i]
		low[up] += low[i]
		high[up] += high[i]
	}
	for i := range rs {
		r := &rs[i]
		r.full, r.attained, r.low, r.high = full[i].float(), got[i].float(), low[i].float(), high[i].float()
		p.publish(r, p.nodes[i].leaf != nil, full[i], got[i], low[i], high[i])
	}
	for k, l := range p.leaves {
		if r := &rs[l.index]; r.state == assess.Scored && !l.node.outside {
			score := float64(p.scale * marks[k].share)
			r.score = p.framework.Rounding.Round(score, pointDigits)
			r.shown = p.framework.Rounding.Round(score, p.framework.Decimals)
		}
	}
}

// leafPoints answers the points of an indicator, rounded to the decimals of leaves, and the least and most they can become.
func (p *plan) leafPoints(l *leaf, m *mark, r *result, full points) (got, low, high points) {
	switch {
	case l.node.outside:
		return 0, 0, 0
	case r.state == assess.Scored:
		got = p.shareOf(full, m.share)
		return got, got, got
	case r.state == assess.Pending:
		return 0, 0, p.shareOf(full, l.ceiling())
	}
	return 0, 0, 0
}

// shareOf answers a share of full points, rounded to the decimals of an indicator's points. Up to full marks it never rounds above
// the full points, which after a spread may have more decimals than that.
func (p *plan) shareOf(full points, share float64) points {
	decimals := min(p.framework.LeafDecimals, pointDigits)
	got := toPoints(p.framework.Rounding.Round(float64(full.float()*share), decimals), p.framework.Rounding)
	if share <= 1 {
		return min(got, full)
	}
	return got
}

// publish makes scores of points. An indicator's score is not made of its rounded points but of its share, by the caller.
func (p *plan) publish(r *result, leaf bool, full, got, low, high points) {
	rule, scale := p.framework.Rounding, toPoints(p.scale, p.framework.Rounding)
	if r.counts() && !leaf {
		r.score = fraction(scale, got, full, pointDigits, rule)
		r.shown = fraction(scale, got, full, p.framework.Decimals, rule)
	}
	r.lowScore = fraction(scale, low, full, p.framework.Decimals, rule)
	r.highScore = fraction(scale, high, full, p.framework.Decimals, rule)
}
