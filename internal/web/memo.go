package web

import "sync"

// memo keeps what was made of one state of things, up to a number of bytes. What was made of another state is forgotten; when there is
// too much, some of it is, whichever comes first.
type memo[S, K comparable, V any] struct {
	most int // bytes
	size func(V) int

	mu    sync.Mutex
	of    S
	bytes int
	made  map[K]V
}

func newMemo[S, K comparable, V any](most int, size func(V) int) *memo[S, K, V] {
	return &memo[S, K, V]{most: most, size: size, made: map[K]V{}}
}

// known answers what was made of a state under a key.
func (m *memo[S, K, V]) known(of S, key K) (v V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of != of {
		return v, false
	}
	v, ok = m.made[key]
	return v, ok
}

// keep keeps what was made of a state.
func (m *memo[S, K, V]) keep(of S, key K, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of != of {
		m.of, m.bytes = of, 0
		clear(m.made)
	}
	m.drop(key)
	size := m.size(v)
	for other := range m.made {
		if m.bytes+size <= m.most {
			break
		}
		m.drop(other)
	}
	if size <= m.most {
		m.made[key], m.bytes = v, m.bytes+size
	}
}

// forget drops everything under the keys that a question is answered yes for.
func (m *memo[S, K, V]) forget(which func(K) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.made {
		if which(key) {
			m.drop(key)
		}
	}
}

func (m *memo[S, K, V]) drop(key K) {
	if old, ok := m.made[key]; ok {
		m.bytes -= m.size(old)
		delete(m.made, key)
	}
}
