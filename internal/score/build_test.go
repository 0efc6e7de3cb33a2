package score_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// The builders of this file make small frameworks and panels by hand; tests change what they are about.

func official(children ...*assess.Node) *assess.Framework {
	return &assess.Framework{
		Code: "f", Layer: assess.Official, Scale: 100, Decimals: 2, LeafDecimals: 4, Availability: 2.0 / 3, MinGroup: 4,
		Lights: assess.Lights{ProgressGreen: 1, ProgressYellow: 0.8, PointsGreen: 0.95, PointsYellow: 0.8},
		Root:   &assess.Node{Code: "f", Children: children},
	}
}

func analytic(children ...*assess.Node) *assess.Framework {
	f := official(children...)
	f.Layer, f.Relative, f.Decimals = assess.Analytic, true, 9
	return f
}

func heading(code assess.Code, weight string, children ...*assess.Node) *assess.Node {
	return &assess.Node{Code: code, Weight: decimal.RequireFromString(weight), Children: children}
}

// indicator is a quarterly count under its own code, with two decimals and the given method.
func indicator(code assess.Code, weight string, m assess.Method) *assess.Node {
	return &assess.Node{
		Code: code, Name: assess.Text{ZH: string(code)}, Weight: decimal.RequireFromString(weight),
		Indicator: &assess.Indicator{Type: assess.Count, Frequency: assess.Quarterly, Accumulation: assess.YTD, Decimals: 2, Method: m},
	}
}

func down(n *assess.Node) *assess.Node {
	n.Indicator.Direction = assess.Down
	return n
}

func centred(n *assess.Node) *assess.Node {
	n.Indicator.Direction = assess.Centre
	return n
}

func annual(n *assess.Node) *assess.Node {
	n.Indicator.Frequency = assess.Annual
	return n
}

// fullYear sets a target that is the same for all units.
func fullYear(n *assess.Node, target float64) *assess.Node {
	n.Indicator.Target = &assess.TargetRule{Mode: "absolute", FullYear: &target}
	return n
}

// units makes a roster of one peer group "g" with units u1 … un, and a city.
func units(n int) assess.Roster {
	r := assess.Roster{City: assess.Unit{Code: "city"}}
	for i := range n {
		r.Units = append(r.Units, assess.Unit{Code: unit(i + 1), Kind: "district", Group: "g"})
	}
	return r
}

func unit(i int) assess.UnitCode { return assess.UnitCode(fmt.Sprintf("u%d", i)) }

var (
	q1, q2, q3, q4 = assess.NewQuarter(2026, 1), assess.NewQuarter(2026, 2), assess.NewQuarter(2026, 3), assess.NewQuarter(2026, 4)
	year           = assess.NewYear(2026)
)

// panel makes a panel of a framework that stands alone, for the year 2026 and its quarters.
func panel(t testing.TB, r assess.Roster, f *assess.Framework) *score.Panel {
	t.Helper()
	items, err := score.Implied(f)
	if err != nil {
		t.Fatal(err)
	}
	return score.NewPanel(r, items, []assess.Period{q1, q2, q3, q4, year})
}

// put files a plain figure; "N/A" is not applicable and "-" missing.
func put(t testing.TB, p *score.Panel, u assess.UnitCode, period assess.Period, item assess.Code, value string) {
	t.Helper()
	o := assess.Observation{CellKey: assess.CellKey{Unit: u, Period: period, Item: item}, State: assess.Reported, Value: value}
	switch value {
	case "N/A":
		o.State, o.Value = assess.Exempt, ""
	case "-":
		o.State, o.Value = assess.Missing, ""
	}
	if err := p.Put(o); err != nil {
		t.Fatal(err)
	}
}

// putPart files a ballot, an event or an achievement.
func putPart(t testing.TB, p *score.Panel, u assess.UnitCode, period assess.Period, item assess.Code, part, ref, value string) {
	t.Helper()
	err := p.Put(assess.Observation{
		CellKey: assess.CellKey{Unit: u, Period: period, Item: item, Part: part, Ref: ref}, State: assess.Reported, Value: value,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func target(t testing.TB, p *score.Panel, u assess.UnitCode, period assess.Period, code assess.Code, value string) {
	t.Helper()
	if err := p.PutTarget(assess.Target{Unit: u, Period: period, Code: code, Value: decimal.RequireFromString(value)}); err != nil {
		t.Fatal(err)
	}
}

func compute(t testing.TB, f *assess.Framework, p *score.Panel, period assess.Period) *assess.Scores {
	t.Helper()
	s, err := score.Compute(f, p, period, score.Options{City: true, Explain: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// scoreOne scores one indicator of one unit in a quarter.
func scoreOne(t testing.TB, n *assess.Node, period assess.Period, value string) assess.NodeScore {
	t.Helper()
	f := official(n)
	p := panel(t, units(1), f)
	if value != "" {
		put(t, p, "u1", period, n.Code, value)
	}
	return *compute(t, f, p, period).Cards[0].Node(n.Code)
}

func number(v float64) *float64 { return &v }

func bands(shares ...assess.Band) assess.Method {
	return assess.Method{Kind: assess.Banded, Bands: shares}
}

func from(low, share float64) assess.Band { return assess.Band{Low: number(low), Share: share} }

func decimalOf(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// computeErr scores the first quarter of a framework without figures.
func computeErr(t testing.TB, f *assess.Framework) (*assess.Scores, error) {
	t.Helper()
	return score.Compute(f, panel(t, units(4), f), q1, score.Options{})
}
