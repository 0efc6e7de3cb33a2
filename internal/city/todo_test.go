package city_test

import (
	"context"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/store"
)

// countingStore counts how often figures are read.
type countingStore struct {
	*store.Store
	figures int
}

func (s *countingStore) Current(ctx context.Context, q assess.CellQuery) ([]assess.Observation, error) {
	s.figures++
	return s.Store.Current(ctx, q)
}

// Every page asks what its reader has to do. The figures of all units are read for those alone who supply some.
func TestTodoReadsFiguresForWhoSuppliesThem(t *testing.T) {
	o := newOffice(t)
	counting := &countingStore{Store: o.store}
	d := city.New(city.Config{Store: counting, Gate: o.Gate, Editions: always{o.edition}})
	for _, c := range []struct {
		who  city.Act
		want int
	}{{person(0, assess.CityLeader), 0}, {analyst(april), 0}, {reviewer("party", 1, april), 1}} {
		counting.figures = 0
		if _, err := d.Todo(t.Context(), q1, c.who.By, april); err != nil {
			t.Fatal(err)
		}
		if counting.figures != c.want {
			t.Errorf("for a %s figures are read %d times, want %d", c.who.By.Role, counting.figures, c.want)
		}
	}
}
