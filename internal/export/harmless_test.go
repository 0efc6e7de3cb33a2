package export_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/export"
)

// TestOnlyNumbersMayBeginLikeAFormula: a text that begins with a sign of formulas gets a no-break space before it unless it is a number, and
// nothing else is touched.
func TestOnlyNumbersMayBeginLikeAFormula(t *testing.T) {
	t.Parallel()
	number := regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?$`)
	check := func(t interface{ Errorf(string, ...any) }, text string) {
		want := text
		if text != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(text)[0]) && !number.MatchString(text) {
			want = "\u00a0" + text
		}
		if got := export.Harmless(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{
		"", "-", "-1", "-0", "-01", "-1.", "-.5", "-1.50", "-1.5.2", "-1e5", "-１", "+1", "=1+1", "＝1+1", "＋8613", "－5", "＠SUM", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "'=1",
		"--1", "-1+cmd|' /C calc'!A0", "工会", "\xff", "\xff=1",
	} {
		check(t, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.StringOfN(rapid.RuneFrom([]rune("=+-@\t\r＝＋－＠01９.e工")), 0, 8, -1).Draw(t, "text"))
	})
}
