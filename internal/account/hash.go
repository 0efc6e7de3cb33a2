package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost is what one Argon2id hash takes. It is written into every hash, so that it can rise without locking anybody out.
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// Present answers the cost of new hashes: 19 MiB, two passes, one thread (OWASP's first choice; 79 ms on the machine it was
// measured on).
func Present() Cost { return Cost{Memory: 19 * 1024, Passes: 2, Threads: 1} }

// Limits for a hash that is read back: a damaged one must not take the memory of the machine.
const (
	maxMemory  = 1 << 20 // KiB: 1 GiB
	maxPasses  = 64
	saltBytes  = 16
	keyBytes   = 32
	maxEncoded = 512
)

// Hasher hashes passwords, only so many at the same time that signing in cannot exhaust the memory.
type Hasher struct {
	places  chan struct{}
	cost    Cost
	made    atomic.Int64
	waiting atomic.Int64 // for a place
}

// NewHasher answers a Hasher that does at most atOnce hashes at the same time, new ones at the present cost: each with 19 MiB.
func NewHasher(atOnce int) *Hasher { return NewHasherAt(atOnce, Present()) }

// NewHasherAt is NewHasher with another cost of new hashes.
func NewHasherAt(atOnce int, c Cost) *Hasher {
	return &Hasher{places: make(chan struct{}, max(1, atOnce)), cost: c}
}

// Made answers how many hashes were made so far, those of checks included.
func (h *Hasher) Made() int64 { return h.made.Load() }

// Hash answers the PHC string of a password: $argon2id$v=19$m=19456,t=2,p=1$salt$key. It waits for a free place as long as ctx
// lets it.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails: the program ends where the system has no randomness
	key, err := h.key(ctx, password, salt, h.cost, keyBytes)
	if err != nil {
		return "", err
	}
	return encode(h.cost, salt, key), nil
}

// Check says whether a password belongs to a hash, and whether the hash is cheaper than new ones and should be made again. For
// an empty hash, that of a name nobody has, it works as long and answers no.
func (h *Hasher) Check(ctx context.Context, encoded, password string) (ok, stale bool, err error) {
	c, salt, want := h.cost, make([]byte, saltBytes), make([]byte, keyBytes)
	if encoded != "" {
		if c, salt, want, err = decode(encoded); err != nil {
			return false, false, err
		}
	}
	key, err := h.key(ctx, password, salt, c, uint32(len(want)))
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(key, want) == 1 && encoded != ""
	return ok, ok && c != h.cost, nil
}

func (h *Hasher) key(ctx context.Context, password string, salt []byte, c Cost, length uint32) ([]byte, error) {
	h.waiting.Add(1)
	select {
	case h.places <- struct{}{}:
		h.waiting.Add(-1)
		defer func() { <-h.places }()
	case <-ctx.Done():
		h.waiting.Add(-1)
		return nil, fmt.Errorf("hash a password: %w", ctx.Err())
	}
	h.made.Add(1)
	key := argon2.IDKey([]byte(fold(password)), salt, c.Passes, c.Memory, c.Threads, length)
	if h.waiting.Load() > 0 {
		// The next hash takes its memory where this one had it. Left to itself the collector lets the hashes of a crowd pile up to
		// several times of those under way.
		runtime.GC()
	}
	return key, nil
}

// fold makes passwords equal that look equal: an input method may write ａ for a, or é as one sign or two.
func fold(password string) string { return norm.NFKC.String(password) }

const phcForm = "$argon2id$v=%d$m=%d,t=%d,p=%d$"

func encode(c Cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf(phcForm, argon2.Version, c.Memory, c.Passes, c.Threads) + b64.EncodeToString(salt) + "$" + b64.EncodeToString(key)
}

func decode(encoded string) (c Cost, salt, key []byte, err error) {
	bad := fmt.Errorf("a password hash is not of the form $argon2id$v=%d$m=…,t=…,p=…$salt$key", argon2.Version)
	parts := strings.Split(encoded, "$")
	if len(encoded) > maxEncoded || len(parts) != 6 {
		return c, nil, nil, bad
	}
	var version int
	if _, err := fmt.Sscanf(strings.Join(parts[:4], "$")+"$", phcForm, &version, &c.Memory, &c.Passes, &c.Threads); err != nil || version != argon2.Version {
		return c, nil, nil, bad
	}
	salt, errSalt := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	key, errKey := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if errSalt != nil || errKey != nil || len(salt) < 8 || len(key) < 16 ||
		c.Memory > maxMemory || c.Passes < 1 || c.Passes > maxPasses || c.Threads < 1 {
		return c, nil, nil, bad
	}
	return c, salt, key, nil
}
