// Package internal_test holds the house to its plan: which package may import which, and what each says of itself.
package internal_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/unionboard/unionboard/"

// TestImportsKeepToThePlan compares every package's imports of our own packages with testdata/imports.txt, so that a new arrow
// is seen in review. After a change that is meant, run the test with UNIONBOARD_TEST_UPDATE=1.
func TestImportsKeepToThePlan(t *testing.T) {
	const golden = "../testdata/imports.txt"
	got := ownImports(t)
	if os.Getenv("UNIONBOARD_TEST_UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("imports differ from %s (-plan +code):\n%s", golden, diff)
	}
}

func ownImports(t *testing.T) string {
	var lines []string
	for _, line := range list(t, `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`) {
		words := strings.Fields(line)
		own := []string{}
		for _, w := range words[1:] {
			if rest, ok := strings.CutPrefix(w, module); ok {
				own = append(own, strings.TrimPrefix(rest, "internal/"))
			}
		}
		slices.Sort(own)
		name := strings.TrimPrefix(words[0], module)
		lines = append(lines, strings.TrimSpace(name+": "+strings.Join(own, " ")))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

// TestOneFunctionDecidesWhoMayDoWhat: the rooms ask account.User.May. Where they compare the role or the department of a person
// themselves, it is for no permission, and the reason stands here.
func TestOneFunctionDecidesWhoMayDoWhat(t *testing.T) {
	reasons := map[string]string{
		"city/rating.go":   "which rater group somebody belongs to",
		"web/fillcover.go": "who is named on the cover as the checker",
		"web/frame.go":     "who is warned of a connection without TLS",
		"web/tasks.go":     "why a role has nothing to do, in words",
		"web/todo.go":      "whose turn it is to answer a comment",
		"web/review.go":    "the name of the department in the heading",
	}
	compared := regexp.MustCompile(`\b(?:u|who|by|By|user|owner|person)\.(?:Role|Department) *[!=]= *[^" ]|[!=]= *(?:\w+\.)*(?:u|who|by|By|user|owner)\.(?:Role|Department)\b`)
	for _, room := range []string{"matter", "city", "desk", "collect", "web", "workbook", "export", "takeout"} {
		files, err := filepath.Glob(room + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatal(room, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for n, line := range strings.Split(string(text), "\n") {
				if compared.MatchString(line) && reasons[file] == "" {
					t.Errorf("%s:%d decides by role or department itself; ask May: %s", file, n+1, strings.TrimSpace(line))
				}
			}
		}
	}
}

// TestPackagesReciteTheWayOfTheData: every package comment begins with what the package takes and what it makes.
func TestPackagesReciteTheWayOfTheData(t *testing.T) {
	for _, line := range list(t, `{{.ImportPath}}: {{.Doc}}`) {
		path, doc, _ := strings.Cut(line, ": ")
		if !strings.Contains(path, "/internal/") {
			continue
		}
		name := path[strings.LastIndex(path, "/")+1:]
		if !strings.HasPrefix(doc, "Package "+name+" takes ") || !strings.Contains(doc, " makes ") {
			t.Errorf("%s: its comment says %q; begin with \"Package %s takes … and makes …\"", path, doc, name)
		}
	}
}

func list(t *testing.T, format string) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", "{{if .GoFiles}}"+format+"{{end}}", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
