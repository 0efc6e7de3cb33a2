package account

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
)

// The lengths of a password, in characters: what Rules.MinPassword may be set to at least, and what nobody types.
const (
	LeastPassword = 8
	MaxPassword   = 256
)

// CheckPassword says whether a person may choose a password. Passwords that everybody tries first are refused. Words that
// everybody in the house would guess do not count towards the length: the account's own name, those of the product, and known, such
// as the names of the units; what remains must have MinPassword characters. Any sign is welcome, and none is demanded unless the
// rules say so. Errors are Problems of kind ErrInvalid.
func (r Rules) CheckPassword(password string, u User, known ...string) error {
	folded := strings.ToLower(fold(password))
	least := max(LeastPassword, r.MinPassword)
	switch n := utf8.RuneCountInString(folded); {
	case n < least:
		return assess.Invalid("problem.password_short",
			fmt.Sprintf("the password has %d characters; choose one of %d or more, a few words for example", n, least),
			"min", strconv.Itoa(least))
	case n > MaxPassword:
		return assess.Invalid("problem.password_long",
			fmt.Sprintf("the password has %d characters; choose one of %d at most", n, MaxPassword), "max", strconv.Itoa(MaxPassword))
	case isCommon(folded):
		return assess.Invalid("problem.password_common",
			"the password is one of those that everybody tries first; choose one that nobody else has, a few words for example")
	}
	if rest := without(folded, guessed(u, known)); utf8.RuneCountInString(rest) < least {
		return assess.Invalid("problem.password_guessed",
			fmt.Sprintf("the password is made of words that others guess, such as the account's name or the union's; choose one with %d further characters", least),
			"min", strconv.Itoa(least))
	}
	if r.Composed && classes(password) < 3 {
		return assess.Invalid("problem.password_classes",
			"the password must have three of these: small letters, capitals, digits, other signs; add one of the kinds that are missing")
	}
	return nil
}

// classes counts which of small letters, capitals, digits and other signs a password has. Letters without case, such as Chinese,
// are other signs.
func classes(password string) (n int) {
	kind := func(r rune) int {
		switch {
		case unicode.IsLower(r):
			return 0
		case unicode.IsUpper(r):
			return 1
		case unicode.IsDigit(r):
			return 2
		}
		return 3
	}
	var seen [4]bool
	for _, r := range fold(password) {
		if k := kind(r); !seen[k] {
			seen[k] = true
			n++
		}
	}
	return n
}

// Reused says whether a password is one of the account's earlier ones, of the last count.
func (h *Hasher) Reused(ctx context.Context, password string, u User, count int) (bool, error) {
	for _, hash := range u.PastHashes[:min(count, len(u.PastHashes))] {
		if ok, _, err := h.Check(ctx, hash, password); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// guessed answers the words that do not count, longest first so that a word inside another does not spare the rest of it.
func guessed(u User, known []string) []string {
	words := append([]string{
		u.Name, u.DisplayName, "unionboard", "gonghui", "zonggonghui", "szgh", "zgh", "union", "总工会", "工会", "password", "admin",
	}, known...)
	for i, w := range words {
		words[i] = strings.ToLower(fold(w))
	}
	words = slices.DeleteFunc(words, func(w string) bool { return utf8.RuneCountInString(w) < 2 })
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

func without(s string, words []string) string {
	for _, w := range words {
		s = strings.ReplaceAll(s, w, "")
	}
	return s
}

// legible are the signs of random passwords: none that is taken for another when read out or copied from paper.
const legible = "23456789abcdefghjkmnpqrstuvwxyz"

// RandomPassword answers a password to be handed to a person: four groups of four legible signs, 79 random bits, with at least one
// letter and one digit.
func RandomPassword() (string, error) {
	for {
		p, err := randomPassword()
		if err != nil || strings.ContainsAny(p, legible[:8]) && strings.ContainsAny(p, legible[8:]) {
			return p, err
		}
	}
}

func randomPassword() (string, error) {
	var b strings.Builder
	for i := range 16 {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(legible))))
		if err != nil {
			return "", fmt.Errorf("random password: %w", err)
		}
		b.WriteByte(legible[n.Int64()])
	}
	return b.String(), nil
}
