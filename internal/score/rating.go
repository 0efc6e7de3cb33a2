package score

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// rated scores a rating (评定): a level's share, points out of the greatest, or the ballots of several groups of raters.
// Source: scoring specification 1.9.
func (l *leaf) rated(m *mark) {
	method := &l.node.Indicator.Method
	switch {
	case len(method.Raters) > 0 && len(m.parts) > 0:
		l.ballots(m)
	case m.level != "" || method.ScaleMax == 0 && len(method.Levels) > 0:
		share, ok := method.Levels[assess.Code(m.level)]
		if !ok {
			m.decide(assess.Pending, reasonNoLevel)
			return
		}
		m.score(share)
	default:
		m.score(m.clip(m.value/l.greatest(), 1))
	}
}

// greatest answers the number of points that is full marks in a rating by numbers.
func (l *leaf) greatest() float64 { return cmp.Or(l.node.Indicator.Method.ScaleMax, 100) }

// ballots scores the weighted mean of the groups with enough ballots. Ballots are exact numbers, so the means are exact fractions.
func (l *leaf) ballots(m *mark) {
	mean, known := l.meanOfGroups(m.parts, func(p part) *big.Rat { return l.ballot(p.figure) })
	if known < len(m.parts) {
		m.reason = reasonUnknownPart
	}
	if mean == nil {
		m.decide(assess.Pending, reasonNoQuorum)
		return
	}
	m.value, _ = mean.Float64()
	share, _ := mean.Quo(mean, rational(l.greatest())).Float64()
	m.score(m.clip(share, 1))
}

// meanOfGroups answers the weighted mean of the groups with enough ballots, nil where none has, and how many parts belong to a
// group. points answers what a ballot counts, nil for nothing.
func (l *leaf) meanOfGroups(parts []part, points func(part) *big.Rat) (mean *big.Rat, known int) {
	method := &l.node.Indicator.Method
	sum, weights := new(big.Rat), new(big.Rat)
	for _, g := range method.Raters {
		var ballots []*big.Rat
		for _, p := range parts {
			if p.part != string(g.Code) {
				continue
			}
			known++
			if b := points(p); b != nil {
				ballots = append(ballots, b)
			}
		}
		if len(ballots) == 0 || float64(len(ballots)) < assess.Snap(method.Quorum*float64(g.Issued)) {
			continue
		}
		w := rational(g.Weight)
		sum.Add(sum, w.Mul(w, trimmedMean(ballots, method.TrimFrom)))
		weights.Add(weights, rational(g.Weight))
	}
	if weights.Sign() == 0 {
		return nil, known
	}
	return sum.Quo(sum, weights), known
}

// ballot answers a ballot's points, nil for an abstention or a level that counts nothing.
func (l *leaf) ballot(f figure) *big.Rat {
	switch f.kind {
	case number, zeroReport:
		return f.exact().Rat()
	case level:
		if share, ok := l.node.Indicator.Method.Levels[assess.Code(f.text)]; ok {
			points := rational(share)
			return points.Mul(points, rational(l.greatest()))
		}
	}
	return nil
}

// trimmedMean answers the mean of ballots, without one highest and one lowest when there are at least from of them; 0 never trims.
func trimmedMean(ballots []*big.Rat, from int) *big.Rat {
	slices.SortFunc(ballots, (*big.Rat).Cmp)
	if from > 0 && len(ballots) >= from && len(ballots) > 2 {
		ballots = ballots[1 : len(ballots)-1]
	}
	sum := new(big.Rat)
	for _, b := range ballots {
		sum.Add(sum, b)
	}
	return sum.Quo(sum, new(big.Rat).SetInt64(int64(len(ballots))))
}

// rational answers the decimal that a parameter was written as.
func rational(v float64) *big.Rat {
	r, ok := new(big.Rat).SetString(shortest(v))
	if !ok {
		return new(big.Rat)
	}
	return r
}
