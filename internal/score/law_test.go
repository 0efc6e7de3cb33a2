package score_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// units of 0.0001 points.
func fixed(points float64) int64 { return int64(math.Round(points * 10000)) }

func equalScores(a, b *assess.Scores) string {
	return cmp.Diff(a, b, cmp.Comparer(func(a, b assess.Period) bool { return a == b }))
}

// TestPartsAddUp: the points and full points of a heading are those of its parts, exactly, whatever is missing or spread; and its
// score is the fraction of the two.
func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, card := range w.scores(t).Cards {
			for i := range card.Nodes {
				n := &card.Nodes[i]
				if len(n.Why.Parts) == 0 || !n.HasScore() {
					continue
				}
				var points, full int64
				for _, part := range n.Why.Parts {
					points += fixed(part.Points)
					full += fixed(part.FullPoints)
				}
				if points != fixed(n.Points) || full != fixed(n.FullPoints) {
					t.Fatalf("%s of %s: parts add up to %d of %d, the heading has %d of %d", n.Node, card.Unit, points, full, fixed(n.Points), fixed(n.FullPoints))
				}
				if want := decimal.New(points*100, 0).DivRound(decimal.New(full, 0), 30).Round(2); !decimal.NewFromFloat(n.Shown).Equal(want) {
					t.Fatalf("%s of %s shows %v, the fraction is %s", n.Node, card.Unit, n.Shown, want)
				}
			}
		}
	})
}

// TestRedistributionAddsUp: the full points of all indicators are those of the framework, whatever is not applicable.
func TestRedistributionAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		s := w.scores(t)
		for _, card := range append(slices.Clone(s.Cards), *s.City) {
			if !card.Root().HasScore() {
				continue
			}
			var due, full int64
			w.framework.Root.Walk(func(n, _ *assess.Node, _ int) {
				got := card.Node(n.Code)
				if n.Indicator != nil {
					full += fixed(got.FullPoints)
					if got.State != assess.NotDue {
						due += n.Weight.Shift(4).IntPart()
					}
				}
			})
			if due != full || fixed(card.Root().FullPoints) != due {
				t.Fatalf("%s: %d units are due, %d are spread, the root has %d", card.Unit, due, full, fixed(card.Root().FullPoints))
			}
		}
	})
}

// TestRangesHold: a score is inside the range that was shown while it was pending, whatever is reported then.
func TestRangesHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.open = true
		before := w.scores(t)
		w.open = false
		var late []assess.Observation
		for _, card := range before.Cards {
			for _, l := range w.framework.Root.Leaves() {
				if card.Node(l.Code).State == assess.Pending && l.Indicator.Value.Denominator == "" && l.Indicator.Method.Kind != assess.Ranked {
					late = append(late, assess.Observation{
						Seq: 1e6, CellKey: assess.CellKey{Unit: card.Unit, Period: q2, Item: l.Code}, State: assess.Reported,
						Value: decimal.New(rapid.Int64Range(0, 10000).Draw(t, "late"), -2).String(),
					})
				}
			}
		}
		w.figures = append(w.figures, late...)
		after := w.scores(t)
		for i := range before.Cards {
			a, b := before.Cards[i].Root(), after.Cards[i].Root()
			if a.State == assess.Pending && b.HasScore() && ranksNothing(w.framework) && (b.Shown < a.Low || b.Shown > a.High) {
				t.Fatalf("%s was between %v and %v and became %v", before.Cards[i].Unit, a.Low, a.High, b.Shown)
			}
		}
	})
}

// ranksNothing says whether scores depend on nothing but the unit itself.
func ranksNothing(f *assess.Framework) bool {
	return !slices.ContainsFunc(f.Root.Leaves(), func(n *assess.Node) bool { return n.Indicator.Method.Kind == assess.Ranked })
}

// TestOrderChangesNothing: figures come in any order.
func TestOrderChangesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing after the other: the race detector, which is asked in short, has nothing to see")
	}
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		a := w.scores(t)
		w.figures = rapid.Permutation(w.figures).Draw(t, "figures")
		if diff := equalScores(a, w.scores(t)); diff != "" {
			t.Fatalf("another order of figures gives other scores:\n%s", diff)
		}
	})
}

// TestPermutingUnitsChangesNothing, nor does permuting the indicators of a heading.
func TestPermutingUnitsChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		a := w.scores(t)
		w.roster.Units = rapid.Permutation(w.roster.Units).Draw(t, "roster")
		for _, h := range w.framework.Root.Children {
			h.Children = rapid.Permutation(h.Children).Draw(t, "children")
		}
		w.framework.Root.Children = rapid.Permutation(w.framework.Root.Children).Draw(t, "headings")
		b := w.scores(t)
		for i := range a.Cards {
			x, y := a.Cards[i], b.Card(a.Cards[i].Unit)
			for j := range x.Nodes {
				n, m := x.Nodes[j], *y.Node(x.Nodes[j].Node)
				n.Why, m.Why = nil, nil
				if diff := cmp.Diff(n, m); diff != "" {
					t.Fatalf("%s of %s:\n%s", n.Node, x.Unit, diff)
				}
			}
		}
	})
}

// TestScaledWeightsChangeNothing: relative weights that are all multiplied by the same number give the same scores.
func TestScaledWeightsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.framework.Relative = true
		w.framework.Layer = rapid.SampledFrom([]assess.Layer{assess.Official, assess.Analytic}).Draw(t, "layer")
		// Per step is in points of the whole, which depend on nothing but proportions either.
		a := w.scores(t)
		factor := decimal.New(rapid.Int64Range(1, 50).Draw(t, "factor"), -1)
		w.framework.Root.Walk(func(n, _ *assess.Node, _ int) { n.Weight = n.Weight.Mul(factor) })
		b := w.scores(t)
		for i := range a.Cards {
			for j := range a.Cards[i].Nodes {
				n, m := &a.Cards[i].Nodes[j], &b.Cards[i].Nodes[j]
				if n.State != m.State || n.Shown != m.Shown || math.Abs(n.Points-m.Points) > 1e-9 || n.Rank != m.Rank {
					t.Fatalf("%s of %s: %v (%v points, rank %d) became %v (%v, %d)", n.Node, a.Cards[i].Unit, n.Shown, n.Points, n.Rank, m.Shown, m.Points, m.Rank)
				}
			}
		}
	})
}

// TestBetterIsNeverWorse: a better value of one unit never lowers its own score, by any method.
func TestBetterIsNeverWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.open = false
		i := rapid.IntRange(0, max(0, len(w.figures)-1)).Draw(t, "figure")
		if len(w.figures) == 0 || w.figures[i].State != assess.Reported {
			return
		}
		o := &w.figures[i]
		n := w.framework.Root.Find(o.Item)
		if n == nil {
			return // a numerator or denominator
		}
		value := decimal.RequireFromString(o.Value)
		before := *w.scores(t).Card(o.Unit).Node(n.Code)
		step := decimal.New(rapid.Int64Range(0, 5000).Draw(t, "step"), -2)
		if n.Indicator.Direction == assess.Down && n.Indicator.Method.Kind != assess.Deduction && !goesUp(n.Indicator.Method.Kind) {
			value = decimal.Max(decimal.Zero, value.Sub(step))
		} else if n.Indicator.Method.Kind == assess.Deduction {
			value = decimal.Max(decimal.Zero, value.Sub(step))
		} else {
			value = value.Add(step)
		}
		o.Value = value.String()
		after := *w.scores(t).Card(o.Unit).Node(n.Code)
		if before.HasScore() && after.HasScore() && after.Score < before.Score {
			t.Fatalf("%s %s from %v to %s: score %v fell to %v", n.Indicator.Method.Kind, n.Indicator.Direction, *before.Value, o.Value, before.Score, after.Score)
		}
	})
}

// goesUp says whether a method looks at no direction.
func goesUp(kind assess.MethodKind) bool {
	return kind == assess.Banded || kind == assess.Direct || kind == assess.Rated
}

// TestCapsHold: no indicator but one with a cap above 1 exceeds full marks, none falls below nothing, and the composite exceeds
// 100 by the bonus cap at most.
func TestCapsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, card := range w.scores(t).Cards {
			for _, l := range w.framework.Root.Leaves() {
				n, m := card.Node(l.Code), &l.Indicator.Method
				if m.Kind == assess.Direct {
					continue // may be anything
				}
				if most := 100 * max(1, m.Cap); n.Score < 0 || n.Score > most || m.Cap <= 1 && n.Points > n.FullPoints {
					t.Fatalf("%s of %s has %v, %v of %v points", n.Node, card.Unit, n.Score, n.Points, n.FullPoints)
				}
			}
		}
	})
}

func TestCompositeCaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, frameworks := twoFrameworks()
		p := combinedPanel(units(1), frameworks)
		for _, item := range []assess.Code{"six_main", "six_core", "five_main", "award"} {
			period := q4
			if item == "award" {
				period = year
			}
			value := decimal.New(rapid.Int64Range(0, 10000).Draw(t, string(item)), -2)
			if err := p.Put(assess.Observation{CellKey: assess.CellKey{Unit: "u1", Period: period, Item: item}, State: assess.Reported, Value: value.String()}); err != nil {
				t.Fatal(err)
			}
		}
		days := rapid.IntRange(0, 30).Draw(t, "days")
		p.PutConduct("u1", q2, score.Conduct{LateDays: days})
		c := composite(t, a, frameworks, p).Cards[0]
		if c.Bonus > 3 || c.Late > 2 || c.Total > 103 || fixed(c.Total) != fixed(c.Base)+fixed(c.Bonus)-fixed(c.Late) {
			t.Fatalf("%v + %v − %v = %v", c.Base, c.Bonus, c.Late, c.Total)
		}
	})
}

func composite(t *rapid.T, a *assess.Assessment, frameworks []*assess.Framework, p *score.Panel) *assess.Scores {
	var parts []*assess.Scores
	for _, f := range frameworks {
		s, err := score.Compute(f, p, year, score.Options{})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, s)
	}
	s, err := score.Composite(a, frameworks, parts, p, year, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestVetoChangesNoScore: whatever the scores, a veto changes grades only.
func TestVetoChangesNoScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, frameworks := twoFrameworks()
		a.Grading.QuotaShare, a.Grading.QuotaLeast = 5000, 1
		r := units(rapid.IntRange(1, 6).Draw(t, "units"))
		p, vetoed := combinedPanel(r, frameworks), combinedPanel(r, frameworks)
		for _, u := range r.Units {
			for _, item := range []assess.Code{"six_main", "six_core", "five_main"} {
				o := assess.Observation{CellKey: assess.CellKey{Unit: u.Code, Period: q4, Item: item}, State: assess.Reported}
				o.Value = decimal.New(rapid.Int64Range(70, 100).Draw(t, "value"), 0).String()
				for _, panel := range []*score.Panel{p, vetoed} {
					if err := panel.Put(o); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		u := rapid.SampledFrom(r.Units).Draw(t, "vetoed").Code
		if err := vetoed.Put(assess.Observation{CellKey: assess.CellKey{Unit: u, Period: year, Item: "fraud"}, State: assess.Reported, Value: "1"}); err != nil {
			t.Fatal(err)
		}
		before, after := composite(t, a, frameworks, p), composite(t, a, frameworks, vetoed)
		for i := range before.Cards {
			x, y := before.Cards[i].Root(), after.Cards[i].Root()
			if x.Score != y.Score || x.Rank != y.Rank || x.GroupRank != y.GroupRank {
				t.Fatalf("%s: %v rank %d became %v rank %d", before.Cards[i].Unit, x.Score, x.Rank, y.Score, y.Rank)
			}
			if before.Cards[i].Unit == u && (y.Grade == "excellent" || y.Grade == "good") {
				t.Fatalf("a vetoed unit is %s", y.Grade)
			}
		}
	})
}
