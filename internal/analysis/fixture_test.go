package analysis_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// The builders of this file make small frameworks whose indicators have their figure as score, so that a hand can follow.

var (
	q1, q2 = assess.NewQuarter(2026, 1), assess.NewQuarter(2026, 2)
	year   = assess.NewYear(2026)
)

func framework(layer assess.Layer, root assess.Code, children ...*assess.Node) *assess.Framework {
	return &assess.Framework{
		Code: root, Layer: layer, Scale: 100, Decimals: 2, LeafDecimals: 4, Relative: layer == assess.Analytic,
		Root: &assess.Node{Code: root, Children: children},
	}
}

func heading(code assess.Code, weight string, children ...*assess.Node) *assess.Node {
	return &assess.Node{Code: code, Weight: decimal.RequireFromString(weight), Children: children}
}

func direct(code assess.Code, weight string) *assess.Node {
	n := heading(code, weight)
	n.Indicator = &assess.Indicator{Type: assess.Money, Frequency: assess.Quarterly, Accumulation: assess.Stock, Method: assess.Method{Kind: assess.Direct}}
	return n
}

func unit(i int) assess.UnitCode { return assess.UnitCode(fmt.Sprintf("u%d", i)) }

func roster(n int) (r assess.Roster) {
	for i := range n {
		r.Units = append(r.Units, assess.Unit{Code: unit(i + 1)})
	}
	return r
}

// fataler is what *testing.T and *rapid.T share.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

// figures are values by unit and indicator; "N/A" is not applicable, "" is left out.
type figures map[assess.UnitCode]map[assess.Code]string

// table reads figures of units u1, u2 … of lines of values in the order of the leaves.
func table(f *assess.Framework, lines ...[]string) figures {
	all := figures{}
	for i, line := range lines {
		all[unit(i+1)] = map[assess.Code]string{}
		for k, n := range f.Root.Leaves() {
			all[unit(i+1)][n.Code] = line[k]
		}
	}
	return all
}

func panelOf(t fataler, r assess.Roster, period assess.Period, values figures, fs ...*assess.Framework) *score.Panel {
	t.Helper()
	var items []assess.Item
	for _, f := range fs {
		implied, err := score.Implied(f)
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, implied...)
	}
	p := score.NewPanel(r, items, []assess.Period{period})
	for _, u := range r.Units {
		for _, item := range items {
			o := assess.Observation{CellKey: assess.CellKey{Unit: u.Code, Period: period, Item: item.Code}, State: assess.Reported, Value: values[u.Code][item.Code]}
			switch o.Value {
			case "":
				continue
			case "N/A":
				o.State, o.Value = assess.Exempt, ""
			}
			if err := p.Put(o); err != nil {
				t.Fatal(err)
			}
		}
	}
	return p
}

func subject(t fataler, f *assess.Framework, r assess.Roster, period assess.Period, values figures) analysis.Subject {
	t.Helper()
	s, err := score.Compute(f, panelOf(t, r, period, values, f), period, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return analysis.Of(f, s)
}

func composite(t fataler, a *assess.Assessment, r assess.Roster, period assess.Period, values figures, fs ...*assess.Framework) analysis.Subject {
	t.Helper()
	p := panelOf(t, r, period, values, fs...)
	var parts []*assess.Scores
	for _, f := range fs {
		s, err := score.Compute(f, p, period, score.Options{})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, s)
	}
	whole, err := score.Composite(a, fs, parts, p, period, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := analysis.OfComposite(a, whole, fs, parts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// world is a random subject that can be made again with other figures.
type world struct {
	frameworks []*assess.Framework
	assessment *assess.Assessment // nil: the first framework alone
	roster     assess.Roster
	values     figures
}

func drawWorld(t *rapid.T) *world {
	w := &world{roster: roster(rapid.IntRange(2, 7).Draw(t, "units"))}
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		w.frameworks = []*assess.Framework{drawFramework(t, "f", assess.Official)}
	case 1:
		w.frameworks = []*assess.Framework{drawFramework(t, "f", assess.Analytic)}
	default:
		w.assessment = &assess.Assessment{Decimals: 2}
		for i, weight := range []string{"0.5", "0.3", "0.2"} {
			code := assess.Code(fmt.Sprint("f", i))
			w.frameworks = append(w.frameworks, drawFramework(t, code, assess.Official))
			w.assessment.Composite = append(w.assessment.Composite, assess.Share{Framework: code, Weight: decimal.RequireFromString(weight)})
		}
	}
	w.values = w.drawValues(t)
	return w
}

// drawFramework draws a tree of two or three levels.
func drawFramework(t *rapid.T, code assess.Code, layer assess.Layer) *assess.Framework {
	var headings []*assess.Node
	for h := range rapid.IntRange(1, 3).Draw(t, "headings") {
		var leaves []*assess.Node
		sum := decimal.Zero
		for l := range rapid.IntRange(1, 3).Draw(t, "leaves") {
			weight := decimal.New(rapid.Int64Range(10, 300).Draw(t, "weight"), -1)
			leaves = append(leaves, direct(assess.Code(fmt.Sprintf("%s_%d_%d", code, h, l)), weight.String()))
			sum = sum.Add(weight)
		}
		n := heading(assess.Code(fmt.Sprintf("%s_%d", code, h)), sum.String(), leaves...)
		if layer == assess.Analytic {
			n.Aggregate = rapid.SampledFrom([]assess.Aggregation{"", assess.Arithmetic, assess.Geometric, assess.Harmonic}).Draw(t, "mean")
		}
		headings = append(headings, n)
	}
	f := framework(layer, code, headings...)
	if layer == assess.Analytic {
		f.Root.Aggregate = rapid.SampledFrom([]assess.Aggregation{"", assess.Geometric}).Draw(t, "root mean")
	}
	return f
}

func (w *world) drawValues(t *rapid.T) figures {
	all := figures{}
	for _, u := range w.roster.Units {
		all[u.Code] = map[assess.Code]string{}
		for _, f := range w.frameworks {
			for _, n := range f.Root.Leaves() {
				switch rapid.IntRange(0, 11).Draw(t, "state") {
				case 0:
					all[u.Code][n.Code] = "N/A"
				case 1: // not reported
				default:
					all[u.Code][n.Code] = decimal.New(rapid.Int64Range(1, 10000).Draw(t, "value"), -2).String()
				}
			}
		}
	}
	return all
}

func (w *world) subject(t fataler, period assess.Period, values figures) analysis.Subject {
	t.Helper()
	if w.assessment == nil {
		return subject(t, w.frameworks[0], w.roster, period, values)
	}
	return composite(t, w.assessment, w.roster, period, values, w.frameworks...)
}

// must answers a value whose error would be a fault of the test.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// threeUnits is a framework of two indicators, 60 and 40 points, and three units: 90·0.6 + 50·0.4 = 74, 70·0.6 + 75·0.4 = 72,
// 40·0.6 + 80·0.4 = 56.
func threeUnits(t testing.TB) analysis.Subject {
	f := framework(assess.Official, "f", direct("a", "60"), direct("b", "40"))
	return subject(t, f, roster(3), q1, table(f, []string{"90", "50"}, []string{"70", "75"}, []string{"40", "80"}))
}

// scaled multiplies the weights of every sibling set by factors of its own.
func scaled(n *assess.Node, factor int64) *assess.Node {
	c := *n
	c.Weight = n.Weight.Mul(decimal.NewFromInt(factor))
	c.Children = nil
	for _, child := range n.Children {
		c.Children = append(c.Children, scaled(child, factor))
	}
	return &c
}

// permuted turns the order of units round.
func permuted(r assess.Roster) assess.Roster {
	r.Units = slices.Clone(r.Units)
	slices.SortFunc(r.Units, func(a, b assess.Unit) int { return cmp.Compare(b.Code, a.Code) })
	return r
}

// twoFrameworks is a composite of 50 and 50, each of one heading with one indicator: u1 has 80 and 60, u2 65 and 73.
func twoFrameworks(t fataler) analysis.Subject {
	f := framework(assess.Official, "f", heading("fh", "100", direct("fa", "100")))
	g := framework(assess.Official, "g", heading("gh", "100", direct("ga", "100")))
	half := decimal.RequireFromString("0.5")
	a := &assess.Assessment{Decimals: 2, Composite: []assess.Share{{Framework: "f", Weight: half}, {Framework: "g", Weight: half}}}
	values := figures{"u1": {"fa": "80", "ga": "60"}, "u2": {"fa": "65", "ga": "73"}}
	return composite(t, a, roster(2), q1, values, f, g)
}
