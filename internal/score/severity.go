package score

import (
	"math/big"

	"github.com/unionboard/unionboard/internal/assess"
)

// rater is who gives ballots: a person of a group.
type rater struct{ group, ref string }

// tellSeverity tells the marks of a rating by ballots what their mean is once the severity of the raters is taken out: each
// ballot less its rater's mean over the units, plus the mean of all. That compares like with like only where every rater rated
// every unit; otherwise the marks are told that they do not compare. It is an analysis and scores nothing. Source: scoring
// specification 1.9.
func (s *sheet) tellSeverity() {
	if method := &s.leaf.node.Indicator.Method; method.Kind != assess.Rated || len(method.Raters) == 0 {
		return
	}
	var rated []*mark
	given, sums := map[rater]int64{}, map[rater]*big.Rat{}
	total, ballots := new(big.Rat), int64(0)
	for i := range s.marks {
		m := &s.marks[i]
		if m.state != assess.Scored || len(m.parts) == 0 {
			continue
		}
		rated = append(rated, m)
		for _, p := range m.parts {
			if b := s.leaf.ballot(p.figure); b != nil {
				r := rater{p.part, p.ref}
				if sums[r] == nil {
					sums[r] = new(big.Rat)
				}
				sums[r].Add(sums[r], b)
				total.Add(total, b)
				given[r]++
				ballots++
			}
		}
	}
	if len(rated) < 2 {
		return
	}
	alike := true
	for r, n := range given {
		alike = alike && n == int64(len(rated)) && r.ref != ""
	}
	for _, m := range rated {
		if m.strangers = !alike; !alike {
			continue
		}
		mean, _ := s.leaf.meanOfGroups(m.parts, func(p part) *big.Rat {
			b := s.leaf.ballot(p.figure)
			if b == nil {
				return nil
			}
			own := new(big.Rat).Quo(sums[rater{p.part, p.ref}], big.NewRat(int64(len(rated)), 1))
			return own.Sub(b, own).Add(own, new(big.Rat).Quo(total, big.NewRat(ballots, 1)))
		})
		adjusted, _ := mean.Float64()
		m.adjusted = &adjusted
	}
}
