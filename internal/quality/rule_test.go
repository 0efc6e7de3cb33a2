package quality

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/testkit"
)

var q2 = assess.MustPeriod("2026Q2")

// small is an edition of a few items and one rule.
func small(rule assess.Rule) *assess.Edition {
	item := func(code assess.Code, kind assess.ValueType, a assess.Accumulation) assess.Item {
		return assess.Item{Code: code, Type: kind, Accumulation: a, Frequency: assess.Quarterly, Origin: assess.FromDistrict}
	}
	e := &assess.Edition{Items: []assess.Item{
		item("members", assess.Count, assess.Stock), item("women", assess.Count, assess.Stock),
		item("cases_ytd", assess.Count, assess.YTD), item("talks_ytd", assess.Count, assess.YTD),
		item("fund", assess.Money, assess.Flow), item("rate_a", assess.Percent, assess.Stock), item("rate_b", assess.Percent, assess.Stock),
		item("office", assess.Boolean, assess.Stock), item("party", assess.Rating, assess.None),
		{Code: "plan", Type: assess.Money, Frequency: assess.Annual, Origin: assess.FromDistrict},
		{Code: "both", Type: assess.Count, Origin: assess.Computed, Formula: "cases_ytd + talks_ytd"},
	}}
	e.Items[8].Levels = []assess.Code{"good", "poor"}
	if rule.Expr != "" {
		e.Rules = []assess.Rule{rule}
	}
	return e
}

// given reads "2026Q1 members 10, women 4"; a code without a period is of 2026Q2.
func given(t testing.TB, text string) Figures {
	t.Helper()
	figures := Figures{}
	for part := range strings.SplitSeq(text, ",") {
		words := strings.Fields(part)
		p := q2
		if len(words) == 3 {
			p, words = assess.MustPeriod(words[0]), words[1:]
		}
		if len(words) == 2 {
			state := assess.Reported
			if words[1] == "missing" {
				state, words[1] = assess.Missing, ""
			}
			figures[Cell{p, assess.Code(words[0])}] = Figure{state, words[1]}
		}
	}
	return figures
}

func findingsOf(t testing.TB, rule assess.Rule, figures Figures, registers Registers) []Finding {
	t.Helper()
	rule.ID, rule.Level = "V1", "error"
	checks, err := New(small(rule))
	if err != nil {
		t.Fatal(err)
	}
	var found []Finding
	for _, f := range checks.Check(Report{Unit: "u", Period: q2, Figures: figures, Registers: registers}) {
		if f.Check == "V1" {
			found = append(found, f)
		}
	}
	return found
}

type visits struct{}

func (visits) Sum(_ assess.UnitCode, _ assess.Period, register, field assess.Code) (decimal.Decimal, bool) {
	return decimal.NewFromInt(900), register == "stations" && field == "visits"
}

// Each case names what it shows; want is the message, "" where the rule holds or is skipped.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		name, expr, figures, want string
		items                     []assess.Code // of rules about self
	}{
		{"part above whole", "women <= members", "members 100, women 120", "now 120; right would be at most 100", nil},
		{"part at the whole", "women <= members", "members 100, women 100", "", nil},
		{"less than", "women < members", "members 100, women 100", "now 100; right would be less than 100", nil},
		{"at least", "women >= members / 2", "members 100, women 49", "now 49; right would be at least 50", nil},
		{"unreported operand", "women <= members", "women 120", "", nil},
		{"missing is not zero", "women <= members", "members missing, women 120", "", nil},
		{"zero report without a figure", "women > 0", "women 0", "now 0; right would be more than 0", nil},
		// 0.1 + 0.2 = 0.3 exactly, which doubles do not say.
		{"exact sums", "fund + 0.2 == 0.3", "fund 0.1", "", nil},
		{"a sum that does not reconcile", "cases_ytd + talks_ytd == members", "cases_ytd 3, talks_ytd 4, members 8", "now 7; right would be 8", nil},
		// 33.3 + 66.6 = 99.9 of two rounded parts: 0.5 × 2 × 0.1 = 0.1 may be missing.
		{"within rounding", "rate_a + rate_b == 100", "rate_a 33.3, rate_b 66.6", "", nil},
		{"beyond rounding", "rate_a + rate_b == 100", "rate_a 33.3, rate_b 66.5", "now 99.8; right would be 100", nil},
		// 600 ÷ 120 = 5, both ends are in.
		{"between, low end", "between(members / women, 5, 10)", "members 600, women 120", "", nil},
		{"between, below", "between(members / women, 5, 10)", "members 599, women 120", "now 4.9917; right would be 5 to 10", nil},
		{"division by zero is skipped", "between(members / women, 5, 10)", "members 600, women 0", "", nil},
		{"or guards", "women == 0 or members / women >= 5", "members 600, women 0", "", nil},
		{"or, second part fails", "women == 0 or members / women >= 5", "members 9, women 3", "now 3; right would be at least 5", nil},
		{"and, first part fails", "women <= members and cases_ytd <= members", "members 5, women 6, cases_ytd 1", "now 6; right would be at most 5", nil},
		{"not turns round", "not (women > members)", "members 5, women 6", "please look at it again, or explain", nil},
		{"a truth", "office == false or cases_ytd > 0", "office 1, cases_ytd 0", "now 0; right would be more than 0", nil},
		{"a level", `party != "poor"`, "party poor", "now poor; right would be anything else than poor", nil},
		{"in a list", `party in ["good"]`, "party poor", "please look at it again, or explain", nil},
		{"choice", "office ? cases_ytd > 0 : true", "office 0, cases_ytd 0", "", nil},
		{"computed item", "women <= both", "women 8, cases_ytd 3, talks_ytd 4", "now 8; right would be at most 7", nil},
		{"computed item without an operand", "women <= both", "women 8, cases_ytd 3", "", nil},
		{"annual item", "fund <= plan * 1.3", "2026 plan 100, fund 131", "now 131; right would be at most 130", nil},
		// |60 ÷ 100 − 1| = 0.4
		{"abs and change ratio", "abs(change_ratio(self)) <= 0.3", "2026Q1 members 100, members 60", "now 40%; right would be at most 30%", []assess.Code{"members"}},
		// 200.5 ÷ 100 − 1 = 1.005
		{"change ratio alone", "change_ratio(self) < 1", "2026Q1 fund 100, fund 200.5", "now 100.5%; right would be less than 100%", []assess.Code{"fund"}},
		{"change from nothing is skipped", "abs(change_ratio(self)) <= 0.3", "2026Q1 members 0, members 60", "", []assess.Code{"members"}},
		{"self without a figure is skipped", "self > 0", "2026Q1 members 100", "", []assess.Code{"members"}},
		{"year end before", "members == prev_year_end(women)", "2025Q4 women 12, members 13", "now 13; right would be 12", nil},
		{"year end before unknown", "members == prev_year_end(women)", "members 13", "", nil},
		{"falls in the year", "monotonic_in_year(self)", "2026Q1 cases_ytd 9, cases_ytd 8", "now 8; right would be at least 9", []assess.Code{"cases_ytd"}},
		{"stays in the year", "monotonic_in_year(self)", "2026Q1 cases_ytd 9, cases_ytd 9", "", []assess.Code{"cases_ytd"}},
		// Stock-flow: 100 + 7 − 4 = 103.
		{"previous", "members == previous(members) + cases_ytd - talks_ytd", "2026Q1 members 100, cases_ytd 7, talks_ytd 4, members 104", "now 104; right would be 103", nil},
		{"sum in year", "sum_in_year(fund) <= 10", "2026Q1 fund 4, fund 7", "now 11; right would be at most 10", nil},
		{"all zero", "not all_zero(ytd_items)", "cases_ytd 0, talks_ytd 0", "please look at it again, or explain", nil},
		{"not all zero", "not all_zero(ytd_items)", "cases_ytd 0, talks_ytd 1", "", nil},
		{"an empty set is skipped", "not all_zero(ytd_items)", "members 1", "", nil},
		// Both of two items stand still: 2 <= 0.8 × 2 does not hold.
		{"unchanged", "count_unchanged(ytd_items) <= 0.8 * count(ytd_items)", "2026Q1 cases_ytd 3, 2026Q1 talks_ytd 4, cases_ytd 3, talks_ytd 4", "now 2; right would be at most 1.6", nil},
		{"half unchanged", "count_unchanged(ytd_items) <= 0.8 * count(ytd_items)", "2026Q1 cases_ytd 3, 2026Q1 talks_ytd 4, cases_ytd 3, talks_ytd 5", "", nil},
		// 900 ÷ 2 = 450
		{"sum of a register", "sum_register(stations.visits) / members <= 400", "members 2", "now 450; right would be at most 400", nil},
		{"no such register is skipped", "sum_register(cadres.visits) / members <= 400", "members 2", "", nil},
		{"least and greatest", "max(women, members) - min(women, members) <= 2", "members 5, women 8", "now 3; right would be at most 2", nil},
		{"remainder", "members % 5 != 0", "members 10", "now 0; right would be anything else than 0", nil},
		{"negative", "-members < 0", "members 0", "now 0; right would be less than 0", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			rule := assess.Rule{Expr: c.expr, Items: c.items}
			got := ""
			for _, f := range findingsOf(t, rule, given(t, c.figures), visits{}) {
				got += f.Message
			}
			if got != c.want {
				t.Errorf("%s with %s: %q, want %q", c.expr, c.figures, got, c.want)
			}
		})
	}
}

func TestAFindingSaysWhatItLookedAt(t *testing.T) {
	rule := assess.Rule{Expr: "women <= members", Name: assess.Text{ZH: "不得大于"}, Items: []assess.Code{"women", "members"}}
	got := findingsOf(t, rule, given(t, "members 100, women 120"), nil)
	want := []Finding{{
		Check: "V1", Level: Error, Rule: assess.Text{ZH: "不得大于"}, Unit: "u", Period: q2, Items: []assess.Code{"women", "members"},
		Values: []Value{{"women", q2, "120"}, {"members", q2, "100"}},
		Key:    "question.at_most", Args: map[string]string{"left": "120", "right": "100", "compared": "women=120, members=100"},
		Message: "now 120; right would be at most 100", Claim: "120 <= 100",
	}}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b assess.Period) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if len(findingsOf(t, assess.Rule{Expr: "sum_register(stations.visits) < members"}, given(t, "members 1"), nil)) != 0 {
		t.Error("a rule about registers is not skipped where there are none")
	}
}

func shipped(t testing.TB) *assess.Edition {
	t.Helper()
	e := testkit.Shipped(t)
	return e
}

// All rules of the shipped catalogue are computed, each fails for some figures and holds for others: none is skipped for good.
func TestShippedRules(t *testing.T) {
	e := shipped(t)
	checks, err := New(e)
	if err != nil {
		t.Fatal(err)
	}
	if len(checks.rules) != 60 {
		t.Fatalf("%d rules, want 60", len(checks.rules))
	}
	fails, holds := map[Check]bool{}, map[Check]bool{}
	// 60 rules by few operands each: a handful of figures that are small or large in turn reaches every comparison.
	for seed := range 400 {
		figures := Figures{}
		x := uint64(seed + 1)
		for _, item := range e.Items {
			for _, p := range []assess.Period{q2.Year(), q2, q2.Prev(), assess.MustPeriod("2025Q4"), assess.MustPeriod("2025")} {
				x = x*6364136223846793005 + 1442695040888963407
				value := []string{"0", "1", "1", "40", "2000", "900000"}[x>>33%6]
				if item.Type == assess.Boolean {
					value = []string{"0", "1"}[x>>40%2]
				}
				if seed%9 == 0 {
					value = "0"
				}
				figures[Cell{p, item.Code}] = Figure{assess.Reported, value}
			}
		}
		report := Report{Unit: "u", Period: q2, Figures: figures, Registers: everywhere{}}
		for i := range checks.rules {
			r := &checks.rules[i]
			if len(checks.apply(r, &report)) > 0 {
				fails[Check(r.ID)] = true
			} else {
				holds[Check(r.ID)] = true
			}
		}
	}
	for _, r := range checks.rules {
		id := Check(r.ID)
		if !fails[id] {
			t.Errorf("%s never fails: %s", id, r.Expr)
		}
		if !holds[id] && !r.each {
			t.Errorf("%s never holds: %s", id, r.Expr)
		}
	}
}

type everywhere struct{}

func (everywhere) Sum(assess.UnitCode, assess.Period, assess.Code, assess.Code) (decimal.Decimal, bool) {
	return decimal.NewFromInt(100000), true
}

func TestExpressionsThatCannotBeComputed(t *testing.T) {
	for _, bad := range []string{"", "women <=", "nobody > 1", "lost(women) > 1", "between(women)", "previous(women + 1) > 0", "women ** 2 > 1", "count(members) > 1", "sum_register(women) > 1", `women matches "x"`, "members.women > 1"} {
		if _, err := New(small(assess.Rule{ID: "V1", Expr: bad + " "})); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	e := small(assess.Rule{})
	e.Items[10].Formula = "both + 1"
	e.Rules = []assess.Rule{{ID: "V1", Expr: "both > 1"}}
	if _, err := New(e); err == nil {
		t.Error("a formula that needs itself is taken")
	}
}

// The order in which figures were put makes no difference, and a larger whole never breaks "part <= whole".
func TestRuleLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		women := rapid.IntRange(0, 1000).Draw(t, "women")
		members := rapid.IntRange(0, 1000).Draw(t, "members")
		more := rapid.IntRange(0, 1000).Draw(t, "more")
		broken := func(women, members int) bool {
			figures := Figures{
				{q2, "women"}: {assess.Reported, decimal.NewFromInt(int64(women)).String()}, {q2, "members"}: {assess.Reported, decimal.NewFromInt(int64(members)).String()},
			}
			checks, err := New(small(assess.Rule{ID: "V1", Level: "error", Expr: "women <= members"}))
			if err != nil {
				t.Fatal(err)
			}
			return len(checks.Check(Report{Unit: "u", Period: q2, Figures: figures})) > 0
		}
		if broken(women, members) != (women > members) {
			t.Fatalf("%d <= %d is judged wrongly", women, members)
		}
		if !broken(women, members) && broken(women, members+more) {
			t.Fatal("a larger whole breaks the rule")
		}
	})
}

// Whatever an expression and a figure say, evaluation neither panics nor calls zero what is missing.
func FuzzRule(f *testing.F) {
	for _, seed := range []string{"women <= members", "between(members / women, 1, 2)", "not all_zero(ytd_items)", "abs(change_ratio(self)) <= 0.3", "women % members == 0", "a?b:c"} {
		f.Add(seed, "12.5")
	}
	f.Add("women * members > 1", "1e999999999")
	f.Fuzz(func(t *testing.T, source, value string) {
		if len(source) > 300 {
			t.Skip("longer than any rule")
		}
		checks, err := New(small(assess.Rule{ID: "V1", Level: "error", Expr: source, Items: []assess.Code{"women"}}))
		if err != nil {
			return
		}
		figures := Figures{}
		checks.Check(Report{Unit: "u", Period: q2, Figures: figures})
		for _, code := range []assess.Code{"women", "members", "cases_ytd", "party", "office"} {
			figures[Cell{q2, code}] = Figure{assess.Reported, value}
			figures[Cell{q2.Prev(), code}] = Figure{assess.Reported, "7"}
		}
		for _, finding := range checks.Check(Report{Unit: "u", Period: q2, Figures: figures}) {
			if finding.Message == "" || finding.Key == "" {
				t.Errorf("%q with %q: a finding without words", source, value)
			}
		}
	})
}
