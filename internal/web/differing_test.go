package web

import (
	"fmt"
	"strings"
	"testing"
)

// TestDifferingSigns: what differs between two texts is marked sign by sign; what was put in is marked alone, and nothing is marked where both are
// the same.
func TestDifferingSigns(t *testing.T) {
	marked := func(runs []signs) string {
		var b strings.Builder
		for _, r := range runs {
			if r.Off {
				fmt.Fprintf(&b, "[%s]", r.Text)
				continue
			}
			b.WriteString(r.Text)
		}
		return b.String()
	}
	for _, c := range [][4]string{
		{"****1234", "****1243", "****12[34]", "****12[43]"},
		{"鑫源商贸", "鑫源商贸有限公司", "鑫源商贸", "鑫源商贸[有限公司]"},
		{"沈阳鑫源机械", "沈阳市鑫源机械", "沈阳鑫源机械", "沈阳[市]鑫源机械"},
		{"一样", "一样", "一样", "一样"},
		{"只有一边", "", "[只有一边]", ""},
	} {
		left, right := differing(c[0], c[1])
		if got := [2]string{marked(left), marked(right)}; got != [2]string{c[2], c[3]} {
			t.Errorf("%s and %s: %v, want %v", c[0], c[1], got, c[2:])
		}
	}
}
