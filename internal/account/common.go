package account

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"strings"
	"sync"
	"unicode"
)

//go:embed common/passwords.txt.gz
var commonPasswords []byte

//go:embed common/china.txt
var commonInChina string

// common answers the passwords that everybody tries first, in small letters: 47,000 of zxcvbn's list of leaked ones (see NOTICE),
// and some that are usual in China. A list that cannot be unpacked is no list; a test sees to it.
var common = sync.OnceValue(func() map[string]struct{} {
	words := map[string]struct{}{}
	add := func(lines string) {
		for word := range strings.Lines(lines) {
			words[strings.TrimSuffix(word, "\n")] = struct{}{}
		}
	}
	add(commonInChina)
	if unpacked, err := gzip.NewReader(bytes.NewReader(commonPasswords)); err == nil {
		if text, err := io.ReadAll(unpacked); err == nil {
			add(string(text))
		}
	}
	return words
})

// fewSigns is how many different signs a password must have to be more than a rhythm on one key.
const fewSigns = 4

// isCommon says whether a password in the form of fold and small letters is one that everybody tries first: as it is, doubled, with
// the digits and signs at its ends that people add when they are asked for some, or the same few signs over and over.
func isCommon(folded string) bool {
	different := map[rune]struct{}{}
	for _, r := range folded {
		different[r] = struct{}{}
	}
	if len(different) < fewSigns {
		return true
	}
	core := strings.TrimFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) })
	half := folded[:len(folded)/2]
	for _, word := range []string{folded, core, half} {
		if _, ok := common()[word]; ok && (word != half || half+half == folded) {
			return true
		}
	}
	return false
}
