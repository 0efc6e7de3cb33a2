package catalog

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/seeds"
)

// compare equates decimals by value and periods as such, and leaves the rest to cmp.
func compare() cmp.Option {
	return cmp.Options{
		cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) }),
		cmp.Comparer(func(a, b assess.Period) bool { return a == b }),
	}
}

func mustRead(t testing.TB, source string) *assess.Framework {
	t.Helper()
	f, err := ReadFramework("f.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestDefaultsKeepSmallFilesSmall: four lines are a framework, with the conventions of the scoring specification.
func TestDefaultsKeepSmallFilesSmall(t *testing.T) {
	f := mustRead(t, "code: small\nname: 小\nchildren:\n  - {code: only, name: 唯一, weight: 100, method: direct}\n")
	want := &assess.Framework{
		Code: "small", Name: assess.Text{ZH: "小"}, Layer: assess.Official, Scale: 100, Decimals: 2, LeafDecimals: 4, PercentDecimals: 1,
		Rounding: assess.HalfUp, Availability: 2.0 / 3, Missing: "zero", Ties: assess.Competition, MinGroup: 4,
		Lights: assess.Lights{ProgressGreen: 1, ProgressYellow: 0.8, PointsGreen: 0.95, PointsYellow: 0.8},
		Root: &assess.Node{
			Code: "small", Name: assess.Text{ZH: "小"}, Weight: decimal.NewFromInt(100), Aggregate: assess.Arithmetic,
			Children: []*assess.Node{{
				Code: "only", Name: assess.Text{ZH: "唯一"}, Weight: decimal.NewFromInt(100),
				Indicator: &assess.Indicator{
					Type: assess.Count, Direction: assess.Up, Frequency: assess.Quarterly, Accumulation: assess.Stock, Origin: assess.FromDistrict,
					Value: assess.Formula{Item: "only"}, Zero: assess.ZeroExcludes, Method: assess.Method{Kind: assess.Direct},
				},
			}},
		},
	}
	if diff := cmp.Diff(want, f, compare()); diff != "" {
		t.Errorf("framework (-want +got):\n%s", diff)
	}
}

// TestMethodsHaveDefaults: what a method leaves out.
func TestMethodsHaveDefaults(t *testing.T) {
	for source, want := range map[string]assess.Method{
		"{kind: rank}":                                          {Kind: assess.Ranked, First: 1, Scope: "peer_group", Ties: assess.Average},
		"{kind: rank, step: 2, scope: all}":                     {Kind: assess.Ranked, First: 1, Step: 2, Scope: "all", Ties: assess.Average},
		"{kind: efficacy, floor: 6, satisfactory: 12}":          {Kind: assess.Efficacy, Floor: 6, Satisfactory: 12, Base: 0.6},
		"{kind: efficacy, floor: 6, satisfactory: 12, base: 0}": {Kind: assess.Efficacy, Floor: 6, Satisfactory: 12},
		"min_max":                       {Kind: assess.MinMax, Over: "period"},
		"{kind: min_max, to: [1, 100]}": {Kind: assess.MinMax, Over: "period", To: []float64{1, 100}},
		"{kind: z_score, mean: 50, deviation: 10}": {Kind: assess.ZScore, Over: "period", Mean: 50, Deviation: 10},
		"scaled":                           {Kind: assess.Scaled, High: 100},
		"{kind: scaled, low: -5, high: 5}": {Kind: assess.Scaled, Low: -5, High: 5},
		"{kind: rank_number, over: panel}": {Kind: assess.RankNumber, Over: "panel", Ties: assess.Competition},
		"{kind: borda, ties: average}":     {Kind: assess.Borda, Over: "period", Ties: assess.Average},
		"percentile_rank":                  {Kind: assess.PercentRank, Over: "period", Ties: assess.Competition},
		"{kind: z_score, over: panel}":     {Kind: assess.ZScore, Over: "panel", Deviation: 1},
		"{kind: deduction, events: [{code: late, each: 2, cap: 5}]}":             {Kind: assess.Deduction, Events: []assess.DeductionKind{{Code: "late", Each: 2, Cap: 5}}},
		"{kind: goalposts, low: 20, high: 85}":                                   {Kind: assess.Goalposts, Low: 20, High: 85},
		"{kind: tiered, points: [{value: 1, share: 0.2}, {value: 2, share: 1}]}": {Kind: assess.Tiered, Points: []assess.Point{{Value: 1, Share: 0.2}, {Value: 2, Share: 1}}},
	} {
		f := mustRead(t, "code: small\nname: 小\nchildren:\n  - {code: only, name: 唯一, weight: 100, method: "+source+"}\n")
		if diff := cmp.Diff(want, f.Root.Children[0].Indicator.Method); diff != "" {
			t.Errorf("%s (-want +got):\n%s", source, diff)
		}
	}
	ballots := mustRead(t, "code: small\nname: 小\nchildren:\n  - {code: only, name: 唯一, weight: 100, type: rating, method: {kind: rating, raters: [{code: leaders, weight: 0.5, issued: 9}]}}\n")
	want := assess.Method{Kind: assess.Rated, ScaleMax: 100, Raters: []assess.RaterGroup{{Code: "leaders", Weight: 0.5, Issued: 9}}, TrimFrom: 5, Quorum: 2.0 / 3}
	if diff := cmp.Diff(want, ballots.Root.Children[0].Indicator.Method); diff != "" {
		t.Errorf("ballots (-want +got):\n%s", diff)
	}
}

// TestValuesAreWrittenThreeWays: an item, a ratio, an expression; or nothing, which is the indicator's own code.
func TestValuesAreWrittenThreeWays(t *testing.T) {
	for source, want := range map[string]assess.Formula{
		"value: members":                                    {Item: "members"},
		"value: {numerator: a, denominator: b}":             {Numerator: "a", Denominator: "b", Scale: 1},
		"value: {numerator: a, denominator: b, scale: 100}": {Numerator: "a", Denominator: "b", Scale: 100},
		"value: (a + b) / max(c, 1)":                        {Expr: "(a + b) / max(c, 1)"},
		"decimals: 0":                                       {Item: "only"},
	} {
		f := mustRead(t, "code: small\nname: 小\nchildren:\n  - code: only\n    name: 唯一\n    weight: 100\n    method: direct\n    "+source+"\n")
		if got := f.Root.Children[0].Indicator.Value; got != want {
			t.Errorf("%s is %+v; want %+v", source, got, want)
		}
	}
}

// TestHumanDevelopmentIndexFits: technical note 1 of the report 2023-24, without tricks.
func TestHumanDevelopmentIndexFits(t *testing.T) {
	data, err := os.ReadFile("../../docs/examples/hdi/framework.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f := mustRead(t, string(data))
	if f.Layer != assess.Analytic || f.Scale != 1 || f.Decimals != 3 || f.Rounding != assess.HalfUp || f.Availability != 1 || !f.Relative ||
		f.Missing != "spread" || f.Ties != assess.Competition || len(f.RankAmong) != 1 || f.RankAmong[0] != "country" || f.Root.Aggregate != assess.Geometric {
		t.Errorf("framework is %+v", f)
	}
	if education := f.Root.Find("education"); education.Aggregate != assess.Arithmetic || len(education.Children) != 2 {
		t.Errorf("education is %+v", education)
	}
	var got []string
	for _, n := range f.Root.Leaves() {
		i := n.Indicator
		got = append(got, fmt.Sprintf("%s %s %g %g %s %v", i.Value.Item, i.Method.Kind, i.Method.Low, i.Method.High, i.Transform, i.Method.Open))
	}
	want := []string{
		"life_expectancy goalposts 20 85  false", "expected_years_schooling goalposts 0 18  false",
		"mean_years_schooling goalposts 0 15  false", "gni_per_capita_2017ppp goalposts 100 75000 log false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("indicators (-want +got):\n%s", diff)
	}
}

// TestTreesOfAnyDepthFit: a heading within a heading, sixteen deep, each with a relative weight.
func TestTreesOfAnyDepthFit(t *testing.T) {
	const depth = 16
	var source strings.Builder
	source.WriteString("code: deep\nname: 深\nlayer: analytic\n")
	for d := range depth {
		fmt.Fprintf(&source, "%schildren:\n%s- code: n%d\n%s  name: 层\n%s  weight: %d\n", strings.Repeat("  ", d), strings.Repeat("  ", d), d, strings.Repeat("  ", d), strings.Repeat("  ", d), d+1)
	}
	source.WriteString(strings.Repeat("  ", depth) + "method: min_max\n")
	f := mustRead(t, source.String())
	deepest := 0
	f.Root.Walk(func(n, _ *assess.Node, d int) {
		deepest = max(deepest, d)
		if d > 0 && n.Weight.IntPart() != int64(d) {
			t.Errorf("weight of %s is %s; want %d", n.Code, n.Weight, d)
		}
	})
	if deepest != depth {
		t.Errorf("the tree is %d deep; want %d", deepest, depth)
	}
}

// TestDepartmentAndFrequencyAreInherited from the nearest node above that names one.
func TestDepartmentAndFrequencyAreInherited(t *testing.T) {
	f := mustRead(t, `code: small
name: 小
frequency: annual
department: office
children:
  - code: a
    name: 甲
    weight: 60
    department: org
    children:
      - {code: b, name: 乙, weight: 30, method: direct}
      - {code: c, name: 丙, weight: 30, method: direct, department: legal, frequency: quarterly}
  - {code: d, name: 丁, weight: 40, method: direct}
`)
	for code, want := range map[assess.Code]string{"b": "org annual", "c": "legal quarterly", "d": "office annual"} {
		n := f.Root.Find(code)
		if got := fmt.Sprintf("%s %s", n.Department, n.Indicator.Frequency); got != want || n.Indicator.Department != n.Department {
			t.Errorf("%s is of %s; want %s", code, got, want)
		}
	}
}

// TestWeightsAreExact: ten tenths of ten are a hundred, which binary fractions are not.
func TestWeightsAreExact(t *testing.T) {
	source := "code: small\nname: 小\nweight: 1\nchildren:\n"
	for i := range 10 {
		source += fmt.Sprintf("  - {code: n%d, name: 项, weight: 0.1, method: direct}\n", i)
	}
	mustRead(t, source)
}

// TestBandsFillInTheFacingEnd in both directions, with the ends that Chinese law includes and excludes.
func TestBandsFillInTheFacingEnd(t *testing.T) {
	at := func(f float64) *float64 { return &f }
	for source, want := range map[string][]assess.Band{
		"[{gte: 80, share: 1}, {gt: 60, share: 0.5}, {share: 0}]": {
			{Low: at(80), Share: 1}, {Low: at(60), LowExcluded: true, High: at(80), HighExcluded: true, Share: 0.5}, {High: at(60)},
		},
		"[{lte: 5, share: 1}, {lt: 10, share: 0.5}, {share: 0}]": {
			{High: at(5), Share: 1}, {Low: at(5), LowExcluded: true, High: at(10), HighExcluded: true, Share: 0.5}, {Low: at(10)},
		},
		"[{gte: 40, lte: 60, share: 1}, {lt: 40, share: 0.5}, {gt: 60, share: 0.5}]": {
			{Low: at(40), High: at(60), Share: 1}, {High: at(40), HighExcluded: true, Share: 0.5}, {Low: at(60), LowExcluded: true, Share: 0.5},
		},
	} {
		f := mustRead(t, "code: small\nname: 小\nchildren:\n  - {code: only, name: 唯一, weight: 100, method: {kind: banded, bands: "+source+"}}\n")
		if diff := cmp.Diff(want, f.Root.Children[0].Indicator.Method.Bands); diff != "" {
			t.Errorf("%s (-want +got):\n%s", source, diff)
		}
	}
}

// TestEveryValueHasOneBand: whatever limits are drawn, bands that are accepted hold every number exactly once.
func TestEveryValueHasOneBand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := rapid.SliceOfNDistinct(rapid.IntRange(-50, 50), 1, 6, rapid.ID[int]).Draw(t, "limits")
		written := make([]bandFile, 0, len(limits)+1)
		for _, l := range limits {
			end := float64(l)
			if rapid.Bool().Draw(t, "included") {
				written = append(written, bandFile{GTE: &end})
			} else {
				written = append(written, bandFile{GT: &end})
			}
		}
		var found faults
		made := bands(append(written, bandFile{}), spot{}, &found)
		falling := true
		for i := 1; i < len(limits); i++ {
			falling = falling && limits[i] < limits[i-1]
		}
		if (len(found.list) == 0) != falling {
			t.Fatalf("limits %v, best first: faults %v", limits, found.list)
		}
		x := float64(rapid.IntRange(-110, 110).Draw(t, "twice x")) / 2
		holders := 0
		for _, b := range made {
			if (b.Low == nil || x > *b.Low || x == *b.Low && !b.LowExcluded) && (b.High == nil || x < *b.High || x == *b.High && !b.HighExcluded) {
				holders++
			}
		}
		if falling && holders != 1 {
			t.Fatalf("limits %v: %v is held by %d bands", limits, x, holders)
		}
	})
}

// TestReadFrameworkRefuses what stands in no folder.
func TestReadFrameworkRefuses(t *testing.T) {
	leaf := "\nchildren:\n  - {code: only, name: 唯一, weight: 100, method: direct}\n"
	for source, want := range map[string]string{
		"":                                "f.yaml:1:1: the file is empty; see docs/frameworks.md for what belongs in it",
		"# nothing but a comment\n":       "f.yaml:1:1: the file is empty; see docs/frameworks.md for what belongs in it",
		"- a list":                        "f.yaml:1:1: the file is a list of 1, but should be a framework (keys with values)",
		"code: \xff":                      "f.yaml:1:1: the file is not UTF-8; save it as UTF-8",
		strings.Repeat("[", 5000):         "f.yaml:1:1: the file nests more than 60 levels; use fewer",
		strings.Repeat("- ", 5000):        "f.yaml:1:1: the file nests more than 60 levels; use fewer",
		"code: composite\nname: 小" + leaf: "f.yaml:1:7: the code composite stands for the composite of several frameworks; choose another",
		"code: a\nname: 小\navailability: 3/2" + leaf: "f.yaml:3:15: 1.5 is more than the whole; write a share from 0 to 1",
		"code: a\nname: 小\n# 说明\nweight: 90" + leaf:  "f.yaml:5:1: the weights below a add up to 100; they should add up to its own weight 90",
	} {
		_, err := ReadFramework("f.yaml", []byte(source))
		if got := fmt.Sprint(err); got != want {
			t.Errorf("%.30q:\n got %s\nwant %s", source, got, want)
		}
	}
	if _, err := ReadFramework("f.yaml", []byte(strings.Repeat("#", maxFileBytes+1))); err == nil || !strings.Contains(err.Error(), "split it") {
		t.Errorf("a huge file: %v", err)
	}
	if _, err := ReadFramework("f.yaml", []byte("\ufeffcode: a\nname: 小"+leaf)); err != nil {
		t.Errorf("a byte order mark is refused: %v", err)
	}
}

// FuzzReadFramework: bytes from outside make a framework or problems with a place, never a panic.
func FuzzReadFramework(f *testing.F) {
	files, err := Files(seeds.Files())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(files["frameworks/five_type_organ.yaml"])
	for name, data := range small(f) {
		if strings.HasPrefix(name, "frameworks/") {
			f.Add(data)
		}
	}
	f.Add([]byte("code: &a [*a]\n? {x: 1}\n: !!str\n<<: *a\n"))
	f.Add([]byte("children: [{value: 'a[1:2] | b ?? c'}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		framework, err := ReadFramework("f.yaml", data)
		if (framework == nil) == (err == nil) {
			t.Fatalf("framework %v, error %v", framework, err)
		}
		if err == nil {
			framework.Root.Walk(func(n, _ *assess.Node, _ int) {
				if !n.Code.Valid() || (n.Indicator == nil) == (len(n.Children) == 0) {
					t.Fatalf("node %+v", n)
				}
			})
			return
		}
		for _, p := range err.(assess.Problems) {
			if p.Place.File != "f.yaml" || p.Place.Line < 1 || p.Place.Column < 1 || strings.Contains(p.Message, "{") && strings.Contains(p.Message, "}") && p.Args == nil {
				t.Fatalf("problem without a place: %+v", p)
			}
		}
	})
}
