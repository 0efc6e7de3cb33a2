package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// SQLite gives numbers to $n by their first appearance, PostgreSQL by n: a $2 that stands before $1 swaps the two without a
// word. So in every string of this package they first appear in the order 1, 2, 3 …
func TestParametersAppearInTheirOrder(t *testing.T) {
	parameter := regexp.MustCompile(`\$(\d+)`)
	statements := 0
	for name, text := range stringsOf(t) {
		seen := 0
		for _, m := range parameter.FindAllStringSubmatch(text, -1) {
			n, _ := strconv.Atoi(m[1])
			if n > seen+1 {
				t.Errorf("%s: $%d stands before $%d in %q", name, n, seen+1, text)
			}
			seen = max(seen, n)
		}
		if seen > 0 {
			statements++
		}
	}
	if statements < 20 {
		t.Errorf("only %d statements were looked at", statements)
	}
}

// What PostgreSQL or its relatives do not have, or read otherwise, stays out of the statements (design of operations, section 3).
func TestStatementsKeepToTheSharedSubset(t *testing.T) {
	own := regexp.MustCompile(`(^|/)(sqlite|postgres)\w*\.go:`) // what only one of them is asked
	foreign := regexp.MustCompile(`(?i)\bINSERT OR\b|\bREPLACE INTO\b|\bIFNULL\b|\bGLOB\b|\bAUTOINCREMENT\b|\browid\b|\bDATETIME\b|\bREAL\b|->>?|\bLIKE\b|= \?|\(\?` +
		`|\bILIKE\b|::[a-z]|\bSKIP LOCKED\b|\badvisory|\bLISTEN\b|\bNOTIFY\b|\bTRUNCATE TABLE\b|\bjson_|\bstrftime\b`)
	for name, text := range stringsOf(t) {
		if own.MatchString(name) {
			continue
		}
		if m := foreign.FindString(text); m != "" && strings.Contains(text, " ") {
			t.Errorf("%s: %q in %.80q", name, m, text)
		}
	}
}

// A step of which one engine has its own wording has one for the other, too.
func TestStepsAreThereForBothEngines(t *testing.T) {
	sorts := map[string]string{"_sqlite.sql": "_postgres.sql", "_postgres.sql": "_sqlite.sql"}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		for end, other := range sorts {
			if strings.HasSuffix(name, end) && !slices.Contains(names, strings.TrimSuffix(name, end)+other) {
				t.Errorf("%s has no sister that ends in %s", name, other)
			}
		}
	}
}

// stringsOf answers every string literal of the package, tests apart, and the shared migrations, by their place.
func stringsOf(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	texts, comment := map[string]string{}, regexp.MustCompile(`(?m)^--.*$`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				texts[set.Position(lit.Pos()).String()] = text
			}
			return true
		})
	}
	err = fs.WalkDir(migrations, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_sqlite.sql") || strings.HasSuffix(path, "_postgres.sql") {
			return err
		}
		b, err := migrations.ReadFile(path)
		texts[path] = comment.ReplaceAllString(string(b), "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}
