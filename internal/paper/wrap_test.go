package paper

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestLinesBreakAsChineseDoes: in 9 pt a Chinese character is 9 pt wide.
func TestLinesBreakAsChineseDoes(t *testing.T) {
	s := press(t).sheets(About{})
	for _, c := range []struct {
		text  string
		width float64
		want  string
	}{
		{"职工服务", 18, "职工|服务"},
		{"职工，服务", 18, "职|工，|服务"},         // no mark at the beginning of a line
		{"一（二）三", 27, "一|（二）|三"},         // no opening mark at the end of a line, no closing one at the beginning
		{"得分 91.33 分", 40, "得分|91.33 分"}, // a number stays whole
		{"return of figures", 36, "return|of|figures"},
		{"aaaaaaaaaaaaaaaaaaaa", 40, ""}, // wider than the line: broken anywhere
		{"", 40, ""},
	} {
		got := s.wrap(c.text, 9, c.width)
		if c.want != "" && strings.Join(got, "|") != c.want {
			t.Errorf("%q in %v: %q, want %q", c.text, c.width, strings.Join(got, "|"), c.want)
		}
		for _, line := range got {
			if s.width(9, line) > c.width {
				t.Errorf("%q: the line %q is wider than %v", c.text, line, c.width)
			}
		}
	}
}

// TestWrappingLosesNothing: the lines hold every character of the text in its order, blanks at their ends apart.
func TestWrappingLosesNothing(t *testing.T) {
	s := press(t).sheets(About{})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("工会职，。（）abc 12.5%《》、")), 0, 60, -1).Draw(t, "text")
		width := rapid.Float64Range(20, 200).Draw(t, "width")
		lines := s.wrap(text, 9, width)
		if got := bare(strings.Join(lines, "")); got != bare(text) {
			t.Fatalf("%q became %q", text, lines)
		}
		for _, line := range lines {
			if s.width(9, line) > width && utf8.RuneCountInString(line) > 1 && len(pieces(line)) > 1 {
				t.Fatalf("%q is wider than %v", line, width)
			}
		}
	})
}
