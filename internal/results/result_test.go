package results_test

import (
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// A year is not public because its last quarter is: it is scored until its result is put on public notice, and public since that day.
func TestAYearIsPublicWithItsNotice(t *testing.T) {
	m, board := newBoard()
	year, posted := assess.NewYear(2026), time.Date(2027, 2, 3, 9, 0, 0, 0, time.UTC)
	for _, q := range year.Quarters() {
		m.fill(q)
		m.set(q, assess.CycleArchived, m.seq())
	}
	step := func(state assess.ResultState, at time.Time) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.version++
		m.stages = append(m.stages, assess.ResultStage{Period: year, State: state, At: at})
	}
	check := func(state assess.CycleState, since time.Time, result assess.ResultState) {
		t.Helper()
		if s := sheet(t, board, year); s.Cycle.State != state || !s.Cycle.PublishedAt.Equal(since) || s.Result != result {
			t.Errorf("%s since %s, result %s; want %s, %s, %s", s.Cycle.State, s.Cycle.PublishedAt, s.Result, state, since, result)
		}
	}
	check(assess.CycleScored, time.Time{}, assess.ResultDraft)
	step(assess.ResultReviewed, posted.AddDate(0, 0, -2))
	check(assess.CycleScored, time.Time{}, assess.ResultReviewed)
	step(assess.ResultPublicity, posted)
	check(assess.CyclePublished, posted, assess.ResultPublicity)
	step(assess.ResultDecided, posted.AddDate(0, 0, 9))
	check(assess.CyclePublished, posted, assess.ResultDecided)
	if s := sheet(t, board, year.LastQuarter()); s.Cycle.State != assess.CycleArchived || s.Result != "" {
		t.Errorf("the quarter: %s, %q", s.Cycle.State, s.Result)
	}
}
