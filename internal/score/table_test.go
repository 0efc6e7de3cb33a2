package score_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// drawAnalytic draws an analytic framework of two levels of headings with indicators of many methods, some of which lie on a line
// and some of which do not.
func drawAnalytic(t *rapid.T) *assess.Framework {
	node, straight := 0, rapid.Bool().Draw(t, "straight")
	code := func(prefix string) assess.Code { node++; return assess.Code(fmt.Sprint(prefix, node)) }
	weight := func() string { return decimal.New(rapid.Int64Range(1, 40).Draw(t, "weight"), -1).String() }
	mean := func() assess.Aggregation {
		return rapid.SampledFrom([]assess.Aggregation{assess.Arithmetic, assess.Arithmetic, "", assess.Geometric, assess.Harmonic}).Draw(t, "mean")
	}
	var top []*assess.Node
	for range rapid.IntRange(1, 3).Draw(t, "pillars") {
		var below []*assess.Node
		for range rapid.IntRange(1, 3).Draw(t, "groups") {
			var leaves []*assess.Node
			for range rapid.IntRange(1, 4).Draw(t, "leaves") {
				leaves = append(leaves, drawAnalyticLeaf(t, code("i"), weight(), straight))
			}
			h := heading(code("g"), weight(), leaves...)
			h.Aggregate = mean()
			below = append(below, h)
		}
		h := heading(code("p"), weight(), append(below, drawAnalyticLeaf(t, code("i"), weight(), straight))...)
		h.Aggregate = mean()
		top = append(top, h)
	}
	f := analytic(top...)
	f.Root.Aggregate = mean()
	f.Availability = rapid.SampledFrom([]float64{0, 0.5, 2.0 / 3, 1}).Draw(t, "availability")
	if rapid.Bool().Draw(t, "some compete") {
		f.RankAmong = []assess.Code{"district"}
	}
	return f
}

// drawAnalyticLeaf draws an indicator; half of the frameworks have only such as lie on a line.
func drawAnalyticLeaf(t *rapid.T, code assess.Code, weight string, straight bool) *assess.Node {
	over := rapid.SampledFrom([]string{"period", "panel"}).Draw(t, "over")
	n := indicator(code, weight, rapid.SampledFrom([]assess.Method{
		{Kind: assess.MinMax, Over: over},
		{Kind: assess.MinMax, Over: over, To: []float64{1, 100}},
		{Kind: assess.MinMax, Over: over, To: []float64{1, 100}},
		{Kind: assess.ZScore, Over: over, Mean: 50, Deviation: 10},
		{Kind: assess.Goalposts, Low: 2, High: 8},
		{Kind: assess.Direct},
		{Kind: assess.Scaled, Low: -20, High: 30},
		{Kind: assess.PercentRank, Over: over},
		{Kind: assess.Borda, Over: over},
		{Kind: assess.ToTarget, Over: over},
		{Kind: assess.TargetRatio, Cap: 1.2, Phasing: []float64{0, 50, 75, 100}},
		{Kind: assess.Tiered, Points: []assess.Point{{Value: 1, Share: 0.2}, {Value: 6, Share: 1}}},
	}).Draw(t, "method"))
	if straight {
		n.Indicator.Method = rapid.SampledFrom([]assess.Method{{Kind: assess.MinMax, Over: over}, {Kind: assess.ZScore, Over: over}, {Kind: assess.Direct}}).Draw(t, "line")
	}
	n.Indicator.Direction = rapid.SampledFrom([]assess.Direction{assess.Up, assess.Down}).Draw(t, "direction")
	if n.Indicator.Method.Kind == assess.Tiered {
		n.Indicator.Direction = assess.Up
	}
	if straight {
		return n
	}
	switch rapid.IntRange(0, 9).Draw(t, "extra") {
	case 0:
		n.Indicator.Transform = assess.CubeRoot
	case 1:
		n.Indicator.Impute = assess.ImputeMedian
	case 2:
		annual(n)
	case 3:
		n.Indicator.Value = assess.Formula{Numerator: code + "_n", Denominator: code + "_d", Scale: 2}
	case 4:
		n.Indicator.Value = assess.Formula{Item: code + "_v"}
	}
	return fullYear(n, 7)
}

// TestTableIsTheSameToTheLastBit: what goes through the columns is what goes from unit to unit, for scores and for states.
func TestTableIsTheSameToTheLastBit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawAnalytic(t)
		r := units(rapid.IntRange(1, 9).Draw(t, "units"))
		if rapid.Bool().Draw(t, "one closed") {
			r.Units[0].Closed = q1
		}
		for i := range r.Units {
			r.Units[i].Kind = rapid.SampledFrom([]assess.Code{"district", "district", "other"}).Draw(t, "kind")
		}
		items, err := score.Implied(f)
		if err != nil {
			t.Fatal(err)
		}
		periods := rapid.SampledFrom([][]assess.Period{{q1, q2, q3}, {q1, q3, year}, {year}}).Draw(t, "periods")
		filed := periods
		if rapid.Bool().Draw(t, "quarters too") {
			filed = []assess.Period{q1, q2, q3, q4, year}
		}
		p := score.NewPanel(r, items, periods)
		p.SetOpen(q3, rapid.Bool().Draw(t, "open"))
		for _, period := range filed {
			if p.Takes(period) {
				fillAtRandom(t, p, f, r, items, period)
			}
		}
		all, err := score.Series(f, p, periods, score.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var nodes []assess.Code
		f.Root.Walk(func(n, _ *assess.Node, _ int) {
			if rapid.Bool().Draw(t, "keep") || n == f.Root {
				nodes = append(nodes, n.Code)
			}
		})
		table, err := score.Tabulate(f, p, periods, nodes...)
		if err != nil {
			t.Fatal(err)
		}
		for q, scores := range all {
			for u := range r.Units {
				for k, code := range nodes {
					wantSame(t, table, scores, k, q, u, code)
				}
			}
		}
	})
}

func wantSame(t *rapid.T, table *score.Table, scores *assess.Scores, k, q, u int, code assess.Code) {
	got, state := table.Score(k, q, u)
	card := scores.Card(table.Units[u])
	if card == nil {
		if got != 0 || state != "" {
			t.Fatalf("%s of a unit that does not exist: %v, %s", code, got, state)
		}
		return
	}
	n := card.Node(code)
	want := n.Score
	if n.State != assess.Scored {
		want = 0
	}
	if state != n.State || math.Float64bits(got+0) != math.Float64bits(want+0) {
		t.Fatalf("%s of %s in %s: %v (%s), from unit to unit %v (%s)", code, table.Units[u], scores.Period, got, state, want, n.State)
	}
	if n.State == assess.Scored && got != table.Column(k, q)[u] {
		t.Fatalf("the column of %s says %v, the score %v", code, table.Column(k, q)[u], got)
	}
}

func fillAtRandom(t *rapid.T, p *score.Panel, f *assess.Framework, r assess.Roster, items []assess.Item, period assess.Period) {
	same, direct := rapid.Bool().Draw(t, "all the same"), rapid.Bool().Draw(t, "filed directly")
	for _, u := range r.Units {
		for _, item := range items {
			if n := f.Root.Find(item.Code); n != nil && n.Indicator.Value.Denominator != "" {
				continue
			}
			if n := f.Root.Find(item.Code); n != nil && n.Indicator.Value.Item != "" && !direct {
				continue // filed under its item only
			}
			o := assess.Observation{CellKey: assess.CellKey{Unit: u.Code, Period: period, Item: item.Code}, State: assess.Reported, Value: "3"}
			switch kind := rapid.IntRange(0, 15).Draw(t, "figure"); {
			case kind == 0:
				continue
			case kind == 1:
				o.State, o.Value = assess.Exempt, ""
			case kind == 2:
				o.State, o.Value = assess.Missing, ""
			case !same:
				o.Value = decimal.New(rapid.Int64Range(-50, 1200).Draw(t, "value"), -2).String()
			}
			if err := p.Put(o); err != nil {
				t.Fatal(err)
			}
			if !same && rapid.IntRange(0, 9).Draw(t, "corrected") == 0 { // the extremes that were kept hold no longer
				o.Seq, o.State, o.Value = 1, assess.Reported, "3"
				if err := p.Put(o); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func TestTabulateRefuses(t *testing.T) {
	fine := analytic(direct("x", "1"))
	zero := analytic(direct("x", "1"))
	zero.Missing = "zero"
	for name, c := range map[string]struct {
		f     *assess.Framework
		nodes []assess.Code
		q     assess.Period
		key   string
	}{
		"official":          {official(direct("x", "100")), nil, q1, "problem.not_tabular"},
		"missing is zero":   {zero, nil, q1, "problem.not_tabular"},
		"a veto":            {analytic(direct("x", "1"), indicator("v", "0", assess.Method{Kind: assess.Veto})), nil, q1, "problem.not_tabular"},
		"an unknown node":   {fine, []assess.Code{"zz"}, q1, "problem.unknown_node"},
		"an unknown period": {fine, nil, assess.NewQuarter(2030, 1), "problem.period_outside"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := score.Tabulate(c.f, panel(t, units(2), c.f), []assess.Period{c.q}, c.nodes...)
			wantProblem(t, err, c.key)
		})
	}
}

func TestPutColumn(t *testing.T) {
	f := analytic(direct("x", "1"))
	p := panel(t, units(3), f)
	put(t, p, "u3", q1, "x", "7.50")
	if err := p.PutColumn("x", q1, []float64{10, 20, 30}, []bool{true, true, false}); err != nil {
		t.Fatal(err)
	}
	s := compute(t, f, p, q1)
	if a, c := s.Cards[0].Node("x"), s.Cards[2].Node("x"); a.Score != 10 || c.State != assess.NotReported {
		t.Errorf("%v and %s, want 10 and not reported", a.Score, c.State)
	}
	wantProblem(t, p.PutColumn("x", q1, []float64{1, 2}, nil), "problem.column_length")
	wantProblem(t, p.PutColumn("x", q1, []float64{1, 2, math.NaN()}, nil), "problem.figure_number")
	wantProblem(t, p.PutColumn("x", q1, []float64{1, 2, math.Inf(1)}, nil), "problem.figure_number")
	wantProblem(t, p.PutColumn("y", q1, []float64{1, 2, 3}, nil), "problem.unknown_item")
	wantProblem(t, p.PutColumn("x", assess.NewQuarter(2030, 1), []float64{1, 2, 3}, nil), "problem.period_outside")
}
