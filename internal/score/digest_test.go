package score_test

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"math"
	"runtime"
	"strconv"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/score"
	"github.com/unionboard/unionboard/seeds"
)

// TestDigest logs a digest of results: the shipped frameworks and their composite on generated figures, bit for bit; the methods
// of composite indicators bit for bit where they add, multiply and divide, and at nine decimals where there are logarithms and
// exponentials. It must be the same on every architecture: .ci/other-architecture runs it on two and compares.
func TestDigest(t *testing.T) {
	first := digest(t)
	if second := digest(t); second != first {
		t.Fatalf("the same input gives %s and %s", first, second)
	}
	t.Logf("digest on %s: %s", runtime.GOARCH, first)
}

func digest(t *testing.T) string {
	h := sha256.New()
	cards := digestShipped(t, h)
	cells := digestComposite(t, h)
	if cards < 250 || cells < 10_000 {
		t.Errorf("%d cards and %d cells were digested; that is too little to show anything", cards, cells)
	}
	return fmt.Sprintf("%x over %d cards and %d cells", h.Sum(nil), cards, cells)
}

// dice throws the same numbers everywhere: the generator of Park and Miller.
type dice uint64

func (d *dice) below(n int) int {
	*d = *d * 48271 % 2147483647
	return int(uint64(*d) % uint64(n))
}

// digestShipped scores the shipped frameworks in four quarters and the year.
func digestShipped(t *testing.T, h hash.Hash) (cards int) {
	t.Helper()
	e, err := catalog.Load(seeds.Files()) // not by package testkit: its store does not cross-compile to another architecture
	if err != nil {
		t.Fatal(err)
	}
	p := score.NewPanel(e.Roster, e.Items, []assess.Period{q1, q2, q3, q4, year})
	d := dice(20260101)
	for _, item := range e.Items {
		if item.Formula == "" {
			throwItem(t, p, &d, e.Roster, item)
		}
	}
	for i := range e.Frameworks {
		for _, n := range e.Frameworks[i].Root.Leaves() {
			target(t, p, assess.AnyUnit, year, n.Code, strconv.Itoa(50+d.below(900)))
		}
	}
	var frameworks []*assess.Framework
	for i := range e.Frameworks {
		frameworks = append(frameworks, &e.Frameworks[i])
	}
	for _, period := range []assess.Period{q1, q2, q3, q4, year} {
		var parts []*assess.Scores
		for _, f := range frameworks {
			s, err := score.Compute(f, p, period, score.Options{City: true})
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, s)
		}
		whole, err := score.Composite(&e.Assessment, frameworks, parts, p, period, score.Options{City: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range append(parts, whole) {
			for i := range s.Cards {
				cards += digestCard(h, &s.Cards[i])
			}
			cards += digestCard(h, s.City)
		}
	}
	return cards
}

// throwItem files a figure of every unit and period, one in twenty missing and one in thirty not applicable.
func throwItem(t *testing.T, p *score.Panel, d *dice, r assess.Roster, item assess.Item) {
	t.Helper()
	periods := []assess.Period{q1, q2, q3, q4}
	if item.Frequency == assess.Annual {
		periods = []assess.Period{year}
	}
	for _, u := range r.Units {
		for _, period := range periods {
			value := decimal.New(int64(d.below(120_000)), -2).String()
			switch {
			case item.Type == assess.Boolean:
				value = strconv.FormatBool(d.below(8) == 0)
			case len(item.Levels) > 0:
				value = string(item.Levels[d.below(len(item.Levels))])
			case item.Type == assess.Percent || item.Type == assess.Rating:
				value = decimal.New(int64(d.below(10_001)), -2).String()
			case item.Type == assess.Count:
				value = strconv.Itoa(d.below(1200))
			}
			switch d.below(60) {
			case 0, 1, 2:
				value = "-"
			case 3, 4:
				value = "N/A"
			}
			put(t, p, u.Code, period, item.Code, value)
		}
	}
}

func digestCard(h hash.Hash, c *assess.Scorecard) int {
	if c == nil {
		return 0
	}
	fmt.Fprintf(h, "%s %x %x %x %x %d %v\n", c.Unit, bits(c.Base), bits(c.Bonus), bits(c.Late), bits(c.Total), c.LateDays, c.TiedAtQuota)
	for i := range c.Nodes {
		n := &c.Nodes[i]
		fmt.Fprintf(h, "%s %s %x %x %x %x %x %x %x %d %d %s %s\n", n.Node, n.State, bits(n.Score), bits(n.Shown), bits(n.Points),
			bits(n.FullPoints), bits(n.Low), bits(n.High), bits(n.Coverage), n.Rank, n.GroupRank, n.Grade, n.Light)
	}
	return 1
}

func bits(v float64) uint64 { return math.Float64bits(v + 0) }

// digestComposite scores frameworks with every method of composite indicators, with every mean, transform and treatment.
func digestComposite(t *testing.T, h hash.Hash) (cells int) {
	t.Helper()
	d := dice(7)
	methods := []assess.Method{
		{Kind: assess.MinMax, To: []float64{1, 100}},
		{Kind: assess.ZScore, Mean: 50, Deviation: 10},
		{Kind: assess.RankNumber},
		{Kind: assess.Borda, Ties: assess.Average},
		{Kind: assess.PercentRank},
		{Kind: assess.ToTarget},
		{Kind: assess.Goalposts, Low: 3, High: 700, To: []float64{1, 10}},
		{Kind: assess.Scaled, Low: 5, High: 600},
	}
	for _, mean := range []assess.Aggregation{assess.Arithmetic, assess.Harmonic, assess.Geometric} {
		for _, transform := range []assess.Transform{assess.NoTransform, assess.SquareRoot, assess.Log, assess.Log10, assess.LogPlusOne, assess.CubeRoot} {
			for _, outliers := range []assess.Outliers{assess.KeepOutliers, assess.SkewKurtosis} {
				exact := mean != assess.Geometric && (transform == assess.NoTransform || transform == assess.SquareRoot) && outliers == assess.KeepOutliers
				cells += digestTree(t, h, &d, methods, mean, transform, outliers, exact)
			}
		}
	}
	return cells
}

func digestTree(t *testing.T, h hash.Hash, d *dice, methods []assess.Method, mean assess.Aggregation, transform assess.Transform, outliers assess.Outliers, exact bool) (cells int) {
	t.Helper()
	var headings []*assess.Node
	for g := range 3 {
		var leaves []*assess.Node
		for k, m := range methods {
			n := goal(indicator(assess.Code(fmt.Sprintf("i%d_%d", g, k)), decimal.New(int64(1+d.below(99)), -1).String(), m), 800)
			if g == 1 && m.Kind != assess.Scaled {
				down(n)
				fullYear(n, 1)
			}
			n.Indicator.Transform, n.Indicator.Impute = transform, []assess.Imputation{"", assess.ImputeMean, assess.ImputeMedian}[g]
			if m.Kind != assess.Goalposts && m.Kind != assess.Scaled && m.Kind != assess.ToTarget {
				n.Indicator.Outliers = outliers
			}
			leaves = append(leaves, n)
		}
		one := heading(assess.Code(fmt.Sprint("g", g)), decimal.New(int64(1+d.below(99)), -1).String(), leaves...)
		one.Aggregate = mean
		headings = append(headings, one)
	}
	f := analytic(headings...)
	f.Availability = 0
	r := units(30)
	p := panel(t, r, f)
	for _, u := range r.Units {
		for _, n := range f.Root.Leaves() {
			v := float64(1+d.below(10_000)) / 100
			if d.below(10) == 0 {
				v *= 7.37 // a long tail
			}
			if d.below(20) > 0 {
				put(t, p, u.Code, q1, n.Code, decimalText(v))
			}
		}
	}
	s, err := score.Compute(f, p, q1, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Cards {
		for k := range s.Cards[i].Nodes {
			n := &s.Cards[i].Nodes[k]
			if exact {
				fmt.Fprintf(h, "%s %s %x %d\n", n.Node, n.State, bits(n.Score), n.Rank)
			} else {
				fmt.Fprintf(h, "%s %s %s %d\n", n.Node, n.State, strconv.FormatFloat(n.Score+0, 'f', 9, 64), n.Rank)
			}
			cells++
		}
	}
	return cells
}
