package chart

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestBounds(t *testing.T) {
	for _, tc := range []struct {
		name string
		got  bounds
		want bounds
	}{
		{"scores from zero", fromZero([]float64{97.6, 60.8}, 100), bounds{0, 100, 20}},
		{"above full marks", fromZero([]float64{103}, 100), bounds{0, 150, 50}},
		{"below zero", fromZero([]float64{-5, 10}, 0), bounds{-5, 10, 5}},
		{"a scale of one", fromZero([]float64{0.8}, 1), bounds{0, 1, 0.2}},
		{"nothing", fromZero(nil, 0), bounds{0, 1, 0.2}},
		{"around scores", around([]float64{81, 84, 92}), bounds{80, 95, 5}},
		{"around one value", around([]float64{50}), bounds{44, 56, 2}},
		{"around nothing", around(nil), bounds{0, 1, 0.2}},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %+v, want %+v", tc.name, tc.got, tc.want)
		}
	}
}

// TestBoundsHoldTheData: every value lies on the axis, and the axis has a whole number of ticks, not too many.
func TestBoundsHoldTheData(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e7, 1e7), 1, 20).Draw(t, "values")
		for _, b := range []bounds{around(values), fromZero(values, 100)} {
			steps := (b.high - b.low) / b.step
			if math.Abs(steps-math.Round(steps)) > 1e-6 || steps < 1 || steps > 12 {
				t.Fatalf("%v ticks on %+v", steps, b)
			}
			for _, x := range values {
				if x < b.low-b.step*1e-6 || x > b.high+b.step*1e-6 {
					t.Fatalf("%v lies outside %+v", x, b)
				}
			}
		}
	})
}
