package results_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// until answers the log as it stood when it had reached a number; the version of the data is that of now, as in the store.
func (m *memory) until(seq int64) *memory {
	return &memory{
		version: m.version, editions: m.editions, cycles: m.cycles, filings: m.filings, targets: m.targets,
		observations: slices.DeleteFunc(slices.Clone(m.observations), func(o assess.Observation) bool { return o.Seq > seq }),
	}
}

// TestACorrectionIsHiddenUntilItIsPublished: whoever sees what is published sees a corrected quarter as it was published, whatever day
// somebody looked at before; on the day before the correction nothing differs.
func TestACorrectionIsHiddenUntilItIsPublished(t *testing.T) {
	day := time.Date(2026, 4, 20, 0, 0, 0, 0, time.UTC) // before the correction
	now := time.Time{}
	for name, days := range map[string][]time.Time{"now": {now}, "the day first": {day, now}, "now first": {now, day, now}} {
		m, board := newBoard()
		m.fill(q1)
		m.close(q1, 1)
		sealed := m.seq()
		m.put(unitA, q1, "members", "60", "correction")
		board.WithSeals(func(context.Context) ([]assess.Seal, error) {
			return []assess.Seal{{Number: 1, Period: q1, Edition: 1, Seq: sealed, At: day}}, nil
		}, func(_ context.Context, seq int64) (results.Log, error) { return m.until(seq), nil })
		board.WithPast(func(context.Context, time.Time) (results.Log, error) { return m.until(sealed), nil })
		for _, one := range days {
			seen, err := results.Seen(t.Context(), board, results.View{Day: one, Published: true})
			if err != nil {
				t.Fatal(err)
			}
			if s := sheet(t, seen, q1); total(s, unitA) != "60.00" || s.Version != 1 {
				t.Errorf("%s: on %s the reader sees %s in version %d, want the published 60.00 in version 1", name, one.Format(time.DateOnly), total(s, unitA), s.Version)
			}
		}
		if s := sheet(t, board, q1); total(s, unitA) != "70.00" || s.Version != 2 {
			t.Errorf("%s: the city sees %s in version %d, want 70.00 in version 2", name, total(s, unitA), s.Version)
		}
	}
}

// TestWhatIsPublishedIsLookedAtAgain: a quarter that was seen to stand as it was published is compared again when a figure of it changes, and not when
// anything else does; either way the reader sees what was published.
func TestWhatIsPublishedIsLookedAtAgain(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	m.close(q1, 1)
	sealed, opened := m.seq(), 0
	board.WithSeals(func(context.Context) ([]assess.Seal, error) {
		return []assess.Seal{{Number: 1, Period: q1, Edition: 1, Seq: sealed, At: time.Date(2026, 4, 20, 0, 0, 0, 0, time.UTC)}}, nil
	}, func(_ context.Context, seq int64) (results.Log, error) { opened++; return m.until(seq), nil })
	reader := results.View{Published: true}
	look := func(when, want string) {
		t.Helper()
		seen, err := results.Seen(t.Context(), board, reader)
		if err != nil {
			t.Fatal(err)
		}
		if s := sheet(t, seen, q1); total(s, unitA) != want || s.Head.Version != m.version {
			t.Errorf("%s the reader sees %s in version %d of the data, want %s in %d", when, total(s, unitA), s.Head.Version, want, m.version)
		}
	}
	look("at first", "60.00")
	m.version++
	look("after another change", "60.00")
	m.put(unitA, q1, "members", "60", "correction")
	look("after a correction", "60.00")
	m.version++
	look("after another change since", "60.00")
	m.put(unitA, q1, "members", "50", "taken back")
	look("after the correction was taken back", "60.00")
	if opened > 1 {
		t.Errorf("the log of the seal was opened %d times", opened)
	}
}
