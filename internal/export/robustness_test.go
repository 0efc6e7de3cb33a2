package export_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

func robustness() *analysis.Robustness {
	return &analysis.Robustness{
		Code: "f", Period: assess.MustPeriod("2026Q1"), Options: analysis.Default(),
		Units: []analysis.Interval{
			{Unit: "u1", Rank: 2, Mean: 1.785, Median: 2, P05: 1, P95: 2.05}, {Unit: "=u2"}, {Unit: "u3", Rank: 1, Mean: 1.215, Median: 1, P05: 1, P95: 2},
		},
		Bands: []analysis.Band{{From: 1, To: 2, Units: []assess.UnitCode{"u3", "u1"}}},
	}
}

func TestRobustnessCSV(t *testing.T) {
	var b strings.Builder
	if err := export.RobustnessCSV(&b, []*analysis.Robustness{robustness()}); err != nil {
		t.Fatal(err)
	}
	want := "period,framework,unit,rank,rank_mean,rank_median,rank_p05,rank_p95\n" +
		"2026Q1,f,u1,2,1.785,2,1,2.05\n2026Q1,f,\"\u00a0=u2\",,,,,\n2026Q1,f,u3,1,1.215,1,1,2\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRobustnessJSON(t *testing.T) {
	var b strings.Builder
	if err := export.RobustnessJSON(&b, []*analysis.Robustness{robustness()}); err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	if err := json.Unmarshal([]byte(b.String()), &rows); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"period": "2026Q1", "framework": "f", "unit": "u1", "rank": 2.0, "rank_mean": 1.785, "rank_median": 2.0, "rank_p05": 1.0, "rank_p95": 2.05},
		{"period": "2026Q1", "framework": "f", "unit": "=u2"},
		{"period": "2026Q1", "framework": "f", "unit": "u3", "rank": 1.0, "rank_mean": 1.215, "rank_median": 1.0, "rank_p05": 1.0, "rank_p95": 2.0},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	b.Reset()
	if err := export.RobustnessJSON(&b, nil); err != nil || b.String() != "[]\n" {
		t.Errorf("nothing is written as %q, %v", b.String(), err)
	}
}

func TestRobustnessTable(t *testing.T) {
	var b strings.Builder
	if err := export.RobustnessTable(&b, robustness(), func(code string) string { return strings.ToUpper(code) }); err != nil {
		t.Fatal(err)
	}
	want := "F  2026Q1  (1000 draws, weights ±25 %, seed 1)\n" +
		"unit  rank  mean  median  5 %  95 %\n" +
		"U3       1  1.22     1.0  1.0   2.0\n" +
		"U1       2  1.79     2.0  1.0   2.1\n" +
		"=U2                                \n" +
		"Places 1 to 2 cannot be told apart: U3, U1\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
