package score_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// benchWorld is a city of 13 districts with 70 indicators under 16 headings and eight quarters, of the methods a yearly scheme is
// made of.
func benchWorld(b *testing.B) (*assess.Framework, *score.Panel, []assess.Period) {
	methods := []assess.Method{
		{Kind: assess.TargetRatio, Cap: 1, Phasing: []float64{25, 50, 75, 100}},
		bands(from(95, 1), from(60, 0.85), from(20, 0.4), from(0, 0)),
		{Kind: assess.Efficacy, Floor: 30, Satisfactory: 80, Base: 0.6},
		{Kind: assess.Ranked, Scope: "peer_group", First: 1, Last: 0.6},
	}
	var headings []*assess.Node
	leaf := 0
	for h := range 16 {
		var leaves []*assess.Node
		for range (h+1)*70/16 - h*70/16 {
			n := indicator(assess.Code(fmt.Sprintf("i%02d", leaf)), "1", methods[leaf%len(methods)])
			if leaf%3 == 0 {
				n.Indicator.Value = assess.Formula{Numerator: n.Code + "_n", Denominator: n.Code + "_d", Scale: 100}
			}
			leaves = append(leaves, fullYear(n, 90))
			leaf++
		}
		headings = append(headings, heading(assess.Code(fmt.Sprintf("h%02d", h)), fmt.Sprint(len(leaves)), leaves...))
	}
	f := official(headings...)
	items, err := score.Implied(f)
	if err != nil {
		b.Fatal(err)
	}
	var periods []assess.Period
	for i := range 8 {
		periods = append(periods, assess.NewQuarter(2024, 4).Add(i))
	}
	p := score.NewPanel(units(13), items, periods)
	for u := range 13 {
		for i, item := range items {
			if f.Root.Find(item.Code) != nil && f.Root.Find(item.Code).Indicator.Value.Denominator != "" {
				continue
			}
			for k, period := range periods {
				put(b, p, unit(u+1), period, item.Code, decimal.New(int64((u*7919+i*104729+k*12997)%9000+100), -2).String())
			}
		}
	}
	return f, p, periods
}

// BenchmarkCity scores 13 districts × 70 indicators × 8 quarters with ranks, lights, derivations and the row of the city.
func BenchmarkCity(b *testing.B) {
	f, p, periods := benchWorld(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := score.Series(f, p, periods, score.Options{City: true}); err != nil {
			b.Fatal(err)
		}
	}
}
