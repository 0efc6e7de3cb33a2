package score_test

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// BenchmarkRobustness tries 1,000 sets of weights on 51 units and 49 indicators in four levels, with and without holes in the data.
// Scores are made once, outside; what is measured is all that `unionboard robustness` does after them.
func BenchmarkRobustness(b *testing.B) {
	for _, holes := range []int{0, 7} {
		b.Run(fmt.Sprintf("51x49/holes=%t", holes > 0), func(b *testing.B) { tryWeights(b, fourLevels(b, holes)) })
	}
}

// BenchmarkRobustnessConnectivity is the same on the sustainable connectivity index of 51 countries (European Commission, Joint
// Research Centre), where its data are at hand.
func BenchmarkRobustnessConnectivity(b *testing.B) {
	for _, file := range []string{"raw.csv", "raw_holes.csv"} {
		b.Run(file, func(b *testing.B) { tryWeights(b, connectivity(b, file)) })
	}
}

func tryWeights(b *testing.B, s analysis.Subject) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := analysis.Robust(s, analysis.Default()); err != nil {
			b.Fatal(err)
		}
	}
}

// fourLevels is an index of 49 indicators in 8 pillars and 2 halves over 51 units; every holes-th figure is missing, none for 0.
func fourLevels(t testing.TB, holes int) analysis.Subject {
	var halves []*assess.Node
	for h := range 2 {
		var pillars []*assess.Node
		for p := 4 * h; p < 4*h+4; p++ {
			var leaves []*assess.Node
			for i := p * 49 / 8; i < (p+1)*49/8; i++ {
				leaves = append(leaves, indicator(assess.Code(fmt.Sprintf("i%02d", i)), fmt.Sprint(1+i%3), assess.Method{Kind: assess.MinMax}))
			}
			pillars = append(pillars, heading(assess.Code(fmt.Sprint("p", p)), "1", leaves...))
		}
		halves = append(halves, heading(assess.Code(fmt.Sprint("h", h)), "1", pillars...))
	}
	f := analytic(halves...)
	p := panel(t, units(51), f)
	for u := range 51 {
		for i, n := range f.Root.Leaves() {
			if k := u*49 + i; holes == 0 || k%holes != 0 {
				put(t, p, unit(u+1), q1, n.Code, decimal.New(int64((k*7919+u*104729)%9973), -2).String())
			}
		}
	}
	return scored(t, f, p)
}

func scored(t testing.TB, f *assess.Framework, p *score.Panel) analysis.Subject {
	s, err := score.Compute(f, p, q1, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return analysis.Of(f, s)
}

// connectivity reads the tree and the figures of the index; codes become lower case, as ours are.
func connectivity(t testing.TB, file string) analysis.Subject {
	dir := shared(t, "coinr-asem")
	tree, raw := readCSV(t, filepath.Join(dir, "indicators.csv")), readCSV(t, filepath.Join(dir, file))
	column := func(name string) int { return slices.Index(tree[0], name) }
	nodes := map[string]*assess.Node{}
	for _, row := range tree[1:] {
		code := row[column("iCode")]
		weight := row[column("Weight")]
		if row[column("Level")] == "1" {
			nodes[code] = indicator(assess.Code(strings.ToLower(code)), weight, assess.Method{Kind: assess.MinMax})
			if row[column("Direction")] == "-1" {
				down(nodes[code])
			}
			continue
		}
		nodes[code] = heading(assess.Code(strings.ToLower(code)), cmp.Or(weight, "1"))
	}
	var root *assess.Node
	for _, row := range tree[1:] {
		n := nodes[row[column("iCode")]]
		if up := nodes[row[column("Parent")]]; up != nil {
			up.Children = append(up.Children, n)
		} else if row[column("Level")] == "4" {
			root = n
		}
	}
	f := analytic(root.Children...)
	f.Code, f.Root, f.Availability = root.Code, root, 0
	var r assess.Roster
	for _, row := range raw[1:] {
		r.Units = append(r.Units, assess.Unit{Code: assess.UnitCode(row[0])})
	}
	p := panel(t, r, f)
	for _, row := range raw[1:] {
		for k, v := range row {
			if k > 0 && v != "" {
				put(t, p, assess.UnitCode(row[0]), q1, assess.Code(strings.ToLower(raw[0][k])), v)
			}
		}
	}
	return scored(t, f, p)
}

func readCSV(t testing.TB, path string) [][]string {
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
