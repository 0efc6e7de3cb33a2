package city_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// shares reads "100 250 !30 ?": weights, a share pinned at 30, a unit without a figure.
func shares(text string) []assess.Portion {
	var all []assess.Portion
	for i, word := range strings.Fields(text) {
		s := assess.Portion{Unit: assess.UnitCode(fmt.Sprint(210101 + i)), Known: true}
		switch pin, pinned := strings.CutPrefix(word, "!"); {
		case pinned:
			s.Pinned, s.Value, s.Known = true, dec(pin), false
		case word == "?":
			s.Known = false
		default:
			s.Weight = dec(word)
		}
		all = append(all, s)
	}
	return all
}

func values(all []assess.Portion) string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = s.Value.String()
	}
	return strings.Join(words, " ")
}

// TestSpread holds breakdowns that were computed by hand.
func TestSpread(t *testing.T) {
	for _, c := range []struct{ name, total, step, shares, want string }{
		// 100 by 1:1:1 is 33⅓ each: one step is left, remainders and weights are equal, so the first unit gets it.
		{"equal remainders", "100", "1", "1 1 1", "34 33 33"},
		// 10 by 6:3:2 of 11: 5.45, 2.73, 1.82 – 5, 2, 1 and the two largest remainders .82 and .73.
		{"largest remainders", "10", "1", "6 3 2", "5 3 2"},
		// 1 by 1:3:3: remainders 1/7, 3/7, 3/7: the first of the larger ones.
		{"first of the larger", "1", "1", "1 3 3", "0 1 0"},
		// 3 by 1:2 in halves: 6 steps, 2 and 4.
		{"half steps", "3", "0.5", "1 2", "1 2"},
		// 1,000,000 yuan in 万元 by 1:2:4 of 7: 14.28, 28.57, 57.14 of 100 steps – 14, 28, 57 and one more for .57.
		{"万元", "1000000", "10000", "1 2 4", "140000 290000 570000"},
		{"a pin", "100", "1", "1 !40 1", "30 40 30"},
		{"pins that take all", "70", "1", "!30 5 !40", "30 0 40"},
		{"all pinned and right", "70", "1", "!30 !40", "30 40"},
		{"no weight at all", "7", "1", "0 0 0", "3 2 2"},
		{"a weight of zero", "7", "1", "0 1 1", "0 4 3"},
		{"a unit without a figure that is pinned", "10", "1", "3 !4 3", "3 4 3"},
		{"nothing", "0", "1", "5 3", "0 0"},
		// 1,500 new members by the members of thirteen units in thousands, 3,150 in all. The quotas are 109.52, 100.00, 152.38, 142.86,
		// 185.71, 95.24, 119.05, 114.29, 142.86, 95.24, 114.29, 57.14 and 71.43, their floors make 1,495; the five steps left go to the
		// remainders .86, .86, .71, .52 and .43.
		{
			"thirteen units", "1500", "1", "230 210 320 300 390 200 250 240 300 200 240 120 150",
			"110 100 152 143 186 95 119 114 143 95 114 57 72",
		},
		// The same with the fifth fixed at 200 and the last at 50: 1,250 by the other 2,610 are 110.15, 100.57, 153.26, 143.68, 95.79,
		// 119.73, 114.94, 143.68, 95.79, 114.94, 57.47; the floors make 1,243, and the seven steps left go to
		// all from .68 up.
		{
			"thirteen units with two pins", "1500", "1", "230 210 320 300 !200 200 250 240 300 200 240 120 !50",
			"110 100 153 144 200 96 120 115 144 96 115 57 50",
		},
	} {
		got, err := city.Spread(dec(c.total), dec(c.step), shares(c.shares))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, values(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestSpreadRefuses(t *testing.T) {
	for _, c := range []struct{ total, step, shares, key string }{
		{"100", "0", "1 1", "problem.breakdown_step"},
		{"-1", "1", "1 1", "problem.breakdown_total"},
		{"10.5", "1", "1 1", "problem.breakdown_total_step"},
		{"100", "1", "!-1 1", "problem.breakdown_share"},
		{"100", "1", "!0.5 1", "problem.breakdown_share"},
		{"100", "1", "!101 1", "problem.breakdown_over"},
		{"100", "1", "!50 !51", "problem.breakdown_over"},
		{"100", "1", "!50 !49", "problem.breakdown_pinned"},
		{"100", "1", "1 ?", "problem.breakdown_weight"},
		{"100", "1", "1 -1", "problem.breakdown_weight_negative"},
	} {
		_, err := city.Spread(dec(c.total), dec(c.step), shares(c.shares))
		var p *assess.Problem
		if !errors.As(err, &p) || p.Key != c.key || !errors.Is(err, assess.ErrInvalid) {
			t.Errorf("Spread(%s, %s, %s): %v, want %s", c.total, c.step, c.shares, err, c.key)
		}
	}
}

// TestSpreadKeepsTheSum: whatever the weights and the pins, the shares add up to the total, none is below zero, pins stand, every
// other share is within a step of its quota, and who weighs more does not get less.
func TestSpreadKeepsTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom([]string{"1", "0.01", "10000", "5"}).Draw(t, "step")
		n := rapid.IntRange(1, 40).Draw(t, "units")
		all := make([]assess.Portion, n)
		pinned := int64(0)
		for i := range all {
			all[i] = assess.Portion{Unit: assess.UnitCode(fmt.Sprint(i)), Known: true, Weight: decimal.New(rapid.Int64Range(0, 1e9).Draw(t, "weight"), -2)}
			if rapid.IntRange(0, 3).Draw(t, "pin") == 0 && i > 0 {
				steps := rapid.Int64Range(0, 1e6).Draw(t, "pinned")
				all[i].Pinned, all[i].Value, pinned = true, dec(step).Mul(decimal.NewFromInt(steps)), pinned+steps
			}
		}
		steps := pinned + rapid.Int64Range(0, 1e9).Draw(t, "rest")
		total := dec(step).Mul(decimal.NewFromInt(steps))
		got, err := city.Spread(total, dec(step), all)
		if err != nil {
			t.Fatal(err)
		}
		sum, weights := decimal.Zero, decimal.Zero
		for i, s := range got {
			if sum = sum.Add(s.Value); s.Value.IsNegative() || s.Pinned && !s.Value.Equal(all[i].Value) {
				t.Fatalf("share %d is %s of %+v", i, s.Value, all[i])
			}
			if !s.Pinned {
				weights = weights.Add(s.Weight)
			}
		}
		if !sum.Equal(total) {
			t.Fatalf("the shares add up to %s of %s", sum, total)
		}
		left := dec(step).Mul(decimal.NewFromInt(steps - pinned))
		for i, s := range got {
			if s.Pinned || weights.IsZero() {
				continue
			}
			// |value − left × weight ÷ weights| < step, without dividing
			if off := s.Value.Mul(weights).Sub(left.Mul(s.Weight)).Abs(); off.GreaterThanOrEqual(dec(step).Mul(weights)) {
				t.Fatalf("share %d is %s, a step or more from its quota", i, s.Value)
			}
			for j, other := range got {
				if !other.Pinned && other.Weight.GreaterThan(s.Weight) && other.Value.LessThan(s.Value) {
					t.Fatalf("unit %d weighs more than %d and gets less", j, i)
				}
			}
		}
	})
}
