package quality

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

func honest(t testing.TB) *city {
	return drawCity(t, rand.New(rand.NewPCG(simulationSeed, 7)), 12)
}

// A district that reports ten times an amount is asked to explain, and told what was to be expected.
func TestAskExplains(t *testing.T) {
	c := honest(t)
	code := assess.Code("kind3_item0")
	before, _ := strconv.ParseFloat(c.Figures["u03"][Cell{c.Period, code}].Value, 64)
	c.change("u03", c.Period, code, func(_ nature, x float64) float64 { return 10 * x })
	i := slices.IndexFunc(c.checks.Ask(&c.Panel), func(f Finding) bool { return f.Unit == "u03" && f.Items != nil && f.Items[0] == code })
	if i < 0 {
		t.Fatal("nobody asks")
	}
	f := c.checks.Ask(&c.Panel)[i]
	usual, err := strconv.ParseFloat(f.Args["usual"], 64)
	if f.Level != Ask || f.Key != "question.explain" || err != nil || usual < before/2 || usual > 2*before {
		t.Errorf("%s %s: %s; it was %g", f.Level, f.Key, f.Message, before)
	}
	if !strings.Contains(f.Message, f.Args["usual"]) {
		t.Errorf("%q does not say %s", f.Message, f.Args["usual"])
	}
}

// One person more in a stock that never moves is far out in deviations and still no question; six in a hundred are.
func TestAskLeavesTriflesAlone(t *testing.T) {
	for _, c := range []struct {
		kind            assess.ValueType
		value, expected float64
		want            bool
	}{
		{assess.Count, 179, 178, false},
		{assess.Count, 105, 100, true},
		{assess.Money, 95, 100, true},
		{assess.Money, 104.9, 100, false},
		{assess.Percent, 100, 99.1, false},
		{assess.Percent, 99, 100, true},
	} {
		if got := matters(c.kind, c.value, c.expected); got != c.want {
			t.Errorf("%s %g where %g was to be expected: %t", c.kind, c.value, c.expected, got)
		}
	}
	e := small(assess.Rule{})
	p := &Panel{Period: q2, Figures: map[assess.UnitCode]Figures{}}
	for i := range 5 {
		unit := assess.UnitCode(strconv.Itoa(i))
		p.Units, p.Figures[unit] = append(p.Units, unit), Figures{}
		for _, at := range p.periods(12) {
			p.Figures[unit][Cell{at, "members"}] = Figure{assess.Reported, strconv.Itoa(178 + 20*i)}
		}
	}
	checks, err := New(e)
	if err != nil {
		t.Fatal(err)
	}
	p.Figures["0"][Cell{q2, "members"}] = Figure{assess.Reported, "179"}
	if got := checks.outliers(p); len(got) != 0 {
		t.Errorf("179 for 178: %v", said(got))
	}
	p.Figures["0"][Cell{q2, "members"}] = Figure{assess.Reported, "190"}
	if got := checks.outliers(p); len(got) != 1 || got[0].Args["usual"] != "178" {
		t.Errorf("190 for 178: %v", said(got))
	}
}

// Of a year-to-date figure what the quarter added is looked at: 1, 3, 6 are flows of 1, 2, 3.
func TestFlowsOfYearToDate(t *testing.T) {
	e := small(assess.Rule{})
	p := &Panel{Period: q2.Next(), Units: []assess.UnitCode{"u"}, Figures: map[assess.UnitCode]Figures{
		"u": given(t, "2025Q4 cases_ytd 90, 2026Q1 cases_ytd 1, 2026Q2 cases_ytd 3, 2026Q3 cases_ytd 6"),
	}}
	got := p.flows(&e.Items[2], p.periods(4)).points[0]
	want := []point{{}, at(1), at(2), at(3)} // of 2025Q4 the third quarter is unknown
	got[0].value = 0
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// The order of the units changes no question.
func TestAskForgetsTheOrderOfUnits(t *testing.T) {
	c := honest(t)
	c.change("u05", c.Period, "kind2_item1", func(_ nature, x float64) float64 { return 4 * x })
	first := c.checks.Ask(&c.Panel)
	slices.Reverse(c.Units)
	second := c.checks.Ask(&c.Panel)
	Sort(first)
	Sort(second)
	if a, b := strings.Join(said(first), "\n"), strings.Join(said(second), "\n"); a != b || len(first) == 0 {
		t.Errorf("in order:\n%s\nreversed:\n%s", a, b)
	}
}

func TestAskAboutCompletions(t *testing.T) {
	c := honest(t)
	for i, x := range []float64{100, 100.1, 100.2, 101, 101.1, 101.9, 101.99, 100.5, 100.6, 100.7} {
		c.Completions = append(c.Completions, Completion{c.Units[i], c.Period.Add(-i % 4), "i", x, 0})
	}
	c.Completions = append(c.Completions, Completion{"u00", c.Period, "j", 400, 151}, Completion{"u01", c.Period, "j", 400, 150}, Completion{"u01", c.Period.Prev(), "j", 900, 900})
	var got []string
	for _, f := range c.checks.Ask(&c.Panel) {
		if f.Check == OverTarget || f.Check == BunchedAbove {
			got = append(got, string(f.Check)+" "+string(f.Unit)+" "+string(f.Items[0]))
		}
	}
	if want := []string{"over_target u00 j", "K  i"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// An amount to the cent as in the quarter before is asked about where such amounts never repeat.
func TestAskAboutARepeatedAmount(t *testing.T) {
	c := honest(t)
	for _, code := range []assess.Code{"kind4_item2", "kind0_item2"} { // of a count nobody wonders
		c.Figures["u08"][Cell{c.Period, code}] = c.Figures["u08"][Cell{c.Period.Prev(), code}]
	}
	var got []assess.Code
	for _, f := range c.checks.Ask(&c.Panel) {
		if f.Check == SameAmount {
			got = append(got, f.Items...)
		}
	}
	if !slices.Equal(got, []assess.Code{"kind4_item2"}) {
		t.Errorf("asked about %v", got)
	}
}

func TestBudget(t *testing.T) {
	c := honest(t)
	b := c.checks.BudgetOf(&c.Panel, []Finding{{Level: Ask}, {Level: Error}, {Level: Ask}})
	if b.Cells != 546 || b.Asked != 2 || b.Expected < 5.45 || b.Expected > 5.47 {
		t.Errorf("%+v, want 13 × 42 cells, 5.46 expected, 2 asked", b)
	}
}

// Up to six deviations a district is asked to confirm, beyond to explain.
func TestTiers(t *testing.T) {
	for strength, want := range map[float64]string{4.6: "question.confirm", 6: "question.confirm", 6.1: "question.explain"} {
		f := Finding{Strength: strength}
		if got := f.outlying(series{kind: assess.Count, item: &assess.Item{}}, 7, 3).Key; got != want {
			t.Errorf("%g deviations: %s, want %s", strength, got, want)
		}
	}
}

// A rate is asked about only where its parts are not: of 200 women among 100 members one question is enough.
func TestARateIsAskedAboutOnce(t *testing.T) {
	checks, err := New(shared())
	if err != nil {
		t.Fatal(err)
	}
	p := &Panel{Period: q2, Figures: map[assess.UnitCode]Figures{}}
	for i := range 5 {
		unit := assess.UnitCode(strconv.Itoa(i))
		p.Units, p.Figures[unit] = append(p.Units, unit), Figures{}
		for n, at := range p.periods(12) {
			wave := (n*n + 3*i*n) % 7
			p.Figures[unit][Cell{at, "members"}] = Figure{assess.Reported, strconv.Itoa(1000 + 10*wave)}
			p.Figures[unit][Cell{at, "women"}] = Figure{assess.Reported, strconv.Itoa(400 + 5*wave)}
		}
	}
	p.Figures["2"][Cell{q2, "women"}] = Figure{assess.Reported, "900"}
	got := said(checks.outliers(p))
	if len(got) != 1 || !strings.Contains(got[0], "[women]") {
		t.Errorf("%q, want one question, about women", got)
	}
}

// Round figures, smooth series and heavy fourth quarters are asked about at the end of a year only.
func TestYearlyQuestions(t *testing.T) {
	c := honest(t)
	for n, at := range c.periods(12) {
		for i := range itemsOfKind { // a constant within three percent
			c.Figures["u04"][Cell{at, assess.Code("kind1_item" + strconv.Itoa(i))}] = Figure{assess.Reported, strconv.Itoa(59 + (n+i)%3)}
		}
	}
	yearly := func() (n int) {
		for _, f := range c.checks.Ask(&c.Panel) {
			if f.Check == TooSmooth && f.Unit == "u04" {
				n++
			}
		}
		return n
	}
	if got := yearly(); got != itemsOfKind {
		t.Errorf("%d smooth series at the end of the year, want %d", got, itemsOfKind)
	}
	c.Period = c.Period.Prev()
	if got := yearly(); got != 0 {
		t.Errorf("%d smooth series in the third quarter", got)
	}
}

// A figure that stands still counts once among the last digits: 18 counts, of which each repeats itself, are 18 values.
func TestDigitsCountAStandingFigureOnce(t *testing.T) {
	e := &assess.Edition{}
	unit := Figures{}
	p := &Panel{Period: assess.MustPeriod("2026Q4"), Units: []assess.UnitCode{"u"}, Figures: map[assess.UnitCode]Figures{"u": unit}}
	for i := range 18 {
		code := assess.Code("item" + strconv.Itoa(i))
		e.Items = append(e.Items, assess.Item{Code: code, Type: assess.Count, Accumulation: assess.Stock, Frequency: assess.Quarterly, Origin: assess.FromDistrict})
		for n, at := range p.periods(4) {
			unit[Cell{at, code}] = Figure{assess.Reported, strconv.Itoa(100 + 5*i + 5*n)}
		}
	}
	checks, err := New(e)
	if err != nil {
		t.Fatal(err)
	}
	if got := checks.digits(p); len(got) != 1 || got[0].Args["all"] != "72" || got[0].Args["count"] != "72" {
		t.Errorf("72 round figures: %v", said(got))
	}
	for i := range 18 {
		for _, at := range p.periods(4) {
			unit[Cell{at, assess.Code("item" + strconv.Itoa(i))}] = Figure{assess.Reported, strconv.Itoa(100 + 5*i)}
		}
	}
	if got := checks.digits(p); len(got) != 0 {
		t.Errorf("18 round figures that stand still: %v", said(got))
	}
}

// Two quarters without any money are no repeated amount.
func TestNothingTwiceIsNoRepetition(t *testing.T) {
	c := honest(t)
	for _, at := range []assess.Period{c.Period, c.Period.Prev()} {
		c.Figures["u08"][Cell{at, "kind4_item2"}] = Figure{assess.ZeroReport, "0"}
	}
	if _, is := asked(c.checks.Ask(&c.Panel), SameAmount, "u08", ""); is {
		t.Error("nothing twice is asked about")
	}
}

// A number whose exponent would fill the memory is no number.
func TestNumbersFromOutside(t *testing.T) {
	for text, want := range map[string]bool{"12.50": true, "-3": true, "1e5": true, "1e50": false, "1e999999999": false, "1e-50": false, "NaN": false, "": false, "x": false} {
		if _, ok := parse(text); ok != want {
			t.Errorf("parse(%q) says %t", text, ok)
		}
	}
}
