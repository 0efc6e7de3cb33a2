package score

import (
	"math"

	"github.com/unionboard/unionboard/internal/assess"
)

// transformed applies the indicator's transform; values that it does not take were settled before.
func (l *leaf) transformed(x float64) float64 {
	switch l.node.Indicator.Transform {
	case assess.Log:
		return math.Log(x)
	case assess.Log10:
		return math.Log10(x)
	case assess.LogPlusOne:
		return math.Log1p(x)
	case assess.SquareRoot:
		return math.Sqrt(x)
	case assess.CubeRoot:
		return math.Cbrt(x)
	}
	return x
}

// takes says whether a transform has a value for x.
func takes(t assess.Transform, x float64) bool {
	switch t {
	case assess.Log, assess.Log10:
		return x > 0
	case assess.LogPlusOne:
		return x > -1
	case assess.SquareRoot:
		return x >= 0
	}
	return true
}

// transformedText writes a value with its transform.
func (l *leaf) transformedText(x float64) string {
	switch l.node.Indicator.Transform {
	case assess.Log:
		return "ln " + num(x)
	case assess.Log10:
		return "lg " + num(x)
	case assess.LogPlusOne:
		return "ln(1 + " + num(x) + ")"
	case assess.SquareRoot:
		return "√" + num(x)
	case assess.CubeRoot:
		return "∛" + num(x)
	}
	return num(x)
}
