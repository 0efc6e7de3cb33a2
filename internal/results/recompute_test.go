package results_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/testkit"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/score"
)

// programs are those of docs/examples/recompute. Each is one file that shares no code with the engine.
var programs = [...]string{"indicators", "totals", "standings"}

// build builds them into a folder of the test.
func build(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", dir, "./...")
	cmd.Dir = "../../docs/examples/recompute"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

// recompute answers what a program says of explanations, and whether every figure came out equal.
func recompute(t *testing.T, dir, program string, explanations []byte) (said string, equal bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, program))
	cmd.Stdin = bytes.NewReader(explanations)
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

func document(t *testing.T, s *results.Sheet) []byte {
	t.Helper()
	list, err := s.Explain("", "")
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if err := export.ExplanationsJSON(&body, list); err != nil {
		t.Fatal(err)
	}
	return body.Bytes()
}

func leaf(code assess.Code, weight string, m assess.Method) *assess.Node {
	return &assess.Node{Code: code, Name: assess.Text{ZH: string(code)}, Weight: decimal.RequireFromString(weight), Indicator: &assess.Indicator{
		Type: assess.Count, Direction: assess.Up, Frequency: assess.Quarterly, Accumulation: assess.YTD, Decimals: 1, Method: m,
	}}
}

func with(n *assess.Node, change func(*assess.Indicator)) *assess.Node {
	change(n.Indicator)
	return n
}

func heading(code assess.Code, weight string, children ...*assess.Node) *assess.Node {
	return &assess.Node{Code: code, Name: assess.Text{ZH: string(code)}, Weight: decimal.RequireFromString(weight), Children: children}
}

// everyMethod is a framework with every method of an official score, in awkward weights.
func everyMethod() *assess.Framework {
	limit := func(v float64) *float64 { return &v }
	down := func(i *assess.Indicator) { i.Direction = assess.Down }
	target := func(v float64) func(*assess.Indicator) {
		return func(i *assess.Indicator) { i.Target = &assess.TargetRule{Mode: "ratio", FullYear: &v} }
	}
	phasing := []float64{20, 45, 70, 100}
	return &assess.Framework{
		Code: "all", Edition: "1", Layer: assess.Official, Scale: 100, Decimals: 2, LeafDecimals: 4, Rounding: assess.HalfUp, Availability: 2.0 / 3, MinGroup: 4,
		Lights: assess.Lights{ProgressGreen: 1, ProgressYellow: 0.8, PointsGreen: 0.95, PointsYellow: 0.8},
		Grading: &assess.Grading{
			Grades:     []assess.Grade{{Code: "excellent", MinScore: 50}, {Code: "good", MinScore: 45}, {Code: "fail"}},
			QuotaShare: 3000, QuotaScope: "peer_group", QuotaLeast: 1, TieChain: []assess.Code{"own", "returns"}, VetoGrade: "fail",
		},
		Root: heading("all", "0",
			heading("own", "57.7",
				with(leaf("ratio", "9.1", assess.Method{Kind: assess.TargetRatio, Cap: 1.2, Phasing: phasing}), target(80)),
				with(with(leaf("ratio_down", "8.3", assess.Method{Kind: assess.TargetRatio, Cap: 1}), target(40)), down),
				with(with(leaf("centre", "7.7", assess.Method{Kind: assess.TargetRatio, Width: 30}), target(50)), func(i *assess.Indicator) { i.Direction = assess.Centre }),
				leaf("bands", "6.3", assess.Method{Kind: assess.Banded, Bands: []assess.Band{
					{Low: limit(60), LowExcluded: true, Share: 1}, {Low: limit(30), High: limit(60), Share: 0.7}, {High: limit(30), HighExcluded: true, Share: 0.1},
				}}),
				leaf("efficacy", "5.9", assess.Method{Kind: assess.Efficacy, Floor: 30, Satisfactory: 80, Base: 0.6, Phasing: phasing}),
				leaf("tiers", "5.3", assess.Method{Kind: assess.Tiered, Points: []assess.Point{{Value: 10, Share: 0.2}, {Value: 40, Share: 0.5}, {Value: 90, Share: 1}}}),
				with(leaf("posts", "4.9", assess.Method{Kind: assess.Goalposts, Low: 5, High: 75}), down),
				with(leaf("yes", "3.1", assess.Method{Kind: assess.YesNo}), func(i *assess.Indicator) { i.Core = true }),
				with(leaf("rate", "7.1", assess.Method{Kind: assess.Efficacy, Floor: 10, Satisfactory: 150, Base: 0.6}), func(i *assess.Indicator) {
					i.Value = assess.Formula{Numerator: "rate_n", Denominator: "rate_d", Scale: 100}
				}),
			),
			heading("others", "21.6",
				leaf("rank_share", "7.9", assess.Method{Kind: assess.Ranked, Scope: "peer_group", First: 1, Last: 0.6, Ties: assess.Average}),
				with(leaf("rank_step", "6.1", assess.Method{Kind: assess.Ranked, Scope: "all", Step: 0.9, Ties: assess.Average}), down),
				leaf("direct", "7.6", assess.Method{Kind: assess.Direct}),
			),
			heading("people", "20.7",
				leaf("ballots", "7.3", assess.Method{
					Kind: assess.Rated, ScaleMax: 100, TrimFrom: 5, Quorum: 2.0 / 3,
					Raters: []assess.RaterGroup{{Code: "leaders", Weight: 0.5, Issued: 7}, {Code: "members", Weight: 0.3, Issued: 3}, {Code: "guests", Weight: 0.2, Issued: 9}},
				}),
				leaf("level", "5.2", assess.Method{Kind: assess.Rated, Levels: map[assess.Code]float64{"good": 0.85, "fair": 0.6}}),
				leaf("cases", "4.1", assess.Method{Kind: assess.Deduction, PerCase: 0.03}),
				leaf("events", "4.1", assess.Method{Kind: assess.Deduction, Events: []assess.DeductionKind{{Code: "small", Each: 0.3, Cap: 1}, {Code: "grave", Each: 1.7}}}),
				with(leaf("award", "0", assess.Method{Kind: assess.Bonus, Cap: 3, Table: []assess.BonusLevel{{Level: "national", Points: 2}, {Level: "city", Points: 0.5}}}),
					func(i *assess.Indicator) { i.Frequency = assess.Annual }),
				with(leaf("veto", "0", assess.Method{Kind: assess.Veto}), func(i *assess.Indicator) { i.Frequency, i.Type = assess.Annual, assess.Boolean }),
			),
		),
	}
}

// everyMethodSheet scores the framework in a period for units whose figures go up and down in steps, with ties, gaps and missing ones.
func everyMethodSheet(t *testing.T, p assess.Period) *results.Sheet {
	t.Helper()
	f := everyMethod()
	items, err := score.Implied(f)
	if err != nil {
		t.Fatal(err)
	}
	roster := assess.Roster{City: assess.Unit{Code: "city", Name: assess.Text{ZH: "市"}}}
	for i := range 9 {
		group := assess.Code("g")
		if i >= 6 {
			group = "h" // three units: too few to be ranked
		}
		roster.Units = append(roster.Units, assess.Unit{Code: assess.UnitCode(fmt.Sprint("u", i)), Name: assess.Text{ZH: fmt.Sprint("区", i)}, Group: group})
	}
	panel := score.NewPanel(roster, items, append(p.Quarters(), p))
	put := func(i int, item assess.Code, part, ref, value string) {
		period, state := p.LastQuarter(), assess.Reported
		if item == "award" || item == "veto" {
			period = p.Year()
		}
		if value == "N/A" {
			value, state = "", assess.Exempt
		}
		if panel.Takes(period) {
			err := panel.Put(assess.Observation{
				Seq: 1, State: state, Value: value,
				CellKey: assess.CellKey{Unit: assess.UnitCode(fmt.Sprint("u", i)), Period: period, Item: item, Part: part, Ref: ref},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range roster.Units {
		for k, item := range items {
			switch x := (i*37 + k*23) % 97; {
			case item.Code == "rate" || item.Code == "ballots" || item.Code == "events" || item.Code == "award":
			case item.Code == "level":
				put(i, item.Code, "", "", []string{"good", "fair"}[i%2])
			case item.Code == "yes":
				put(i, item.Code, "", "", fmt.Sprint(max(0, i%4-2)))
			case item.Code == "veto": // the first of its group, and one below
				put(i, item.Code, "", "", map[bool]string{true: "1", false: "0"}[i == 2 || i == 3])
			case item.Code == "rate_d" && i == 3:
				put(i, item.Code, "", "", "0")
			case i == 5 && k%4 == 1:
				put(i, item.Code, "", "", "N/A")
			case i == 8 && k%5 == 2: // never filed
			case item.Code == "rank_step":
				put(i, item.Code, "", "", fmt.Sprint(x/20))
			default:
				put(i, item.Code, "", "", fmt.Sprintf("%d.%d", x, i))
			}
		}
		for k := range 6 {
			put(i, "ballots", "leaders", fmt.Sprint("l", k), fmt.Sprint(60+(i*7+k*11)%40))
			if k < 3 {
				put(i, "ballots", "members", fmt.Sprint("m", k), fmt.Sprint(70+(i*5+k*13)%30))
				put(i, "ballots", "guests", fmt.Sprint("g", k), "100") // three of nine: no quorum
			}
		}
		put(i, "events", "small", "", fmt.Sprint(i))
		put(i, "events", "grave", "", fmt.Sprint(i%3))
		put(i, "award", "city", "a", "1")
		if i%2 == 0 {
			put(i, "award", "national", "a", "1") // the same achievement at a higher level
			put(i, "award", "city", "b", "1")
		}
		if i%4 == 0 {
			put(i, "award", "national", "c", "1") // more than the cap
		}
	}
	scores, err := score.Compute(f, panel, p, score.Options{City: true})
	if err != nil {
		t.Fatal(err)
	}
	return &results.Sheet{Period: p, Edition: &assess.Edition{Year: 2026, Number: 1, Roster: roster, Frameworks: []assess.Framework{*f}}, Frameworks: []*assess.Scores{scores}}
}

// TestEveryMethodIsComputedAgain from the explanations alone, in a quarter and in a year with bonus, veto and grades.
func TestEveryMethodIsComputedAgain(t *testing.T) {
	dir := build(t)
	for _, period := range []string{"2026Q2", "2026"} {
		body := document(t, everyMethodSheet(t, assess.MustPeriod(period)))
		for _, program := range programs {
			said, equal := recompute(t, dir, program, body)
			if !equal {
				t.Errorf("%s, %s:\n%s", period, program, said)
			}
			t.Logf("%s %s: %s", period, program, strings.TrimSpace(said))
		}
	}
}

// TestComputingAgainFindsEveryForgery: one figure changed anywhere in the explanations is found by the program that computes it.
func TestComputingAgainFindsEveryForgery(t *testing.T) {
	testkit.Sequential(t)
	dir := build(t)
	var honest []map[string]any
	body := document(t, everyMethodSheet(t, assess.MustPeriod("2026")))
	forge := func(unit, node, path string, value any) []byte {
		if err := json.Unmarshal(body, &honest); err != nil {
			t.Fatal(err)
		}
		for _, d := range honest {
			if d["unit"] != unit || d["node"] != node {
				continue
			}
			fields, names := d, strings.Split(path, ".")
			for _, name := range names[:len(names)-1] {
				if list, ok := fields[name].([]any); ok {
					fields = list[0].(map[string]any)
					continue
				}
				fields = fields[name].(map[string]any)
			}
			if last := names[len(names)-1]; fields[last] == value || fields[last] == nil {
				t.Fatalf("%s of %s has %s = %v already, or none", node, unit, path, fields[last])
			} else {
				fields[last] = value
			}
		}
		forged, err := json.Marshal(honest)
		if err != nil {
			t.Fatal(err)
		}
		return forged
	}
	for _, c := range []struct {
		program, unit, node, path string
		value                     any
	}{
		{"indicators", "u1", "ratio", "derivation.inputs.value", "17.1"},
		{"indicators", "u1", "ratio", "derivation.target", 81.0},
		{"indicators", "u1", "ratio_down", "result.score", 12.3456},
		{"indicators", "u2", "centre", "derivation.method.width", 31.0},
		{"indicators", "u2", "bands", "derivation.inputs.value", "61.5"},
		{"indicators", "u2", "efficacy", "derivation.method.base", 0.5},
		{"indicators", "u3", "tiers", "result.shown", 1.23},
		{"indicators", "u3", "posts", "derivation.method.high", 76.0},
		{"indicators", "u0", "yes", "derivation.inputs.value", "1"},
		{"indicators", "u2", "rate", "derivation.inputs.value", "0.5"},
		{"indicators", "u1", "rank_share", "derivation.contest.value", 96.9},
		{"indicators", "u1", "ballots", "derivation.method.raters.weight", 0.6},
		{"indicators", "u1", "level", "result.points", 5.1},
		{"indicators", "u4", "cases", "derivation.method.per_case", 0.031},
		{"indicators", "u4", "events", "derivation.full_marks", 5.0},
		{"indicators", "u2", "award", "result.points", 2.0},
		{"totals", "u5", "own", "derivation.parts.full_points", 9.9999},
		{"totals", "u5", "own", "derivation.parts.state", "not_applicable"},
		{"totals", "u1", "people", "result.score", 55.5555},
		{"totals", "u1", "all", "result.shown", 61.23},
		{"totals", "u1", "all", "result.total.bonus", 2.9},
		{"totals", "u1", "own", "derivation.parts.weight", "9.2"},
		{"standings", "u1", "all", "result.rank", 9.0},
		{"standings", "u1", "all", "result.group_rank", 9.0},
		{"standings", "u1", "all", "result.grade", "excellent"},
		{"standings", "u3", "veto", "result.value", 0.0},
		{"standings", "u1", "all", "derivation.award.quota_share", 9000.0},
	} {
		if said, equal := recompute(t, dir, c.program, forge(c.unit, c.node, c.path, c.value)); equal {
			t.Errorf("%s of %s with %s = %v is called equal: %s", c.node, c.unit, c.path, c.value, said)
		}
	}
	if said, equal := recompute(t, dir, "totals", []byte("[]")); equal {
		t.Errorf("nothing is called equal: %s", said)
	}
}
