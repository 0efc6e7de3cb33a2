package i18n_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/i18n"
)

// TestEveryProblemHasASentence: whatever key the code gives a problem, a person reads words and not the key. Keys that are put
// together at run time end with an underscore in the source and are held by the tests of their packages.
func TestEveryProblemHasASentence(t *testing.T) {
	c, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`"(problem\.[a-z0-9_]+[a-z0-9])"`)
	found := 0
	for _, root := range []string{"..", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range key.FindAllStringSubmatch(string(text), -1) {
				found++
				if !c.Has(i18n.Chinese, m[1]) || !c.Has(i18n.English, m[1]) {
					t.Errorf("%s: %s has no sentence in both languages", path, m[1])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 100 {
		t.Errorf("only %d keys were found; is the search still right?", found)
	}
}
