package handbook

import (
	"math"
	"sort"
)

// Method is a normalisation with its parameters; only those of its name are read.
type Method struct {
	Name string // min_max, z_score, rank_number, borda, percentile_rank, distance_to_target, goalposts, scaled
	// L and U are the ends of the score for min_max; the mean and the points of a standard deviation for z_score.
	L, U float64
	// Low and High are the goalposts; for scaled they are values of x′.
	Low, High float64
	Target    float64
	Capped    bool // distance_to_target: at most 100
}

// Normalise answers the scores of a column of values, NaN where there is none. Direction is +1, or −1 where lower is better: it
// multiplies the values before any formula. Scores that are shares are in percent.
func Normalise(m Method, direction float64, column []float64) []float64 {
	x := make([]float64, len(column))
	var known []float64
	for i, v := range column {
		if x[i] = direction * v; !math.IsNaN(v) {
			known = append(known, x[i])
		}
	}
	sort.Float64s(known)
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.NaN()
		if !math.IsNaN(v) {
			out[i] = one(m, direction, v, known)
		}
	}
	return out
}

func one(m Method, direction, x float64, known []float64) float64 {
	n := float64(len(known))
	least, greatest := known[0], known[len(known)-1]
	switch m.Name {
	case "min_max":
		return m.L + (m.U-m.L)*(x-least)/(greatest-least)
	case "z_score":
		mean, sd := moments(known)
		return m.L + m.U*(x-mean)/sd
	case "rank_number":
		return rank(x, known)
	case "borda":
		return rank(x, known) - 1
	case "percentile_rank":
		return 100 * (rank(x, known) - 1) / (n - 1)
	case "distance_to_target":
		d := 100 * (x - least) / (direction*m.Target - least)
		if m.Capped {
			d = math.Min(d, 100)
		}
		return d
	case "goalposts":
		y := (direction*x - m.Low) / (m.High - m.Low)
		if direction < 0 {
			y = 1 - y
		}
		return 100 * math.Min(1, math.Max(0, y))
	case "scaled":
		return 100 * (x - m.Low) / (m.High - m.Low)
	}
	return math.NaN()
}

// rank counts the smaller values, from 1; equals share the smallest rank.
func rank(x float64, known []float64) float64 {
	r := 1.0
	for _, v := range known {
		if v < x-5e-10 {
			r++
		}
	}
	return r
}

func moments(known []float64) (mean, sd float64) {
	for _, v := range known {
		mean += v / float64(len(known))
	}
	squares := 0.0
	for _, v := range known {
		squares += math.Pow(v-mean, 2)
	}
	return mean, math.Sqrt(squares / float64(len(known)-1))
}
