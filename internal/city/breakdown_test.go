package city_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
)

// target answers an indicator whose target is set for each unit, the first of the six systems.
func (o *office) target() assess.Code {
	for _, n := range o.edition.Frameworks[0].Root.Leaves() {
		if n.Indicator.TargetPerUnit() {
			return n.Code
		}
	}
	o.t.Fatal("no indicator has a target for each unit")
	return ""
}

// members are those of the thirteen units at the end of 2025, in thousands as in the worked example of TestSpread.
func members() []string {
	return []string{"230000", "210000", "320000", "300000", "390000", "200000", "250000", "240000", "300000", "200000", "240000", "120000", "150000"}
}

func byMembers() assess.Basis {
	return assess.Basis{Kind: assess.ItemBasis, Item: "union_members", Period: assess.NewQuarter(2025, 4)}
}

func TestABreakdownFromDraftToTargets(t *testing.T) {
	o := newOffice(t)
	code := o.target()
	o.observe(assess.NewQuarter(2025, 4), "union_members", members()...)
	ask := city.Division{Year: 2026, Code: code, Total: dec("1500"), Step: dec("1"), Basis: byMembers()}
	b, err := o.Divide(t.Context(), ask, analyst(spring))
	if err != nil {
		t.Fatal(err)
	}
	if got := values(b.Portions); got != "110 100 152 143 186 95 119 114 143 95 114 57 72" {
		t.Errorf("shared out as %s", got)
	}
	// The fifth and the last are set by hand; the rest is shared out again and the sum stays.
	units := o.edition.Roster.Units
	ask.Version, ask.Revision = b.Version, b.Revision
	ask.Pins = map[assess.UnitCode]decimal.Decimal{units[4].Code: dec("200"), units[12].Code: dec("50")}
	if b, err = o.Divide(t.Context(), ask, analyst(spring)); err != nil {
		t.Fatal(err)
	}
	if got := values(b.Portions); got != "110 100 153 144 200 96 120 115 144 96 115 57 50" {
		t.Errorf("with two pins shared out as %s", got)
	}
	if targets, _ := o.store.Targets(t.Context(), 2026); len(targets) != 0 {
		t.Errorf("a draft has set %d targets", len(targets))
	}
	if err := o.Issue(t.Context(), 2026, code, b.Version, b.Revision, analyst(spring)); err != nil {
		t.Fatal(err)
	}
	table, err := o.Targets(t.Context(), 2026)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range table.Rows {
		switch {
		case row.Node.Code != code && row.Missing != 13:
			t.Errorf("%s has targets of %d units", row.Node.Code, 13-row.Missing)
		case row.Node.Code == code && (!row.Total.Equal(dec("1500")) || row.Missing != 0 || !row.Cells[4].Value.Equal(dec("200")) || row.Draft != 0):
			t.Errorf("the table has %s, %d missing, %+v", row.Total, row.Missing, row.Cells[4])
		}
	}
	if diff := cmp.Diff([]string{"test", "targets.draft", "targets.draft", "targets.issue"}, o.audited()); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
	own, err := o.Targets(t.Context(), 2026, units[4].Code)
	if err != nil || len(own.Units) != 1 || len(own.Rows[0].Cells) != 1 || !own.Rows[0].Total.Equal(dec("1500")) {
		t.Errorf("the table of one unit: %+v, %v", own.Units, err)
	}
}

// TestAChangeInTheYear: it needs a reason and begins in a quarter that is not locked yet; what was to begin later is replaced.
func TestAChangeInTheYear(t *testing.T) {
	o := newOffice(t)
	code := o.target()
	issue := func(q city.Division, at time.Time) {
		t.Helper()
		b, err := o.Divide(t.Context(), q, analyst(at))
		if err == nil {
			err = o.Issue(t.Context(), q.Year, q.Code, b.Version, b.Revision, analyst(at))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	equal := assess.Basis{Kind: assess.EqualBasis}
	ask := city.Division{Year: 2026, Code: code, Total: dec("130"), Step: dec("1"), Basis: equal}
	issue(ask, spring)

	// D−10 of the first quarter of 2026 is 17 March: ten working days before 31 March.
	locked := time.Date(2026, 3, 17, 0, 0, 0, 0, time.UTC)
	ask.Total = dec("260")
	_, err := o.Divide(t.Context(), ask, analyst(spring))
	wantProblem(t, err, assess.ErrInvalid, "problem.breakdown_reason")
	ask.Reason = "the plan was raised"
	if _, err = o.Divide(t.Context(), ask, analyst(locked.Add(-time.Second))); err != nil {
		t.Errorf("a second before the lock: %v", err)
	}
	ask.Version, ask.Revision = 2, 1
	_, err = o.Divide(t.Context(), ask, analyst(locked))
	wantProblem(t, err, assess.ErrConflict, "problem.breakdown_from")
	wantProblem(t, o.Issue(t.Context(), 2026, code, 2, 1, analyst(locked)), assess.ErrConflict, "problem.breakdown_from")
	ask.From = assess.NewQuarter(2026, 3)
	issue(ask, locked)

	// A third version from the second quarter replaces that of the third.
	issue(city.Division{Year: 2026, Code: code, Total: dec("390"), Step: dec("1"), Basis: equal, From: assess.NewQuarter(2026, 2), Reason: "again"}, locked)
	targets, err := o.store.Targets(t.Context(), 2026)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, target := range targets {
		if target.Unit == o.edition.Roster.Units[0].Code {
			got[target.From.String()] = target.Value.String()
		}
	}
	if diff := cmp.Diff(map[string]string{"": "10", "2026Q2": "30", "2026Q3": "30"}, got); diff != "" {
		t.Errorf("targets of the first unit by their beginning (-want +got):\n%s", diff)
	}
	sheet, err := o.TargetSheet(t.Context(), 2026, code, locked)
	if err != nil || len(sheet.Versions) != 3 || sheet.Draft != nil || sheet.Held[0].Before == nil {
		t.Errorf("three versions were issued, the sheet has %d, draft %v, %v", len(sheet.Versions), sheet.Draft, err)
	}
	_, err = o.Divide(t.Context(), ask, analyst(time.Date(2026, 12, 28, 0, 0, 0, 0, time.UTC)))
	wantProblem(t, err, assess.ErrConflict, "problem.breakdown_locked")
}

// TestAFirstTargetMayBeLate: a target that was never set is not locked, but it never touches a closed quarter.
func TestAFirstTargetMayBeLate(t *testing.T) {
	o := newOffice(t)
	code := o.target()
	line := assess.AuditLine{At: spring, Actor: "system", Action: "cycle.scored", Result: "ok"}
	if err := o.store.PutCycle(t.Context(), assess.Cycle{Period: assess.NewQuarter(2026, 1), State: assess.CycleScored}, line); err != nil {
		t.Fatal(err)
	}
	may := time.Date(2026, 5, 6, 0, 0, 0, 0, time.UTC)
	sheet, err := o.TargetSheet(t.Context(), 2026, code, may)
	if err != nil {
		t.Fatal(err)
	}
	var starts []string
	for _, p := range sheet.Starts {
		starts = append(starts, p.String())
	}
	if diff := cmp.Diff([]string{"2026Q2", "2026Q3", "2026Q4"}, starts); diff != "" {
		t.Errorf("starts (-want +got):\n%s", diff)
	}
}

func TestTwoEditorsOfOneDraft(t *testing.T) {
	o := newOffice(t)
	ask := city.Division{Year: 2026, Code: o.target(), Total: dec("13"), Step: dec("1"), Basis: assess.Basis{Kind: assess.EqualBasis}}
	b, err := o.Divide(t.Context(), ask, analyst(spring))
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Divide(t.Context(), ask, analyst(spring)) // the other began one, too, and did not see this
	wantProblem(t, err, assess.ErrConflict, "problem.breakdown_moved")
	ask.Version, ask.Revision, ask.Total = b.Version, b.Revision, dec("26")
	if _, err = o.Divide(t.Context(), ask, analyst(spring)); err != nil {
		t.Fatal(err)
	}
	_, err = o.Divide(t.Context(), ask, analyst(spring)) // the same revision again
	wantProblem(t, err, assess.ErrConflict, "problem.breakdown_moved")
	wantProblem(t, o.Issue(t.Context(), 2026, ask.Code, b.Version, b.Revision, analyst(spring)), assess.ErrConflict, "problem.breakdown_moved")
	wantProblem(t, o.Discard(t.Context(), 2026, ask.Code, 7, 2, analyst(spring)), assess.ErrConflict, "problem.breakdown_no_draft")
	if err := o.Discard(t.Context(), 2026, ask.Code, b.Version, 2, analyst(spring)); err != nil {
		t.Fatal(err)
	}
	ask.Version, ask.Revision = 0, 0
	if b, err = o.Divide(t.Context(), ask, analyst(spring)); err != nil || b.Version != 2 {
		t.Errorf("after a draft was given up the next is version %d, %v; want 2", b.Version, err)
	}
}

func TestBases(t *testing.T) {
	o := newOffice(t)
	units := o.edition.Roster.Units
	o.observe(assess.NewQuarter(2025, 4), "union_members", append(members()[:12], "")...)
	ask := city.Division{Year: 2026, Code: o.target(), Total: dec("1500"), Step: dec("1"), Basis: byMembers()}
	_, err := o.Divide(t.Context(), ask, analyst(spring))
	wantProblem(t, err, assess.ErrInvalid, "problem.breakdown_weight") // the thirteenth has no figure
	ask.Pins = map[assess.UnitCode]decimal.Decimal{units[12].Code: dec("72")}
	if b, err := o.Divide(t.Context(), ask, analyst(spring)); err != nil || !b.Portions[12].Value.Equal(dec("72")) || b.Portions[12].Known {
		t.Errorf("pinned by hand it is %+v, %v", b.Portions, err)
	}
	ask.Version, ask.Revision = 1, 1
	for _, basis := range []assess.Basis{
		{Kind: "luck"},
		{Kind: assess.ItemBasis, Item: "no_such_item", Period: assess.NewQuarter(2025, 4)},
		{Kind: assess.ItemBasis, Item: "satisfaction_score", Period: assess.NewYear(2025)},
		{Kind: assess.ItemBasis, Item: "union_members", Period: assess.NewQuarter(2020, 4)},
	} {
		ask.Basis = basis
		_, err := o.Divide(t.Context(), ask, analyst(spring))
		wantProblem(t, err, assess.ErrInvalid, "problem.breakdown_basis")
	}
	ask.Basis = assess.Basis{Kind: assess.TargetBasis}
	_, err = o.Divide(t.Context(), ask, analyst(spring))
	wantProblem(t, err, assess.ErrInvalid, "problem.breakdown_weight") // 2025 has no targets
}

func TestNoTargetToBreakDown(t *testing.T) {
	o := newOffice(t)
	for _, code := range []assess.Code{"no_such_indicator", "innovation_bonus", "union_members"} {
		_, err := o.TargetSheet(t.Context(), 2026, code, spring)
		wantProblem(t, err, assess.ErrNotFound, "problem.target_none")
	}
	if _, err := o.Targets(t.Context(), 1999); err == nil {
		t.Error("1999 has targets")
	}
}
