// Package testkit takes a test and makes what many of them begin with: an empty store, the shipped definitions. Only tests import it.
package testkit

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/unionboard/unionboard/internal/failing"
	"github.com/unionboard/unionboard/internal/store"
)

// made is the database of an empty store: to make its tables anew takes as long as many a test.
var made = sync.OnceValues(func() (database []byte, err error) {
	dir, err := os.MkdirTemp("", "empty-store")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s, err := store.Create(context.Background(), dir, store.WithReserve(0))
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, databaseFile))
})

const databaseFile = "unionboard.db"

// Empty makes a folder that has none yet the data folder of an empty store.
func Empty(dir string) error {
	database, err := made()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, databaseFile), database, 0o600)
}

// Store answers a new empty store, which is closed with the test.
func Store(t testing.TB) *store.Store {
	t.Helper()
	dir := t.TempDir()
	if err := Empty(dir); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), dir, store.WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Faulty is Store with the calls to its database, of which a test lets one fail.
func Faulty(t testing.TB) (*store.Store, *failing.Calls) {
	t.Helper()
	calls, dir := &failing.Calls{}, t.TempDir()
	if err := Empty(dir); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), dir, store.WithReserve(0), store.Through(calls.Through))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, calls
}

// Sequential skips, where tests are to be short, one that takes long and does one thing after the other: in short the race detector is asked,
// which has nothing to see there.
func Sequential(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("one thing after the other: the race detector, which is asked in short, has nothing to see")
	}
}
