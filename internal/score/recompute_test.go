package score_test

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
)

// The functions of this file compute scores from nothing but their explanation, in exact fractions, and share no code with the
// engine: they show that an explanation holds all that is needed, and that binary arithmetic decided nothing.

type derivation = assess.Derivation

// TestExplanationsSuffice recomputes every scored node of random frameworks from the JSON of its explanation.
func TestExplanationsSuffice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		s := w.scores(t)
		for _, card := range append(slices.Clone(s.Cards), *s.City) {
			for i := range card.Nodes {
				n := &card.Nodes[i]
				if n.State != assess.Scored || n.Outside {
					continue
				}
				text, err := json.Marshal(n.Why)
				if err != nil {
					t.Fatal(err)
				}
				var d derivation
				if err := json.Unmarshal(text, &d); err != nil {
					t.Fatal(err)
				}
				score, shown, points := recompute(&d)
				if score != n.Score || shown != n.Shown || points != n.Points {
					t.Fatalf("%s of %s: %v, shown %v, %v points; from the explanation %v, %v, %v\n%s", n.Node, card.Unit, n.Score, n.Shown, n.Points, score, shown, points, text)
				}
			}
		}
	})
}

// recompute answers score, shown score and points.
func recompute(d *derivation) (score, shown, points float64) {
	var share *big.Rat
	if len(d.Parts) > 0 {
		got, full := new(big.Rat), new(big.Rat)
		for _, p := range d.Parts {
			got.Add(got, rat(p.Points))
			full.Add(full, rat(p.FullPoints))
		}
		share = got.Quo(got, full)
		points = round(times(share, full), 4)
	} else {
		share = exactShare(d)
		points = round(times(share, rat(d.FullPoints)), d.LeafDecimals)
		if share.Cmp(rat(1)) <= 0 {
			points = min(points, d.FullPoints)
		}
	}
	whole := times(share, rat(d.Scale))
	return round(whole, 4), round(whole, d.Decimals), points
}

func exactShare(d *derivation) *big.Rat {
	x, undefined := value(d)
	if undefined {
		return rat(map[assess.ZeroDenominator]float64{assess.ZeroIsFull: 1}[d.Zero])
	}
	m, one := d.Method, rat(1)
	switch m.Kind {
	case assess.TargetRatio:
		if x.Sign() < 0 {
			return rat(0)
		}
		ratio := quo(x, times(rat(*d.Target), quo(rat(*d.Phasing), rat(100))))
		if d.Direction == assess.Down {
			ratio = minus(rat(2), ratio)
		}
		return clip(ratio, rat(m.Cap))
	case assess.Banded:
		return rat(d.Band.Share)
	case assess.Efficacy:
		return clip(line(x, rat(m.Floor), rat(m.Satisfactory), rat(m.Base), one), one)
	case assess.Goalposts:
		if d.Direction == assess.Down {
			return clip(line(x, rat(m.High), rat(m.Low), rat(0), one), one)
		}
		return clip(line(x, rat(m.Low), rat(m.High), rat(0), one), one)
	case assess.Tiered:
		return tiers(x, m.Points)
	case assess.Ranked:
		before := minus(rat(d.Place), one)
		if m.Step > 0 {
			return clip(minus(one, quo(times(rat(m.Step), before), rat(d.FullMarks))), one)
		}
		if m.Last > 0 && d.Direction != assess.Down && x.Sign() <= 0 {
			return rat(0)
		}
		return minus(rat(m.First), quo(times(minus(rat(m.First), rat(m.Last)), before), rat(float64(d.Peers-1))))
	case assess.Rated:
		return clip(quo(x, rat(m.ScaleMax)), one)
	case assess.Deduction:
		return clip(quo(minus(rat(d.FullMarks), times(rat(m.PerCase), x)), rat(d.FullMarks)), one)
	case assess.YesNo:
		return rat(map[bool]float64{true: 1}[(x.Sign() != 0) != (d.Direction == assess.Down)])
	}
	return quo(x, rat(d.Scale)) // direct
}

// value answers the indicator's value from its inputs; what has the same role adds up.
func value(d *derivation) (x *big.Rat, undefined bool) {
	sums := map[string]*big.Rat{"value": rat(0), "numerator": rat(0), "denominator": rat(0)}
	for _, in := range d.Inputs {
		v, ok := new(big.Rat).SetString(in.Value)
		if sum := sums[in.Role]; ok && sum != nil {
			sum.Add(sum, v)
		}
	}
	if d.Factor == 0 {
		return sums["value"], false
	}
	if sums["denominator"].Sign() == 0 {
		return nil, true
	}
	return quo(times(rat(d.Factor), sums["numerator"]), sums["denominator"]), false
}

func tiers(x *big.Rat, points []assess.Point) *big.Rat {
	for k, p := range points {
		if x.Cmp(rat(p.Value)) >= 0 {
			continue
		}
		if k == 0 {
			return rat(0)
		}
		before := points[k-1]
		return line(x, rat(before.Value), rat(p.Value), rat(before.Share), rat(p.Share))
	}
	return rat(points[len(points)-1].Share)
}

func line(x, x0, x1, y0, y1 *big.Rat) *big.Rat {
	return new(big.Rat).Add(y0, quo(times(minus(y1, y0), minus(x, x0)), minus(x1, x0)))
}

func clip(x, most *big.Rat) *big.Rat {
	if x.Sign() < 0 {
		return rat(0)
	}
	if x.Cmp(most) > 0 {
		return most
	}
	return x
}

// rat answers the decimal a number is printed as.
func rat(v float64) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(v, 'f', -1, 64))
	return r
}

func times(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func quo(a, b *big.Rat) *big.Rat   { return new(big.Rat).Quo(a, b) }
func minus(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }

// round rounds half-up to so many decimals; the scores here are not negative.
func round(x *big.Rat, decimals int) float64 {
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil))
	n := new(big.Rat).Add(times(x, unit), big.NewRat(1, 2))
	whole := new(big.Int).Quo(n.Num(), n.Denom())
	v, _ := new(big.Rat).Quo(new(big.Rat).SetInt(whole), unit).Float64()
	return v
}
