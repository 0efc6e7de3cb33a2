package analysis

import (
	"math"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Correlation is how two indicators of one heading, or an indicator and the total, go together over units and periods. It is for
// analysts: at 13 units it is very noisy, so several periods are pooled and only strong ones are marked.
type Correlation struct {
	A, B              assess.Code
	Pairs             int // of scores: units × periods in which both have one
	Pearson, Spearman float64
	// Critical is the absolute value that chance alone exceeds once in twenty.
	Critical float64
	Mark     string
}

// The marks of a correlation.
const (
	Redundant = "redundant" // above 0.9: the two say the same
	Strong    = "strong"    // above 0.8
	Opposed   = "opposed"   // below −0.4: the two pull against each other
)

// Correlations answers how the indicators under every heading go together, pooled over subjects of the same framework in several
// periods. Pairs with fewer than four scores, or in which one never differs, are left out. Source: scoring specification part 2.
func Correlations(pooled []Subject) (list []Correlation) {
	if len(pooled) == 0 || pooled[0].Framework == nil {
		return nil
	}
	pooled[0].Framework.Root.Walk(func(n, _ *assess.Node, _ int) {
		for i, a := range n.Children {
			for _, b := range n.Children[i+1:] {
				if c, ok := correlate(pooled, a.Code, b.Code); ok {
					list = append(list, c)
				}
			}
		}
	})
	return list
}

// MainEffects answers how the total follows each indicator, pooled over periods. The square of Pearson is the correlation ratio of
// a straight line: the part of the total's variance that goes with the indicator (Paruolo, Saltelli and Saisana, JRSS A 176, 2013).
func MainEffects(pooled []Subject) (list []Correlation) {
	if len(pooled) == 0 || pooled[0].Framework == nil {
		return nil
	}
	for _, n := range pooled[0].Framework.Root.Leaves() {
		if c, ok := correlate(pooled, n.Code, pooled[0].Framework.Root.Code); ok {
			list = append(list, c)
		}
	}
	return list
}

func correlate(pooled []Subject, a, b assess.Code) (Correlation, bool) {
	var x, y []float64
	for _, s := range pooled {
		for i := range s.Scores.Cards {
			card := &s.Scores.Cards[i]
			m, n := card.Node(a), card.Node(b)
			if card.Root().Rank > 0 && m != nil && n != nil && m.State == assess.Scored && n.State == assess.Scored && !m.Outside && !n.Outside {
				x, y = append(x, m.Score), append(y, n.Score)
			}
		}
	}
	if len(x) < 4 {
		return Correlation{}, false
	}
	r, ok := pearson(x, y)
	rho, _ := pearson(averagePlaces(x), averagePlaces(y))
	c := Correlation{A: a, B: b, Pairs: len(x), Pearson: r, Spearman: rho, Critical: critical(len(x))}
	switch {
	case r > 0.9:
		c.Mark = Redundant
	case r < -0.4:
		c.Mark = Opposed
	case r > 0.8:
		c.Mark = Strong
	}
	return c, ok
}

// pearson answers the correlation of two series; ok is false where one never differs.
func pearson(x, y []float64) (r float64, ok bool) {
	vx, vy := covariance(x, x), covariance(y, y)
	if assess.Snap(vx) == 0 || assess.Snap(vy) == 0 {
		return 0, false
	}
	return max(-1, min(1, covariance(x, y)/math.Sqrt(vx*vy))), true
}

// averagePlaces answers the place of every value from the lowest, tied ones with the mean of their places.
func averagePlaces(x []float64) []float64 {
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	places := make([]float64, len(x))
	for i, v := range x {
		first, _ := slices.BinarySearch(sorted, v)
		last := first
		for last < len(sorted) && sorted[last] == v {
			last++
		}
		places[i] = float64(first+1+last) / 2
	}
	return places
}

// critical answers the absolute correlation of n pairs that chance alone exceeds once in twenty, by Fisher's transformation: 0.55
// for 13, 0.39 for 26, 0.19 for 104.
func critical(n int) float64 {
	const twoSided = 1.959963984540054 // 97.5 % point of the normal distribution
	return math.Tanh(twoSided / math.Sqrt(float64(n-3)))
}
