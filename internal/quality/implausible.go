package quality

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// Implausible asks about a figure outside the range that is usual in a peer group, both ends of which are included. ok is false where
// there is nothing to ask: no range, or no number.
func Implausible(item *assess.Item, group assess.Code, value string) (question *assess.Problem, ok bool) {
	usual, known := item.Plausible[group]
	d, err := decimal.NewFromString(value)
	if !known || err != nil || (usual.Low == nil || d.GreaterThanOrEqual(*usual.Low)) && (usual.High == nil || d.LessThanOrEqual(*usual.High)) {
		return nil, false
	}
	low, high := "–", "–"
	if usual.Low != nil {
		low = usual.Low.String()
	}
	if usual.High != nil {
		high = usual.High.String()
	}
	return assess.Invalid("problem.implausible",
		fmt.Sprintf("%s lies outside what is usual among its peers, %s to %s; correct it, or say in the note why it is right", value, low, high),
		"value", value, "low", low, "high", high), true
}
