package publish_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/publish"
)

// FuzzSeal: a seal that was changed – by bytes alone, or by somebody who makes every check anew – is refused with its line, or is another
// seal with another SHA-256; it never counts as the one that was approved.
func FuzzSeal(f *testing.F) {
	data, _ := sealed(f, city(rand.New(rand.NewPCG(1, 2))))
	first, err := publish.Read(bytes.NewReader(data))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(100), []byte("x"), "\"reported\"", "\"missing\"")
	f.Add(uint32(0), []byte("{}\n"), "2026Q1", "2025Q4")
	f.Add(uint32(5000), []byte("\n\n"), "null", "[null]")
	f.Fuzz(func(t *testing.T, at uint32, put []byte, old, new string) {
		i := int(at) % len(data)
		changed := append(append(bytes.Clone(data[:i]), put...), data[min(i+len(put), len(data)):]...)
		forged := data
		if old != "" && len(old) < 40 && len(new) < 1000 && !strings.Contains(new, "\n") {
			forged = forge(data, old, new)
		}
		for _, some := range [][]byte{changed, forged} {
			seal, err := publish.Read(bytes.NewReader(some))
			if err != nil {
				var problem *assess.Problem
				if !errors.As(err, &problem) || problem.Place.Line < 1 {
					t.Errorf("refused without a place: %v", err)
				}
				continue
			}
			if bytes.Equal(some, data) != (seal.Digest == first.Digest) {
				t.Errorf("changed bytes have the SHA-256 %s", seal.Digest)
			}
		}
	})
}

// forge changes the first line that holds a text and makes every check anew; what can be no seal stays as it was.
func forge(data []byte, old, new string) (forged []byte) {
	defer func() {
		if recover() != nil { // a header that is none
			forged = data
		}
	}()
	done := false
	return publish.Forge(data, func(text string) string {
		if done || !strings.Contains(text, old) {
			return text
		}
		done = true
		return strings.Replace(text, old, new, 1)
	})
}
