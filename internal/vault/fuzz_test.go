package vault_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/vault"
)

// FuzzKeys: a file of keys holds keys or is refused, is never written over, and what it seals opens again in its place alone; a text that was
// not sealed never opens.
func FuzzKeys(f *testing.F) {
	f.Add([]byte("k1-ABCDEF AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"), "k1-ABCDEF:AAAA")
	f.Add([]byte("# words\n\nk1 x\n"), ":")
	f.Add([]byte("k1:2 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"), "k1:2:")
	f.Fuzz(func(t *testing.T, file []byte, text string) {
		path := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		v, err := vault.Open(path)
		if after, _ := os.ReadFile(path); !bytes.Equal(after, file) {
			t.Fatalf("%q was written over by %q", file, after)
		}
		if err != nil {
			return
		}
		if got, err := v.Open(text, "a"); err == nil && text != "" {
			t.Errorf("%q opens as %q", text, got)
		}
		if text == "" {
			return
		}
		sealed, err := v.Seal(text, "a")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := v.Open(sealed, "a"); err != nil || got != text || !v.Current(sealed) || !strings.Contains(sealed, ":") {
			t.Errorf("%q under %q opens as %q, %v", text, file, got, err)
		}
		if got, err := v.Open(sealed, "b"); err == nil {
			t.Errorf("opens elsewhere as %q", got)
		}
	})
}
