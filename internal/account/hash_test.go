package account

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestHashAndCheck(t *testing.T) {
	ctx, h := t.Context(), NewHasher(2)
	long := strings.Repeat("a long password ", 12) // 192 characters
	hash, err := h.Hash(ctx, long+"1")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %s does not say its cost", hash)
	}
	for _, c := range []struct {
		password string
		want     bool
	}{
		{long + "1", true},
		{long + "2", false}, // differs after 192 characters only
		{long, false},
		{"", false},
		{strings.Replace(long, "a", "ａ", 1) + "1", true}, // typed in full width
	} {
		if ok, stale, err := h.Check(ctx, hash, c.password); ok != c.want || stale || err != nil {
			t.Errorf("Check(…%q) = %v, stale %v, %v; want %v", c.password[max(0, len(c.password)-3):], ok, stale, err, c.want)
		}
	}
	if again, _ := h.Hash(ctx, long+"1"); again == hash {
		t.Error("two hashes of one password are the same: the salt is not random")
	}
}

// Row 6 of the security checklist. The hash is one of the test vectors of the reference program (P-H-C/phc-winner-argon2, src/test.c: t=2, m=2^8, p=1).
func TestAnotherProgramsHashIsUnderstoodAndCalledStale(t *testing.T) {
	const hash = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	ok, stale, err := NewHasher(1).Check(t.Context(), hash, "password")
	if !ok || !stale || err != nil {
		t.Errorf("ok %v, stale %v, %v; want ok and stale", ok, stale, err)
	}
}

func TestANameNobodyHasTakesTheSameWork(t *testing.T) {
	h := NewHasher(1)
	if ok, _, err := h.Check(t.Context(), "", ""); ok || err != nil {
		t.Errorf("the empty hash: ok %v, %v", ok, err)
	}
	// The work is there: without a free place it waits like any other.
	h.places <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := h.Check(ctx, "", "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("answered %v without hashing", err)
	}
}

// Row 6 of the security checklist.
func TestOnlySoManyHashesAtOnce(t *testing.T) {
	h := NewHasher(2)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	h.places <- struct{}{}
	if _, err := h.Hash(t.Context(), "one place is left"); err != nil {
		t.Errorf("with one place taken: %v", err)
	}
	h.places <- struct{}{}
	if _, err := h.Hash(gone, "no place is left"); !errors.Is(err, context.Canceled) {
		t.Errorf("with both places taken: %v, want it to wait", err)
	}
	<-h.places
	if _, err := h.Hash(t.Context(), "a place is free again"); err != nil || len(h.places) != 1 {
		t.Errorf("after one was given back: %v, %d places taken", err, len(h.places))
	}
}

func TestDamagedHashesAreRefusedCheaply(t *testing.T) {
	good := encode(Present(), make([]byte, saltBytes), make([]byte, keyBytes))
	for _, hash := range []string{
		"x", "$argon2id$", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=19456", "m=4294967295", 1), strings.Replace(good, "t=2", "t=4000000", 1),
		strings.Replace(good, "p=1", "p=0", 1), good + "$", good[:len(good)-40], strings.Replace(good, "AAAA", "!!!!", 1),
		good + strings.Repeat("A", 600),
	} {
		if ok, _, err := NewHasher(1).Check(t.Context(), hash, "x"); ok || err == nil {
			t.Errorf("Check(%.40q…) answered ok %v, %v", hash, ok, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encode(Present(), make([]byte, saltBytes), make([]byte, keyBytes)))
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		c, salt, key, err := decode(s)
		if err == nil && (c.Memory > maxMemory || c.Passes > maxPasses || c.Threads == 0 || len(salt) == 0 || len(key) == 0) {
			t.Errorf("%q was understood as %+v with salt %x and key %x", s, c, salt, key)
		}
	})
}
