package city

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// Spread shares a total out, so that the portions add up to it exactly: pinned portions keep their value, the others get whole steps
// of what is left, in proportion to their weights, by the largest remainder. Equal remainders go to the larger weight, then to the
// unit that stands first. Where no unit left has a weight above zero, all of them get the same.
//
// Errors are Problems of kind ErrInvalid: a total, a step or a pinned portion that cannot be; pinned portions that exceed the total, or
// leave something to nobody; a unit whose weight is not known and that is not pinned.
func Spread(total, step decimal.Decimal, portions []assess.Portion) ([]assess.Portion, error) {
	left, err := leftOver(total, step, portions)
	if err != nil {
		return nil, err
	}
	spread := slices.Clone(portions)
	var free []int
	for i, s := range spread {
		if !s.Pinned {
			free = append(free, i)
		}
	}
	if len(free) == 0 && !left.IsZero() {
		return nil, assess.Invalid("problem.breakdown_pinned",
			fmt.Sprintf("every portion is fixed and they miss the total by %s; release at least one, or correct the total", left), "left", left.String())
	}
	weights, err := weightsOf(spread, free)
	if err != nil {
		return nil, err
	}
	for k, steps := range apportion(left.Div(step), weights) {
		spread[free[k]].Value = steps.Mul(step)
	}
	return spread, nil
}

// leftOver answers what the pinned portions leave of a total.
func leftOver(total, step decimal.Decimal, portions []assess.Portion) (decimal.Decimal, error) {
	switch {
	case !step.IsPositive():
		return total, assess.Invalid("problem.breakdown_step", fmt.Sprintf("portions cannot be rounded to %s; choose a step above zero", step), "step", step.String())
	case total.IsNegative():
		return total, assess.Invalid("problem.breakdown_total", fmt.Sprintf("the total %s is below zero; a target is zero or more", total), "total", total.String())
	case !whole(total, step):
		return total, assess.Invalid("problem.breakdown_total_step",
			fmt.Sprintf("the total %s is no multiple of %s, so no portions add up to it; correct the total, or round more finely", total, step),
			"total", total.String(), "step", step.String())
	}
	left := total
	for _, s := range portions {
		switch {
		case !s.Pinned:
			continue
		case s.Value.IsNegative() || !whole(s.Value, step):
			return total, assess.Invalid("problem.breakdown_share",
				fmt.Sprintf("the portion %s of %s is below zero or no multiple of %s; correct it", s.Value, s.Unit, step),
				"unit", string(s.Unit), "value", s.Value.String(), "step", step.String())
		}
		left = left.Sub(s.Value)
	}
	if left.IsNegative() {
		return total, assess.Invalid("problem.breakdown_over",
			fmt.Sprintf("the fixed portions exceed the total by %s; lower or release one of them", left.Neg()), "over", left.Neg().String())
	}
	return left, nil
}

func whole(value, step decimal.Decimal) bool { return value.Mod(step).IsZero() }

// weightsOf answers the weights of the portions that are not pinned, the same for all where none is above zero.
func weightsOf(portions []assess.Portion, free []int) ([]decimal.Decimal, error) {
	weights := make([]decimal.Decimal, len(free))
	some := false
	for k, i := range free {
		s := portions[i]
		if !s.Known {
			return nil, assess.Invalid("problem.breakdown_weight",
				fmt.Sprintf("there is no figure to share by for %s; choose another basis or period, or fix that portion by hand", s.Unit), "unit", string(s.Unit))
		}
		if s.Weight.IsNegative() {
			return nil, assess.Invalid("problem.breakdown_weight_negative",
				fmt.Sprintf("the figure to share by is %s for %s; choose a basis without figures below zero", s.Weight, s.Unit),
				"unit", string(s.Unit), "value", s.Weight.String())
		}
		weights[k], some = s.Weight, some || s.Weight.IsPositive()
	}
	if !some {
		for k := range weights {
			weights[k] = decimal.NewFromInt(1)
		}
	}
	return weights, nil
}

// apportion divides whole steps by the largest remainder. Every quotient is exact: a remainder is compared as the numerator over
// the sum of the weights.
func apportion(steps decimal.Decimal, weights []decimal.Decimal) []decimal.Decimal {
	sum := decimal.Sum(decimal.Zero, weights...)
	parts, order := make([]decimal.Decimal, len(weights)), make([]int, len(weights))
	remainders := make([]decimal.Decimal, len(weights))
	left := steps
	for k, w := range weights {
		parts[k], remainders[k] = steps.Mul(w).QuoRem(sum, 0)
		left, order[k] = left.Sub(parts[k]), k
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(remainders[b].Cmp(remainders[a]), weights[b].Cmp(weights[a]))
	})
	for _, k := range order {
		if !left.IsPositive() {
			break
		}
		parts[k], left = parts[k].Add(decimal.NewFromInt(1)), left.Sub(decimal.NewFromInt(1))
	}
	return parts
}
