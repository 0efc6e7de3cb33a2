package score_test

import (
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// TestCity: counts are summed, rates made of sums. u1 10 of 20 and u2 45 of 60: 55/80 = 68.75 %, not the mean of 50 and 75. u3 has
// not reported: two thirds of the units stand behind the rate. Targets are summed: 30 + 50 + 20 = 100, of which 40 + 30 = 70.
func TestCity(t *testing.T) {
	rate := indicator("rate", "40", assess.Method{Kind: assess.Efficacy, Floor: 50, Satisfactory: 75, Base: 0.6})
	rate.Indicator.Value = assess.Formula{Numerator: "num", Denominator: "den", Scale: 100}
	count := indicator("count", "40", assess.Method{Kind: assess.TargetRatio})
	count.Indicator.Target = &assess.TargetRule{Mode: "absolute"}
	mean := fullYear(indicator("mean", "10", assess.Method{Kind: assess.TargetRatio}), 5)
	mean.Indicator.Value = assess.Formula{Numerator: "days", Denominator: "den"}
	level := indicator("level", "10", assess.Method{Kind: assess.Rated, Levels: map[assess.Code]float64{"good": 1}})
	f := official(rate, count, mean, level)
	p := panel(t, units(4), f)
	for u, v := range map[assess.UnitCode][4]string{"u1": {"10", "20", "40", "60"}, "u2": {"45", "60", "30", "260"}} {
		put(t, p, u, q1, "num", v[0])
		put(t, p, u, q1, "den", v[1])
		put(t, p, u, q1, "count", v[2])
		put(t, p, u, q1, "days", v[3])
		put(t, p, u, q1, "level", "good")
	}
	put(t, p, "u3", q1, "num", "99") // without its denominator it must not move the rate
	put(t, p, "u4", q1, "count", "N/A")
	put(t, p, "u4", q1, "num", "N/A")
	for u, v := range map[assess.UnitCode]string{"u1": "30", "u2": "50", "u3": "20", "u4": "1000"} {
		target(t, p, u, year, "count", v)
	}
	city := compute(t, f, p, q1).City
	if n := city.Node("rate"); *n.Value != 68.75 || n.Score != 90 || assess.Snap(n.Coverage*3) != 2 {
		t.Errorf("rate %v, score %v, coverage %v; want 68.75, 60 + 40 × 18.75/25 = 90, 2/3", *n.Value, n.Score, n.Coverage)
	}
	if n := city.Node("count"); *n.Value != 70 || n.Score != 70 || *n.Why.Target != 100 {
		t.Errorf("count %v, score %v, target %v; want 70, 70, 100 (without the unit that is exempt)", *n.Value, n.Score, *n.Why.Target)
	}
	// 320 days of 80 persons are 4 each; the target of 5 a person is not summed.
	if n := city.Node("mean"); *n.Value != 4 || n.Score != 80 {
		t.Errorf("mean %v, score %v; want 4, 80", *n.Value, n.Score)
	}
	if n := city.Node("level"); n.State != assess.NotApplicable {
		t.Errorf("a level of the city is %s, want not applicable", n.State)
	}
	if city.Unit != "city" || city.Root().Rank != 0 || city.Root().State != assess.Scored {
		t.Errorf("unit %q, rank %d, %s; want city, not ranked, scored", city.Unit, city.Root().Rank, city.Root().State)
	}
	if got := city.Node("count").Why.Inputs; len(got) != 1 || got[0].Value != "70" || got[0].Seq != 0 {
		t.Errorf("inputs %+v, want the sum alone", got)
	}
}

func TestCityTargetOfItsOwn(t *testing.T) {
	count := indicator("x", "100", assess.Method{Kind: assess.TargetRatio, Phasing: []float64{25, 50, 75, 100}})
	count.Indicator.Target = &assess.TargetRule{Mode: "absolute"}
	f := official(count)
	p := panel(t, units(2), f)
	put(t, p, "u1", q2, "x", "30")
	put(t, p, "u2", q2, "x", "10")
	target(t, p, assess.AnyUnit, year, "x", "50")
	if n := compute(t, f, p, q2).City.Node("x"); n.Score != 80 {
		t.Errorf("score %v, want 40 of (50 + 50) × 50 %%", n.Score)
	}
	target(t, p, "city", year, "x", "160")
	if n := compute(t, f, p, q2).City.Node("x"); n.Score != 50 {
		t.Errorf("score %v, want 40 of 160 × 50 %%", n.Score)
	}
}

func TestCityWithoutAnything(t *testing.T) {
	f := official(direct("x", "50"), fullYear(indicator("y", "50", assess.Method{Kind: assess.TargetRatio}), 5))
	city := compute(t, f, panel(t, units(2), f), q1).City
	if n := city.Node("y"); n.State != assess.NotReported || n.Coverage != 0 {
		t.Errorf("%s with coverage %v, want not reported, 0", n.State, n.Coverage)
	}
	p := panel(t, units(2), f)
	put(t, p, "u1", q1, "y", "N/A")
	put(t, p, "u2", q1, "y", "N/A")
	if n := compute(t, f, p, q1).City.Node("y"); n.State != assess.NotApplicable {
		t.Errorf("exempt everywhere: %s, want not applicable", n.State)
	}
}
