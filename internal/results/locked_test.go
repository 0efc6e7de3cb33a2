package results_test

import (
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// TestLockedIsWhatPeopleSawBeforeCorrections: A was locked with 40 and 80, a total of 60; with 60 members it has 70 now. Without a
// correction both are the same sheet, and what is kept is forgotten with the next change.
func TestLockedIsWhatPeopleSawBeforeCorrections(t *testing.T) {
	m, board := newBoard()
	locked := func() *results.Sheet {
		s, err := board.Locked(t.Context(), q1)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	m.fill(q1)
	m.set(q1, assess.CyclePublished, m.seq())
	if locked() != sheet(t, board, q1) {
		t.Error("nothing was corrected, and the locked sheet is another one")
	}
	m.put(unitA, q1, "members", "60", "c1")
	if now, before := total(sheet(t, board, q1), unitA), total(locked(), unitA); now != "70.00" || before != "60.00" {
		t.Errorf("now %s, locked %s; want 70.00 and 60.00", now, before)
	}
	first := locked()
	if again := locked(); again != first {
		t.Error("the locked sheet is computed again for every reader")
	}
	m.set(q1, assess.CyclePublished, m.seq())
	if before := total(locked(), unitA); before != "70.00" {
		t.Errorf("locked anew at %s, want 70.00", before)
	}
}

// TestRescoreLeavesTheSheetAlone: by members alone A has 40; the sheet keeps its 60.
func TestRescoreLeavesTheSheetAlone(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	s := sheet(t, board, q1)
	other := s.Edition.Frameworks[0]
	other.Root = &assess.Node{Code: "index", Children: other.Root.Children[:1]}
	again, err := s.Rescore(&other)
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Card(unitA).Root().Shown; got != 40 || total(s, unitA) != "60.00" {
		t.Errorf("otherwise %v, the sheet %s; want 40 and 60.00", got, total(s, unitA))
	}
	if _, err := (&results.Sheet{}).Rescore(&other); err == nil {
		t.Error("a sheet without figures was scored")
	}
}

func TestSubject(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	s := sheet(t, board, q1)
	if one, err := s.Subject("index"); err != nil || one.Code() != "index" || one.Framework == nil {
		t.Errorf("%+v, %v; want the framework index", one, err)
	}
	if _, err := s.Subject("nothing"); err == nil {
		t.Error("a subject that is not there was answered")
	}
}
