package account

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
)

// The lengths of a password, in characters.
const (
	MinPassword = 10
	MaxPassword = 256
)

// CheckPassword says whether a person may choose a password. Words that everybody in the house would guess do not count towards
// its length: the account's own name, those of the product, and known, such as the names of the units. What remains must have
// MinPassword characters. Any sign is welcome and none is demanded. Errors are Problems of kind ErrInvalid.
func CheckPassword(password string, u User, known ...string) error {
	folded := strings.ToLower(fold(password))
	switch n := utf8.RuneCountInString(folded); {
	case n < MinPassword:
		return assess.Invalid("problem.password_short",
			fmt.Sprintf("the password has %d characters; choose one of %d or more, a few words for example", n, MinPassword),
			"min", strconv.Itoa(MinPassword))
	case n > MaxPassword:
		return assess.Invalid("problem.password_long",
			fmt.Sprintf("the password has %d characters; choose one of %d at most", n, MaxPassword), "max", strconv.Itoa(MaxPassword))
	}
	if rest := without(folded, guessed(u, known)); utf8.RuneCountInString(rest) < MinPassword {
		return assess.Invalid("problem.password_guessed",
			fmt.Sprintf("the password is made of words that others guess, such as the account's name or the union's; choose one with %d further characters", MinPassword),
			"min", strconv.Itoa(MinPassword))
	}
	return nil
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

// RandomPassword answers a password to be handed to a person: four groups of four legible signs, 79 random bits.
func RandomPassword() (string, error) {
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
