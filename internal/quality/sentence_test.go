package quality

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every question has a sentence in both languages, and the English one is what the finding says by itself.
func TestEveryQuestionHasASentence(t *testing.T) {
	sentences := map[string]map[string]string{}
	for _, name := range []string{"zh-CN", "en"} {
		data, err := os.ReadFile("../i18n/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]string{}
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		sentences[name] = texts
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	call := regexp.MustCompile(`sentence\("(question\.[a-z_]+)",\s+"([^"]+)"`)
	found := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(text), -1) {
			found[m[1]] = true
			// The names of the figures are the catalogue's to say.
			if got := strings.TrimSuffix(sentences["en"][m[1]], "{compared}"); got != m[2] {
				t.Errorf("%s: the catalogue says %q, the finding %q", m[1], got, m[2])
			}
			if sentences["zh-CN"][m[1]] == "" {
				t.Errorf("%s has no Chinese sentence", m[1])
			}
		}
	}
	for key := range sentences["en"] {
		if strings.HasPrefix(key, "question.") && !found[key] {
			t.Errorf("%s is in the catalogue and asked nowhere", key)
		}
	}
	if len(found) != 20 {
		t.Errorf("%d sentences were found, want 20", len(found))
	}
}
