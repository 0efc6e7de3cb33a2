// Package testkit takes a test and makes what many of them begin with: an empty store, the shipped definitions. Only tests import it.
package testkit

import (
	"testing"

	"github.com/unionboard/unionboard/internal/failing"
	"github.com/unionboard/unionboard/internal/store"
)

// Empty makes a folder that has none yet the data folder of an empty store, in SQLite.
func Empty(dir string) error {
	i, err := empty()
	if err != nil {
		return err
	}
	return i.into(dir)
}

// Store answers a new empty store, which is closed with the test.
func Store(t testing.TB) *store.Store {
	t.Helper()
	return emptyStore(t)
}

// Faulty is Store with the calls to its database, of which a test lets one fail.
func Faulty(t testing.TB) (*store.Store, *failing.Calls) {
	t.Helper()
	calls := &failing.Calls{}
	return emptyStore(t, store.Through(calls.Through)), calls
}

// Sequential skips, where tests are to be short, one that takes long and does one thing after the other: in short the race detector is asked,
// which has nothing to see there.
func Sequential(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("one thing after the other: the race detector, which is asked in short, has nothing to see")
	}
}
