package score_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
	"github.com/unionboard/unionboard/internal/score/handbook"
)

// asem is a real composite index of four levels: 51 countries, 49 indicators, eight pillars, two sub-indices, one index, published
// by the Joint Research Centre of the European Commission.
type asem struct {
	indicators []map[string]string
	units      []string
	periods    []string
	values     map[[3]string]string // period, unit, indicator
}

func readASEM(t testing.TB, file string) asem {
	t.Helper()
	dir := shared(t, "coinr-asem")
	a := asem{indicators: records(t, filepath.Join(dir, "indicators.csv")), values: map[[3]string]string{}}
	for _, row := range records(t, filepath.Join(dir, file)) {
		if row["Time"] == "" {
			row["Time"] = "2018"
		}
		if !slices.Contains(a.units, row["uCode"]) {
			a.units = append(a.units, row["uCode"])
		}
		if !slices.Contains(a.periods, row["Time"]) {
			a.periods = append(a.periods, row["Time"])
		}
		for code, v := range row {
			if v != "" && code != "Time" && code != "uCode" {
				a.values[[3]string{row["Time"], row["uCode"], code}] = v
			}
		}
	}
	return a
}

func records(t testing.TB, file string) (all []map[string]string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		record := map[string]string{}
		for i, name := range rows[0] {
			record[name] = row[i]
		}
		all = append(all, record)
	}
	return all
}

// asemCase is one way to make the index.
type asemCase struct {
	method       handbook.Method
	over         string
	mean         handbook.Mean
	weights      string // Weight or WeightAlt
	availability float64
}

// engine makes the framework of a case.
func (a *asem) engine(c asemCase) *assess.Framework {
	nodes := map[string]*assess.Node{}
	var root *assess.Node
	for _, row := range a.indicators {
		n := &assess.Node{Code: asemCode(row["iCode"]), Weight: decimalOf(row[c.weights]), Aggregate: assess.Aggregation(c.mean)}
		if row["Level"] == "1" {
			n = annual(indicator(n.Code, row[c.weights], asemMethod(c, row)))
			n.Indicator.Decimals = 9
			fullYear(n, parse(row["Target"]))
			if row["Direction"] == "-1" {
				down(n)
			}
		}
		nodes[row["iCode"]] = n
	}
	for _, row := range a.indicators {
		if row["Parent"] == "" {
			root = nodes[row["iCode"]]
			continue
		}
		nodes[row["Parent"]].Children = append(nodes[row["Parent"]].Children, nodes[row["iCode"]])
	}
	f := analytic()
	f.Code, f.Root, f.Availability = root.Code, root, c.availability
	return f
}

func asemCode(code string) assess.Code { return assess.Code(strings.ToLower(code)) }

func asemMethod(c asemCase, row map[string]string) assess.Method {
	m := assess.Method{Kind: assess.MethodKind(c.method.Name), Over: c.over}
	switch m.Kind {
	case assess.MinMax:
		m.To = []float64{c.method.L, c.method.U}
	case assess.ZScore:
		m.Mean, m.Deviation = c.method.L, c.method.U
	case assess.ToTarget:
		if c.method.Capped {
			m.Cap = 1
		}
	case assess.Goalposts:
		m.Low, m.High = parse(row["goalpost_lower"]), parse(row["goalpost_upper"])
	case assess.Scaled:
		m.Low, m.High = c.method.Low, c.method.High
	}
	return m
}

// check makes the tree of a case for the periods that are compared together, one after the other in its columns.
func (a *asem) check(c asemCase, periods []string) *handbook.Tree {
	nodes := map[string]*handbook.Tree{}
	var root *handbook.Tree
	for _, row := range a.indicators {
		n := &handbook.Tree{Code: row["iCode"], Weight: parse(row[c.weights])}
		if nodes[row["iCode"]] = n; row["Parent"] == "" {
			root = n
		}
		if row["Level"] != "1" {
			continue
		}
		var column []float64
		for _, period := range periods {
			for _, unit := range a.units {
				column = append(column, parse(a.values[[3]string{period, unit, row["iCode"]}]))
			}
		}
		m := c.method
		m.Target = parse(row["Target"])
		if m.Name == "goalposts" {
			m.Low, m.High = parse(row["goalpost_lower"]), parse(row["goalpost_upper"])
		}
		n.Scores = handbook.Normalise(m, parse(row["Direction"]), column)
	}
	for _, row := range a.indicators {
		if row["Parent"] != "" {
			nodes[row["Parent"]].Parts = append(nodes[row["Parent"]].Parts, nodes[row["iCode"]])
		}
	}
	return root
}

// parse reads a number, NaN for none.
func parse(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

func (a *asem) panel(t testing.TB, f *assess.Framework) (*score.Panel, []assess.Period) {
	t.Helper()
	items, err := score.Implied(f)
	if err != nil {
		t.Fatal(err)
	}
	var r assess.Roster
	for _, code := range a.units {
		r.Units = append(r.Units, assess.Unit{Code: assess.UnitCode(code)})
	}
	var periods []assess.Period
	for _, period := range a.periods {
		periods = append(periods, assess.MustPeriod(period))
	}
	p := score.NewPanel(r, items, periods)
	for cell, v := range a.values {
		put(t, p, assess.UnitCode(cell[1]), assess.MustPeriod(cell[0]), asemCode(cell[2]), v)
	}
	return p, periods
}

func asemCases(panel bool) (cases []asemCase) {
	overs := []string{"period"}
	if panel {
		overs = append(overs, "panel")
	}
	for _, m := range []handbook.Method{
		{Name: "min_max", U: 100},
		{Name: "min_max", L: 1, U: 100},
		{Name: "z_score", U: 1},
		{Name: "z_score", L: 50, U: 10},
		{Name: "rank_number"},
		{Name: "borda"},
		{Name: "percentile_rank"},
		{Name: "distance_to_target"},
		{Name: "distance_to_target", Capped: true},
		{Name: "goalposts"},
		{Name: "scaled", Low: -20, High: 150},
	} {
		for _, over := range overs {
			for _, mean := range []handbook.Mean{handbook.Arithmetic, handbook.Geometric, handbook.Harmonic} {
				for _, weights := range []string{"Weight", "WeightAlt"} {
					for _, limit := range []float64{0, 0.7} {
						if panel && (limit == 0) != (weights == "Weight") {
							continue // half of the ways are enough for five times the values
						}
						cases = append(cases, asemCase{m, over, mean, weights, limit})
					}
				}
			}
		}
	}
	return cases
}

// TestASEM makes the index in every way there is (11 normalisations, three means, two sets of weights, with and without a limit of
// availability, over the period and over the panel) and holds every node of every unit to the definitions, to 1e-9.
func TestASEM(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing after the other: the race detector, which is asked in short, has nothing to see")
	}
	for _, file := range []string{"raw.csv", "raw_holes.csv", "panel.csv"} {
		t.Run(file, func(t *testing.T) {
			a := readASEM(t, file)
			if len(a.units) != 51 || len(a.indicators) != 60 {
				t.Fatalf("%d units and %d nodes, want 51 and 60", len(a.units), len(a.indicators))
			}
			compared, missing, refused := 0, 0, 0
			cases := asemCases(len(a.periods) > 1)
			p, periods := a.panel(t, a.engine(cases[0])) // all cases have the same items
			for _, c := range cases {
				n, m, r := a.compare(t, c, p, periods)
				compared, missing, refused = compared+n, missing+m, refused+r
			}
			t.Logf("%d scores are equal to 1e-9, %d are missing in both, %d refused in both", compared, missing, refused)
			if compared < 100_000 || refused == 0 || file == "raw_holes.csv" && missing < 10_000 {
				t.Errorf("too little was compared: %d scores, %d missing, %d refused", compared, missing, refused)
			}
		})
	}
}

// compare counts what is equal, and reports the first few that are not.
func (a *asem) compare(t *testing.T, c asemCase, p *score.Panel, periods []assess.Period) (compared, missing, refused int) {
	t.Helper()
	f := a.engine(c)
	var codes []assess.Code
	for _, row := range a.indicators {
		codes = append(codes, asemCode(row["iCode"]))
	}
	table, err := score.Tabulate(f, p, periods, codes...)
	if err != nil {
		t.Fatal(err)
	}
	for first, count := 0, 1; first < len(periods); first += count {
		if c.over == "panel" {
			count = len(periods)
		}
		want := handbook.Index(a.check(c, a.periods[first:first+count]), c.mean, c.availability)
		for k, row := range a.indicators {
			for i, w := range want[row["iCode"]] {
				got, state := table.Score(k, first+i/len(a.units), i%len(a.units))
				switch {
				case math.IsNaN(w) && state != assess.Scored:
					missing++
				case math.IsInf(w, 1) && state == assess.Pending:
					refused++
				case state == assess.Scored && math.Abs(got-w) <= 1e-9*max(1, math.Abs(w)):
					compared++
				default:
					t.Fatalf("%+v: %s of %s is %v (%s), by the definitions %v", c, row["iCode"], a.units[i%len(a.units)], got, state, w)
				}
			}
		}
	}
	return compared, missing, refused
}

// TestASEMFromUnitToUnit: the general way answers what the columns answer, and its ranks are those of the reference: on nine
// decimals, equals share the smallest, missing scores have none.
func TestASEMFromUnitToUnit(t *testing.T) {
	a := readASEM(t, "raw_holes.csv")
	c := asemCase{handbook.Method{Name: "min_max", U: 100}, "period", handbook.Arithmetic, "WeightAlt", 0.5}
	f := a.engine(c)
	p, periods := a.panel(t, f)
	s, err := score.Compute(f, p, periods[0], score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := handbook.Index(a.check(c, a.periods), c.mean, c.availability)["Index"]
	for i, unit := range a.units {
		n := s.Card(assess.UnitCode(unit)).Root()
		if math.IsNaN(want[i]) {
			if n.HasScore() || n.Rank != 0 {
				t.Errorf("%s has %v and rank %d, and should have none", unit, n.Score, n.Rank)
			}
			continue
		}
		rank := 1
		for _, w := range want {
			if w > want[i]+5e-10 {
				rank++
			}
		}
		if math.Abs(n.Score-want[i]) > 1e-9 || n.Rank != rank {
			t.Errorf("%s: %v, rank %d; want %v, rank %d", unit, n.Score, n.Rank, want[i], rank)
		}
	}
}
