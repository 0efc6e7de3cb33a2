package web

import (
	"testing"

	"pgregory.net/rapid"
)

// What is kept never takes more than it may, is what was made of the state that is asked for, and is gone with its key.
func TestMemoKeepsWithinItsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const most = 100
		m := newMemo[int, int](most, func(v []byte) int { return len(v) })
		model, of := map[int]int{}, -1
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			state, key := rapid.IntRange(0, 2).Draw(t, "state"), rapid.IntRange(0, 9).Draw(t, "key")
			switch rapid.IntRange(0, 2).Draw(t, "do") {
			case 0:
				size := rapid.IntRange(0, 2*most).Draw(t, "size")
				if m.keep(state, key, make([]byte, size)); state != of {
					of, model = state, map[int]int{}
				}
				model[key] = size
				if _, ok := m.known(state, key); ok != (size <= most) {
					t.Fatalf("%d bytes kept: %v", size, ok)
				}
			case 1:
				m.forget(func(k int) bool { return k == key })
				delete(model, key)
			}
			if v, ok := m.known(state, key); ok && (state != of || len(v) != model[key]) {
				t.Fatalf("key %d of state %d answered %d bytes, kept %d of state %d", key, state, len(v), model[key], of)
			}
			sum := 0
			for _, v := range m.made {
				sum += len(v)
			}
			if sum != m.bytes || sum > most {
				t.Fatalf("%d bytes are kept, counted %d, at most %d", sum, m.bytes, most)
			}
		}
	})
}
