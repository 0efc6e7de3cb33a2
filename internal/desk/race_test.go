package desk_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/testkit"
)

// What is signed is what was typed last: while one person types, another sends the report to the chair, who signs at once. Nothing
// that is acknowledged lies beyond the signature, and what is refused was never written.
func TestNoSaveSlipsInAfterASignature(t *testing.T) {
	s := testkit.Store(t)
	const rounds = 20
	for n := range rounds {
		m := newMachine(t, s, n)
		unit := m.units[0]
		for _, item := range m.edition.Items {
			save(t, m, desk.Save{Unit: unit, Period: m.period, Item: item.Code, Value: "1", Request: "begin " + string(item.Code)})
		}
		var typing sync.WaitGroup
		acknowledged := make([]string, len(m.edition.Items))
		for i, item := range m.edition.Items {
			typing.Go(func() {
				acknowledged[i] = "1"
				for k := 2; k < 100; k++ { // who never paused would keep the forwarding from its turn where the disk takes no time
					value := fmt.Sprint(k)
					saved, err := m.Save(t.Context(), desk.Save{
						Unit: unit, Period: m.period, Item: item.Code, Value: value, Base: int64(k - 1), Request: fmt.Sprint(item.Code, k),
					}, "li", m.now)
					if err != nil || saved.Conflict {
						if err != nil && !errors.Is(err, assess.ErrConflict) {
							t.Error(err)
						}
						return
					}
					acknowledged[i] = value
				}
			})
		}
		for tries := 0; ; tries++ { // somebody types all the time, so it may take a few
			err := m.Forward(t.Context(), unit, m.period, "wang", m.now)
			if err == nil {
				break
			}
			if !errors.Is(err, assess.ErrConflict) || tries > 10_000 {
				t.Fatal(err)
			}
		}
		if err := m.Sign(t.Context(), unit, m.period, "", "zhao", m.now); err != nil {
			t.Fatal(err)
		}
		typing.Wait()
		pending, err := m.gate.Pending(t.Context(), unit, m.period)
		if err != nil || len(pending) != len(m.edition.Items) {
			t.Fatalf("%d figures were handed in, %v", len(pending), err)
		}
		for _, p := range pending {
			for i, item := range m.edition.Items {
				if item.Code == p.Item && p.Value != acknowledged[i] {
					t.Errorf("round %d: %s was signed as %s, acknowledged was %s", n, p.Item, p.Value, acknowledged[i])
				}
			}
		}
	}
}

func save(t *testing.T, m *machine, s desk.Save) desk.Saved {
	t.Helper()
	saved, err := m.Save(t.Context(), s, "li", m.now)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// A save that is sent a hundred times at once, as a browser does whose answers are lost, counts once; of two editors of one cell one
// is told of the other.
func TestCopiesOfASaveCountOnce(t *testing.T) {
	f := newFixture(t)
	var group sync.WaitGroup
	for range 100 {
		group.Go(func() {
			saved, err := f.Save(t.Context(), desk.Save{Unit: heping, Period: q4, Item: "new_unions_ytd", Value: "3", Request: "one"}, "li", f.now)
			if err != nil || saved.Conflict || saved.Draft.Revision != 1 {
				t.Errorf("answered %+v, %v", saved.Draft, err)
			}
		})
	}
	conflicts := make(chan bool, 50)
	for n := range 50 {
		group.Go(func() {
			saved, err := f.Save(t.Context(), desk.Save{
				Unit: heping, Period: q4, Item: "bookhouses", Value: fmt.Sprint(n), Request: fmt.Sprint("editor ", n),
			}, fmt.Sprint("editor ", n), f.now)
			if err != nil {
				t.Error(err)
			}
			conflicts <- saved.Conflict
		})
	}
	group.Wait()
	close(conflicts)
	told := 0
	for conflict := range conflicts {
		if conflict {
			told++
		}
	}
	for item, want := range map[assess.Code]int{"new_unions_ytd": 1, "bookhouses": 1} {
		kept, err := f.store.Revisions(t.Context(), heping, q4, item)
		if err != nil || len(kept) != want {
			t.Errorf("%s keeps %d revisions, want %d (%v)", item, len(kept), want, err)
		}
	}
	if told != 49 {
		t.Errorf("%d of 50 editors of one cell were told of another, want 49", told)
	}
	if changes, err := f.store.FilingChanges(t.Context(), heping, q4); err != nil || len(changes) != 1 {
		t.Errorf("the report took %d steps, want the one to draft (%v)", len(changes), err)
	}
}
