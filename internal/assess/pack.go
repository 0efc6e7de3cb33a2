package assess

import (
	"encoding/binary"
	"strings"
)

// packed is how many entries a block of a Pack holds, and mostPackWords how many units, periods and codes it knows by number.
const (
	packed        = 4096
	mostPackWords = 1 << 16
)

// Pack is a long list of entries of one table that takes little more memory than their text: a row of a million takes some
// twenty-five bytes instead of some three hundred. Its entries have no place but their line, and nobody beside who hands them in. nil is an empty one.
type Pack struct {
	file    string
	columns map[string]int
	blocks  []packBlock
	n       int
	words   []string // units, periods and codes, each once
	numbers map[string]int
}

// packBlock holds the entries one after the other, and where each begins.
type packBlock struct {
	text   []byte
	starts []uint32
}

// NewPack makes an empty Pack of the entries of a file with some columns, by their head.
func NewPack(file string, columns map[string]int) *Pack {
	return &Pack{file: file, columns: columns, numbers: map[string]int{}}
}

// Len answers how many entries there are; nil has none.
func (p *Pack) Len() int {
	if p == nil {
		return 0
	}
	return p.n
}

// Add adds an entry.
func (p *Pack) Add(e Entry) {
	if p.n%packed == 0 {
		p.blocks = append(p.blocks, packBlock{starts: make([]uint32, 0, packed)})
	}
	b := &p.blocks[len(p.blocks)-1]
	b.starts = append(b.starts, uint32(len(b.text)))
	percent := uint64(0)
	if e.Percent {
		percent = 1
	}
	b.text = binary.AppendUvarint(b.text, uint64(e.Place.Line)<<1|percent)
	for _, word := range [...]string{string(e.Unit), e.PeriodText, string(e.Code)} {
		number := p.number(word)
		b.text = binary.AppendUvarint(b.text, uint64(number))
		if number == 0 {
			b.text = appendText(b.text, word)
		}
	}
	for _, field := range [...]string{e.Value, e.State, e.Note, e.Part, e.Ref} {
		b.text = appendText(b.text, field)
	}
	p.n++
}

func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}

// number answers the number of a word, from 1; 0 for one of too many.
func (p *Pack) number(word string) int {
	n, known := p.numbers[word]
	if !known && len(p.words) < mostPackWords {
		word = strings.Clone(word) // the row it is part of need not stay
		p.words = append(p.words, word)
		n = len(p.words)
		p.numbers[word] = n
	}
	return n
}

// At answers entry i, from 0.
func (p *Pack) At(i int) Entry {
	b := &p.blocks[i/packed]
	rest := b.text[b.starts[i%packed]:]
	next := func() uint64 {
		v, n := binary.Uvarint(rest)
		rest = rest[n:]
		return v
	}
	text := func() string {
		size := next()
		field := string(rest[:size])
		rest = rest[size:]
		return field
	}
	word := func() string {
		if n := next(); n > 0 {
			return p.words[n-1]
		}
		return text()
	}
	line := next()
	return Entry{
		Place: Place{File: p.file, Line: int(line >> 1)}, Percent: line&1 == 1, Columns: p.columns,
		Unit: UnitCode(word()), PeriodText: word(), Code: Code(word()), Value: text(), State: text(), Note: text(), Part: text(), Ref: text(),
	}
}
