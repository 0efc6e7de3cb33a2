// Package testkit takes a test and makes what many of them begin with: an empty store, the shipped definitions. Only tests import it.
package testkit

import (
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/failing"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/seeds"
)

// Store answers a new empty store, which is closed with the test.
func Store(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Create(t.Context(), t.TempDir(), store.WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Faulty is Store with the calls to its database, of which a test lets one fail.
func Faulty(t testing.TB) (*store.Store, *failing.Calls) {
	t.Helper()
	calls := &failing.Calls{}
	s, err := store.Create(t.Context(), t.TempDir(), store.WithReserve(0), store.Through(calls.Through))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, calls
}

// Shipped answers the definitions that the program ships.
func Shipped(t testing.TB) *assess.Edition {
	t.Helper()
	edition, err := catalog.Load(seeds.Files())
	if err != nil {
		t.Fatal(err)
	}
	return edition
}
