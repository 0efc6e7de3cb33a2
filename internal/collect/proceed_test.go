package collect_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

func (c *collection) proceed(to assess.CycleState, at string) error {
	c.t.Helper()
	return c.Proceed(c.t.Context(), q1, to, "提前完成", assess.AuditLine{Actor: "li.hua", At: clock(at), Result: "ok"})
}

// One district has handed in and the other has not: nobody is closed out before the cut-off, on 16 April 17:00. When both have and are
// accepted, the analyst need not wait.
func TestNobodyLosesTimeThatTheCalendarGives(t *testing.T) {
	c := newCollection(t)
	c.advance(q1, assess.CycleReviewing)
	c.take(unitA, collect.Adopt)
	err := c.proceed(assess.CycleClosing, "2026-04-16 16:59")
	if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Args["units"] != string(unitA+", "+unitB) {
		t.Errorf("closed while figures are lacking that nobody signed: %v", err)
	}
	c.rest(unitA, collect.Adopt)
	err = c.proceed(assess.CycleClosing, "2026-04-16 16:59")
	if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.cycle_early" || p.Args["units"] != string(unitB) {
		t.Errorf("closed early: %v", err)
	}
	if diff := cmp.Diff(map[assess.UnitCode]assess.FilingState{unitA: assess.Accepted}, c.filings()); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
	c.take(unitB, collect.Adopt)
	c.rest(unitB, collect.Adopt)
	for _, to := range []assess.CycleState{assess.CycleClosing, assess.CycleScored} {
		if err := c.proceed(to, "2026-04-13 09:00"); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"li.hua 2026Q1 : closing→scored: 提前完成"}, c.lines("cycle.scored")); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
}

func TestProceedGoesStepByStep(t *testing.T) {
	for _, tt := range []struct{ from, to assess.CycleState }{
		{"", assess.CycleReviewing},
		{assess.CycleScheduled, assess.CycleOpen}, // which keeps its reason with the dates: Adjust
		{assess.CycleOpen, assess.CycleClosing},
		{assess.CycleOpen, assess.CycleOpen},
		{assess.CycleReviewing, assess.CyclePublished}, // never without having been scored
		{assess.CycleScored, assess.CyclePublished},    // takes two persons: package publish
		{assess.CycleScored, assess.CycleOpen},
		{assess.CyclePublished, assess.CycleArchived}, // the calendar's to do
		{assess.CycleOpen, "nonsense"},
	} {
		c := newCollection(t)
		if tt.from != "" {
			c.advance(q1, tt.from)
		}
		before := c.head()
		if err := c.proceed(tt.to, "2026-04-30 12:00"); !errors.Is(err, assess.ErrConflict) {
			t.Errorf("%s to %s: %v, want a conflict", tt.from, tt.to, err)
		}
		if after := c.head(); after != before {
			t.Errorf("%s to %s left something", tt.from, tt.to)
		}
	}
	c := newCollection(t)
	c.advance(q1, assess.CycleClosing)
	if err := c.Proceed(t.Context(), q1, assess.CycleScored, "", assess.AuditLine{Actor: "analyst", At: clock("2026-04-30 12:00")}); !errors.Is(err, assess.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
}
