package refund

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzWritten is what people write of persons, telephones and places: it has one form, telephones are at most two and of figures alone, and
// no text keeps what looks like a citizen's number.
func FuzzWritten(f *testing.F) {
	for _, text := range []string{"138 0000 8000转12/024-88886666", "辽宁省沈阳市和平区南京街12-3号", "欧阳＊＊", "11010519491231002X", "税号 110105 19491231 002X 01", "（86）13800008000", "—", "11010519491231002X11010519491231002X"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("no reader lets it in")
		}
		phones := ParsePhones(text)
		for _, p := range phones {
			if len(phones) > 2 || len(p) < 7 || len(p) > 12 || !within(p, "0123456789") {
				t.Errorf("%q has the telephones %q", text, phones)
			}
		}
		if person := ParsePerson(text); ParsePerson(person) != person {
			t.Errorf("%q is %q, and that %q", text, person, ParsePerson(person))
		}
		if a := ParseAddress(text); strings.ContainsAny(a.Street+a.Room, "\n\x00") {
			t.Errorf("%q lies at %q", text, a)
		}
		covered := WithoutCitizens(text, func(number string) string { return strings.Repeat("*", 8) })
		if citizens.MatchString(covered) || LikeCitizen(text) && slices.Equal([]byte(covered), []byte(text)) {
			t.Errorf("%q is covered as %q", text, covered)
		}
	})
}
