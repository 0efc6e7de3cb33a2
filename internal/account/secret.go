package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
)

// newSecret answers what opens something without a password: 26 letters and digits, 130 random bits.
func newSecret() string { return rand.Text() }

// SecretHash answers what is kept of a secret, SHA-256 in hex. A secret has too many bits to be guessed, so the hash need not be
// dear.
func SecretHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
