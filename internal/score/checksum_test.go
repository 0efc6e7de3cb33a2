package score_test

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// synthetic is the value of unit i, indicator j and period t of the benchmark panel that the project promises, all from 1; ok is
// false where it is missing.
func synthetic(i, j, t int) (x float64, ok bool) {
	const p = 2147483647
	h := (7919*i + 104729*j + 1299709*t) % p
	h = 16807 * h % p
	h = 48271 * h % p
	return float64(h) / p * float64(1+j%10), h%50 != 0
}

// syntheticFramework has 100 indicators in 20 groups of 5 in 5 groups of 4.
func syntheticFramework(over string) *assess.Framework {
	f := analytic(syntheticPillars(map[string]int{}, over)...)
	f.Availability = 0
	return f
}

// syntheticPillars makes five pillars; level counts the nodes of each level from left to right, across parents.
func syntheticPillars(level map[string]int, over string) (pillars []*assess.Node) {
	weight := func(name string) string {
		level[name]++
		return strconv.Itoa(1 + level[name]%3)
	}
	for range 5 {
		var groups []*assess.Node
		pillarWeight := weight("pillar")
		for range 4 {
			var leaves []*assess.Node
			groupWeight := weight("group")
			for range 5 {
				w := weight("leaf")
				n := indicator(leafCode(level["leaf"]), w, assess.Method{Kind: assess.MinMax, Over: over})
				if level["leaf"]%7 == 0 {
					down(n)
				}
				leaves = append(leaves, n)
			}
			groups = append(groups, heading(assess.Code(fmt.Sprintf("g%03d", level["group"])), groupWeight, leaves...))
		}
		pillars = append(pillars, heading(assess.Code(fmt.Sprintf("p%02d", level["pillar"])), pillarWeight, groups...))
	}
	return pillars
}

// syntheticPanel fills the benchmark panel with so many units, indicators and quarters, column by column.
func syntheticPanel(t testing.TB, f *assess.Framework, unitCount, indicators, quarters int) (*score.Panel, []assess.Period) {
	t.Helper()
	items, err := score.Implied(f)
	if err != nil {
		t.Fatal(err)
	}
	columns, periods := syntheticColumns(unitCount, indicators, quarters)
	p := score.NewPanel(units(unitCount), items, periods)
	for i, c := range columns {
		if err := p.PutColumn(leafCode(i%indicators+1), periods[i/indicators], c.values, c.reported); err != nil {
			t.Fatal(err)
		}
	}
	return p, periods
}

// syntheticColumn are the figures of one indicator and quarter.
type syntheticColumn struct {
	values   []float64
	reported []bool
}

// syntheticColumns answers the benchmark panel, all indicators of the first quarter, then of the next.
func syntheticColumns(unitCount, indicators, quarters int) (columns []syntheticColumn, periods []assess.Period) {
	for k := range quarters {
		periods = append(periods, assess.NewQuarter(2016, 1).Add(k))
		for j := range indicators {
			c := syntheticColumn{make([]float64, unitCount), make([]bool, unitCount)}
			for i := range unitCount {
				c.values[i], c.reported[i] = synthetic(i+1, j+1, k+1)
			}
			columns = append(columns, c)
		}
	}
	return columns, periods
}

func leafCode(j int) assess.Code { return assess.Code(fmt.Sprintf("i%03d", j)) }

// TestBenchmarkPanelOver40Quarters: the same with 40 quarters and min-max over all of them: 5691960.35582.
func TestBenchmarkPanelOver40Quarters(t *testing.T) {
	f := syntheticFramework("panel")
	p, periods := syntheticPanel(t, f, 2846, 100, 40)
	table, err := score.Tabulate(f, p, periods)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for k := range periods {
		for _, s := range table.Column(0, k) {
			sum += s
		}
	}
	if math.Abs(sum-5691960.35582) > 5e-6 {
		t.Errorf("the index sums up to %.6f, want 5691960.35582", sum)
	}
}

// TestBenchmarkPanelChecksum: 2,846 units × 100 indicators in one period, min-max to [0, 100], weighted means over three levels with
// the weight of what is missing spread inside the parent: the index sums up to 142309.492837.
func TestBenchmarkPanelChecksum(t *testing.T) {
	f := syntheticFramework("period")
	r := units(2846)
	p := panel(t, r, f)
	for i := range r.Units {
		for j := range 100 {
			if x, ok := synthetic(i+1, j+1, 1); ok {
				put(t, p, r.Units[i].Code, q1, assess.Code(fmt.Sprintf("i%03d", j+1)), strconv.FormatFloat(x, 'g', -1, 64))
			}
		}
	}
	s, err := score.Compute(f, p, q1, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i := range s.Cards {
		sum += s.Cards[i].Root().Score
	}
	if math.Abs(sum-142309.492837) > 5e-7 {
		t.Errorf("the index sums up to %.6f, want 142309.492837", sum)
	}
	table, err := score.Tabulate(f, p, []assess.Period{q1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Cards {
		if got := table.Column(0, 0)[i]; got != s.Cards[i].Root().Score {
			t.Fatalf("unit %d: %v in columns, %v from unit to unit", i, got, s.Cards[i].Root().Score)
		}
	}
}
