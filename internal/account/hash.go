package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// cost is what one Argon2id hash takes. It is written into every hash, so that it can rise without locking anybody out.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// present is the cost of new hashes: 19 MiB, two passes, one thread (OWASP's first choice; 79 ms on the machine it was measured on).
var present = cost{memory: 19 * 1024, passes: 2, threads: 1}

// Limits for a hash that is read back: a damaged one must not take the memory of the machine.
const (
	maxMemory  = 1 << 20 // KiB: 1 GiB
	maxPasses  = 64
	saltBytes  = 16
	keyBytes   = 32
	maxEncoded = 512
)

// Hasher hashes passwords, only so many at the same time that signing in cannot exhaust the memory.
type Hasher struct{ places chan struct{} }

// NewHasher answers a Hasher that does at most atOnce hashes at the same time, each with 19 MiB.
func NewHasher(atOnce int) *Hasher {
	return &Hasher{places: make(chan struct{}, max(1, atOnce))}
}

// Hash answers the PHC string of a password: $argon2id$v=19$m=19456,t=2,p=1$salt$key. It waits for a free place as long as ctx
// lets it.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails: the program ends where the system has no randomness
	key, err := h.key(ctx, password, salt, present, keyBytes)
	if err != nil {
		return "", err
	}
	return encode(present, salt, key), nil
}

// Check says whether a password belongs to a hash, and whether the hash is cheaper than new ones and should be made again. For
// an empty hash, that of a name nobody has, it works as long and answers no.
func (h *Hasher) Check(ctx context.Context, encoded, password string) (ok, stale bool, err error) {
	c, salt, want := present, make([]byte, saltBytes), make([]byte, keyBytes)
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
	return ok, ok && c != present, nil
}

func (h *Hasher) key(ctx context.Context, password string, salt []byte, c cost, length uint32) ([]byte, error) {
	select {
	case h.places <- struct{}{}:
		defer func() { <-h.places }()
	case <-ctx.Done():
		return nil, fmt.Errorf("hash a password: %w", ctx.Err())
	}
	return argon2.IDKey([]byte(fold(password)), salt, c.passes, c.memory, c.threads, length), nil
}

// fold makes passwords equal that look equal: an input method may write ａ for a, or é as one sign or two.
func fold(password string) string { return norm.NFKC.String(password) }

const phcForm = "$argon2id$v=%d$m=%d,t=%d,p=%d$"

func encode(c cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf(phcForm, argon2.Version, c.memory, c.passes, c.threads) + b64.EncodeToString(salt) + "$" + b64.EncodeToString(key)
}

func decode(encoded string) (c cost, salt, key []byte, err error) {
	bad := fmt.Errorf("a password hash is not of the form $argon2id$v=%d$m=…,t=…,p=…$salt$key", argon2.Version)
	parts := strings.Split(encoded, "$")
	if len(encoded) > maxEncoded || len(parts) != 6 {
		return c, nil, nil, bad
	}
	var version int
	if _, err := fmt.Sscanf(strings.Join(parts[:4], "$")+"$", phcForm, &version, &c.memory, &c.passes, &c.threads); err != nil || version != argon2.Version {
		return c, nil, nil, bad
	}
	salt, errSalt := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	key, errKey := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if errSalt != nil || errKey != nil || len(salt) < 8 || len(key) < 16 ||
		c.memory > maxMemory || c.passes < 1 || c.passes > maxPasses || c.threads < 1 {
		return c, nil, nil, bad
	}
	return c, salt, key, nil
}
