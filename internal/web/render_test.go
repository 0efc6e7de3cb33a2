package web

import (
	"testing"

	"github.com/unionboard/unionboard/internal/i18n"
)

// A page is made when it is first drawn; a template that cannot be made must not wait for that.
func TestEveryPageCanBeMade(t *testing.T) {
	t.Parallel()
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	files, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	made, err := parsePages(words, files)
	if err != nil {
		t.Fatal(err)
	}
	for lang, pages := range made.byLang {
		for _, of := range pages {
			if _, err := of(); err != nil {
				t.Errorf("%s: %v", lang, err)
			}
		}
	}
	for name, file := range files.byName {
		if _, err := file.gzip(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
