package assess

import "testing"

func TestShownDecimals(t *testing.T) {
	for _, tc := range []struct {
		ind  Indicator
		x    float64
		want int
	}{
		{Indicator{Type: Percent, Decimals: 3}, 12, 3},
		{Indicator{Type: Percent}, 12, 1},
		{Indicator{Type: Count}, 12.5, 0},
		{Indicator{}, 12, 0},
		{Indicator{}, 12.5, 2},
	} {
		if got := tc.ind.ShownDecimals(tc.x); got != tc.want {
			t.Errorf("%v of %+v with %d decimals, want %d", tc.x, tc.ind, got, tc.want)
		}
	}
}
