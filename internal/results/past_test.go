package results_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

var april = time.Date(2026, 4, 1, 0, 0, 0, 0, time.FixedZone("UTC+8", 8*60*60))

// remembering lets a board know its past: on each day the log ended with one more number than on the day before, the first of April
// with the first. calls counts how often the log was cut.
func remembering(m *memory, board *results.Live, calls *int) *results.Live {
	return board.WithPast(func(_ context.Context, before time.Time) (results.Log, error) {
		*calls++
		cut := int64(before.Sub(april) / (24 * time.Hour))
		m.mu.Lock()
		defer m.mu.Unlock()
		then := &memory{version: m.version, editions: m.editions, cycles: m.cycles}
		for _, o := range m.observations {
			if o.Seq <= cut {
				then.observations = append(then.observations, o)
			}
		}
		if len(then.observations) == 0 {
			return nil, assess.NotFound("problem.as_of_before", "nothing yet")
		}
		return then, nil
	})
}

func known(t *testing.T, b results.Board, day time.Time) results.Board {
	t.Helper()
	then, err := results.Known(t.Context(), b, day)
	if err != nil {
		t.Fatal(err)
	}
	return then
}

// TestACorrectionAfterTheDayIsNotSeen: the day before the correction shows A with 60 of 40 and 80, today's board shows 90 of 100 and
// 80, and a board over the log as it then ended says the same as the day.
func TestACorrectionAfterTheDayIsNotSeen(t *testing.T) {
	calls := 0
	m, board := newBoard()
	m.fill(q1)
	m.set(q1, assess.CyclePublished, m.seq())
	m.put(unitA, q1, "members", "100", "correction")
	remembering(m, board, &calls)
	fourth := april.AddDate(0, 0, 3)
	before, now := sheet(t, known(t, board, fourth), q1), sheet(t, known(t, board, time.Time{}), q1)
	if a, b := total(before, unitA), total(now, unitA); a != "60.00" || b != "90.00" {
		t.Errorf("the day shows %s, today %s; want 60.00 and 90.00", a, b)
	}
	if before.Version != 1 || now.Version != 2 || len(before.Corrections) != 0 || len(now.Corrections) != 1 {
		t.Errorf("versions %d and %d, %d and %d corrections", before.Version, now.Version, len(before.Corrections), len(now.Corrections))
	}
	cut, cutBoard := newBoard()
	cut.fill(q1)
	cut.set(q1, assess.CyclePublished, cut.seq())
	alone := sheet(t, cutBoard, q1)
	for _, unit := range []assess.UnitCode{unitA, unitB} {
		if a, b := total(before, unit), total(alone, unit); a != b {
			t.Errorf("%s: the day shows %s, a log that ended then %s", unit, a, b)
		}
	}
	if after := sheet(t, known(t, board, april.AddDate(0, 0, 4)), q1); total(after, unitA) != "90.00" {
		t.Errorf("the day of the correction shows %s", total(after, unitA))
	}
}

// TestBeforeTheFirstFigureThereIsNothing: such a day is said to be one, and a board without a past says that it has none.
func TestBeforeTheFirstFigureThereIsNothing(t *testing.T) {
	calls := 0
	m, board := newBoard()
	m.fill(q1)
	if _, err := results.Known(t.Context(), board, april); !errors.Is(err, assess.ErrUnavailable) {
		t.Errorf("without a past: %v", err)
	}
	remembering(m, board, &calls)
	if _, err := results.Known(t.Context(), board, april.AddDate(0, 0, -1)); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("the day before the first figure: %v", err)
	}
	if b := known(t, board, time.Time{}); b != results.Board(board) {
		t.Error("the day of now is another board")
	}
}

// TestFewDaysAreKept: a day is cut once for each state of the data, and only the days asked for last are kept.
func TestFewDaysAreKept(t *testing.T) {
	calls := 0
	m, board := newBoard()
	m.fill(q1)
	remembering(m, board, &calls)
	ask := func(days ...int) (asked int) {
		start := calls
		for _, d := range days {
			known(t, board, april.AddDate(0, 0, d))
		}
		return calls - start
	}
	got := []int{ask(0, 0, 1, 0), ask(2, 0, 1), ask(3), ask(0, 1, 3), ask(2)}
	m.put(unitB, q1, "members", "50", "second")
	got = append(got, ask(3, 3))
	if want := []int{2, 1, 1, 0, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("the log was cut %v times, want %v", got, want)
	}
}
