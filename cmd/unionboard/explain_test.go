package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/width"

	"github.com/unionboard/unionboard/internal/assess"
)

// explainCity runs `explain` on the demonstration.
func explainCity(t *testing.T, words ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(append([]string{"explain", "--data", demonstration(t)}, words...), strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// explanations answers the JSON of a whole period.
func explanations(t *testing.T, period string) []byte {
	t.Helper()
	code, out, errOut := explainCity(t, "--period", period, "--format", "json")
	if code != exitDone || errOut != "" {
		t.Fatalf("explain --period %s ends with %d: %s", period, code, errOut)
	}
	return []byte(out)
}

// TestAPeriodIsComputedAgain: independent programs compute every published figure of the demonstration from explanations alone: a
// quarter as usual, one with a missing report, and the year with annual indicators, bonus, lateness, veto and grades.
func TestAPeriodIsComputedAgain(t *testing.T) {
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "./...")
	build.Dir = "../../docs/examples/recompute"
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	periods := []string{"2026Q1", "2025", "2025Q2"}
	if !everyPage() {
		periods = periods[:2]
	}
	for _, period := range periods {
		body := explanations(t, period)
		programs := map[string]int{"indicators": 2400, "totals": 6500, "standings": 2500}
		if period != "2025" {
			programs["quarter"] = 1000 // one program of 150 lines: every score of a quarter
		}
		for program, figures := range programs {
			cmd := exec.CommandContext(t.Context(), filepath.Join(bin, program))
			cmd.Stdin = bytes.NewReader(body)
			out, err := cmd.CombinedOutput()
			compared := 0
			fmt.Sscan(string(out), &compared)
			if err != nil || compared < figures {
				t.Errorf("%s of %s: %v, want at least %d equal figures:\n%s", program, period, err, figures, out)
			}
		}
	}
}

// TestAForgedQuarterIsFound: the short program finds a score, a figure and a weight that do not belong together.
func TestAForgedQuarterIsFound(t *testing.T) {
	body := explanations(t, "2026Q1")
	bin := filepath.Join(t.TempDir(), "quarter")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "../../docs/examples/recompute/quarter").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, path := range [][]string{{"result", "score"}, {"result", "points"}, {"derivation", "method", "satisfactory"}, {"derivation", "scale"}} {
		cmd := exec.CommandContext(t.Context(), bin)
		cmd.Stdin = bytes.NewReader(forged(t, body, path))
		if out, err := cmd.CombinedOutput(); err == nil {
			t.Errorf("another %s is not found:\n%s", strings.Join(path, "."), out)
		}
	}
}

// forged adds one to a number of the first scored node that has it.
func forged(t *testing.T, body []byte, path []string) []byte {
	t.Helper()
	var list []map[string]any
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		here := e
		for _, name := range path[:len(path)-1] {
			here, _ = here[name].(map[string]any)
		}
		last := path[len(path)-1]
		if v, ok := here[last].(float64); ok && e["result"].(map[string]any)["state"] == "scored" {
			here[last] = v + 1
			text, err := json.Marshal(list)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
	}
	t.Fatalf("no explanation has %v", path)
	return nil
}

// TestTextFitsATerminal: whatever is explained in whatever language, no line is wider than 80 columns, and none is empty of words.
func TestTextFitsATerminal(t *testing.T) {
	nodes := map[string]bool{}
	var list []struct{ Unit, Node string }
	if err := json.Unmarshal(explanations(t, "2025"), &list); err != nil {
		t.Fatal(err)
	}
	err := withApp(t.Context(), demonstration(t), func(a *app) error {
		for _, e := range list {
			if nodes[e.Node] && e.Unit != "210100" {
				continue // of every node one unit and the city
			}
			nodes[e.Node] = true
			for _, lang := range []string{"zh", "en"} {
				var out bytes.Buffer
				if err := a.explain(t.Context(), streams{out: &out}, explainFlags{unit: e.Unit, node: e.Node, format: "text", lang: lang}, assess.MustPeriod("2025")); err != nil {
					return err
				}
				for line := range strings.Lines(out.String()) {
					if n := columns(strings.TrimSuffix(line, "\n")); n > 80 || strings.HasSuffix(line, " \n") {
						t.Errorf("%s of %s in %s: %d columns: %q", e.Node, e.Unit, lang, n, line)
					}
				}
				if strings.Contains(out.String(), "why.") || strings.Contains(out.String(), "web.") || strings.Contains(out.String(), "explain.") {
					t.Errorf("%s in %s shows a key instead of words:\n%s", e.Node, lang, &out)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(nodes) < 90 {
		t.Errorf("only %d nodes were explained", len(nodes))
	}
}

// columns counts what a text takes on a terminal.
func columns(s string) (n int) {
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

// TestExplainSaysHowAScoreCameAbout: value, formula with numbers, weight, band, persons; a heading has its parts.
func TestExplainSaysHowAScoreCameAbout(t *testing.T) {
	for name, c := range map[string]struct {
		words []string
		want  []string
	}{
		"an indicator": {
			[]string{"--unit", "210102", "--node", "membership_rate", "--period", "2026Q1"},
			[]string{"和平区", "六个体系 › 工会组织建设体系", "3.00 分 = 权重 3 × 100.0%（96.0% 属于“≥ 95.0%”档）", "工会会员数：201,552 人", "demo.reviewer 采纳", "序号", "← 本次适用", "四舍五入"},
		},
		"in English": {
			[]string{"--unit", "210102", "--node", "membership_rate", "--period", "2026Q1", "--lang", "en"},
			[]string{"Heping District", "Six Systems", "3.00 points = weight 3 × 100.0% (96.0% is in the band ≥ 95.0%)", "201,552", "accepted by demo.reviewer", "← applied here", "halves up"},
		},
		"the composite of a year": {
			[]string{"--unit", "210102", "--node", "composite", "--period", "2025"},
			[]string{"89.87", "53.6583 + 23.2119 + 13.0008", "六个体系", "60.0000", "一票否决事项", "良好"},
		},
		"the city": {
			[]string{"--unit", "210100", "--node", "membership_rate", "--period", "2026Q1"},
			[]string{"全市", "工会会员数"},
		},
	} {
		code, out, errOut := explainCity(t, c.words...)
		if code != exitDone || errOut != "" {
			t.Errorf("%s: ends with %d: %s", name, code, errOut)
		}
		unwrapped := strings.Join(strings.Fields(out), " ")
		for _, want := range c.want {
			if !strings.Contains(unwrapped, want) {
				t.Errorf("%s: nothing says %q:\n%s", name, want, out)
			}
		}
	}
}

// TestExplanationAsJSON: one node is an object with the persons behind its figures, a unit or a period an array in the same form.
func TestExplanationAsJSON(t *testing.T) {
	code, out, errOut := explainCity(t, "--unit", "210102", "--node", "membership_rate", "--period", "2026Q1", "--format", "json")
	if code != exitDone {
		t.Fatalf("ends with %d: %s", code, errOut)
	}
	var one map[string]any
	if err := json.Unmarshal([]byte(out), &one); err != nil {
		t.Fatal(err)
	}
	inputs := one["derivation"].(map[string]any)["inputs"].([]any)
	filed, _ := inputs[0].(map[string]any)["filed"].(map[string]any)
	if len(inputs) != 2 || filed["entered_by"] != "source:district_210102" || filed["accepted_by"] != "demo.reviewer" || filed["recorded_at"] != "2026-04-13T02:00:00Z" {
		t.Errorf("%d inputs, the first filed %v; want two, by the district's source and the reviewer on 13 April", len(inputs), filed)
	}
	if one["schema"] != "unionboard/explanation/1" || one["edition"] != "2026-1" || one["weight"] != "3" {
		t.Errorf("schema %v, edition %v, weight %v", one["schema"], one["edition"], one["weight"])
	}
	for period, vetoes := range map[string]int{"2025": 1, "2025Q4": 0} { // what bars the best grade speaks in the year
		var whole struct {
			Node       string
			Derivation struct{ Inputs []struct{ Role string } }
		}
		code, out, errOut := explainCity(t, "--unit", "210102", "--node", "composite", "--period", period, "--format", "json")
		if err := json.Unmarshal([]byte(out), &whole); err != nil || code != exitDone || whole.Node != "composite" || len(whole.Derivation.Inputs) != vetoes {
			t.Errorf("the composite of %s: %+v, %v, %s; want %d inputs", period, whole, err, errOut, vetoes)
		}
	}
	var all []map[string]any
	if err := json.Unmarshal(explanations(t, "2026Q1"), &all); err != nil {
		t.Fatal(err)
	}
	// 13 units and the city, each with 70 indicators, 16 dimensions, 3 frameworks and the composite.
	if want := 14 * (70 + 16 + 3 + 1); len(all) != want {
		t.Errorf("%d explanations, want %d", len(all), want)
	}
	i := slices.IndexFunc(all, func(e map[string]any) bool { return e["unit"] == "210102" && e["node"] == "membership_rate" })
	if i < 0 || fmt.Sprint(all[i]) != fmt.Sprint(one) {
		t.Error("the explanation of one node is not the one among all")
	}
}

// TestEveryFieldOfAnExplanationIsDescribed in docs/explanation.md, by its name in backquotes.
func TestEveryFieldOfAnExplanationIsDescribed(t *testing.T) {
	described, err := os.ReadFile("../../docs/explanation.md")
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for name, x := range v {
				if name == "levels" { // its keys are codes of the framework
					x = nil
				}
				fields[name] = true
				walk(x)
			}
		}
	}
	for _, period := range []string{"2026Q1", "2025Q2", "2025"} {
		var all any
		if err := json.Unmarshal(explanations(t, period), &all); err != nil {
			t.Fatal(err)
		}
		walk(all)
	}
	for name := range fields {
		if !strings.Contains(string(described), "`"+name+"`") {
			t.Errorf("docs/explanation.md does not describe %s", name)
		}
	}
	if len(fields) < 80 {
		t.Errorf("only %d fields were found", len(fields))
	}
}

func TestExplainAnswersWrongUse(t *testing.T) {
	for _, c := range []struct {
		words []string
		code  int
		says  []string
	}{
		{[]string{"--unit", "210102", "--node", "composite"}, exitUsage, []string{"--period", "2026Q1"}},
		{[]string{"--unit", "210102", "--period", "2026Q1"}, exitUsage, []string{"--node", "--format json"}},
		{[]string{"--unit", "210102", "--node", "composite", "--period", "2026Q5"}, exitRefused, []string{"2026Q5", "2026Q1"}},
		{[]string{"--unit", "210102", "--node", "composite", "--period", "2019Q1"}, exitFailed, []string{"2019"}},
		{[]string{"--unit", "999999", "--node", "composite", "--period", "2026Q1"}, exitUsage, []string{"999999"}},
		{[]string{"--unit", "210102", "--node", "nothing_here", "--period", "2026Q1"}, exitUsage, []string{"nothing_here"}},
		{[]string{"--unit", "999999", "--period", "2026Q1", "--format", "json"}, exitUsage, []string{"999999", "unionboard check"}},
		{[]string{"--node", "nothing_here", "--period", "2026Q1", "--format", "json"}, exitUsage, []string{"nothing_here", "unionboard score"}},
		{[]string{"--unit", "210102", "--node", "composite", "--period", "2026Q1", "--format", "xml"}, exitUsage, []string{"xml", "text or json"}},
		{[]string{"--unit", "210102", "--node", "composite", "--period", "2026Q1", "--lang", "fr"}, exitUsage, []string{"fr", "zh or en"}},
	} {
		code, out, errOut := explainCity(t, c.words...)
		if code != c.code || out != "" || strings.Count(errOut, "\n") != 1 {
			t.Errorf("%v ends with %d, want %d and one sentence: %s%s", c.words, code, c.code, out, errOut)
		}
		for _, word := range c.says {
			if !strings.Contains(errOut, word) {
				t.Errorf("%v: nothing says %q: %s", c.words, word, errOut)
			}
		}
	}
}
