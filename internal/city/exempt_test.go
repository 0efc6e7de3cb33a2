package city_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// TestNotApplicable: the analyst marks an indicator for a reason, it stands in the log and in the list, and is taken back for a reason.
func TestNotApplicable(t *testing.T) {
	o := newOffice(t)
	year := assess.NewYear(2026)
	if err := o.Exempt(t.Context(), q1, "210102", pilot, " 当年未承担试点任务 ", analyst(april)); err != nil {
		t.Fatal(err)
	}
	if err := o.Exempt(t.Context(), q1, "210103", "palace_visits", "辖区无工人文化宫", analyst(april)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"210102 not_applicable wu wu"}, o.heldBy(pilot, year)); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"210103 not_applicable wu wu"}, o.heldBy("palace_visits_ytd", q1)); diff != "" {
		t.Errorf("a district's item, held (-want +got):\n%s", diff)
	}
	sheet, err := o.Exemptions(t.Context(), q1)
	if err != nil {
		t.Fatal(err)
	}
	var marks []string
	for _, m := range sheet.Marks {
		marks = append(marks, strings.Join([]string{string(m.Unit), string(m.Node.Code), m.Reason, m.By}, " "))
	}
	if diff := cmp.Diff([]string{"210103 palace_visits 辖区无工人文化宫 wu", "210102 pilot_task_rating 当年未承担试点任务 wu"}, marks); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
	wantProblem(t, o.Exempt(t.Context(), q1, "210102", pilot, "again", analyst(april)), assess.ErrConflict, "problem.exempt_done")
	wantProblem(t, o.Lift(t.Context(), q1, "210102", pilot, "", analyst(april)), assess.ErrInvalid, "problem.exempt_reason")
	if err := o.Lift(t.Context(), q1, "210102", pilot, "已承担试点", analyst(april)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"210102 missing wu wu"}, o.heldBy(pilot, year)); diff != "" {
		t.Errorf("after it was lifted (-want +got):\n%s", diff)
	}
	wantProblem(t, o.Lift(t.Context(), q1, "210102", pilot, "again", analyst(april)), assess.ErrConflict, "problem.exempt_done")
	if diff := cmp.Diff([]string{"exempt.set", "exempt.set", "exempt.lift"}, o.audited()); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// TestMarksLapseWithTheQuarter: a mark on a quarterly figure stands for its quarter, and the next one offers it again.
func TestMarksLapseWithTheQuarter(t *testing.T) {
	o := newOffice(t)
	if err := o.Exempt(t.Context(), q1, "210103", "palace_visits", "辖区无工人文化宫", analyst(april)); err != nil {
		t.Fatal(err)
	}
	sheet, err := o.Exemptions(t.Context(), q1.Next())
	if err != nil || len(sheet.Marks) != 0 || len(sheet.Lapsed) != 1 || sheet.Lapsed[0].Reason != "辖区无工人文化宫" {
		t.Errorf("the second quarter has %+v, lapsed %+v, %v", sheet.Marks, sheet.Lapsed, err)
	}
}

func TestAMarkIsRefused(t *testing.T) {
	o := newOffice(t)
	wantProblem(t, o.Exempt(t.Context(), q1, "210102", "new_unions", "x", analyst(april)), assess.ErrInvalid, "problem.exempt_never")
	wantProblem(t, o.Exempt(t.Context(), q1, "999999", pilot, "x", analyst(april)), assess.ErrInvalid, "problem.case_unit")
	wantProblem(t, o.Exempt(t.Context(), q1, "210102", pilot, strings.Repeat("长", 1001), analyst(april)), assess.ErrInvalid, "problem.text_long")
	line := assess.AuditLine{At: april, Actor: "system", Action: "cycle.scored", Result: "ok"}
	if err := o.Exempt(t.Context(), q1, "210103", "palace_visits", "x", analyst(april)); err != nil {
		t.Fatal(err)
	}
	if err := o.store.PutCycle(t.Context(), assess.Cycle{Period: q1, State: assess.CycleScored}, line); err != nil {
		t.Fatal(err)
	}
	may := april.Add(30 * 24 * time.Hour)
	if err := o.Exempt(t.Context(), q1, "210102", "palace_visits", "x", analyst(may)); err == nil {
		t.Error("a closed quarter takes a mark")
	}
	wantProblem(t, o.Lift(t.Context(), q1, "210103", "palace_visits", "x", analyst(may)), assess.ErrConflict, "problem.period_closed")
}
