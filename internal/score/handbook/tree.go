package handbook

import "math"

// Tree is an index: a leaf with a column of scores, or a mean of its parts.
type Tree struct {
	Code   string
	Weight float64
	Parts  []*Tree
	Scores []float64 // of a leaf, by unit; NaN is missing
}

// Mean names how a heading is made.
type Mean string

// The means. For weights w and scores s: Σws/Σw; Π s^(w/Σw); Σw/Σ(w/s).
const (
	Arithmetic Mean = "arithmetic"
	Geometric  Mean = "geometric"
	Harmonic   Mean = "harmonic"
)

// Refused stands for a mean that is not defined, a geometric or harmonic one of a score of zero or less, and for what is made of
// it. It is infinite, which no score is.
func Refused() float64 { return math.Inf(1) }

// Index answers the score of every node by its code and unit: NaN where there is none, Refused where a mean is not defined. The
// weight of what is missing is spread inside its parent; a parent with less than the limit of its weight is missing itself.
func Index(t *Tree, mean Mean, limit float64) map[string][]float64 {
	all := map[string][]float64{}
	index(t, mean, limit, all)
	return all
}

func index(t *Tree, mean Mean, limit float64, all map[string][]float64) []float64 {
	if t.Parts == nil {
		all[t.Code] = t.Scores
		return t.Scores
	}
	var parts [][]float64
	whole := 0.0
	for _, p := range t.Parts {
		parts = append(parts, index(p, mean, limit, all))
		whole += p.Weight
	}
	out := make([]float64, len(parts[0]))
	for u := range out {
		there := 0.0
		refused := false
		for k, p := range t.Parts {
			if s := parts[k][u]; !math.IsNaN(s) {
				there += p.Weight
				refused = refused || math.IsInf(s, 0) || mean != Arithmetic && s <= 0
			}
		}
		switch {
		case there == 0 || there/whole < limit-1e-9:
			out[u] = math.NaN()
		case refused:
			out[u] = Refused()
		default:
			out[u] = weighted(t, parts, u, mean, there)
		}
	}
	all[t.Code] = out
	return out
}

func weighted(t *Tree, parts [][]float64, u int, mean Mean, there float64) float64 {
	sum, product := 0.0, 1.0
	for k, p := range t.Parts {
		s := parts[k][u]
		if math.IsNaN(s) {
			continue
		}
		share := p.Weight / there
		product *= math.Pow(s, share)
		if mean == Harmonic {
			s = 1 / s
		}
		sum += share * s
	}
	switch mean {
	case Geometric:
		return product
	case Harmonic:
		return 1 / sum
	}
	return sum
}
