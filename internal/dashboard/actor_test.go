package dashboard

import (
	"testing"

	"github.com/unionboard/unionboard/internal/i18n"
)

// TestActorsAreNamedInWords: a source and the command line are told from accounts, whose names stay as they are.
func TestActorsAreNamedInWords(t *testing.T) {
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	for who, want := range map[string]string{
		"source:district_210102": "采集源 district_210102", "console:li": "命令行 li", "demo.reviewer": "demo.reviewer", "other:x": "other:x", "": "—",
	} {
		r := &resolver{words: words.In(i18n.Chinese)}
		if got := r.actor(who); got != want {
			t.Errorf("%q is called %q, want %q", who, got, want)
		}
	}
}
