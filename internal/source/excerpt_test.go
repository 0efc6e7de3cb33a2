package source_test

import (
	"testing"

	"github.com/unionboard/unionboard/internal/source"
)

// What nobody would see is written out in messages: that 9 is no number cannot be understood.
func TestAnExcerptShowsWhatIsThere(t *testing.T) {
	for text, want := range map[string]string{"9\u200b": "9⟨U+200B⟩", "a\u202eb": "a⟨U+202E⟩b", "a\nb": "a b", "和平\x00": "和平 "} {
		if got := source.Excerpt(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
