package score_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// TestFiguresOfAPeriod: which figures stand for a period, by accumulation and frequency of the item.
func TestFiguresOfAPeriod(t *testing.T) {
	filed := map[assess.Period]string{q1: "10", q2: "20.5", q3: "30", q4: "40", year: ""}
	for _, c := range []struct {
		name   string
		acc    assess.Accumulation
		freq   assess.Frequency
		filed  map[assess.Period]string
		period assess.Period
		want   string
		from   []assess.Period
	}{
		{"a quarter's own figure", assess.YTD, assess.Quarterly, filed, q2, "20.5", []assess.Period{q2}},
		{"a year's stock is the fourth quarter's", assess.Stock, assess.Quarterly, filed, year, "40", []assess.Period{q4}},
		{"a year's cumulative value is the fourth quarter's", assess.YTD, assess.Quarterly, filed, year, "40", []assess.Period{q4}},
		{"a year's flow is the sum of its quarters", assess.Flow, assess.Quarterly, filed, year, "100.5", []assess.Period{q1, q2, q3, q4}},
		{"a flow with a quarter missing is not reported", assess.Flow, assess.Quarterly, map[assess.Period]string{q1: "1", q2: "2", q4: "4"}, year, "", []assess.Period{q1, q2, q3, q4}},
		{"earlier quarters do not stand in", assess.YTD, assess.Quarterly, map[assess.Period]string{q1: "1", q2: "2", q3: "3"}, year, "", []assess.Period{q4}},
		{"last quarter is never carried forward", assess.Stock, assess.Quarterly, map[assess.Period]string{q1: "1"}, q2, "", []assess.Period{q2}},
		{"an annual figure stands for every quarter", assess.Stock, assess.Annual, map[assess.Period]string{year: "7"}, q2, "7", []assess.Period{year}},
		{"an annual figure stands for the year", assess.None, assess.Annual, map[assess.Period]string{year: "7"}, year, "7", []assess.Period{year}},
		{"a figure filed under the year itself", assess.YTD, assess.Quarterly, map[assess.Period]string{q4: "4", year: "9"}, year, "9", []assess.Period{year}},
		{"without a frequency the year stands in", assess.None, "", map[assess.Period]string{year: "9"}, q3, "9", []assess.Period{year}},
		{"binary noise does not show in sums", assess.Flow, assess.Quarterly, map[assess.Period]string{q1: "0.1", q2: "0.2", q3: "0", q4: "0"}, year, "0.3", []assess.Period{q1, q2, q3, q4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := direct("x", "100")
			n.Indicator.Value.Item = "item"
			f := official(n)
			p := score.NewPanel(units(1), []assess.Item{{Code: "item", Type: assess.Count, Accumulation: c.acc, Frequency: c.freq}}, []assess.Period{q1, q2, q3, q4, year})
			for period, v := range c.filed {
				if v != "" {
					put(t, p, "u1", period, "item", v)
				}
			}
			got := compute(t, f, p, c.period).Cards[0].Node("x")
			text := ""
			if got.Value != nil {
				text = decimalText(*got.Value)
			}
			if text != c.want || (got.State == assess.Scored) != (c.want != "") {
				t.Errorf("value %q (%s), want %q", text, got.State, c.want)
			}
			var from []assess.Period
			for _, in := range got.Why.Inputs {
				from = append(from, in.From)
			}
			if diff := cmp.Diff(c.from, from, cmp.Comparer(func(a, b assess.Period) bool { return a == b })); diff != "" {
				t.Errorf("filed under (-want +got):\n%s", diff)
			}
		})
	}
}

// TestComputedItems: hardship_in_year = hardship_opening + hardship_added_ytd, an annual figure and a cumulative one; the rate is
// 100 × 30 ÷ (50 + 10) = 50, of the 60 % due 83.3333.
func TestComputedItems(t *testing.T) {
	n := fullYear(ratio("100", 1, 30, 60, 85, 100), 100)
	n.Indicator.Value = assess.Formula{Numerator: "assisted", Denominator: "in_year", Scale: 100}
	f := official(n)
	items := []assess.Item{
		{Code: "assisted", Frequency: assess.Quarterly, Accumulation: assess.YTD},
		{Code: "opening", Frequency: assess.Annual},
		{Code: "added", Frequency: assess.Quarterly, Accumulation: assess.YTD},
		{Code: "in_year", Frequency: assess.Quarterly, Accumulation: assess.YTD, Formula: "opening + added"},
	}
	p := score.NewPanel(units(2), items, []assess.Period{q1, q2})
	for _, u := range []assess.UnitCode{"u1", "u2"} {
		put(t, p, u, year, "opening", "50")
		put(t, p, u, q2, "assisted", "30")
	}
	put(t, p, "u1", q2, "added", "10")
	s := compute(t, f, p, q2)
	got := s.Cards[0].Node("x")
	if *got.Value != 50 || got.Score != 83.3333 {
		t.Errorf("value %v, score %v; want 50, 83.3333", *got.Value, got.Score)
	}
	if want := "100 × 30 ÷ 60 = 50; 100 × min(50 ÷ (100 × 60%), 1)"; got.Why.Formula != want {
		t.Errorf("formula %q, want %q", got.Why.Formula, want)
	}
	if s.Cards[1].Node("x").State != assess.NotReported {
		t.Errorf("with an operand missing: %s, want not reported", s.Cards[1].Node("x").State)
	}
}

func TestExpressions(t *testing.T) {
	for source, want := range map[string]string{
		"(a + b) / 2":            "4",   // (6 + 2)/2
		"max(a, b) - abs(b - a)": "2",   // 6 − 4
		"a > b ? 1.5 : 0":        "1.5", // 6 > 2
		"100 * b / a":            "33.333333333",
		"a / (b - 2)":            "", // division by zero
	} {
		n := direct("x", "100")
		n.Indicator.Value = assess.Formula{Expr: source}
		f := official(n)
		p := panel(t, units(1), f)
		put(t, p, "u1", q1, "a", "6")
		put(t, p, "u1", q1, "b", "2")
		got := compute(t, f, p, q1).Cards[0].Node("x")
		text := ""
		if got.Value != nil {
			text = decimalText(assess.Snap(*got.Value))
		}
		if text != want {
			t.Errorf("%s = %q (%s), want %q", source, text, got.State, want)
		}
	}
}

func TestFormulaCycle(t *testing.T) {
	f := official(direct("a", "100"))
	items := []assess.Item{{Code: "a", Formula: "b + 1"}, {Code: "b", Formula: "c * 2"}, {Code: "c", Formula: "a"}}
	_, err := score.Compute(f, score.NewPanel(units(1), items, []assess.Period{q1}), q1, score.Options{})
	wantProblem(t, err, "problem.formula_cycle")
	items[2].Formula = "d"
	_, err = score.Compute(f, score.NewPanel(units(1), items, []assess.Period{q1}), q1, score.Options{})
	wantProblem(t, err, "problem.formula_item")
}

// TestTargets: the unit's own target before that of all, the quarter's own (not phased) before the year's, the table before the
// framework's 400.
func TestTargets(t *testing.T) {
	type entry struct {
		unit   assess.UnitCode
		period assess.Period
		value  string
	}
	for _, c := range []struct {
		name    string
		targets []entry
		want    float64 // target to date in the second quarter, half of a year's
	}{
		{"the framework's", nil, 200},
		{"of all units", []entry{{"*", year, "300"}}, 150},
		{"of the unit", []entry{{"*", year, "300"}, {"u1", year, "100"}}, 50},
		{"of the unit and quarter", []entry{{"u1", year, "100"}, {"u1", q2, "80"}}, 80},
		{"of another unit", []entry{{"u2", year, "100"}}, 200},
		{"of another year", []entry{{"u1", assess.NewYear(2025), "100"}}, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := official(fullYear(ratio("100", 1, 25, 50, 75, 100), 400))
			p := panel(t, units(2), f)
			for _, e := range c.targets {
				target(t, p, e.unit, e.period, "x", e.value)
			}
			put(t, p, "u1", q2, "x", "10")
			if got := compute(t, f, p, q2).Cards[0].Node("x").Why; *got.TargetToDate != c.want {
				t.Errorf("target to date %v, want %v", *got.TargetToDate, c.want)
			}
		})
	}
}

// TestYearIsNotTheMeanOfQuarters: the year's score is the fourth quarter's cumulative value over the whole target, 360/400 = 90.
func TestYearIsNotTheMeanOfQuarters(t *testing.T) {
	f := official(fullYear(ratio("100", 1, 25, 50, 75, 100), 400))
	p := panel(t, units(1), f)
	for period, v := range map[assess.Period]string{q1: "100", q2: "200", q3: "300", q4: "360"} {
		put(t, p, "u1", period, "x", v)
	}
	if got := compute(t, f, p, year).Cards[0].Total; got != 90 {
		t.Errorf("year %v, want 90", got)
	}
	all, err := score.Series(f, p, []assess.Period{q1, q2, year}, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{100, 100, 90} {
		if got := all[i].Cards[0].Total; got != want {
			t.Errorf("%s: %v, want %v", all[i].Period, got, want)
		}
	}
}

// TestRatiosWithoutNoise: 100 × 7 ÷ 100 is 7; in binary 7 ÷ 100 × 100 is 7.000000000000001.
func TestRatiosWithoutNoise(t *testing.T) {
	n := direct("x", "100")
	n.Indicator.Value = assess.Formula{Numerator: "num", Denominator: "den", Scale: 100}
	f := official(n)
	p := panel(t, units(1), f)
	put(t, p, "u1", q1, "num", "7")
	put(t, p, "u1", q1, "den", "100")
	if got := *compute(t, f, p, q1).Cards[0].Node("x").Value; got != 7 {
		t.Errorf("value %v, want 7", got)
	}
}

// TestLevelsAreNoNumbers: a level cannot be reckoned with, so the value is as undefined as after a division by zero.
func TestLevelsAreNoNumbers(t *testing.T) {
	for _, formula := range []assess.Formula{{Expr: "grade + 1"}, {Numerator: "grade", Denominator: "den"}} {
		n := direct("x", "100")
		n.Indicator.Value = formula
		f := official(n)
		p := score.NewPanel(units(1), []assess.Item{{Code: "grade", Levels: []assess.Code{"good"}}, {Code: "den"}}, []assess.Period{q1})
		put(t, p, "u1", q1, "grade", "good")
		put(t, p, "u1", q1, "den", "4")
		if got := compute(t, f, p, q1).Cards[0].Node("x"); got.State != assess.NotApplicable {
			t.Errorf("%+v of a level is %s, want not applicable", formula, got.State)
		}
	}
}
