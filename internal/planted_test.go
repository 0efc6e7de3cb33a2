package internal_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// root is the folder of the module.
const root = ".."

// planted is a fault of .ci/planted/faults.yaml.
type planted struct {
	Fault   string `yaml:"fault"`
	Package string `yaml:"package"`
	Test    string `yaml:"test"`
	Edits   []edit `yaml:"edits"`
}

type edit struct {
	File    string `yaml:"file"`
	Was     string `yaml:"was"`
	Times   int    `yaml:"times"`
	Planted string `yaml:"planted"`
}

func allPlanted(t *testing.T) (all []planted) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, ".ci/planted/faults.yaml"))
	if err == nil {
		err = yaml.UnmarshalWithOptions(text, &all, yaml.Strict())
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// changed answers the files that a fault changes, by their paths, as it leaves them.
func (p planted) changed() (map[string]string, error) {
	files := map[string]string{}
	for _, e := range p.Edits {
		text, ok := files[e.File]
		if !ok {
			b, err := os.ReadFile(filepath.Join(root, e.File))
			if err != nil {
				return nil, err
			}
			text = string(b)
		}
		was, now := strings.TrimSuffix(e.Was, "\n"), strings.TrimSuffix(e.Planted, "\n")
		if n := strings.Count(text, was); n != max(e.Times, 1) || was == now {
			return nil, fmt.Errorf("%q stands %d times in %s, want %d", was, n, e.File, max(e.Times, 1))
		}
		files[e.File] = strings.ReplaceAll(text, was, now)
	}
	return files, nil
}

// Every planted fault can still be planted, in another place than a test, and the test that must find it is there.
func TestPlantedFaultsCanBePlanted(t *testing.T) {
	all, rooms := allPlanted(t), map[string]bool{}
	for _, p := range all {
		rooms[p.Package] = true
		files, err := p.changed()
		if err != nil {
			t.Errorf("%s %v", p.Fault, err)
		}
		for file := range files {
			if strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s It is planted in a test.", p.Fault)
			}
		}
		name, _, _ := strings.Cut(p.Test, "/")
		tests, err := filepath.Glob(filepath.Join(root, p.Package, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, file := range tests {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.Contains(string(text), "\nfunc "+name+"(")
		}
		if !found {
			t.Errorf("%s There is no test %s in %s.", p.Fault, name, p.Package)
		}
	}
	if len(all) < 15 || len(rooms) < 8 {
		t.Errorf("there are %d faults in %d packages, want at least 15 in 8", len(all), len(rooms))
	}
}

// Every planted fault is found by its test: UNIONBOARD_TEST_PLANTED=all, or a part of the words of one. It takes minutes.
func TestPlantedFaultsAreFound(t *testing.T) {
	want := os.Getenv("UNIONBOARD_TEST_PLANTED")
	if want == "" {
		t.Skip("UNIONBOARD_TEST_PLANTED is not set; make planted runs it")
	}
	for _, p := range allPlanted(t) {
		if want != "all" && !strings.Contains(p.Fault, want) {
			continue
		}
		started := time.Now()
		if err := p.found(t.TempDir()); err != nil {
			t.Errorf("NOT FOUND  %s (%s %s): %v", p.Fault, p.Package, p.Test, err)
			continue
		}
		t.Logf("found by %-50s %4.0f s  %s", p.Test, time.Since(started).Seconds(), p.Fault)
	}
}

// found says why the test of a fault does not find it. A fault that does not compile is found by nobody's test.
func (p planted) found(dir string) error {
	overlay, err := p.overlay(dir)
	if err != nil {
		return err
	}
	program := filepath.Join(dir, "planted.test")
	build := exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", program, p.Package)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("it does not compile: %s", out)
	}
	pattern := make([]string, 0, 2)
	for _, part := range strings.Split(p.Test, "/") {
		pattern = append(pattern, "^"+regexp.QuoteMeta(part)+"$")
	}
	run := exec.Command(program, "-test.run", strings.Join(pattern, "/"), "-test.v", "-test.count=1", "-test.timeout=5m")
	run.Dir = filepath.Join(root, p.Package)
	out, err := run.CombinedOutput()
	switch text := string(out); {
	case err == nil:
		return fmt.Errorf("the test passes:\n%s", tail(text))
	case !strings.Contains(text, "--- FAIL: "+p.Test+" ") || strings.Contains(text, "\npanic: "):
		return fmt.Errorf("the test ends otherwise than by what it says:\n%s", tail(text))
	}
	return nil
}

// overlay writes the changed files beside the tree and answers what tells the compiler of them.
func (p planted) overlay(dir string) (path string, err error) {
	files, err := p.changed()
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for file, text := range files {
		from, err := filepath.Abs(filepath.Join(root, file))
		if err != nil {
			return "", err
		}
		to := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[from] = to
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, text, 0o600)
}

func tail(text string) string { return text[max(0, len(text)-1500):] }
