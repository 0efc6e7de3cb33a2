package paper

import "math"

// corners is how many corners a disc is drawn with; at the sizes of marks it looks round.
const corners = 32

// disc answers the outline of a disc as x, y, x, y …
func disc(x, y, r float64) []float64 { return arc(x, y, r, 0, 2*math.Pi) }

// half answers the right half of a disc.
func half(x, y, r float64) []float64 { return arc(x, y, r, -math.Pi/2, math.Pi/2) }

func arc(x, y, r, from, to float64) (xy []float64) {
	for i := 0; i <= corners; i++ {
		angle := from + (to-from)*float64(i)/corners
		xy = append(xy, x+r*math.Cos(angle), y+r*math.Sin(angle))
	}
	return xy
}
