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
