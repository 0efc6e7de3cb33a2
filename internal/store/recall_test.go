package store

import (
	"errors"
	"sync/atomic"
	"testing"
)

// What was read is remembered until something is written, also something that is written while it is being read; an error never is.
func TestRecallEndsWithTheNextWriting(t *testing.T) {
	var writes atomic.Int64
	r := recall[string, int64]{writes: &writes}
	reads := 0
	read := func() (int64, error) { reads++; return writes.Load(), nil }
	want := func(what string, value int64, times int) {
		t.Helper()
		if v, err := r.get("a", read); v != value || err != nil || reads != times {
			t.Errorf("%s: %d, %v, read %d times; want %d, read %d times", what, v, err, reads, value, times)
		}
	}
	want("first", 0, 1)
	want("again", 0, 1)
	writes.Add(1)
	want("after a writing", 1, 2)
	if _, err := r.get("b", func() (int64, error) { return 0, errors.New("no") }); err == nil {
		t.Error("an error was swallowed")
	}
	if v, err := r.get("b", read); v != 1 || err != nil {
		t.Errorf("after an error: %d, %v", v, err)
	}
	writes.Add(1)
	if v, _ := r.get("a", func() (int64, error) { defer writes.Add(1); return writes.Load(), nil }); v != 2 {
		t.Errorf("read %d", v)
	}
	want("overtaken while it was read", 3, 4)
	for i := range 3 * mostRecalled {
		_, _ = r.get(string(rune('一'+i)), read)
		if len(r.known) > mostRecalled {
			t.Fatalf("%d are remembered", len(r.known))
		}
	}
}
