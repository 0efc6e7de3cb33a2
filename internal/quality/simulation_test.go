package quality

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// The simulation draws honest cities and measures how often the questions are asked in vain, then lets districts cheat and measures
// how often they are found. The table of docs/data-quality.md comes of
//
//	go test ./internal/quality -run Simulation -v -args -panels 300
//
// and the test alone runs a small part of it, with the same seed, against wide bounds.
var panels = flag.Int("panels", 0, "cities to draw for each length of history; 0 runs the small test")

const (
	simulationSeed = 20260331
	simulatedUnits = 13
	itemsOfKind    = 7
)

// nature is how an indicator behaves: six kinds stand for what districts report.
type nature struct {
	name  string
	kind  assess.ValueType
	level float64 // of a middling unit: a count or an amount in a quarter, a percentage
	noise float64 // standard deviation on the log or logit scale, beside chance
}

func natures() []nature {
	return []nature{
		{"counts around 6", assess.Count, 6, 0.1},
		{"counts around 60", assess.Count, 60, 0.1},
		{"counts around 600", assess.Count, 600, 0.1},
		{"amounts, steady (noise 15 %)", assess.Money, 200000, 0.15},
		{"amounts, volatile (noise 40 %)", assess.Money, 200000, 0.4},
		{"rates around 96 %", assess.Percent, 96, 0.15},
	}
}

// city is a simulated panel; nature answers the kind of an item.
type city struct {
	Panel
	checks *Checks
	nature map[assess.Code]int
	items  []assess.Code
}

// The spreads of an honest city, standard deviations on the log scale.
const (
	spreadSize   = 0.6  // between units
	spreadItem   = 0.3  // between a unit's items
	spreadSeason = 0.15 // of the quarters of an item, common to the city
	fourthExtra  = 0.3  // and more at the end of the year
	spreadShock  = 0.1  // of a quarter, common to the city
	spreadTrend  = 0.01 // a quarter, of a unit's item
)

func drawCity(t testing.TB, dice *rand.Rand, quarters int) *city {
	t.Helper()
	e := &assess.Edition{}
	c := &city{nature: map[assess.Code]int{}}
	c.Period = assess.NewQuarter(2026, 4)
	c.Figures = map[assess.UnitCode]Figures{}
	for u := range simulatedUnits {
		unit := assess.UnitCode(fmt.Sprintf("u%02d", u))
		c.Units = append(c.Units, unit)
		c.Figures[unit] = Figures{}
	}
	sizes := normals(dice, simulatedUnits, spreadSize)
	for k, n := range natures() {
		for i := range itemsOfKind {
			code := assess.Code(fmt.Sprintf("kind%d_item%d", k, i))
			c.items, c.nature[code] = append(c.items, code), k
			e.Items = append(e.Items, assess.Item{
				Code: code, Type: n.kind, Accumulation: assess.Flow, Frequency: assess.Quarterly, Origin: assess.FromDistrict,
			})
			c.drawItem(dice, code, n, sizes, quarters)
		}
	}
	checks, err := New(e)
	if err != nil {
		t.Fatal(err)
	}
	c.checks = checks
	return c
}

func (c *city) drawItem(dice *rand.Rand, code assess.Code, n nature, sizes []float64, quarters int) {
	season, shocks := normals(dice, 4, spreadSeason), normals(dice, quarters, spreadShock)
	season[3] += fourthExtra
	for u, unit := range c.Units {
		own, trend := dice.NormFloat64()*spreadItem, dice.NormFloat64()*spreadTrend
		for t, p := range c.periods(quarters) {
			x := own + trend*float64(t) + season[p.Part()-1] + shocks[t] + n.noise*dice.NormFloat64()
			if n.kind != assess.Percent {
				x += sizes[u]
			}
			c.Figures[unit][Cell{p, code}] = Figure{assess.Reported, n.write(dice, x)}
		}
	}
}

// write draws the figure around a level moved by x.
func (n nature) write(dice *rand.Rand, x float64) string {
	switch n.kind {
	case assess.Count:
		return strconv.Itoa(poisson(dice, n.level*math.Exp(x)))
	case assess.Percent:
		odds := n.level / (100 - n.level) * math.Exp(x)
		return strconv.FormatFloat(100*odds/(1+odds), 'f', 1, 64)
	}
	return strconv.FormatFloat(n.level*math.Exp(x), 'f', 2, 64)
}

func normals(dice *rand.Rand, n int, deviation float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = deviation * dice.NormFloat64()
	}
	return x
}

// poisson draws a count: by Knuth's product of uniforms, from 100 up by the normal approximation.
func poisson(dice *rand.Rand, mean float64) int {
	if mean > 100 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*dice.NormFloat64())))
	}
	limit, product, n := math.Exp(-mean), dice.Float64(), 0
	for product > limit {
		product *= dice.Float64()
		n++
	}
	return n
}

// change lets a unit say something else of an item.
func (c *city) change(unit assess.UnitCode, p assess.Period, code assess.Code, by func(nature, float64) float64) {
	cell := Cell{p, code}
	n := natures()[c.nature[code]]
	x, _ := strconv.ParseFloat(c.Figures[unit][cell].Value, 64)
	places := map[assess.ValueType]int{assess.Count: 0, assess.Money: 2, assess.Percent: 1}[n.kind]
	c.Figures[unit][cell] = Figure{assess.Reported, strconv.FormatFloat(by(n, x), 'f', places, 64)}
}

// tally counts what was asked out of what could have been.
type tally struct{ asked, of int }

func (t *tally) add(asked bool) {
	t.of++
	if asked {
		t.asked++
	}
}

func (t tally) rate() float64 { return float64(t.asked) / float64(max(1, t.of)) }

// asked says whether a check asks about a unit, and about an item where one is given.
func asked(findings []Finding, check Check, unit assess.UnitCode, code assess.Code) (strength float64, is bool) {
	for _, f := range findings {
		if f.Check == check && f.Unit == unit && (code == "" || len(f.Items) == 1 && f.Items[0] == code) {
			return f.Strength, true
		}
	}
	return 0, false
}

// measured are the rates of one length of history.
type measured struct {
	confirm, explain [6]tally // of E by kind, in vain
	found, pressed   [6]tally // of E by kind, a doubled value
	otherUnit        tally
	repeats, same    tally
	copied           map[int]*tally // H, by the number of copied figures
	fourth, heavy    tally
	smooth           tally
	constant         [6]tally // J, a series made up of a constant ±3 %, by kind
	perQuarter       float64  // questions of the quarterly statistics in a city, in vain
}

func measure(t testing.TB, quarters, cities int) *measured {
	dice := rand.New(rand.NewPCG(simulationSeed, uint64(quarters)))
	m := &measured{copied: map[int]*tally{5: {}, 10: {}, 20: {}}}
	for range cities {
		c := drawCity(t, dice, quarters)
		m.honest(c)
		m.doubled(dice, c)
		m.cheated(dice, c)
	}
	m.perQuarter /= float64(cities)
	return m
}

func (m *measured) honest(c *city) {
	findings := c.checks.Ask(&c.Panel)
	for _, unit := range c.Units {
		for _, code := range c.items {
			k := c.nature[code]
			distance, _ := asked(findings, Outlier, unit, code)
			m.confirm[k].add(distance > outlierConfirm)
			m.explain[k].add(distance > outlierExplain)
			if natures()[k].kind == assess.Money {
				_, is := asked(findings, SameAmount, unit, code)
				m.same.add(is)
			}
			if natures()[k].kind == assess.Count {
				_, is := asked(findings, TooSmooth, unit, code)
				m.smooth.add(is)
			}
		}
		_, is := asked(findings, Repeated, unit, "")
		m.repeats.add(is)
		_, is = asked(findings, FourthHeavy, unit, "")
		m.fourth.add(is)
		other := c.checks.otherUnits(&Report{Unit: unit, Period: c.Period, Figures: c.Figures[unit]})
		m.otherUnit.of += 5 * itemsOfKind
		m.otherUnit.asked += len(other)
		m.perQuarter += float64(len(other))
	}
	for _, f := range findings {
		if f.Check == Outlier || f.Check == Repeated || f.Check == SameAmount {
			m.perQuarter++
		}
	}
}

// doubled lets one figure of each kind be reported twice as large; a rate becomes exactly 100.
func (m *measured) doubled(dice *rand.Rand, c *city) {
	for k := range natures() {
		unit, code := c.Units[dice.IntN(simulatedUnits)], c.items[k*itemsOfKind+dice.IntN(itemsOfKind)]
		cell := Cell{c.Period, code}
		honest := c.Figures[unit][cell]
		c.change(unit, c.Period, code, func(n nature, x float64) float64 {
			if n.kind == assess.Percent {
				return 100
			}
			return 2 * x
		})
		distance, _ := asked(c.checks.outliers(&c.Panel), Outlier, unit, code)
		m.found[k].add(distance > outlierConfirm)
		m.pressed[k].add(distance > outlierExplain)
		c.Figures[unit][cell] = honest
	}
}

// cheated lets districts copy reports, lift a fourth quarter, and make up a steady series.
func (m *measured) cheated(dice *rand.Rand, c *city) {
	for _, copies := range []int{5, 10, 20} {
		unit := c.Units[copies%simulatedUnits]
		kept := Figures{}
		for _, i := range dice.Perm(len(c.items))[:copies] {
			cell := Cell{c.Period, c.items[i]}
			kept[cell] = c.Figures[unit][cell]
			c.Figures[unit][cell] = c.Figures[unit][Cell{c.Period.Prev(), c.items[i]}]
		}
		_, is := asked(c.checks.repeats(&c.Panel), Repeated, unit, "")
		m.copied[copies].add(is)
		for cell, figure := range kept {
			c.Figures[unit][cell] = figure
		}
	}
	lifted, made := c.Units[0], c.Units[1]
	for _, code := range c.items {
		if natures()[c.nature[code]].kind != assess.Percent {
			c.change(lifted, c.Period, code, func(_ nature, x float64) float64 { return 1.3 * x })
		}
	}
	_, is := asked(c.checks.heavyFourths(&c.Panel), FourthHeavy, lifted, "")
	m.heavy.add(is)
	for _, code := range c.items {
		if k := c.nature[code]; k == 1 || k == 2 { // counts that are not too small
			level := natures()[k].level
			for _, p := range c.periods(len(c.Figures[made]) / len(c.items)) {
				c.change(made, p, code, func(nature, float64) float64 { return math.Round(level * (0.97 + 0.06*dice.Float64())) })
			}
		}
	}
	findings := c.checks.smooth(&c.Panel)
	for _, code := range c.items {
		if k := c.nature[code]; k == 1 || k == 2 {
			_, is := asked(findings, TooSmooth, made, code)
			m.constant[k].add(is)
		}
	}
}

// digitsRounded measures I: n values from 50 up of which a share was rounded to the next five.
func digitsRounded(dice *rand.Rand, n int, share float64, times int) (t tally) {
	values := make([]int64, n)
	for range times {
		for i := range values {
			values[i] = int64(100 * math.Exp(4*dice.Float64()))
			if dice.Float64() < share {
				values[i] = (values[i] + 2) / 5 * 5
			}
		}
		_, _, p := roundDigits(values)
		t.add(p < rare)
	}
	return t
}

// completionsMoved measures K: the completions of 13 units in some quarters, spread by 8 % around 100; of those that end just
// below, in [98, 100), a share is moved to just above.
func completionsMoved(dice *rand.Rand, quarters int, share float64, times int) (t tally) {
	for range times {
		percents := normals(dice, simulatedUnits*quarters, 8)
		for i := range percents {
			if percents[i] += 100; percents[i] >= 98 && percents[i] < 100 && dice.Float64() < share {
				percents[i] = 100 + dice.Float64()
			}
		}
		_, _, p := bunching(percents)
		t.add(p < rare)
	}
	return t
}

// eventsSmooth measures J where its assumption holds: independent events of a constant rate.
func eventsSmooth(dice *rand.Rand, quarters, times int) (t tally) {
	counts := make([]float64, quarters)
	for range times {
		for i := range counts {
			counts[i] = float64(poisson(dice, 40))
		}
		_, p := smoothness(counts)
		t.add(p < rare)
	}
	return t
}

func TestSimulation(t *testing.T) {
	if *panels > 0 {
		for _, quarters := range []int{8, 12, 20} {
			m := measure(t, quarters, *panels)
			t.Logf("%d quarters, %d cities\n%s", quarters, *panels, m)
		}
		simulatedAlone(t, 20**panels)
		return
	}
	// 12 cities of 12 quarters: 12 × 13 × 42 = 6,552 cells, 1,092 of a kind.
	m := measure(t, 12, 12)
	var confirm, explain, found tally
	for k := range natures() {
		confirm.asked, confirm.of = confirm.asked+m.confirm[k].asked, confirm.of+m.confirm[k].of
		explain.asked, explain.of = explain.asked+m.explain[k].asked, explain.of+m.explain[k].of
	}
	for k := 1; k < 4; k++ { // counts that are not small, steady amounts
		found.asked, found.of = found.asked+m.found[k].asked, found.of+m.found[k].of
	}
	for _, bound := range []struct {
		what      string
		rate      float64
		low, high float64
	}{
		{"E at 4.5 in vain", confirm.rate(), 0.0005, 0.02},
		{"E at 6 in vain", explain.rate(), 0, 0.008},
		{"E finds a doubled value of a steady series", found.rate(), 0.3, 1},
		{"H in vain", m.repeats.rate(), 0, 0.02},
		{"H finds 20 copies", m.copied[20].rate(), 0.9, 1},
		{"a repeated amount in vain", m.same.rate(), 0, 0.002},
		{"another unit of measure in vain", m.otherUnit.rate(), 0, 0.001},
		{"G2 in vain", m.fourth.rate(), 0, 0.03},
		{"J in vain", m.smooth.rate(), 0, 0.005},
		{"J finds made-up series", m.constant[1].rate(), 0.9, 1},
		{"questions in a quarter", m.perQuarter, 0.5, 10},
	} {
		if bound.rate < bound.low || bound.rate > bound.high {
			t.Errorf("%s: %.4f, want %.4f to %.4f", bound.what, bound.rate, bound.low, bound.high)
		}
	}
	dice := rand.New(rand.NewPCG(simulationSeed, 1))
	if r := digitsRounded(dice, 148, 0, 2000).rate(); r > 0.003 {
		t.Errorf("I asks in vain at %.4f", r)
	}
	if r := digitsRounded(dice, 148, 0.2, 300).rate(); r < 0.75 {
		t.Errorf("I finds 20 %% rounded values at %.2f", r)
	}
	if r := completionsMoved(dice, 8, 0, 2000).rate(); r > 0.003 {
		t.Errorf("K asks in vain at %.4f", r)
	}
	if r := completionsMoved(dice, 20, 0.7, 300).rate(); r < 0.8 {
		t.Errorf("K finds bunching at %.2f", r)
	}
	if r := eventsSmooth(dice, 12, 4000).rate(); r > 0.004 {
		t.Errorf("J asks in vain at %.4f", r)
	}
}

func simulatedAlone(t *testing.T, times int) {
	dice := rand.New(rand.NewPCG(simulationSeed, 1))
	for _, n := range []int{74, 148, 370} {
		t.Logf("I, %d values: in vain %.4f, 20 %% rounded %.2f, 40 %% rounded %.2f", n,
			digitsRounded(dice, n, 0, times).rate(), digitsRounded(dice, n, 0.2, times).rate(), digitsRounded(dice, n, 0.4, times).rate())
	}
	for _, quarters := range []int{4, 8, 20} {
		t.Logf("K, %d quarters: in vain %.4f, half moved %.2f, seven of ten moved %.2f", quarters,
			completionsMoved(dice, quarters, 0, times).rate(), completionsMoved(dice, quarters, 0.5, times).rate(), completionsMoved(dice, quarters, 0.7, times).rate())
	}
	for _, quarters := range []int{8, 12, 20} {
		t.Logf("J, %d quarters of independent events: in vain %.4f", quarters, eventsSmooth(dice, quarters, times).rate())
	}
}

func (m *measured) String() string {
	text := "kind | E 4.5 in vain | E 6 in vain | doubled found at 4.5 | at 6\n"
	for k, n := range natures() {
		text += fmt.Sprintf("%s | %.2f %% | %.2f %% | %.2f | %.2f\n", n.name,
			100*m.confirm[k].rate(), 100*m.explain[k].rate(), m.found[k].rate(), m.pressed[k].rate())
	}
	text += fmt.Sprintf("another unit of measure in vain %.4f %%\n", 100*m.otherUnit.rate())
	text += fmt.Sprintf("H in vain %.4f; copies found: 5 %.2f, 10 %.2f, 20 %.2f\n", m.repeats.rate(), m.copied[5].rate(), m.copied[10].rate(), m.copied[20].rate())
	text += fmt.Sprintf("H0 in vain %.4f %%\n", 100*m.same.rate())
	text += fmt.Sprintf("G2 in vain %.4f; Q4 x 1.3 found %.2f\n", m.fourth.rate(), m.heavy.rate())
	text += fmt.Sprintf("J in vain %.5f; constant ±3 %% found: around 60 %.2f, around 600 %.2f\n", m.smooth.rate(), m.constant[1].rate(), m.constant[2].rate())
	text += fmt.Sprintf("questions of a quarter in vain %.1f of %d cells\n", m.perQuarter, simulatedUnits*itemsOfKind*len(natures()))
	return text
}
