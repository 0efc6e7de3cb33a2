package score_test

import (
	"fmt"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// world is a random framework with random figures.
type world struct {
	framework *assess.Framework
	roster    assess.Roster
	figures   []assess.Observation
	open      bool
}

// drawWorld draws a framework of headings with indicators of every method, and figures of 4 to 7 units, some of them missing.
func drawWorld(t *rapid.T) world {
	w := world{roster: units(rapid.IntRange(4, 7).Draw(t, "units")), open: rapid.Bool().Draw(t, "open")}
	var headings []*assess.Node
	for h := range rapid.IntRange(1, 3).Draw(t, "headings") {
		var leaves []*assess.Node
		sum := decimal.Zero
		for l := range rapid.IntRange(1, 4).Draw(t, "leaves") {
			code := assess.Code(fmt.Sprintf("h%d_%d", h, l))
			weight := decimal.New(rapid.Int64Range(1, 200).Draw(t, "weight"), -1)
			n := indicator(code, weight.String(), drawMethod(t))
			n.Indicator.Direction = rapid.SampledFrom([]assess.Direction{assess.Up, assess.Up, assess.Down}).Draw(t, "direction")
			switch n.Indicator.Method.Kind {
			case assess.TargetRatio:
				fullYear(n, float64(rapid.IntRange(1, 90).Draw(t, "target")))
			case assess.Efficacy, assess.Tiered:
				n.Indicator.Direction = assess.Up
			case assess.Banded:
				if rapid.Bool().Draw(t, "ratio") {
					n.Indicator.Value = assess.Formula{Numerator: code + "_n", Denominator: code + "_d", Scale: 100}
				}
			}
			leaves = append(leaves, n)
			sum = sum.Add(weight)
		}
		headings = append(headings, heading(assess.Code(fmt.Sprint("h", h)), sum.String(), leaves...))
	}
	w.framework = official(headings...)
	w.framework.LeafDecimals = rapid.IntRange(2, 4).Draw(t, "leaf decimals")
	w.drawFigures(t)
	return w
}

func drawMethod(t *rapid.T) assess.Method {
	return rapid.SampledFrom([]assess.Method{
		{Kind: assess.TargetRatio, Cap: 1},
		{Kind: assess.TargetRatio, Cap: 1.2, Phasing: []float64{10, 30, 65, 100}},
		bands(from(95, 1), from(60, 0.85), from(20, 0.4), from(0, 0)),
		{Kind: assess.Efficacy, Floor: 30, Satisfactory: 80, Base: 0.6},
		{Kind: assess.Tiered, Points: []assess.Point{{Value: 10, Share: 0.2}, {Value: 40, Share: 0.5}, {Value: 90, Share: 1}}},
		{Kind: assess.Ranked, Scope: "peer_group", First: 1, Last: 0.6},
		{Kind: assess.Ranked, Scope: "all", Step: 0.3},
		{Kind: assess.Rated, ScaleMax: 100},
		{Kind: assess.Deduction, PerCase: 0.25},
		{Kind: assess.YesNo},
		{Kind: assess.Goalposts, Low: 5, High: 75},
		{Kind: assess.Direct},
	}).Draw(t, "method")
}

func (w *world) drawFigures(t *rapid.T) {
	seq := int64(0)
	items, err := score.Implied(w.framework)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range w.roster.Units {
		for _, item := range items {
			if n := w.framework.Root.Find(item.Code); n != nil && n.Indicator.Value.Denominator != "" {
				continue // made of its two items
			}
			o := assess.Observation{CellKey: assess.CellKey{Unit: u.Code, Period: q2, Item: item.Code}, State: assess.Reported}
			switch rapid.IntRange(0, 9).Draw(t, "kind") {
			case 0:
				continue
			case 1:
				o.State = assess.Exempt
			case 2:
				o.State = assess.Missing
			default:
				o.Value = decimal.New(rapid.Int64Range(0, 11000).Draw(t, "value"), -2).String()
			}
			seq++
			o.Seq = seq
			w.figures = append(w.figures, o)
		}
	}
}

// panel makes the panel of the world with its figures in the given order.
func (w *world) panel(t *rapid.T, figures []assess.Observation) *score.Panel {
	items, err := score.Implied(w.framework)
	if err != nil {
		t.Fatal(err)
	}
	p := score.NewPanel(w.roster, items, []assess.Period{q2})
	p.SetOpen(q2, w.open)
	for _, o := range figures {
		if err := p.Put(o); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func (w *world) scores(t *rapid.T) *assess.Scores {
	s, err := score.Compute(w.framework, w.panel(t, w.figures), q2, score.Options{City: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
