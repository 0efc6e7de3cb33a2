package internal_test

import (
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// functions answers the tests and fuzz targets of the program.
func functions(t *testing.T) map[string]bool {
	t.Helper()
	there := map[string]bool{}
	for _, dir := range []string{".", "../cmd"} {
		err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(dir + "/" + path)
			for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllSubmatch(text, -1) {
				there[string(m[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return there
}

var (
	namedTest = regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	namedFile = regexp.MustCompile("`((?:internal|cmd|docs)/[\\w./-]+)`")
	// rowOf is a row of the checklist: its number, what holds, the code, the tests.
	rowOf = regexp.MustCompile(`(?m)^\| (\d+) \| (.+) \| (.+) \| (.+) \|$`)
)

// TestReliabilityNamesTests: docs/reliability.md names tests that are there.
func TestReliabilityNamesTests(t *testing.T) {
	there := functions(t)
	text, err := os.ReadFile("../docs/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	named := namedTest.FindAllStringSubmatch(string(text), -1)
	if len(named) < 40 {
		t.Errorf("the document names %d tests", len(named))
	}
	for _, m := range named {
		if !there[m[1]] {
			t.Errorf("there is no test %s", m[1])
		}
	}
}

// TestTheChecklistNamesTests: docs/security.md has every row of the security checklist once and in order, each with what holds, the code and
// tests that are there; and it names every fuzz target.
func TestTheChecklistNamesTests(t *testing.T) {
	there := functions(t)
	text, err := os.ReadFile("../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	servers, err := os.ReadFile("../docs/collector.md")
	if err != nil {
		t.Fatal(err)
	}
	document := string(text)
	for _, m := range namedTest.FindAllStringSubmatch(document+string(servers), -1) {
		if !there[m[1]] {
			t.Errorf("there is no test %s", m[1])
		}
	}
	for _, m := range namedFile.FindAllStringSubmatch(document, -1) {
		if _, err := os.Stat("../" + m[1]); err != nil {
			t.Errorf("there is no %s", m[1])
		}
	}
	rows := rowOf.FindAllStringSubmatch(document, -1)
	const all = 68
	if len(rows) != all {
		t.Errorf("the document has %d rows, want %d", len(rows), all)
	}
	for i, row := range rows {
		if row[1] != strconv.Itoa(i+1) {
			t.Fatalf("row %s stands where row %d should", row[1], i+1)
		}
		if !namedTest.MatchString(row[4]) || !strings.Contains(row[3], "`") {
			t.Errorf("row %s names no test or no code", row[1])
		}
	}
	for name := range there {
		if strings.HasPrefix(name, "Fuzz") && !strings.Contains(document, "`"+name+"`") {
			t.Errorf("the document does not name the fuzz target %s", name)
		}
	}
}
