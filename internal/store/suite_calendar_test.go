package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// Adjustments come back as they were made: those of the quarter and the outages, in their order; reports get their late days with them.
func testAdjustments(t *testing.T, s *Store) {
	ctx := t.Context()
	day := time.Date(2026, 4, 13, 0, 0, 0, 0, time.UTC)
	if _, err := s.Commit(ctx, assess.Intake{Audit: []assess.AuditLine{line("filing")}, Filings: []assess.FilingChange{
		{Unit: "210102", Period: q1, To: assess.Submitted, At: spring, LateDays: 2}, {Unit: "210103", Period: q1, To: assess.Submitted, At: spring, LateDays: 2},
	}}); err != nil {
		t.Fatal(err)
	}
	all := []assess.Adjustment{
		{Kind: assess.Postponed, Period: q1, Step: "deadline", Day: day, Reason: "系统升级", By: "li.na", At: spring},
		{Kind: assess.OpenedEarly, Period: q1.Next(), Reason: "清明放假", By: "li.na", At: spring},
		{Kind: assess.Extended, Period: q1, Unit: "210102", Day: day, Void: true, Reason: "汛情", By: "li.na", At: spring},
		{Kind: assess.Outage, Unit: "210103", Day: day, Reason: "停电", By: "admin", At: spring},
	}
	for i := range all {
		var late []assess.Filing
		if all[i].Kind == assess.Outage {
			late = []assess.Filing{{Unit: "210103", Period: q1, State: assess.Locked, LateDays: 1}}
		}
		if err := s.PutAdjustment(ctx, all[i], late, line("calendar")); err != nil {
			t.Fatal(err)
		}
		all[i].Seq = headOf(t, s).Seq
	}
	for p, want := range map[assess.Period][]assess.Adjustment{q1: {all[0], all[2], all[3]}, q1.Next(): {all[1], all[3]}} {
		got, err := s.Adjustments(ctx, p)
		if diff := cmp.Diff(want, got, comparePeriods); diff != "" || err != nil {
			t.Errorf("adjustments of %s (-want +got):\n%s%v", p, diff, err)
		}
	}
	filings, err := s.Filings(ctx, q1)
	if err != nil || len(filings) != 2 || filings[0].LateDays != 2 || filings[1].LateDays != 1 || filings[1].State != assess.Submitted {
		t.Errorf("reports %+v, %v; want the second one day late and in its state", filings, err)
	}
	version := headOf(t, s).Version
	if err := s.PutAdjustment(ctx, assess.Adjustment{Kind: assess.Outage, Day: day, By: "admin", At: spring}, nil, line("calendar")); err == nil {
		t.Error("an adjustment without a reason was kept")
	}
	if got := headOf(t, s).Version; got != version {
		t.Errorf("it moved the version from %d to %d", version, got)
	}
}

func testCalendarEdits(t *testing.T, s *Store) {
	ctx := t.Context()
	edits := []assess.CalendarEdit{
		{Year: 2027, Text: "year: 2027\n", Reason: "暂定", By: "admin", At: spring},
		{Year: 2027, Text: "year: 2027\nofficial: true\n", Reason: "通知已发布", By: "admin", At: spring},
	}
	for i := range edits {
		if err := s.PutCalendarEdit(ctx, edits[i], line("calendar.edit")); err != nil {
			t.Fatal(err)
		}
		edits[i].Seq = headOf(t, s).Seq
	}
	got, err := s.CalendarEdits(ctx)
	if diff := cmp.Diff(edits, got); diff != "" || err != nil {
		t.Errorf("edits (-want +got):\n%s%v", diff, err)
	}
}
