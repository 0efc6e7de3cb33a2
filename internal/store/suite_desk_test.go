package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unionboard/unionboard/internal/assess"
)

const district assess.UnitCode = "210102"

// typed is a save of a cell over a revision.
func typed(item assess.Code, value, request string, base int64) assess.DraftSave {
	return assess.DraftSave{DraftCell: assess.DraftCell{
		Unit: district, Period: q1, Item: item, Value: value, By: "li", At: spring, Request: request,
	}, Base: base}
}

// saving are saves into the form of a report that is not begun, or draft after the first.
func saving(seen assess.FilingState, cells ...assess.DraftSave) assess.DraftIntake {
	in := assess.DraftIntake{Unit: district, Period: q1, Cells: cells, Filing: assess.Filing{Unit: district, Period: q1, State: seen}}
	if seen != assess.Draft {
		in.Steps = []assess.FilingChange{{Unit: district, Period: q1, From: seen, To: assess.Draft, At: spring, By: "li"}}
		in.Audit = []assess.AuditLine{line("filing.draft")}
	}
	return in
}

func saved(t *testing.T, s *Store, in assess.DraftIntake) []assess.DraftOutcome {
	t.Helper()
	outcomes, err := s.SaveDrafts(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

func testDraftsAreRevisions(t *testing.T, s *Store) {
	first := saved(t, s, saving(assess.NotStarted, typed("a", "１.2万", "r1", 0), typed("b", "", "r2", 0)))
	if first[0].Revision != 1 || first[0].Value != "１.2万" || first[1].Revision != 1 {
		t.Errorf("the first saves became %+v", first)
	}
	version := headOf(t, s).Version
	steps := []struct {
		name     string
		save     assess.DraftSave
		revision int64
		value    string
		conflict bool
	}{
		{"the next", typed("a", "5", "r3", 1), 2, "5", false},
		{"one whose answer was lost", typed("a", "１.2万", "r1", 0), 1, "１.2万", false},
		{"one that saw an older cell", typed("a", "6", "r4", 1), 2, "5", true},
		{"the same over an older cell", typed("a", "5", "r5", 1), 2, "5", false},
		{"one over what was seen", typed("a", "7", "r6", 2), 3, "7", false},
	}
	for _, step := range steps {
		o := saved(t, s, saving(assess.Draft, step.save))[0]
		if o.Revision != step.revision || o.Value != step.value || o.Conflict != step.conflict {
			t.Errorf("%s: %+v, want revision %d, %s, conflict %v", step.name, o, step.revision, step.value, step.conflict)
		}
	}
	if got := headOf(t, s).Version; got != version {
		t.Errorf("drafts made version %d of %d: every page would be made anew", got, version)
	}
	_, err := s.SaveDrafts(t.Context(), saving(assess.Draft, typed("b", "9", "r1", 1)))
	wantProblem(t, err, assess.ErrInvalid, "problem.request_reused")

	kept, err := s.Revisions(t.Context(), district, q1, "a")
	if err != nil || len(kept) != 3 || kept[1].Value != "5" || !kept[1].At.Equal(spring) || kept[1].By != "li" {
		t.Errorf("kept are %+v, %v", kept, err)
	}
	now, err := s.Drafts(t.Context(), district, q1)
	if err != nil || len(now) != 2 || now[0].Value != "7" || now[0].Revision != 3 || now[1].Item != "b" {
		t.Errorf("the form holds %+v, %v", now, err)
	}
	if other, err := s.Drafts(t.Context(), "210103", q1); err != nil || len(other) != 0 {
		t.Errorf("another district's form holds %+v, %v", other, err)
	}
	// A save of another district under the same name is another save.
	foreign := typed("a", "8", "r1", 0)
	foreign.Unit = "210103"
	in := saving(assess.NotStarted, foreign)
	in.Unit, in.Filing.Unit, in.Steps[0].Unit = "210103", "210103", "210103"
	if o := saved(t, s, in)[0]; o.Revision != 1 || o.Value != "8" {
		t.Errorf("the other district's save became %+v", o)
	}
}

// After a step of the report nothing is written that was typed before it, unless it was taken before.
func testNoDraftAfterAStep(t *testing.T, s *Store) {
	saved(t, s, saving(assess.NotStarted, typed("a", "1", "r1", 0)))
	mark := &assess.DraftMark{Unit: district, Period: q1, Saves: 1}
	forward := assess.Intake{
		Filings: []assess.FilingChange{{Unit: district, Period: q1, From: assess.Draft, To: assess.PendingSignature, At: spring, By: "wang"}},
		Drafts:  mark, Audit: []assess.AuditLine{line("filing.pending_signature")},
	}
	saved(t, s, saving(assess.Draft, typed("b", "2", "r2", 0)))
	_, err := s.Commit(t.Context(), forward)
	wantProblem(t, err, assess.ErrConflict, "problem.draft_moved")
	mark.Saves = 2
	if _, err := s.Commit(t.Context(), forward); err != nil {
		t.Fatal(err)
	}
	_, err = s.SaveDrafts(t.Context(), saving(assess.Draft, typed("a", "3", "r3", 1)))
	wantProblem(t, err, assess.ErrConflict, "problem.filing_moved")
	if kept, err := s.Revisions(t.Context(), district, q1, "a"); err != nil || len(kept) != 1 {
		t.Errorf("kept are %+v, %v", kept, err)
	}
	if o := saved(t, s, saving(assess.Draft, typed("b", "2", "r2", 0)))[0]; o.Revision != 1 {
		t.Errorf("a save that was taken before is answered %+v", o)
	}
	// In another round it is another report, though it is a draft again.
	in := saving(assess.PendingSignature, typed("a", "4", "r4", 1))
	in.Filing.Rounds = 1
	_, err = s.SaveDrafts(t.Context(), in)
	wantProblem(t, err, assess.ErrConflict, "problem.filing_moved")
}

func testDecisions(t *testing.T, s *Store) {
	said := assess.Decision{
		Unit: district, Period: q1, Item: "a", Reason: "anomaly", Note: "再核", Value: "5", Round: 1, Revision: 2, Submission: "s1", Department: "org", By: "sun", At: spring,
	}
	accepted := said
	accepted.Submission, accepted.Accepted, accepted.Reason, accepted.Note, accepted.Round = "s2", true, "", "", 0
	in := assess.Intake{Decisions: []assess.Decision{said}, Audit: []assess.AuditLine{line("review.return")}}
	if _, err := s.Commit(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	// The same figure again: somebody was faster, whatever the verdict.
	in.Decisions[0].Accepted = true
	_, err := s.Commit(t.Context(), in)
	wantProblem(t, err, assess.ErrConflict, "problem.decided")
	in.Decisions = []assess.Decision{accepted}
	if _, err := s.Commit(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	got, err := s.Decisions(t.Context(), q1, district)
	if err != nil || len(got) != 2 || got[0].Seq >= got[1].Seq {
		t.Fatalf("the decisions are %+v, %v", got, err)
	}
	said.Seq, accepted.Seq = got[0].Seq, got[1].Seq
	if diff := cmp.Diff([]assess.Decision{said, accepted}, got, cmp.AllowUnexported(assess.Period{})); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	if none, err := s.Decisions(t.Context(), q1, "210103"); err != nil || len(none) != 0 {
		t.Errorf("of another district: %+v, %v", none, err)
	}
}

// A figure keeps who typed it though another hands it in; what came by form is known as signed.
func testWhoTypedAFigure(t *testing.T, s *Store) {
	sub := assess.Submission{
		ID: "s1", Unit: district, Period: q1, Door: assess.DoorForm, Source: "form", ReceivedAt: spring, EnteredBy: "zhao",
		Entries: []assess.Entry{{Unit: district, Code: "a", Value: "1", EnteredBy: "li"}, {Unit: district, Code: "b", Value: "2"}},
	}
	pulled := assess.Submission{ID: "s0", Unit: district, Period: q1, Door: assess.DoorPull, ReceivedAt: spring, Entries: []assess.Entry{{Unit: district, Code: "c", Value: "3"}}}
	if _, err := s.Commit(t.Context(), assess.Intake{Submissions: []assess.Submission{pulled, sub}, Audit: []assess.AuditLine{line("report.sign")}}); err != nil {
		t.Fatal(err)
	}
	waiting, err := s.Waiting(t.Context(), district, q1)
	if err != nil || len(waiting) != 2 || waiting[1].Entries[0].EnteredBy != "li" || waiting[1].Entries[1].EnteredBy != "" {
		t.Errorf("what waits is %+v, %v", waiting, err)
	}
	signed, err := s.Signed(t.Context(), district, q1)
	want := []assess.CellKey{{Unit: district, Period: q1, Item: "a"}, {Unit: district, Period: q1, Item: "b"}}
	if diff := cmp.Diff(want, signed, cmpopts.EquateComparable(assess.Period{})); diff != "" || err != nil {
		t.Errorf("signed (-want +got):\n%s%v", diff, err)
	}
	if other, err := s.Signed(t.Context(), "210103", q1); err != nil || len(other) != 0 {
		t.Errorf("of another district %v, %v", other, err)
	}
}
