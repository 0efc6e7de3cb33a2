package catalog

import (
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
