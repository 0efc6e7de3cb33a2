package assess

import "encoding/binary"

// packed is how many entries a block of a Pack holds.
const packed = 4096

// Pack is a long list of entries of one table that takes little more memory than their text: a row of a million takes some fifty bytes
// instead of some three hundred. Its entries have no place but their line, and nobody beside who hands them in. The zero Pack is empty.
type Pack struct {
	file    string
	columns map[string]int
	blocks  []packBlock
	n       int
}

// packBlock holds the entries one after the other, and where each begins.
type packBlock struct {
	text   []byte
	starts []uint32
}

// NewPack makes an empty Pack of the entries of a file with some columns, by their head.
func NewPack(file string, columns map[string]int) *Pack { return &Pack{file: file, columns: columns} }

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
	for _, field := range [...]string{string(e.Unit), e.PeriodText, string(e.Code), e.Value, e.State, e.Note, e.Part, e.Ref} {
		b.text = binary.AppendUvarint(b.text, uint64(len(field)))
		b.text = append(b.text, field...)
	}
	p.n++
}

// At answers entry i, from 0.
func (p *Pack) At(i int) Entry {
	b := &p.blocks[i/packed]
	rest := b.text[b.starts[i%packed]:]
	line, n := binary.Uvarint(rest)
	rest = rest[n:]
	end := len(b.text)
	if next := i%packed + 1; next < len(b.starts) {
		end = int(b.starts[next])
	}
	text := string(rest[:end-len(b.text)+len(rest)]) // one piece of memory for all fields
	next := func() string {
		size, n := binary.Uvarint(rest)
		field := text[n : n+int(size)]
		rest, text = rest[n+int(size):], text[n+int(size):]
		return field
	}
	return Entry{
		Place: Place{File: p.file, Line: int(line >> 1)}, Percent: line&1 == 1, Columns: p.columns,
		Unit: UnitCode(next()), PeriodText: next(), Code: Code(next()), Value: next(), State: next(), Note: next(), Part: next(), Ref: next(),
	}
}
