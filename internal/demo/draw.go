package demo

import (
	"hash/fnv"
	"math/rand/v2"
)

// dice draws numbers. A draw depends on the seed and on the words it is asked with, never on what was drawn before, so that a
// new figure or a longer history leaves every other figure as it was. Everything is whole numbers: no platform rounds them
// differently.
type dice struct{ seed uint64 }

// between answers a number from low to high, both included, each as likely as the other.
func (d dice) between(low, high int64, words ...string) int64 {
	return low + int64(d.source(words).Uint64()%uint64(high-low+1))
}

// bell answers a number from −1000 to 1000, mostly near 0: the mean of two even draws, with a standard deviation of 408.
func (d dice) bell(words ...string) int64 {
	s := d.source(words)
	return (int64(s.Uint64()%2001) + int64(s.Uint64()%2001) - 2000) / 2
}

// text answers n characters of a–z and 0–9, for tokens and passwords of the demonstration.
func (d dice) text(n int, words ...string) string {
	const alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
	s := d.source(words)
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[s.Uint64()%uint64(len(alphabet))]
	}
	return string(b)
}

func (d dice) source(words []string) *rand.PCG {
	h := fnv.New64a()
	for _, w := range words {
		h.Write([]byte(w))
		h.Write([]byte{0x1f})
	}
	return rand.NewPCG(d.seed, h.Sum64())
}

// scale answers v × num ÷ den, halves up; v and num are not negative.
func scale(v, num, den int64) int64 { return (v*num + den/2) / den }

// limit answers v, or the nearer of low and high where it lies outside.
func limit(v, low, high int64) int64 { return max(low, min(v, high)) }
