package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/apitest"
)

// example is a block of docs/api.md that is run, with what it is said to answer.
type example struct {
	kind, text string
	line       int
	want       string // the block behind it, "" for none
	wantKind   string
}

var fence = regexp.MustCompile("(?m)^```(\\w*)( prelude)?\\n((?:.*\\n)*?)```$")

// examplesOf reads the examples of a page; the block that all in Python begin with stands apart.
func examplesOf(page string) (all []example, prelude string) {
	for _, m := range fence.FindAllStringSubmatchIndex(page, -1) {
		kind, text, line := page[m[2]:m[3]], page[m[6]:m[7]], 1+strings.Count(page[:m[0]], "\n")
		switch {
		case m[4] >= 0:
			prelude = text
		case kind == "sh" || kind == "python":
			all = append(all, example{kind: kind, text: text, line: line})
		case kind != "" && len(all) > 0:
			all[len(all)-1].want, all[len(all)-1].wantKind = text, kind
		}
	}
	return all, prelude
}

// Every example of docs/api.md is run against a server with the demonstration's data, with curl and with Python's standard library, and answers
// as the page says: the same fields, the same heads, the same words where numbers aside.
func TestTheExamplesOfTheAPIRunAsWritten(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl", "python3"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not here; .ci/install-packages installs it on Debian", tool)
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	all, prelude := examplesOf(string(page))
	calls := map[string]bool{}
	folder := t.TempDir()
	inside(t, copyDemonstration(t), func(a *app) {
		token := served(t, a)
		city, district := token(cityCode), token("210102", account.SubmitFigures)
		for _, e := range all {
			command := exec.CommandContext(t.Context(), "bash", "-c", e.text)
			if e.kind == "python" {
				command = exec.CommandContext(t.Context(), "python3", "-c", prelude+e.text)
			}
			command.Dir = folder
			command.Env = append(os.Environ(), "BASE="+city.base, "TOKEN="+city.secret, "DISTRICT_TOKEN="+district.secret, "NO_PROXY=*", "no_proxy=*", "PYTHONIOENCODING=utf-8")
			var said, complained bytes.Buffer
			command.Stdout, command.Stderr = &said, &complained
			if err := command.Run(); err != nil {
				t.Errorf("docs/api.md:%d: %v: %s", e.line, err, complained.String())
				continue
			}
			if wrong := e.answered(said.String()); wrong != "" {
				t.Errorf("docs/api.md:%d: %s", e.line, wrong)
			}
			for _, m := range regexp.MustCompile(`/api/v1/[a-zA-Z.]+`).FindAllString(e.text, -1) {
				calls[e.kind+" "+m] = true
			}
		}
	})
	// Each resource has an example of both kinds.
	doc, err := apitest.Description()
	if err != nil {
		t.Fatal(err)
	}
	for path := range doc.Paths.Map() {
		resource := strings.Join(strings.SplitN(path, "/", 5)[:4], "/")
		for _, kind := range []string{"sh", "python"} {
			if !calls[kind+" "+resource] && resource != "/api/v1/dataValueSets" {
				t.Errorf("docs/api.md has no example in %s of %s", kind, resource)
			}
		}
	}
}

// answered says how an answer differs from what the page says, "" where it does not.
func (e example) answered(said string) string {
	switch e.wantKind {
	case "json":
		var want, got map[string]any
		if err := json.Unmarshal([]byte(e.want), &want); err != nil {
			return "the page shows no JSON: " + err.Error()
		}
		if err := json.Unmarshal([]byte(said), &got); err != nil {
			return fmt.Sprintf("%.200s is no JSON: %v", said, err)
		}
		return differing(want, got, "")
	case "csv":
		if head, _, _ := strings.Cut(said, "\n"); head != strings.TrimSpace(e.want) {
			return fmt.Sprintf("the heads are %s, the page has %s", head, e.want)
		}
		if strings.Count(said, "\n") < 2 {
			return "there are no rows"
		}
	case "text":
		number := regexp.MustCompile(`\d+\.\d+`)
		if number.ReplaceAllString(said, "0") != number.ReplaceAllString(e.want, "0") {
			return fmt.Sprintf("it says %q, the page %q", said, e.want)
		}
	}
	return ""
}

// differing compares the fields of two objects, down to those of rows. An object without fields stands for any.
func differing(want, got map[string]any, at string) string {
	if len(want) == 0 {
		return ""
	}
	if a, b := slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)); !slices.Equal(a, b) && (at == "" || !contains(b, a)) {
		return fmt.Sprintf("%s has %v, the page says %v", at, b, a)
	}
	for key, shown := range want {
		a, b := shown, got[key]
		if list, ok := a.([]any); ok && len(list) > 0 {
			others, _ := b.([]any)
			if len(others) == 0 {
				return at + key + " is empty"
			}
			a, b = list[0], others[0]
		}
		if object, ok := a.(map[string]any); ok {
			other, ok := b.(map[string]any)
			if !ok {
				return fmt.Sprintf("%s%s is %v", at, key, b)
			}
			if wrong := differing(object, other, at+key+"."); wrong != "" {
				return wrong
			}
		}
	}
	return ""
}

func contains(all, some []string) bool {
	return !slices.ContainsFunc(some, func(one string) bool { return !slices.Contains(all, one) })
}

// The problems that the page lists are those of the description.
func TestTheProblemsOfTheAPIAreListed(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, m := range regexp.MustCompile("(?m)^\\| (\\d{3}) \\| `(\\w+)` \\|").FindAllStringSubmatch(string(page), -1) {
		listed = append(listed, m[1]+" "+m[2])
	}
	known, err := apitest.Problems()
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(listed)
	slices.Sort(known)
	if !slices.Equal(listed, known) {
		t.Errorf("the page lists %v, the description %v", listed, known)
	}
}
