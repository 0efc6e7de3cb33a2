package analysis_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
)

// TestSmallestSwap: with a share p for a, u1 has 90p + 50(1 − p) and u2 70p + 75(1 − p); they are level where 20p = 25(1 − p), at
// p = 25/45 = 0.5555…, 4.4444… points less than 60. By b it is the same change the other way.
func TestSmallestSwap(t *testing.T) {
	got, ok, err := analysis.Closest(threeUnits(t), "u1", "u2")
	want := analysis.Swap{Node: "a", Share: 0.6, NewShare: 5.0 / 9, Points: 60, NewPoints: 500.0 / 9, Change: 40.0 / 9}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" || !ok || err != nil {
		t.Errorf("ok %v, err %v, (-want +got):\n%s", ok, err, diff)
	}
	// u3 has 40p + 80(1 − p): it passes u2 where 30p = 5(1 − p), at p = 1/7, 45.714… points less.
	if got, _, _ := analysis.Closest(threeUnits(t), "u2", "u3"); math.Abs(got.Change-(60-100.0/7)) > 1e-9 {
		t.Errorf("u2 and u3: %+v, want a change of 45.714", got)
	}
}

func TestNoSwapWhereOneIsAheadInEverything(t *testing.T) {
	f := framework(assess.Official, "f", direct("a", "60"), direct("b", "40"))
	s := subject(t, f, roster(2), q1, table(f, []string{"90", "80"}, []string{"70", "75"}))
	if got, ok, err := analysis.Closest(s, "u1", "u2"); ok || err != nil {
		t.Errorf("%+v, %v; want none", got, err)
	}
}

func TestSwapNeedsPlaces(t *testing.T) {
	_, _, err := analysis.Closest(threeUnits(t), "u1", "nobody")
	var p *assess.Problem
	if !errors.As(err, &p) || p.Key != "problem.unit_unranked" {
		t.Errorf("%v, want problem.unit_unranked", err)
	}
}

// TestSwapsAgainstSearch looks for the same with the eyes: it walks the share of every node from what it is towards 0 and towards 1
// in small steps, lets the engine's own mean weigh, and notes where the sign of the difference turns. There the closed form must
// have found a change that is no larger, beyond it the order must have turned, and where it found none the search must find none.
func TestSwapsAgainstSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, f := range w.frameworks {
			f.Decimals = 9 // a search must see what is not printed
		}
		if w.assessment != nil {
			w.assessment, w.frameworks = nil, w.frameworks[:1]
		}
		s := w.subject(t, q1, w.values)
		units := rankedUnits(s)
		if len(units) < 2 {
			return
		}
		a, b := units[0], units[1]
		found := map[assess.Code]analysis.Swap{}
		for _, one := range must(analysis.Swaps(s, a, b)) {
			found[one.Node] = one
		}
		w.frameworks[0].Root.Walk(func(n, parent *assess.Node, _ int) {
			if parent == nil || !sameMeans(w.frameworks[0], n.Code) {
				return
			}
			searchSwap(t, s, n, parent, a, b, found)
		})
	})
}

func searchSwap(t *rapid.T, s analysis.Subject, n, parent *assess.Node, a, b assess.UnitCode, found map[assess.Code]analysis.Swap) {
	rest := 0.0
	for _, c := range parent.Children {
		if c != n {
			rest += c.Weight.InexactFloat64()
		}
	}
	if rest == 0 {
		return
	}
	share := n.Weight.InexactFloat64() / (n.Weight.InexactFloat64() + rest)
	gap := func(share float64) float64 {
		return totalGap(t, s, n.Code, share/(1-share)*rest, a, b)
	}
	now := gap(share)
	if math.Abs(now) < 1e-6 {
		return // level already
	}
	one, ok := found[n.Code]
	if ok {
		direction := math.Copysign(1e-5, one.NewShare-share)
		if beyond := one.NewShare + direction; beyond > 0 && beyond < 1 {
			if after := gap(beyond); after*now > 0 && math.Abs(after) > 2e-6 {
				t.Fatalf("%s: beyond %v the gap is %v, before %v", n.Code, one.NewShare, after, now)
			}
		}
	}
	const steps = 40
	for i := 1; i < steps; i++ {
		d := float64(i) / steps
		for _, to := range []float64{share - d*share, share + d*(1-share)} {
			if ok && math.Abs(to-share) > math.Abs(one.NewShare-share)-1e-6 {
				continue
			}
			if g := gap(to); g*now < 0 && math.Abs(g) > 1e-6 {
				t.Fatalf("%s: at the share %v the gap is %v, at %v it is %v; the closed form says %+v", n.Code, to, g, share, now, one)
			}
		}
	}
}

// totalGap weighs by WhatIf, which is held to the engine by its own test.
func totalGap(t *rapid.T, s analysis.Subject, node assess.Code, weight float64, a, b assess.UnitCode) float64 {
	moves, err := analysis.WhatIf(s, map[assess.Code]float64{node: weight})
	if err != nil {
		t.Fatal(err)
	}
	at := map[assess.UnitCode]float64{}
	for _, m := range moves {
		at[m.Unit] = m.After
	}
	return at[a] - at[b]
}

func rankedUnits(s analysis.Subject) (units []assess.UnitCode) {
	for _, card := range s.Scores.Cards {
		if card.Root().Rank > 0 {
			units = append(units, card.Unit)
		}
	}
	return units
}

// sameMeans says whether all headings above a node take one mean.
func sameMeans(f *assess.Framework, code assess.Code) (same bool) {
	same = true
	var above func(n *assess.Node, mean assess.Aggregation) bool
	above = func(n *assess.Node, mean assess.Aggregation) bool {
		own := n.Aggregate
		if own == "" {
			own = assess.Arithmetic
		}
		for _, c := range n.Children {
			if c.Code == code {
				same = mean == "" || mean == own
				return true
			}
			if above(c, own) {
				same = same && (mean == "" || mean == own)
				return true
			}
		}
		return false
	}
	above(f.Root, "")
	return same
}

// TestSwapInAComposite: two frameworks at 50 and 50; u1 has 80 and 60, u2 has 65 and 73, totals 70 and 69. With the share p of the
// first, 80p + 60(1 − p) = 65p + 73(1 − p) where 15p = 13(1 − p): p = 13/28, 3.571428… points less.
func TestSwapInAComposite(t *testing.T) {
	s := twoFrameworks(t)
	got, ok, err := analysis.Closest(s, "u1", "u2")
	if !ok || err != nil || math.Abs(got.Change-(50-1300.0/28)) > 1e-9 {
		t.Errorf("%+v, %v, %v; want a change of 3.571428", got, ok, err)
	}
}

// TestSwapInsideAFrameworkOfAnotherScale: g, of full marks 10, is half a and half b: u1 has 4 and 8, u2 9.3 and 5.3. With the share p of
// a the totals are 40 + 40 − 20p and 32.5 + 26.5 + 20p; they are level at p = 0.525, 1.25 of 50 points more.
func TestSwapInsideAFrameworkOfAnotherScale(t *testing.T) {
	f := framework(assess.Official, "f", direct("fa", "100"))
	g := framework(assess.Official, "g", direct("ga", "5"), direct("gb", "5"))
	g.Scale = 10
	half := decimal.RequireFromString("0.5")
	a := &assess.Assessment{Decimals: 2, Composite: []assess.Share{{Framework: "f", Weight: half}, {Framework: "g", Weight: half}}}
	values := figures{"u1": {"fa": "80", "ga": "4", "gb": "8"}, "u2": {"fa": "65", "ga": "9.3", "gb": "5.3"}}
	got, ok, err := analysis.Closest(composite(t, a, roster(2), q1, values, f, g), "u1", "u2")
	if !ok || err != nil || got.Node != "ga" || math.Abs(got.Change-1.25) > 1e-9 || math.Abs(got.NewShare-0.525) > 1e-9 {
		t.Errorf("%+v, %v, %v; want ga from 0.5 to 0.525, 1.25 points", got, ok, err)
	}
}
