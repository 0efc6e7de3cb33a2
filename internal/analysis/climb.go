package analysis

import (
	"errors"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

// Climb is where the change of a unit's place came from, in places gained, below zero for places lost. They add up exactly:
// From − Corrections − Performance − Peers − Weights = To.
type Climb struct {
	Unit     assess.UnitCode
	From, To int // places
	// Corrections of figures of the earlier period, by anybody, after it was published.
	Corrections int
	// Performance is the unit's own: its shares, bonus and lateness of the later period among peers as they were.
	Performance int
	// Peers is theirs: everybody's of the later period, at the earlier weights.
	Peers int
	// Weights is what is left: the later weights, what became due, who came and who went.
	Weights int
}

// ExplainPlace divides the change of a unit's place. The earlier period is turned into the later one step by step, and after each the
// places are given anew on what would be printed: corrections, the unit's own performance, its peers', the weights. Another order
// would divide otherwise; this one is fixed. Errors are Problems: no place or no total in one of the periods.
func (c Comparison) ExplainPlace(unit assess.UnitCode) (*Climb, error) {
	from, published := c.Before, place(c.Before, unit)
	if c.Published != nil {
		from, published = *c.Published, place(*c.Published, unit)
	}
	corrected, last := place(c.Before, unit), place(c.After, unit)
	for _, at := range []struct {
		place int
		s     Subject
	}{{published, from}, {corrected, c.Before}, {last, c.After}} {
		if at.place == 0 {
			return nil, assess.NotFound("problem.no_place", fmt.Sprintf("unit %q has no place in %s for %s; choose a period in which it has one", unit, at.s.Code(), at.s.Scores.Period),
				"unit", string(unit), "framework", string(at.s.Code()), "period", at.s.Scores.Period.String())
		}
	}
	own, all, err := c.places(unit)
	if err != nil {
		return nil, err
	}
	return &Climb{
		Unit: unit, From: published, To: last,
		Corrections: published - corrected, Performance: corrected - own, Peers: own - all, Weights: all - last,
	}, nil
}

func place(s Subject, unit assess.UnitCode) int {
	if card := s.Scores.Card(unit); card != nil {
		return card.Root().Rank
	}
	return 0
}

// places answers the unit's place at the earlier weights: with its own later performance, and with everybody's.
func (c Comparison) places(unit assess.UnitCode) (own, all int, err error) {
	var before, after []float64 // totals of every unit ranked in the earlier period
	row := -1
	for i := range c.Before.Scores.Cards {
		code := c.Before.Scores.Cards[i].Unit
		if place(c.Before, code) == 0 {
			continue
		}
		then, err := c.Before.account(code)
		if err != nil {
			return 0, 0, err
		}
		if code == unit {
			row = len(before)
		}
		before = append(before, c.Before.Scores.Cards[i].Root().Score)
		now, err := c.After.account(code)
		switch {
		case errors.Is(err, assess.ErrNotFound): // no total any more: it stays where it was until it goes
			after = append(after, before[len(before)-1])
		case err != nil:
			return 0, 0, err
		default:
			after = append(after, performed(then, now))
		}
	}
	contest := newContest(c.Before.printing(), len(before))
	mixed := append([]float64(nil), before...)
	mixed[row] = after[row]
	own = contest.rank(mixed)[row]
	all = contest.rank(after)[row]
	return own, all, nil
}

// performed answers the total of an earlier account with the later shares, bonus and lateness: published, plus what they change.
func performed(then, now account) float64 {
	total := float64(then.total)/pointUnits + (now.bonus - then.bonus) - (now.late - then.late)
	for _, p := range match(then.stakes, now.stakes) {
		total += p.performance()
	}
	return total
}
