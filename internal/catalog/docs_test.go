package catalog

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentedExamplesAreRead: what docs/frameworks.md shows can be typed as it stands.
func TestDocumentedExamplesAreRead(t *testing.T) {
	page, err := os.ReadFile("../../docs/frameworks.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(page), "```yaml\n")
	block, _, _ = strings.Cut(block, "```")
	if f := mustRead(t, block); len(f.Root.Leaves()) != 2 {
		t.Errorf("the example has %d indicators; want 2", len(f.Root.Leaves()))
	}
	methods := regexp.MustCompile("`(\\{kind: [^`]*\\})`").FindAllStringSubmatch(string(page), -1)
	if len(methods) < 20 {
		t.Errorf("%d examples of methods; want 20", len(methods))
	}
	for _, m := range methods {
		source := "code: a\nname: 例\nlayer: analytic\nweights: points\nchildren:\n  - code: b\n    name: 例\n    target: {mode: absolute}\n    method: " + m[1]
		switch {
		case strings.Contains(m[1], "kind: rating"):
			source += "\n    type: rating"
		case strings.Contains(m[1], "eq: true"):
			source += "\n    type: boolean"
		}
		if !strings.Contains(m[1], "kind: bonus") {
			source += "\n    weight: 100"
		} else {
			source += "\n  - {code: c, name: 例, weight: 100, method: direct}"
		}
		if _, err := ReadFramework("frameworks.md", []byte(source)); err != nil {
			t.Errorf("%s: %v", m[1], err)
		}
	}
}

// TestTheInventoryNamesEveryPersonalColumn (row 57): docs/personal-data.md says of each shipped one what it is for and how long it is kept.
func TestTheInventoryNamesEveryPersonalColumn(t *testing.T) {
	page, err := os.ReadFile("../../docs/personal-data.md")
	if err != nil {
		t.Fatal(err)
	}
	columns := 0
	for _, r := range shipped(t).Registers {
		for _, f := range r.Fields {
			if !f.Personal {
				continue
			}
			kept := f.Retain
			if kept.Years == 0 {
				kept = r.Retention
			}
			after := "the record is taken off the register"
			if kept.After != "" {
				after = "`" + kept.After + "`"
			}
			row := fmt.Sprintf("| `%s` | `%s` %s | %s | %d year", r.Code, f.Name, f.Label.ZH, f.Purpose.ZH, kept.Years)
			if _, rest, there := strings.Cut(string(page), row); !there || !strings.Contains(strings.SplitN(rest, "\n", 2)[0], after) || f.Purpose.EN == "" {
				t.Errorf("the inventory lacks %s … after %s", row, after)
			}
			columns++
		}
	}
	if columns < 9 {
		t.Errorf("%d personal columns", columns)
	}
}

// TestIssuedDefinitionsLoadForEver: what is asked of definitions since they were issued does not keep a seal from being computed.
func TestIssuedDefinitionsLoadForEver(t *testing.T) {
	files := small(t)
	breakage{file: studios, old: ", purpose: 联系领衔人, retain: {years: 3, after: reviewed_on}", new: ""}.apply(t, files)
	if _, err := Load(FromFiles(files)); err == nil {
		t.Error("a personal column without purpose is loaded")
	}
	if _, err := LoadIssued(FromFiles(files)); err != nil {
		t.Errorf("definitions that were issued before: %v", err)
	}
}
