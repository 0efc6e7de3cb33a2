package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// shipped copies the shipped definitions into a folder and changes one text of one file, which must stand there.
func shipped(t *testing.T, file, old, new string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "definitions")
	if err := os.CopyFS(dir, os.DirFS("../../seeds")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, file)
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(body), old, new, 1)
	if changed == string(body) && old != new {
		t.Fatalf("%s holds no %q", file, old)
	}
	if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// refused runs a command that must refuse its input, and answers what it says.
func refused(t *testing.T, words ...string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	if code := run(words, strings.NewReader(""), &out, &errOut); code != exitRefused || out.Len() > 0 {
		t.Errorf("%v ends with %d, want %d and no result:\n%s%s", words, code, exitRefused, &out, &errOut)
	}
	return errOut.String()
}

// TestCheckRefusesWrongDefinitions of a folder: each fault with file, line and column, and with its remedy.
func TestCheckRefusesWrongDefinitions(t *testing.T) {
	const six = "frameworks/six_systems.yaml"
	for name, c := range map[string]struct{ file, old, new, place, fault, remedy string }{
		"weights below a heading": {
			six, "weight: 3\n", "weight: 4\n", six, "add up to", "they should add up to its own weight",
		},
		"weights of the composite": {
			"assessment.yaml", "weight: 0.25", "weight: 0.35", "assessment.yaml", "add up to 1.1", "should add up to 1",
		},
		"overlapping bands": {
			six, "{gte: 85, share: 1}\n            - {gte: 80, share: 0.9}", "{gte: 85, share: 1}\n            - {gte: 80, lt: 86, share: 0.9}",
			six, "overlap", "let each begin where the one before ends",
		},
		"bands with a hole": {
			six, "{gte: 85, share: 1}\n            - {gte: 80, share: 0.9}", "{gte: 85, share: 1}\n            - {gte: 80, lt: 84, share: 0.9}",
			six, "no band holds the values between 84 and 85", "let one band begin where the other ends",
		},
		"equal standards": {
			six, "floor: 50, satisfactory: 80", "floor: 80, satisfactory: 80", six, "both 80", "set two different values",
		},
		"a formula that goes in a circle": {
			"items.yaml", "formula: hardship_opening + hardship_added_ytd", "formula: hardship_in_year + hardship_added_ytd",
			"items.yaml", "computed from itself: hardship_in_year → hardship_in_year", "break the circle",
		},
		"a unit without peer group": {
			"units.yaml", "    group: core_urban\n", "", "units.yaml", "210102 is in no peer group", "give the unit a group",
		},
	} {
		t.Run(name, func(t *testing.T) {
			said := refused(t, "check", shipped(t, c.file, c.old, c.new))
			for line := range strings.Lines(said) {
				if !regexp.MustCompile(`^` + regexp.QuoteMeta(c.place) + `:\d+:\d+: `).MatchString(line) {
					t.Errorf("no place in %q", line)
				}
			}
			if !strings.Contains(said, c.fault) || !strings.Contains(said, c.remedy) {
				t.Errorf("want %q and %q, got\n%s", c.fault, c.remedy, said)
			}
		})
	}
}

// TestFilesWithWrongDefinitionsAreNotScored: a framework file with its tables, each fault with its place and remedy, and no scores.
func TestFilesWithWrongDefinitionsAreNotScored(t *testing.T) {
	const (
		good    = "{code: a, name: 甲, weight: 100, type: count, method: {kind: rank, scope: all, first: 1, last: 0.6}}"
		lower   = "{code: a, name: 甲, weight: 100, type: count, direction: down, target: {mode: absolute}, method: {kind: target_ratio, cap: 1}}"
		nothing = ""
	)
	for name, c := range map[string]struct {
		indicators, units, targets string
		want                       []string // place first
	}{
		"weights": {
			"{code: a, name: 甲, weight: 60, type: count, method: direct}\n  - {code: b, name: 乙, weight: 30, type: count, method: direct}", nothing, nothing,
			[]string{"f.yaml:4:1: ", "add up to 90", "100"},
		},
		"overlapping bands": {
			"{code: a, name: 甲, weight: 100, type: count, method: {kind: banded, bands: [{gte: 5, share: 1}, {gte: 3, lte: 5, share: 0.5}, {lt: 3, share: 0}]}}", nothing, nothing,
			[]string{"f.yaml:5:", "overlap", "let each begin where the one before ends"},
		},
		"equal goalposts": {
			"{code: a, name: 甲, weight: 100, type: count, method: {kind: goalposts, low: 5, high: 5}}", nothing, nothing,
			[]string{"f.yaml:5:", "both goalposts are 5", "set low below high"},
		},
		"equal efficacy values": {
			"{code: a, name: 甲, weight: 100, type: count, method: {kind: efficacy, floor: 5, satisfactory: 5, base: 0.6}}", nothing, nothing,
			[]string{"f.yaml:5:", "both 5", "set two different values"},
		},
		"zero target with lower is better, in the framework": {
			strings.Replace(lower, "{mode: absolute}", "{mode: ratio, full_year: 0}", 1), nothing, nothing,
			[]string{"f.yaml:5:", "target of 0 and lower is better", "use the deduction method"},
		},
		"zero target with lower is better, in the table": {
			lower, nothing, "u1,2026,a,4\nu2,2026,a,0\n",
			[]string{"t.csv:3:4: ", "a: lower is better and the target is zero", "use the deduction method"},
		},
		"zero target with lower is better for all units": {
			lower, nothing, "*,2026,a,0\n",
			[]string{"t.csv:2:4: ", "a: lower is better and the target is zero", "use the deduction method"},
		},
		"a target below zero in the table": {
			lower, nothing, "u1,2026,a,-4\n",
			[]string{"t.csv:2:4: ", "-4 of a is below zero", "zero or more"},
		},
		"a phased target of a flow": {
			"{code: a, name: 甲, weight: 100, type: count, accumulation: flow, target: {mode: absolute}, method: {kind: target_ratio, cap: 1, phasing: [25, 50, 75, 100]}}", nothing, nothing,
			[]string{"f.yaml:5:", "a is a flow of the quarter", "set accumulation: ytd"},
		},
		"a formula that is none": {
			"{code: a, name: 甲, weight: 100, type: count, value: x + * y, method: direct}", nothing, nothing,
			[]string{"f.yaml:5:", "x + * y", "does not hold together"},
		},
		"a unit without peer group": {
			strings.Replace(good, "scope: all", "scope: peer_group", 1), "u1,One,g\nu2,Two,\n", nothing,
			[]string{"f.yaml (a): ", "unit u2 has none", "give it a group or rank among all"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			units := c.units
			if units == "" {
				units = "u1,One,g\nu2,Two,g\n"
			}
			for file, text := range map[string]string{
				"f.yaml":    "code: f\nedition: '1'\nname: 试\nchildren:\n  - " + c.indicators + "\n",
				"good.yaml": "code: f\nedition: '1'\nname: 试\nchildren:\n  - " + good + "\n",
				"u.csv":     "code,name,group\n" + units,
				"v.csv":     "unit,period,code,value\nu1,2026Q1,a,3\nu2,2026Q1,a,1\n",
				"t.csv":     "unit,period,code,target\n" + c.targets,
			} {
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			command := func(framework string) []string {
				return []string{"score", "--framework-file", framework, "--units", "u.csv", "--values", "v.csv", "--targets", "t.csv", "--period", "2026Q1", "--format", "csv"}
			}
			said := refused(t, command("f.yaml")...)
			if !strings.HasPrefix(said, c.want[0]) {
				t.Errorf("want the place %q, got %s", c.want[0], said)
			}
			for _, want := range c.want[1:] {
				if !strings.Contains(said, want) {
					t.Errorf("nothing says %q: %s", want, said)
				}
			}
			// The same tables are good for a good framework, so it is the definition that was refused.
			var out, errOut bytes.Buffer
			if c.targets == "" {
				if code := run(command("good.yaml"), strings.NewReader(""), &out, &errOut); code != exitDone || !strings.Contains(out.String(), "2026Q1,f,u1,f,2,,100.0000,") {
					t.Errorf("the good framework ends with %d: %s%s", code, &out, &errOut)
				}
			}
		})
	}
}

func TestCheckRefusesTwoFrameworksOfOneCode(t *testing.T) {
	t.Parallel()
	s, dir := newScoring(t), t.TempDir()
	body, err := os.ReadFile(s.framework)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(body), "edition: 1\n", "", 1)
	write(t, filepath.Join(dir, "a.yaml"), text)
	if out := good(t, "check", dir); out != "a.yaml: framework index: 2 indicators\n" {
		t.Errorf("of one without an edition it says %q", out)
	}
	write(t, filepath.Join(dir, "b.yaml"), text)
	call(t, "check", dir).oneSentence(t, exitRefused, "b.yaml", "index", "taken by a.yaml")
}
