package testkit

import (
	"reflect"
	"sync"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/seeds"
)

// load reads the shipped definitions once for all tests of a package: it takes a second under the race detector.
var load = sync.OnceValues(func() (*assess.Edition, error) { return catalog.Load(seeds.Files()) })

// pristine is what nobody was given.
var pristine = sync.OnceValues(func() (*assess.Edition, error) { return catalog.Load(seeds.Files()) })

// Shipped answers the definitions that the program ships. The edition is the caller's own; what it points to is shared by all tests and must
// not be changed, which is looked after at the end of each.
func Shipped(t testing.TB) *assess.Edition {
	t.Helper()
	shared, err := load()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if want, err := pristine(); err != nil || !reflect.DeepEqual(shared, want) {
			t.Error("this test, or one beside it, has changed the definitions that all tests share; take a copy of what is to be changed")
		}
	})
	own := *shared
	return &own
}
