package vault

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// keySize is that of AES-256, in bytes.
const keySize = 32

// Vault seals and opens texts. It is safe for concurrent use.
type Vault struct {
	path string
	mu   sync.RWMutex
	keys []key // oldest first; the last one seals
}

type key struct {
	id   string
	aead cipher.AEAD
	text string // as it stands in the file
}

// Open reads the keys of a file, one in a line: its name, a blank, 32 bytes in base64. Where there is no file it makes one with a first key,
// readable by its owner alone. Whoever loses the file cannot open what it sealed: it is kept apart from backups of the database.
func Open(path string) (*Vault, error) {
	v := &Vault{path: path}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return v, v.Turn()
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		k, err := parse(line)
		if err != nil {
			return nil, fmt.Errorf("keys: %s, line %d: %w", path, n, err)
		}
		v.keys = append(v.keys, k)
	}
	if len(v.keys) == 0 {
		return nil, fmt.Errorf("keys: %s holds none; put back the file that belongs to this database, or remove it where nothing is sealed yet", path)
	}
	return v, nil
}

func parse(line string) (key, error) {
	id, encoded, _ := strings.Cut(line, " ")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil || len(raw) != keySize || strings.Contains(id, ":") {
		return key{}, fmt.Errorf("write a name, a blank and %d bytes in base64", keySize)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return key{id: id, aead: aead, text: line}, err
}

// Turn adds a new key, by which everything is sealed from now on. The file is replaced whole.
func (v *Vault) Turn() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	raw := make([]byte, keySize)
	rand.Read(raw) // never fails
	// The name is like no other: a file that was made anew, after the old one was lost, does not take the old one's place.
	k, err := parse(fmt.Sprintf("k%d-%s %s", len(v.keys)+1, rand.Text()[:6], base64.StdEncoding.EncodeToString(raw)))
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("# Keys of what is sealed in the database. Keep a copy apart from it, and never remove a line that something is sealed by.\n")
	for _, known := range append(v.keys, k) {
		b.WriteString(known.text + "\n")
	}
	if err := replace(v.path, b.String()); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	v.keys = append(v.keys, k)
	return nil
}

// replace writes a file that only its owner reads, whole or not at all.
func replace(path, text string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err := f.WriteString(text); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Seal seals a text for one place: what is opened elsewhere, such as another record, does not open. No text is "".
func (v *Vault) Seal(text, place string) string {
	if text == "" {
		return ""
	}
	v.mu.RLock()
	k := v.keys[len(v.keys)-1]
	v.mu.RUnlock()
	return k.id + ":" + base64.StdEncoding.EncodeToString(k.aead.Seal(nil, nil, []byte(text), []byte(place)))
}

// Open opens what was sealed for a place.
func (v *Vault) Open(sealed, place string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	id, encoded, _ := strings.Cut(sealed, ":")
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, k := range v.keys {
		if k.id != id {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(encoded)
		// A decoder passes over line ends and the unused bits of the last sign; one text has one form.
		if err != nil || base64.StdEncoding.EncodeToString(raw) != encoded {
			return "", errors.New("a sealed text is damaged: it is not base64 as it was written")
		}
		text, err := k.aead.Open(nil, nil, raw, []byte(place))
		if err != nil {
			return "", fmt.Errorf("a sealed text does not open under key %s: it was changed, or stands in another place", id)
		}
		return string(text), nil
	}
	return "", fmt.Errorf("there is no key %s in %s; put back the file that belongs to this database", id, v.path)
}

// Current says whether a sealed text is sealed by the newest key.
func (v *Vault) Current(sealed string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return sealed == "" || strings.HasPrefix(sealed, v.keys[len(v.keys)-1].id+":")
}
