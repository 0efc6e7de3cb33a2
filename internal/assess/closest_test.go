package assess_test

import (
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestClosest(t *testing.T) {
	words := []assess.Code{"union_members", "nef_members", "new_unions_ytd"}
	for word, want := range map[assess.Code]assess.Code{
		"union_membres": "union_members", // two letters swapped
		"Union_Members": "union_members",
		"nef_member":    "nef_members",
		"bookhouses":    "",
		"":              "",
	} {
		if got := assess.Closest(word, words); got != want {
			t.Errorf("Closest(%q) = %q, want %q", word, got, want)
		}
	}
}
