package refund

import (
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/mozillazg/go-pinyin"
)

// syllables answers for every character of the basic plane a number that it shares with those that sound alike, tones apart; 0 where
// it is not known how it sounds. Of several readings it takes the first.
var syllables = sync.OnceValue(func() *[1 << 16]uint16 {
	table := new([1 << 16]uint16)
	numbers := map[string]uint16{}
	plainly := pinyin.NewArgs() // without tones
	for r := rune(0x3400); r <= 0x9FFF; r++ {
		readings := pinyin.SinglePinyin(r, plainly)
		if len(readings) == 0 {
			continue
		}
		n := numbers[readings[0]]
		if n == 0 {
			n = uint16(len(numbers) + 1)
			numbers[readings[0]] = n
		}
		table[r] = n
	}
	return table
})

// sound answers how a folded text sounds: two bytes for each of its first characters (all of them where most is 0), so that texts
// that sound alike are the same.
func sound(folded string, most int) string {
	table := syllables()
	var b strings.Builder
	b.Grow(len(folded))
	n := 0
	for _, r := range folded {
		if n++; most > 0 && n > most {
			break
		}
		v := uint16(r)
		if r < 1<<16 && table[r] != 0 {
			v = 0xE000 | table[r] // apart from letters, by the private zone
		}
		b.WriteByte(byte(v >> 8))
		b.WriteByte(byte(v))
	}
	return b.String()
}

// key is a 64-bit digest of a text, 0 for the empty text. Of a million texts two share one with a chance of three in a hundred
// million.
type key uint64

func keyOf(s string) key {
	if s == "" {
		return 0
	}
	return key(xxhash.Sum64String(s) | 1)
}

// with mixes another key into one; 0 stays 0.
func (k key) with(other key) key {
	if k == 0 || other == 0 {
		return 0
	}
	h := uint64(k)*0x9E3779B97F4A7C15 ^ uint64(other)
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9
	h ^= h >> 32
	return key(h | 1)
}
