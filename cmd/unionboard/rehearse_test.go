package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// The quarter after the story is open for trying: a form in each state, and nothing of it counts before it is accepted as a whole.
func TestTheNextQuarterIsRehearsed(t *testing.T) {
	t.Parallel()
	inside(t, copyDemonstration(t), func(a *app) {
		q := assess.MustPeriod("2026Q4")
		standings, err := a.desk.Status(t.Context(), q, "", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		got := map[assess.UnitCode]assess.FilingState{}
		for _, s := range standings {
			if s.Filing.State != assess.NotStarted {
				got[s.Unit.Code] = s.Filing.State
			}
		}
		want := map[assess.UnitCode]assess.FilingState{
			"210102": assess.Draft, "210106": assess.Draft, "210103": assess.PendingSignature, "210104": assess.UnderReview, "210105": assess.Returned,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the reports (-want +got):\n%s", diff)
		}
		heping, err := a.desk.Form(t.Context(), "210102", q, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if c := heping.Counts; c.Typed != 68 || c.Filled+c.Unread != 38 || c.Errors < 4 || c.Warnings < 2 || c.Unchanged < 5 {
			t.Errorf("the form that is being filled in counts %+v", c)
		}
		back, err := a.desk.Form(t.Context(), "210105", q, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if c := back.Counts; c.Returned != 2 || back.Shut != nil {
			t.Errorf("the form that came back counts %+v, shut by %v", c, back.Shut)
		}
		periods, err := a.board.Periods(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if last := periods[len(periods)-1]; last != assess.MustPeriod("2026Q3") {
			t.Errorf("the pages open with %s", last)
		}
	})
}
