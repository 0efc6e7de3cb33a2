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
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/dial"
)

// keySize is that of AES-256, in bytes.
const keySize = 32

// Vault seals and opens texts. It is safe for concurrent use.
type Vault struct {
	path    string
	mayMake func() error // says why there must be keys already; nil: there need be none
	mu      sync.RWMutex
	keys    []key // oldest first; the last one seals; none before the first need
}

type key struct {
	id   string
	aead cipher.AEAD
	text string // as it stands in the file
}

// Open answers the vault of a file of keys, one in a line: its name, a blank, 32 bytes in base64. Where there is no file it makes one with a
// first key, readable by its owner alone. Whoever loses the file cannot open what it sealed: it is kept apart from backups of the database.
func Open(path string) (*Vault, error) {
	v := New(path, nil)
	_, err := v.held()
	return v, err
}

// New answers the vault of a file of keys that is read at the first need, and made then where there is none, with its folder. mayMake is
// asked before that: what it answers says why no keys may be made.
func New(path string, mayMake func() error) *Vault {
	return &Vault{path: path, mayMake: mayMake}
}

// held answers the keys, which it reads or makes where that was not done yet.
func (v *Vault) held() ([]key, error) {
	v.mu.RLock()
	keys := v.keys
	v.mu.RUnlock()
	if len(keys) > 0 {
		return keys, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.keys) > 0 {
		return v.keys, nil
	}
	err := v.read()
	if errors.Is(err, fs.ErrNotExist) {
		if v.mayMake != nil {
			if err := v.mayMake(); err != nil {
				return nil, err
			}
		}
		err = v.turn()
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return v.keys, nil
}

// read reads the keys of the file.
func (v *Vault) read() error {
	text, err := dial.Secret{File: v.path}.Whole()
	if err != nil {
		return err
	}
	var keys []key
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		k, err := parse(line)
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", v.path, n, err)
		}
		if i := slices.IndexFunc(keys, func(other key) bool { return other.id == k.id || other.material() == k.material() }); i >= 0 {
			return fmt.Errorf("%s, line %d: the key or its name stands in the file already, as %s; every key is its own", v.path, n, keys[i].id)
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return fmt.Errorf("%s holds none; put back the file that belongs to this database, or remove it where nothing is sealed yet", v.path)
	}
	v.keys = keys
	return nil
}

func parse(line string) (key, error) {
	id, encoded, _ := strings.Cut(line, " ")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil || len(raw) != keySize || strings.Contains(id, ":") {
		return key{}, fmt.Errorf("write a name, a blank and %d bytes in base64", keySize)
	}
	if weak(raw) {
		return key{}, errors.New("this is no random key, such as this program makes: it is typed, an example, or one sign again and again")
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return key{id: id, aead: aead, text: line}, err
}

// material is the key itself, as it is written.
func (k key) material() string { return strings.TrimSpace(strings.TrimPrefix(k.text, k.id)) }

// weak says whether a key was not drawn: its bytes go on by the same step, as in examples of manuals, or are all letters and signs of a
// keyboard. Of those that are drawn not one in 10^13 looks so.
func weak(raw []byte) bool {
	steady, typed := true, true
	for i, b := range raw {
		steady = steady && (i < 2 || b-raw[i-1] == raw[1]-raw[0])
		typed = typed && b >= ' ' && b <= '~'
	}
	return steady || typed
}

// Begin makes the first key where there is none.
func (v *Vault) Begin() error {
	_, err := v.held()
	return err
}

// again reads the file anew, in which another server, or a person, may have put a key, and answers the keys.
func (v *Vault) again() []key {
	v.mu.Lock()
	defer v.mu.Unlock()
	fresh := Vault{path: v.path}
	if err := fresh.read(); err == nil && len(fresh.keys) > len(v.keys) {
		v.keys = fresh.keys
	}
	return v.keys
}

// Turn adds a new key, by which everything is sealed from now on. The file is replaced whole.
func (v *Vault) Turn() error {
	if _, err := v.held(); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.turn(); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

func (v *Vault) turn() error {
	raw := make([]byte, keySize)
	rand.Read(raw) // never fails
	// The name is like no other: a file that was made anew, after the old one was lost, does not take the old one's place.
	k, err := parse(fmt.Sprintf("k%d-%s %s", len(v.keys)+1, rand.Text()[:6], base64.StdEncoding.EncodeToString(raw)))
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("# Keys of what is sealed in the database. Keep a copy apart from it, and never remove a line that something is sealed by.\n")
	for _, known := range slices.Concat(v.keys, []key{k}) {
		b.WriteString(known.text + "\n")
	}
	if err := replace(v.path, b.String()); err != nil {
		return err
	}
	v.keys = slices.Concat(v.keys, []key{k}) // who holds the old ones keeps them
	return nil
}

// replace writes a file that only its owner reads, whole or not at all.
func replace(path, text string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
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
func (v *Vault) Seal(text, place string) (string, error) {
	if text == "" {
		return "", nil
	}
	keys, err := v.held()
	if err != nil {
		return "", err
	}
	k := keys[len(keys)-1]
	return k.id + ":" + base64.StdEncoding.EncodeToString(k.aead.Seal(nil, nil, []byte(text), []byte(place))), nil
}

// Open opens what was sealed for a place.
func (v *Vault) Open(sealed, place string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	keys, err := v.held()
	if err != nil {
		return "", err
	}
	id, encoded, _ := strings.Cut(sealed, ":")
	named := func(k key) bool { return k.id == id }
	i := slices.IndexFunc(keys, named)
	if i < 0 {
		keys = v.again()
		i = slices.IndexFunc(keys, named)
	}
	if i < 0 {
		return "", fmt.Errorf("there is no key %s in %s; put back the file that belongs to this database", id, v.path)
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	// A decoder passes over line ends and the unused bits of the last sign; one text has one form.
	if err != nil || base64.StdEncoding.EncodeToString(raw) != encoded {
		return "", errors.New("a sealed text is damaged: it is not base64 as it was written")
	}
	text, err := keys[i].aead.Open(nil, nil, raw, []byte(place))
	if err != nil {
		return "", fmt.Errorf("a sealed text does not open under key %s: it was changed, or stands in another place", id)
	}
	return string(text), nil
}

// Current says whether a sealed text is sealed by the newest key.
func (v *Vault) Current(sealed string) bool {
	keys, err := v.held()
	return sealed == "" || err == nil && strings.HasPrefix(sealed, keys[len(keys)-1].id+":")
}

// Names answers the names of the keys, the newest last, with those that were put into the file since it was read; none where nothing was sealed yet
// and no key was made.
func (v *Vault) Names() ([]string, error) {
	if _, err := os.Stat(v.path); errors.Is(err, fs.ErrNotExist) && v.mayMake != nil && v.mayMake() == nil {
		return nil, nil
	}
	keys, err := v.held()
	if err == nil {
		keys = v.again()
	}
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.id
	}
	return names, err
}

// Turned answers when the newest key was made, zero where there is none: the file of keys is replaced whole, and never else.
func (v *Vault) Turned() time.Time {
	info, err := os.Stat(v.path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
