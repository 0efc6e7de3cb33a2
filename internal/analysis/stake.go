package analysis

import (
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

// stake is what one indicator has in a unit's total: weight points of it can be had, share of them was.
type stake struct {
	node   assess.Code
	under  []assess.Code // the nodes above it, from the child of the root down
	weight float64       // in points of the total
	share  float64
	score  float64 // as published
}

// performance answers what a stake's share in the later period changes at its earlier weight, 0 where it did not count in both.
// Points are rounded after they were weighed; where the score stayed the same, only the weight can have moved them.
func (p matched) performance() float64 {
	if p.before == nil || p.after == nil || p.before.score == p.after.score {
		return 0
	}
	return float64(p.before.weight * (p.after.share - p.before.share))
}

// account is a unit's total as the sum of its stakes, bonus and lateness.
type account struct {
	stakes      []stake
	bonus, late float64 // in points of the total
	total       int64   // as published, in units of 0.0001
}

// account makes the account of a unit. Errors are Problems: a unit without a total, a framework whose points do not add up.
func (s Subject) account(unit assess.UnitCode) (account, error) {
	card := s.Scores.Card(unit)
	if card == nil || !card.Root().HasScore() {
		return account{}, assess.NotFound("problem.no_total", fmt.Sprintf("unit %q has no total in %s for %s; choose a period in which it has one", unit, s.Code(), s.Scores.Period),
			"unit", string(unit), "framework", string(s.Code()), "period", s.Scores.Period.String())
	}
	root := card.Root()
	// A score is points over full points, so it may stand on half a unit, which a float can fall short of.
	total := printing{decimals: pointDecimals, rounding: s.printing().rounding}.units(root.Score)
	a := account{total: total, bonus: card.Bonus, late: card.Late}
	if s.Framework != nil {
		return a, s.addStakes(&a, card, s.scale(), nil)
	}
	for k, part := range s.Parts {
		n := &card.Nodes[k+1]
		own := part.Scores.Card(unit)
		if own == nil || !n.HasScore() || n.FullPoints == 0 || !own.Root().HasScore() {
			continue
		}
		points := float64(s.scale()*n.FullPoints) / root.FullPoints
		if err := part.addStakes(&a, own, points, []assess.Code{part.Code()}); err != nil {
			return a, err
		}
		a.bonus += float64(points*own.Bonus) / part.scale()
	}
	return a, nil
}

// addStakes adds the indicators of a framework that stands with so many points in the total.
func (s Subject) addStakes(a *account, card *assess.Scorecard, points float64, above []assess.Code) error {
	path := map[*assess.Node][]assess.Code{}
	full := card.Root().FullPoints
	var mixed assess.Code
	k := 0
	s.Framework.Root.Walk(func(n, up *assess.Node, _ int) {
		i := k
		k++
		switch {
		case up == nil:
			path[n] = above
		default:
			path[n] = append(path[up][:len(path[up]):len(path[up])], n.Code)
		}
		if n.Indicator == nil {
			if n.Aggregate != "" && n.Aggregate != assess.Arithmetic && mixed == "" {
				mixed = n.Code
			}
			return
		}
		if c := &card.Nodes[i]; c.HasScore() && c.FullPoints > 0 && !outside(n) {
			a.stakes = append(a.stakes, stake{
				node: n.Code, under: path[n][:len(path[n])-1], weight: float64(points*c.FullPoints) / full, share: c.Points / c.FullPoints, score: c.Score,
			})
		}
	})
	if mixed != "" {
		return assess.Invalid("problem.not_additive", fmt.Sprintf("%s takes a mean under which points do not add up, so its change has no parts; ask for a framework of arithmetic means", mixed), "code", string(mixed))
	}
	return nil
}
