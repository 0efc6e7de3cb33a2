package assess

import "math"

// ShownDecimals answers the digits that a value of the indicator is shown with, on pages and in files alike: those declared, one for a
// percentage without a declaration, none for whole numbers, else two.
func (ind *Indicator) ShownDecimals(x float64) int {
	switch {
	case ind.Decimals > 0:
		return ind.Decimals
	case ind.Type == Percent:
		return 1
	case ind.Type == Count || x == math.Trunc(x):
		return 0
	}
	return 2
}
