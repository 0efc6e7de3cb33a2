package results_test

import (
	"slices"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestCorrectionsAreWhatChangedAfterTheLock(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	m.put(unitA, q1, "members", "50", "before the lock")
	m.set(q1, assess.CycleScored, m.seq())
	if s := sheet(t, board, q1); s.Version != 1 || len(s.Corrections) != 0 {
		t.Errorf("nothing was corrected, and the version is %d: %+v", s.Version, s.Corrections)
	}

	// One correction of two cells makes one version.
	m.put(unitA, q1, "members", "60", "c1")
	m.put(unitB, q1, "visits", "90", "c1")
	s := sheet(t, board, q1)
	if s.Version != 2 || len(s.Corrections) != 2 || s.Corrections[0].After.Unit != unitB {
		t.Fatalf("version %d, %+v; want 2 and the newest first", s.Version, s.Corrections)
	}
	slices.SortFunc(s.Corrections, byUnit)
	if c := s.Corrections[0]; c.Before.Value != "50" || c.After.Value != "60" {
		t.Errorf("from %q to %q", c.Before.Value, c.After.Value)
	}

	// The same cell again is another version, and the correction shows what was locked and what holds.
	m.put(unitA, q1, "members", "70", "c2")
	s = sheet(t, board, q1)
	if c := s.Corrections[0]; s.Version != 3 || len(s.Corrections) != 2 || c.Before.Value != "50" || c.After.Value != "70" {
		t.Errorf("version %d, %+v", s.Version, s.Corrections)
	}
	if total(s, unitA) != "75.00" {
		t.Errorf("A has %s", total(s, unitA))
	}
}

// Ballots and achievements have a part and a ref; their corrections count too, and do not stand for the cell without.
func TestCorrectionsOfParts(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	m.set(q1, assess.CycleScored, m.seq())
	key := assess.CellKey{Unit: unitA, Period: q1, Item: "members", Part: "group", Ref: "1"}
	m.add(key, "5", "c1")
	s := sheet(t, board, q1)
	if s.Version != 2 || len(s.Corrections) != 1 || s.Corrections[0].After.Part != "group" || s.Corrections[0].Before.Seq != 0 {
		t.Errorf("version %d, %+v", s.Version, s.Corrections)
	}
	if o := figure(s, unitA, q1, "members"); o.Value != "40" {
		t.Errorf("the cell without part is %q", o.Value)
	}
}

// A year has the lock of its fourth quarter: what a quarter corrected before is no correction of the year, what comes after is,
// whichever quarter it is of.
func TestCorrectionsOfAYear(t *testing.T) {
	m, board := newBoard()
	year := assess.NewYear(2026)
	for _, q := range year.Quarters() {
		if q == year.LastQuarter() {
			m.put(unitA, q1, "members", "50", "between")
		}
		m.fill(q)
		m.set(q, assess.CycleScored, m.seq())
	}
	if s := sheet(t, board, year); s.Version != 1 || len(s.Corrections) != 0 {
		t.Errorf("version %d, %+v", s.Version, s.Corrections)
	}
	if s := sheet(t, board, q1); s.Version != 2 {
		t.Errorf("the quarter is at version %d", s.Version)
	}
	m.put(unitA, q1, "members", "55", "after")
	if s := sheet(t, board, year); s.Version != 2 || len(s.Corrections) != 1 || s.Corrections[0].Before.Value != "50" {
		t.Errorf("version %d, %+v", s.Version, s.Corrections)
	}
	if s := sheet(t, board, q1); s.Version != 3 {
		t.Errorf("the quarter is at version %d", s.Version)
	}
	if s := sheet(t, board, q1.Next()); s.Version != 1 {
		t.Errorf("another quarter is at version %d", s.Version)
	}
}
