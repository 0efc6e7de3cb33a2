package refund

import (
	"cmp"
	"math/bits"
	"runtime"
	"slices"
	"sync"
)

// index finds records by a key: the pairs in the order of their keys, and where those begin whose first bits are a number.
type index struct {
	keys   []key
	ids    []int32
	starts []uint32
	shift  uint
}

type entry struct {
	key key
	id  int32
}

// newIndex makes an index over records; keys answers those of one, 0 for none. A record is entered once under each different key.
func newIndex(records []record, keys func(*record) [2]key) *index {
	entries := make([]entry, 0, len(records))
	for i := range records {
		ks := keys(&records[i])
		if ks[0] != 0 {
			entries = append(entries, entry{ks[0], int32(i)})
		}
		if ks[1] != 0 && ks[1] != ks[0] {
			entries = append(entries, entry{ks[1], int32(i)})
		}
	}
	return indexOf(entries)
}

func indexOf(entries []entry) *index {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id))
	})
	width := uint(bits.Len(uint(len(entries))))
	x := &index{keys: make([]key, len(entries)), ids: make([]int32, len(entries)), starts: make([]uint32, 1<<width+1), shift: 64 - width}
	for i, e := range entries {
		x.keys[i], x.ids[i] = e.key, e.id
		x.starts[uint64(e.key)>>x.shift+1]++
	}
	for i := 1; i < len(x.starts); i++ {
		x.starts[i] += x.starts[i-1]
	}
	return x
}

// find answers the records under a key.
func (x *index) find(k key) []int32 {
	if k == 0 || len(x.keys) == 0 {
		return nil
	}
	bucket := uint64(k) >> x.shift
	from, to := x.starts[bucket], x.starts[bucket+1]
	for from < to && x.keys[from] < k {
		from++
	}
	end := from
	for end < to && x.keys[end] == k {
		end++
	}
	return x.ids[from:end]
}

// parallel runs work over the numbers below n, in shares of consecutive ones, on all processors.
func parallel(n int, work func(from, to int)) {
	const share = 2048
	var next struct {
		sync.Mutex
		at int
	}
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n/share+1) {
		wait.Go(func() {
			for {
				next.Lock()
				from := next.at
				next.at = min(from+share, n)
				next.Unlock()
				if from >= n {
					return
				}
				work(from, min(from+share, n))
			}
		})
	}
	wait.Wait()
}

// each runs several pieces of work beside each other.
func each(work ...func()) {
	var wait sync.WaitGroup
	limit := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, w := range work {
		wait.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			w()
		})
	}
	wait.Wait()
}
