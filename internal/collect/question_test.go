package collect_test

import (
	"slices"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// What breaks a rule of level error is taken and noted; what only needs a note is not the gate's affair. The rule looks at what the
// unit said before, in the log and in what waits, and a part that was not reported yet breaks nothing.
func TestBrokenRulesAreNoted(t *testing.T) {
	f := newFixture(t)
	edition := city()
	edition.Rules = []assess.Rule{
		{ID: "V1", Level: "error", Expr: "unions <= members", Items: []assess.Code{"unions", "members"}, Name: assess.Text{EN: "Unions cannot exceed members"}},
		{ID: "V2", Level: "warn", Expr: "unions <= 1"},
		{ID: "V3", Level: "error", Expr: "unions >= prev_year_end(unions)", Items: []assess.Code{"unions"}},
	}
	f.Gate = collect.New(collect.Config{Store: f.log, Editions: year{edition}, Log: nothing})
	notes := func(rows string, authority collect.Authority) (all []string) {
		report := f.take(rows, collect.Options{Authority: authority}, inTime)
		for _, n := range report.Notes {
			if n.Key == "problem.rule_question" {
				all = append(all, n.Args["rule"]+" "+n.Args["unit"]+" "+n.Args["items"]+" "+n.Args["claim"])
			}
		}
		if report.Refused != 0 {
			t.Errorf("%d rows are refused", report.Refused)
		}
		return all
	}
	for _, c := range []struct {
		name, rows string
		authority  collect.Authority
		want       []string
	}{
		{"half a report", "210102,2026Q1,unions,9,,,,\n", collect.Submit, nil},
		{"the other half, against what waits", "210102,2026Q1,members,5,,,,\n", collect.Submit, []string{"V1 210102 unions, members 9 <= 5"}},
		{"the same again", "210102,2026Q1,members,5,,,,\n", collect.Submit, nil},
		{"put right", "210102,2026Q1,members,90,,,,\n", collect.Submit, nil},
		{"another unit is another report", "210103,2025Q4,unions,7,,,,\n210103,2026Q1,unions,6,,,,\n", collect.Adopt, []string{"V3 210103 unions 6 >= 7"}},
	} {
		if got := notes(c.rows, c.authority); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if len(f.log.observations) != 2 {
		t.Errorf("%d observations, want both of the adopted rows", len(f.log.observations))
	}
}

// Rules that cannot be computed stop no figure.
func TestRulesThatCannotBeComputedStopNothing(t *testing.T) {
	f := newFixture(t)
	edition := city()
	edition.Rules = []assess.Rule{{ID: "V1", Level: "error", Expr: "unions ** 2 < 1"}}
	f.Gate = collect.New(collect.Config{Store: f.log, Editions: year{edition}, Log: nothing})
	if r := f.take("210102,2026Q1,unions,9,,,,\n", collect.Options{Authority: collect.Adopt}, inTime); r.New != 1 || len(r.Notes) != 0 {
		t.Errorf("%s, notes %v", counts(r), r.Notes)
	}
}
