package publish_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/publish"
)

// FuzzSeal: a seal that was changed – by bytes alone, or by somebody who makes every check anew – is refused with its line, or is another
// seal with another SHA-256; it never counts as the one that was approved.
func FuzzSeal(f *testing.F) {
	data := smallSeal(f)
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

// smallSeal answers the bytes of a seal over definitions that are small, so that many changes of it can be tried.
func smallSeal(f *testing.F) []byte {
	files, err := catalog.Files(os.DirFS("../catalog/testdata/small"))
	if err != nil {
		f.Fatal(err)
	}
	edition, err := load(files)
	if err != nil {
		f.Fatal(err)
	}
	s := city(rand.New(rand.NewPCG(1, 2)))
	s.Files, s.Header.Definitions.Digest = files, edition.Digest
	s.Basis.Targets, s.Basis.Filings, s.Basis.Figures = nil, nil, nil
	for _, u := range edition.Roster.Units {
		for _, item := range edition.Items {
			s.Basis.Figures = append(s.Basis.Figures, assess.Observation{
				Seq: int64(len(s.Basis.Figures) + 1), CellKey: assess.CellKey{Unit: u.Code, Period: period, Item: item.Code}, State: assess.Reported,
				Value: "7", EnteredBy: "reporter", AcceptedBy: "reviewer", RecordedAt: time.Date(2026, 4, 3, 8, 0, 0, 0, time.UTC),
			})
		}
	}
	data, _ := sealed(f, s)
	return data
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
