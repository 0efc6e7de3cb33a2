package vault_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/vault"
)

func open(t *testing.T, path string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func seal(t interface{ Fatal(...any) }, v *vault.Vault, text, place string) string {
	sealed, err := v.Seal(text, place)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// What is sealed opens in its place, after a restart and after the key was changed; anywhere else, or changed by one sign, it does not.
func TestWhatIsSealedOpensInItsPlaceAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	v := open(t, path)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the file of keys: %v, %v", info, err)
	}
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringN(1, 50, -1).Draw(r, "text")
		sealed := seal(r, v, text, "a")
		if strings.Contains(sealed, text) && len(text) > 3 || sealed == seal(r, v, text, "a") {
			r.Fatalf("sealed: %q", sealed)
		}
		if got, err := v.Open(sealed, "a"); err != nil || got != text {
			r.Fatalf("opens as %q, %v", got, err)
		}
		if got, err := v.Open(sealed, "b"); err == nil {
			r.Fatalf("opens elsewhere as %q", got)
		}
		// Every sign in every place counts, also the last one before the padding, of which a part is bits that nothing is made of.
		for i := strings.IndexByte(sealed, ':') + 1; i < len(sealed); i++ {
			for _, sign := range []byte("ABQgw+/=\n") {
				if changed := []byte(sealed); changed[i] != sign {
					changed[i] = sign
					if got, err := v.Open(string(changed), "a"); err == nil {
						r.Fatalf("with %q at %d it opens as %q", sign, i, got)
					}
				}
			}
		}
	})
	first := seal(t, v, "6222020200012345678", "record 1")
	if !v.Current(first) {
		t.Error("what was sealed just now is not current")
	}
	if err := v.Turn(); err != nil {
		t.Fatal(err)
	}
	second := seal(t, v, "138", "record 2")
	again := open(t, path)
	for sealed, place := range map[string]string{first: "record 1", second: "record 2"} {
		if _, err := again.Open(sealed, place); err != nil {
			t.Errorf("after a restart: %v", err)
		}
	}
	if again.Current(first) || !again.Current(second) {
		t.Error("the new key is not the one that seals")
	}
	other := open(t, filepath.Join(t.TempDir(), "keys"))
	if _, err := other.Open(first, "record 1"); err == nil {
		t.Error("opens under the key of another installation")
	}
	if _, err := other.Open(second, "record 2"); err == nil || !strings.Contains(err.Error(), "no key k2-") {
		t.Errorf("without its key: %v", err)
	}
}

func TestABrokenFileOfKeysIsNamed(t *testing.T) {
	for text, want := range map[string]string{"": "holds none", "# only words\n": "holds none", "k1 short\n": "line 1", "k1 QUFB\n": "32 bytes"} {
		path := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.Open(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Keys are read or made at the first need; where something is sealed already they are not made anew, and nothing is left behind.
func TestKeysAreMadeOnlyWhereNothingIsSealed(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "secrets")
	path := filepath.Join(folder, "register.keys")
	lost := errors.New("put back the file")
	if _, err := vault.New(path, func() error { return lost }).Seal("138", "a"); !errors.Is(err, lost) {
		t.Errorf("made keys where something is sealed already: %v", err)
	}
	v := vault.New(path, func() error { return nil })
	if text, err := v.Open("", "a"); err != nil || text != "" {
		t.Errorf("nothing opens as %q, %v", text, err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("something was made before it was needed: %v", err)
	}
	var all sync.WaitGroup
	sealed := make([]string, 8)
	for i := range sealed {
		all.Go(func() { sealed[i], _ = v.Seal("138", "a") })
	}
	all.Wait()
	again := vault.New(path, func() error { return lost })
	for _, one := range sealed {
		if text, err := again.Open(one, "a"); err != nil || text != "138" {
			t.Errorf("what was sealed at the same time opens as %q, %v", text, err)
		}
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info, err)
	}
}
