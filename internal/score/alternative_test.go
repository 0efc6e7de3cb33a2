package score_test

import (
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// TestRenormalised: of the values 0.1, 0.4, 1.1 the second has 30 by min-max (0.3 of 1.0), 50 by its place, and −0.2598… by z-score:
// mean 0.5333…, deviation √((0.1878 + 0.0178 + 0.3211)/2) = 0.5132, (0.4 − 0.5333)/0.5132 = −0.2598.
func TestRenormalised(t *testing.T) {
	f := analytic(indicator("x", "1", assess.Method{Kind: assess.Goalposts, Low: 0, High: 2}))
	f.Root.Children[0].Indicator.Decimals = 0
	for kind, want := range map[assess.MethodKind]float64{assess.MinMax: 30, assess.Ranked: 50, assess.ZScore: -0.25983} {
		other, ok := score.Renormalised(f, kind)
		if !ok {
			t.Fatalf("%s: refused", kind)
		}
		p := panel(t, units(3), other)
		for i, v := range []string{"0.1", "0.4", "1.1"} {
			put(t, p, unit(i+1), q1, "x", v)
		}
		if got := compute(t, other, p, q1).Cards[1].Node("x").Score; got < want-1e-3 || got > want+1e-3 {
			t.Errorf("%s: %v, want %v", kind, got, want)
		}
	}
	if f.Root.Children[0].Indicator.Method.Kind != assess.Goalposts {
		t.Error("the framework itself was changed")
	}
}

func TestRenormalisedRefuses(t *testing.T) {
	geometric := analytic(heading("h", "1", indicator("x", "1", assess.Method{Kind: assess.MinMax})))
	geometric.Root.Children[0].Aggregate = assess.Geometric
	banded := analytic(indicator("x", "1", bands(from(0, 1))))
	official := official(indicator("x", "100", assess.Method{Kind: assess.Ranked}))
	for name, c := range map[string]struct {
		f    *assess.Framework
		kind assess.MethodKind
	}{
		"z-scores under a geometric mean": {geometric, assess.ZScore}, "an indicator scored by bands": {banded, assess.MinMax},
		"the official layer": {official, assess.MinMax}, "a method that is no normalisation": {analytic(direct("x", "1")), assess.Banded},
	} {
		if _, ok := score.Renormalised(c.f, c.kind); ok {
			t.Errorf("%s was taken", name)
		}
	}
}
