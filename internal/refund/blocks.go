package refund

import "slices"

// blocks are the indexes of the unions by which the candidates of a taxpayer are found. A block with more records than its cap finds
// nobody: what many share says nothing, and narrower blocks stand beside it.
type blocks struct {
	unions []record
	list   []block
	near   *index // deletion neighbourhood of codes that do not prove their spelling → unions
}

type block struct {
	name string
	cap  int
	keys func(*record) [2]key
	*index
}

func newBlocks(taxpayers, unions []record) *blocks {
	b := &blocks{unions: unions, list: []block{
		{name: "code", cap: 40, keys: func(r *record) [2]key { return [2]key{r.codeKey} }},
		{name: "organisation", cap: 40, keys: func(r *record) [2]key { return [2]key{r.org} }},
		{name: "core", cap: 60, keys: func(r *record) [2]key { return [2]key{r.v(0).name.core, r.v(1).name.core} }},
		{name: "sound", cap: 60, keys: func(r *record) [2]key { return [2]key{r.v(0).name.sound, r.v(1).name.sound} }},
		{name: "core and district", cap: 80, keys: func(r *record) [2]key {
			d := key(r.district)
			return [2]key{r.v(0).name.core.with(d), r.v(1).name.core.with(d)}
		}},
		{name: "phone", cap: 40, keys: func(r *record) [2]key { return [2]key{r.v(0).phone, r.v(1).phone} }},
		{name: "person and first two characters", cap: 60, keys: func(r *record) [2]key {
			return [2]key{r.v(0).repSound.with(r.v(0).name.head), r.v(0).repSound.with(r.v(1).name.head)}
		}},
		{name: "second person and first two characters", cap: 60, keys: func(r *record) [2]key {
			if r.v(1).repSound == 0 {
				return [2]key{r.v(0).repSound.with(r.v(0).name.head)}
			}
			return [2]key{r.v(1).repSound.with(r.v(0).name.head)}
		}},
		{name: "person and city", cap: 20, keys: func(r *record) [2]key {
			city := key(r.district / 100)
			return [2]key{r.v(0).repSound.with(city), r.v(1).repSound.with(city)}
		}},
		{name: "address with room", cap: 20, keys: func(r *record) [2]key {
			return [2]key{roomKey(r.v(0).address), roomKey(r.v(1).address)}
		}},
		{name: "first four syllables and district", cap: 60, keys: func(r *record) [2]key {
			d := key(r.district)
			return [2]key{r.v(0).name.syllable.with(d), r.v(1).name.syllable.with(d)}
		}},
		{name: "account", cap: 10, keys: func(r *record) [2]key { return [2]key{r.v(0).account, r.v(1).account} }},
	}}
	work := make([]func(), 0, len(b.list)+1)
	for i := range b.list {
		work = append(work, func() { b.list[i].index = newIndex(unions, b.list[i].keys) })
	}
	each(append(work, func() { b.near = neighbourhood(taxpayers, unions) })...)
	return b
}

// candidates appends the unions that share a block with a taxpayer, each once, in the order of their numbers.
func (b *blocks) candidates(t *record, found []int32) []int32 {
	for i := range b.list {
		block := &b.list[i]
		ks := block.keys(t)
		for n, k := range ks {
			if k == 0 || n == 1 && k == ks[0] {
				continue
			}
			if ids := block.find(k); len(ids) <= block.cap {
				found = append(found, ids...)
			}
		}
	}
	if t.code != "" {
		for k := range deletions(t.code) {
			if ids := b.near.find(k); len(ids) <= 40 {
				found = append(found, ids...)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// deletions are the keys of a code with each of its characters left out in turn, and of itself. Codes one edit apart share one.
func deletions(code string) func(yield func(key) bool) {
	return func(yield func(key) bool) {
		if len(code) < 15 || len(code) > 21 {
			return
		}
		if !yield(keyOf(code)) {
			return
		}
		var b [24]byte
		for i := range len(code) {
			copy(b[:], code[:i])
			copy(b[i:], code[i+1:])
			if !yield(keyOf(string(b[:len(code)-1]))) {
				return
			}
		}
	}
}

// neighbourhood finds unions by codes one edit away, where one of the two does not prove its spelling: the deletions of the unions'
// broken codes, and those of their whole ones that meet a broken code of a taxpayer.
func neighbourhood(taxpayers, unions []record) *index {
	const width = 26
	marks := make([]uint64, 1<<(width-6)) // the last bits of what taxpayers want; what meets them by accident does no harm
	for i := range taxpayers {
		if t := &taxpayers[i]; !t.whole {
			for k := range deletions(t.code) {
				marks[k>>6&(1<<(width-6)-1)] |= 1 << (k >> 32 & 63)
			}
		}
	}
	var entries []entry
	for i := range unions {
		u := &unions[i]
		for k := range deletions(u.code) {
			if !u.whole || marks[k>>6&(1<<(width-6)-1)]&(1<<(k>>32&63)) != 0 {
				entries = append(entries, entry{k, int32(i)})
			}
		}
	}
	return indexOf(entries)
}
