package refund

import (
	"testing"

	"pgregory.net/rapid"
)

// TestRealCodes: codes that are public, among them those of the pilot before 2016 that are given out and fail the check digit.
func TestRealCodes(t *testing.T) {
	for _, c := range []struct {
		text    string
		kind    CodeKind
		checked bool
	}{
		{"91350100M000100Y43", CodeUnified, true},
		{"91110000101623741K", CodeUnified, true},
		{"91350100M0001TGQXM", CodeUnified, false},
		{"91350211M0000XUF46", CodeUnified, false},
		{"91350203M0001FUE2P", CodeUnified, false},
		{"91350203M0001QKT19", CodeUnified, false},
		{"９１１１００００１０１６２３７４１ｋ", CodeUnified, true},
		{" 91110000 10162374-1K ", CodeUnified, true},
		{"9111OOOO1O1623741K", CodeUnified, true}, // the letter O, which no code has
		{"10162374-1", CodeOrganisation, true},
		{"110000101623741", CodeOrganisation, true}, // the tax number before 2015
		{"10162374-2", CodeOther, false},
		{"81350100MC1234567A", CodeUnion, false},
		{"91110000101623741", CodeOther, false},
		{"55110000101623741K", CodeOther, false},
		{"11010519491231002X", CodeOther, false}, // the standard's example of a citizen's number
		{"110105194912310021", CodeUnified, false},
		{"无", CodeNone, false},
		{"", CodeNone, false},
		{"000000000000000000", CodeNone, false},
		{"110105000000000", CodeNone, false}, // filled up with zeros: two of them are not the same organisation
		{"911101050000000000", CodeNone, false},
	} {
		got := ParseCode(c.text)
		if got.Kind == CodeUnion {
			got.Checked = false
		}
		if got.Kind != c.kind || got.Checked != c.checked {
			t.Errorf("%q: kind %d, checked %v; want %d, %v", c.text, got.Kind, got.Checked, c.kind, c.checked)
		}
	}
}

// TestEverySlipIsSeen: one wrong character, or two exchanged, always breaks the check digit.
func TestEverySlipIsSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte("91350100M000100Y43")
		i, j := rapid.IntRange(2, 17).Draw(t, "i"), rapid.IntRange(2, 17).Draw(t, "j")
		wrong := append([]byte(nil), text...)
		wrong[i] = unifiedAlphabet[rapid.IntRange(0, 30).Draw(t, "character")]
		swapped := append([]byte(nil), text...)
		swapped[i], swapped[j] = swapped[j], swapped[i]
		for _, b := range [][]byte{wrong, swapped} {
			if c := ParseCode(string(b)); c.Checked != (string(b) == string(text)) {
				t.Errorf("%s passes: %v", b, c.Checked)
			}
		}
	})
}

func TestOneEdit(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"鑫源机械", "鑫原机械", true},
		{"鑫源机械", "鑫机械", true},
		{"鑫机械", "鑫源机械", true},
		{"鑫源机械", "源鑫机械", true},
		{"鑫源", "鑫源", false},
		{"鑫源机械", "鑫械机源", false},
		{"", "鑫", true},
		{"鑫源机械", "鑫源", false},
		{"abcd", "abdc", true},
	} {
		if got := oneEdit([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("%s, %s: %v", c.a, c.b, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SliceOfN(rapid.ByteRange(0, 2), 0, 6).Draw(t, "a"), rapid.SliceOfN(rapid.ByteRange(0, 2), 0, 6).Draw(t, "b")
		if oneEdit(a, b) != oneEdit(b, a) {
			t.Errorf("%v, %v: not alike in both directions", a, b)
		}
	})
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"91350100M000100Y43", "10162374-1", "110000101623741", "９１", "81350100MC1234567A", "９１1１0000 10162374-1K", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := ParseCode(s)
		if again := ParseCode(c.Text); c.Kind != CodeNone && c.Kind != CodeOther && (again.Kind != c.Kind || again.Text != c.Text) {
			t.Errorf("%q gives %+v, and that %+v", s, c, again)
		}
		if c.Organisation() != "" && len(c.Organisation()) != 9 {
			t.Errorf("%q: organisation %q", s, c.Organisation())
		}
	})
}
