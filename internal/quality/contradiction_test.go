package quality

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// shared is an edition without rules in which women are a share of members, bounded at 100.
func shared() *assess.Edition {
	e := small(assess.Rule{})
	hundred := decimal.NewFromInt(100)
	leaf := &assess.Node{Code: "women_rate", Indicator: &assess.Indicator{
		Value: assess.Formula{Numerator: "women", Denominator: "members", Scale: 100}, Hard: assess.Range{High: &hundred},
	}}
	e.Frameworks = []assess.Framework{{Code: "f", Root: &assess.Node{Code: "f", Children: []*assess.Node{leaf}}}}
	return e
}

func said(findings []Finding) (lines []string) {
	for _, f := range findings {
		lines = append(lines, fmt.Sprintf("%s %s %v: %s", f.Level, f.Check, f.Items, f.Message))
	}
	return lines
}

func TestContradictions(t *testing.T) {
	steady := "2025Q1 fund 1000, 2025Q2 fund 1010, 2025Q3 fund 990, 2025Q4 fund 1000, 2026Q1 fund 1000, "
	for _, c := range []struct{ name, figures, want string }{
		{"a year-to-date figure falls", "2026Q1 cases_ytd 9, cases_ytd 8", "error falls [cases_ytd]: now 8; right would be at least 9"},
		{"the year begins anew", "2025Q4 cases_ytd 9, 2026Q1 cases_ytd 1, cases_ytd 1", ""},
		{"a share above 100 %", "members 10, women 11", "error over_whole [women members]: now 11; right would be at most 10"},
		{"a share of nothing", "members 0, women 0", ""},
		// The usual 1,000 times 10,000; the margin is 2 %: 10.2 times is asked about, 10.21 is not.
		{"yuan for ten-thousands", steady + "fund 10000000", "ask other_unit [fund]: 10000000 is 10000 times what is usual here (1000); please check the unit of measure"},
		{"a tenth", steady + "fund 100", "ask other_unit [fund]: 100 is 1/10 times what is usual here (1000); please check the unit of measure"},
		{"within the margin", steady + "fund 10200", "ask other_unit [fund]: 10200 is 10 times what is usual here (1000); please check the unit of measure"},
		{"beyond the margin", steady + "fund 10210", ""},
		{"too little past", "2026Q1 fund 1000, fund 10000", ""},
		// Half a year's 2,000 is 1,000 a quarter, as always; 20,000 is ten times that.
		{
			"a year-to-date figure by its pace",
			"2025Q1 talks_ytd 1000, 2025Q2 talks_ytd 2000, 2025Q3 talks_ytd 3000, 2025Q4 talks_ytd 4000, 2026Q1 talks_ytd 1000, talks_ytd 20000",
			"ask other_unit [talks_ytd]: 20000 is 10 times what is usual here (2000); please check the unit of measure",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			checks, err := New(shared())
			if err != nil {
				t.Fatal(err)
			}
			got := said(checks.Check(Report{Unit: "u", Period: q2, Figures: given(t, c.figures)}))
			var want []string
			if c.want != "" {
				want = []string{c.want}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// twoRules are the checks of an edition with a rule that warns and one that its items may not fall.
func twoRules(t *testing.T) *Checks {
	t.Helper()
	e := shared()
	e.Rules = []assess.Rule{
		{ID: "V1", Level: "warn", Expr: "women  <= members"},
		{ID: "V2", Level: "error", Expr: "monotonic_in_year(self)", Items: []assess.Code{"cases_ytd"}},
	}
	checks, err := New(e)
	if err != nil {
		t.Fatal(err)
	}
	return checks
}

// What a rule of the edition says already is not said twice, and the rule's level counts.
func TestARuleOfTheEditionComesFirst(t *testing.T) {
	checks := twoRules(t)
	got := said(checks.Check(Report{Unit: "u", Period: q2, Figures: given(t, "members 10, women 11, 2026Q1 cases_ytd 9, cases_ytd 8, 2026Q1 talks_ytd 2, talks_ytd 1")}))
	want := []string{
		"warn V1 []: now 11; right would be at most 10",
		"error V2 [cases_ytd]: now 8; right would be at least 9",
		"error falls [talks_ytd]: now 1; right would be at least 2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Who asks for contradictions alone is answered those of all findings that are of level error, in their order.
func TestContradictsIsCheckWithoutTheLighterLevels(t *testing.T) {
	checks := twoRules(t)
	report := Report{Unit: "u", Period: q2, Figures: given(t, "members 10, women 11, 2026Q1 cases_ytd 9, cases_ytd 8, 2026Q1 talks_ytd 2, talks_ytd 1,"+
		"2025Q1 fund 1000, 2025Q2 fund 1010, 2025Q3 fund 990, 2025Q4 fund 1000, 2026Q1 fund 1000, fund 100000")}
	want := checks.Check(report)
	all := len(want)
	want = slices.DeleteFunc(want, func(f Finding) bool { return f.Level != Error })
	if len(want) != 2 || all != 4 {
		t.Fatalf("tries too little: %v", said(checks.Check(report)))
	}
	if diff := cmp.Diff(said(want), said(checks.Contradicts(report))); diff != "" {
		t.Error(diff)
	}
}

func TestYearSums(t *testing.T) {
	q4 := assess.MustPeriod("2026Q4")
	for _, c := range []struct{ figures, want string }{
		// 1 + 2 + 3 + 4 = 10
		{"2026Q1 fund 1, 2026Q2 fund 2, 2026Q3 fund 3, 2026Q4 fund 4, 2026 fund 11", "error year_sum [fund]: now 11; right would be 10"},
		{"2026Q1 fund 1, 2026Q2 fund 2, 2026Q3 fund 3, 2026Q4 fund 4, 2026 fund 10", ""},
		{"2026Q1 fund 1, 2026Q2 fund 2, 2026Q4 fund 4, 2026 fund 10", ""},
		{"2026Q2 cases_ytd 9, 2026Q3 cases_ytd missing, 2026Q4 cases_ytd 8", "error falls [cases_ytd]: now 8; right would be at least 9"},
		{"2026Q4 cases_ytd 4, 2026 cases_ytd 5", "error year_sum [cases_ytd]: now 5; right would be 4"},
	} {
		checks, err := New(small(assess.Rule{}))
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		if c.want != "" {
			want = []string{c.want}
		}
		if diff := cmp.Diff(want, said(checks.Check(Report{Unit: "u", Period: q4, Figures: given(t, c.figures)}))); diff != "" {
			t.Errorf("%s: %s", c.figures, diff)
		}
	}
}

func TestChanges(t *testing.T) {
	day := time.Date(2026, 7, 9, 18, 0, 0, 0, time.UTC)
	late := Change{Unit: "u", Period: q2, Item: "fund", Before: Figure{assess.Reported, "1"}, After: Figure{assess.Reported, "2"}, At: day, Late: true}
	inTime, same, bare := late, late, late
	inTime.Late = false
	same.After = same.Before
	bare.Before, bare.Late, bare.NeedsEvidence = Figure{}, false, true
	want := []string{
		"warn late_change [fund]: changed from 1 to 2 on 2026-07-09, after the deadline",
		"warn no_evidence [fund]: 2 came without the evidence it needs; please attach it",
	}
	if diff := cmp.Diff(want, said(Changes([]Change{late, inTime, same, bare}))); diff != "" {
		t.Error(diff)
	}
}
