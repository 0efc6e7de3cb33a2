package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/unionboard/unionboard/internal/testkit"
)

// TestTheTypefaceIsItsOwn compares its files with the checksums that .ci/make-font wrote.
func TestTheTypefaceIsItsOwn(t *testing.T) {
	sums, err := os.ReadFile("font/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(sums)) {
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		data, err := os.ReadFile(filepath.Join("font", name))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s: %x, want %s", name, sum, want)
		}
		n++
	}
	if n != 3 {
		t.Errorf("%d files, want the typeface and its two licences", n)
	}
}

// TestEveryCharacterCanBeSet: whatever the shipped definitions and the words of the program are written with, and the rare characters
// of names, has a glyph.
func TestEveryCharacterCanBeSet(t *testing.T) {
	s := press(t).sheets(About{})
	texts := map[string]string{"rare characters of names": "喆堃镕昇祎翀甯玥頔"}
	edition, err := json.Marshal(testkit.Shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	var decoded any
	if err := json.Unmarshal(edition, &decoded); err != nil {
		t.Fatal(err)
	}
	texts["the shipped definitions"] = fmt.Sprint(decoded)
	for _, name := range []string{"zh-CN.json", "en.json"} {
		words, err := os.ReadFile("../i18n/" + name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(words)
	}
	for what, text := range texts {
		for _, r := range text {
			if unicode.IsGraphic(r) && !s.has(r) {
				t.Errorf("%s: no glyph for %c (U+%04X)", what, r, r)
			}
		}
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
}

// TestWhatTheTypefaceLacksIsSaid: a box stands for it, and the print names it; control characters leave nothing behind.
func TestWhatTheTypefaceLacksIsSaid(t *testing.T) {
	s := press(t).sheets(About{})
	if got, want := s.clean("王\U00020BB7\u2B06\x00一\t二\U00020BB7"), "王□□一 二□"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := string(s.lost); got != "\U00020BB7\u2B06" {
		t.Errorf("lost %q", got)
	}
}

func press(t testing.TB) *Press {
	t.Helper()
	p, err := NewPress()
	if err != nil {
		t.Fatal(err)
	}
	return p
}
