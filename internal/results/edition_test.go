package results_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/results"
)

var _ collect.Editions = results.Exact{}

// A period is scored by the edition it was closed with. By hand: A has 40 members and 80 visits. By the first edition, half and
// half, it has 60 points; by the second, members 75 and visits 25, it has 50.
func TestAClosedPeriodKeepsItsEdition(t *testing.T) {
	m, board := newBoard()
	m.frameworks = map[int]string{2: strings.Replace(strings.Replace(framework, "weight: 50", "weight: 75", 1), "weight: 50", "weight: 25", 1)}
	for _, q := range assess.NewYear(2026).Quarters() {
		m.fill(q)
	}
	q4 := assess.MustPeriod("2026Q4")
	m.close(q1, 1)
	m.close(q4, 1)
	wants := func(when string, want map[string]string) {
		t.Helper()
		for p, points := range want {
			if got := total(sheet(t, board, assess.MustPeriod(p)), unitA); got != points {
				t.Errorf("%s %s has %s points, want %s", when, p, got, points)
			}
		}
	}
	wants("before", map[string]string{"2026Q1": "60.00", "2026Q2": "60.00", "2026Q4": "60.00", "2026": "60.00"})
	m.editions = append(m.editions, assess.Edition{Year: 2026, Number: 2})
	m.version++
	wants("after the new edition", map[string]string{"2026Q1": "60.00", "2026Q2": "50.00", "2026Q4": "60.00", "2026": "60.00"})
	if e := sheet(t, board, q1).Edition; e.Number != 1 {
		t.Errorf("the closed quarter names edition %d", e.Number)
	}
	if e, err := board.Edition(t.Context(), 2026); err != nil || e.Number != 2 {
		t.Errorf("the newest is %v, %v", e, err)
	}
	m.put(unitA, q1, "members", "60", "correction")
	locked, err := board.Locked(t.Context(), q1)
	if err != nil || total(locked, unitA) != "60.00" || total(sheet(t, board, q1), unitA) != "70.00" {
		t.Errorf("a correction is scored by another edition: %v", err)
	}
	m.close(q1, 7)
	if s, err := board.Sheet(t.Context(), q1); err == nil {
		t.Errorf("an edition that is not there was replaced by %d", s.Edition.Number)
	}
}

// Pages of a year without definitions use those of the year before; the gate does not.
func TestExactKnowsNoFallback(t *testing.T) {
	_, board := newBoard()
	exact := results.Exact{Board: board}
	if e, err := exact.Edition(t.Context(), 2026); err != nil || e.Year != 2026 {
		t.Errorf("%v, %v", e, err)
	}
	for _, year := range []int{2025, 2027, 2062} {
		if _, err := exact.Edition(t.Context(), year); !errors.Is(err, assess.ErrNotFound) {
			t.Errorf("%d: %v, want not found", year, err)
		}
	}
	if e, err := board.Edition(t.Context(), 2027); err != nil || e.Year != 2026 {
		t.Errorf("pages of 2027: %v, %v", e, err)
	}
}

// A figure that the edition cannot read keeps no page from being shown: it counts as missing, and the sheet names it. By hand: of A
// 80 visits are left, half of 80 is 40.
func TestWhatTheEditionCannotReadIsMissing(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	m.put(unitA, q1, "members", "excellent", "first")
	m.set(q1, assess.CycleScored, m.seq())
	s := sheet(t, board, q1)
	if _, _, node := s.Node(unitA, "members"); node.State != assess.NotReported || total(s, unitA) != "40.00" || total(s, unitB) != "100.00" {
		t.Errorf("the member figure is %s, A has %s and B %s", node.State, total(s, unitA), total(s, unitB))
	}
	if len(s.Unread) != 1 || s.Unread[0].Unit != unitA || s.Unread[0].Value != "excellent" {
		t.Errorf("unread %+v", s.Unread)
	}
}
